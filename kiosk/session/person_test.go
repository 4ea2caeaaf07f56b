package session_test

import (
	"context"
	"sync"

	"akashi/centre/wire"
	"akashi/kiosk/face"
)

// person is the face: it answers each screen by a plan.
type person struct {
	w       *world
	pins    []string
	choices []face.Act
	backs   int
	right   string               // number of a reprint right to pay with
	cancel  map[face.Screen]bool // ask: cancel; tell: cancel while it shows
	on      func(face.Tell)
	silent  face.Screen // never answered
	back    bool        // go back from the card screen, once
	retreat bool        // go back from the PIN screen, once
	trouble face.Do     // at trouble; empty: finish

	tells []face.Tell
	done  chan struct{}
	once  sync.Once
}

func (p *person) gone()                 { p.once.Do(func() { close(p.done) }) }
func (p *person) Done() <-chan struct{} { return p.done }
func (p *person) Cause() wire.Code      { return wire.Cancelled }
func (p *person) last() face.Tell       { return p.tells[len(p.tells)-1] }
func (p *person) saw(s face.Screen) (n int) {
	for _, t := range p.tells {
		if t.Screen == s {
			n++
		}
	}
	return n
}

// shown gives the first time that a screen was shown.
func (p *person) shown(s face.Screen) face.Tell {
	for _, t := range p.tells {
		if t.Screen == s {
			return t
		}
	}
	return face.Tell{}
}

func (p *person) note(t face.Tell) {
	p.tells = append(p.tells, t)
	if p.on != nil {
		p.on(t)
	}
	if p.cancel[t.Screen] && t.Cancel {
		p.gone()
	}
}

func (p *person) Tell(_ context.Context, t face.Tell) error { p.note(t); return nil }

func (p *person) Ask(ctx context.Context, t face.Tell) (face.Act, error) {
	t.Ask = true
	p.note(t)
	select {
	case <-p.done:
		return face.Act{}, wire.Cancelled
	default:
	}
	if p.silent == t.Screen || t.Screen == face.InsertCard && !p.back {
		<-ctx.Done()
		return face.Act{}, context.Cause(ctx)
	}
	switch t.Screen {
	case face.InsertCard:
		p.back = false
		return face.Act{Do: face.Back}, nil
	case face.PINAgain:
		if len(p.pins) == 0 {
			p.gone()
			return face.Act{}, wire.Cancelled
		}
		return face.Act{Do: face.Again}, nil
	case face.Choose:
		if len(p.choices) == 0 {
			return face.Act{Do: face.Finish}, nil
		}
		a := p.choices[0]
		p.choices = p.choices[1:]
		return a, nil
	case face.Preview:
		if p.backs > 0 {
			p.backs--
			return face.Act{Do: face.Back}, nil
		}
		return face.Act{Do: face.Yes, Right: p.right}, nil
	case face.Trouble:
		if p.trouble == "" {
			return face.Act{Do: face.Finish}, nil
		}
		return face.Act{Do: p.trouble}, nil
	}
	return face.Act{Do: face.Yes}, nil
}

func (p *person) PIN(ctx context.Context, t face.Tell) ([]byte, error) {
	if _, err := p.Ask(ctx, t); err != nil {
		return nil, err
	}
	if p.retreat {
		p.retreat = false
		return nil, face.ErrBack
	}
	if len(p.pins) == 0 {
		p.gone()
		return nil, wire.Cancelled
	}
	d := []byte(p.pins[0])
	p.pins = p.pins[1:]
	return d, nil
}
