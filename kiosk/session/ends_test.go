package session_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/hpke"
	crand "crypto/rand"
	"encoding/json"
	"time"

	"akashi/centre/channel"
	"akashi/centre/wire"
	"akashi/kiosk/lastlook"
	"akashi/kiosk/reader"
	"akashi/printer"
	"akashi/testkit/pki"
	"akashi/testkit/simcard"
)

// tray is a reader with one simulated card on it.
type tray struct {
	card *simcard.Card
	lies bool
	off  bool
	wait []error              // what WaitCard says first
	fail map[int]reader.Fault // by number of the command, from 1
	hook func(command int)    // before each command
	stay bool                 // nobody takes the card
	n    int
}

func (d *tray) WaitCard(ctx context.Context) error {
	if len(d.wait) > 0 {
		err := d.wait[0]
		d.wait = d.wait[1:]
		return err
	}
	if !d.lies {
		<-ctx.Done()
		return reader.Deadline
	}
	d.card.PowerOn()
	d.off = false
	return nil
}

func (d *tray) Transmit(ctx context.Context, c []byte) ([]byte, error) {
	d.n++
	if d.hook != nil {
		d.hook(d.n)
	}
	if f, ok := d.fail[d.n]; ok {
		d.End()
		return nil, f
	}
	if ctx.Err() != nil {
		d.End()
		return nil, reader.Deadline
	}
	if a := d.card.Transmit(c); a != nil {
		return a, nil
	}
	d.End()
	return nil, reader.Removed
}

func (d *tray) WaitRemoved(ctx context.Context) error {
	if d.stay {
		<-ctx.Done()
		return reader.Deadline
	}
	return nil
}

func (d *tray) End() error { d.card.PowerOff(); d.off = true; return nil }

// centre answers as the centre does, with a delivery of any bytes.
type centre struct {
	pki  *pki.World
	vrs  hpke.PrivateKey
	fail map[wire.Type]error // what an ask of this type is answered with
	code wire.Code           // what the sealed answer says
	bend func(t wire.Type, answer any) any
	hook func(wire.Type)

	nonces    int
	key       *channel.WorkerKey
	header    wire.Header
	asked     []wire.Type
	requests  []wire.Request
	delivered int
	settled   []string
	alarms    []wire.Code
}

func (c *centre) Ask(ctx context.Context, t wire.Type, body any) (wire.Frame, error) {
	if ctx.Err() != nil { // a line does not send for whoever no longer waits
		return wire.Frame{}, context.Cause(ctx)
	}
	c.asked = append(c.asked, t)
	if c.hook != nil {
		c.hook(t)
	}
	if err := c.fail[t]; err != nil {
		if err == errHang {
			<-ctx.Done()
			return wire.Frame{}, context.Cause(ctx)
		}
		return wire.Frame{}, err
	}
	answerType, answer, err := c.answer(t, body)
	if err != nil {
		return wire.Frame{}, err
	}
	if c.bend != nil {
		answer = c.bend(t, answer)
	}
	return wire.Frame{Version: wire.Version, Type: answerType, Body: json.RawMessage(wire.Encode(answer))}, nil
}

func (c *centre) answer(t wire.Type, body any) (wire.Type, any, error) {
	switch t {
	case wire.TypeOpen:
		c.nonces++
		nonce := make([]byte, 32)
		crand.Read(nonce)
		return wire.TypeOpened, wire.Opened{Nonce: nonce, Expires: time.Now().Add(10 * time.Minute).Unix(), Now: time.Now().Unix()}, nil
	case wire.TypeBegin:
		return c.begin(body.(wire.Header))
	case wire.TypeRequest:
		return c.request(body.(wire.Sealed))
	case wire.TypeSettle:
		return c.settle(body.(wire.Settle))
	case wire.TypeAlarm:
		c.alarms = append(c.alarms, body.(wire.Alarm).Code)
		return wire.TypeAlarmed, struct{}{}, nil
	}
	return "", nil, wire.FrameUnexpected
}

func (c *centre) begin(h wire.Header) (wire.Type, any, error) {
	key, err := channel.NewWorkerKey()
	if err != nil {
		return "", nil, err
	}
	c.key, c.header = key, h
	a := wire.Attested{Key: key.Public(), Expires: time.Now().Add(time.Minute).Unix(), Chain: c.pki.Attest.DER()}
	d := wire.AttestationDigest(h, a.Key, a.Expires)
	a.Signature, err = ecdsa.SignASN1(crand.Reader, c.pki.Attest.Key, d[:])
	return wire.TypeAttested, a, err
}

func (c *centre) request(s wire.Sealed) (wire.Type, any, error) {
	r, sealer, err := c.key.OpenRequest(c.header, s)
	if err != nil {
		return "", nil, err
	}
	c.requests = append(c.requests, r)
	a := wire.Answer{Code: c.code, Phone: "000-0000-0201"}
	if c.code == wire.OK {
		a = wire.Answer{Delivery: &wire.Delivery{
			PDF: append([]byte("%PDF for counter "), '0'+r.Header.Counter), Codes: []string{"shc:/1"},
			SettleKey: c.vrs.PublicKey().Bytes(), SettleToken: bytes.Repeat([]byte{r.Header.Counter}, 32),
		}}
		c.delivered++
	}
	out, err := sealer.Seal(a)
	return wire.TypeAnswer, out, err
}

func (c *centre) settle(s wire.Settle) (wire.Type, any, error) {
	b, err := channel.OpenSettlement(c.vrs, s)
	if err != nil {
		return "", nil, err
	}
	var v struct {
		Token   []byte `json:"token"`
		Outcome string `json:"outcome"`
	}
	if err := json.Unmarshal(b, &v); err != nil || len(v.Token) != 32 {
		return "", nil, wire.Malformed
	}
	c.settled = append(c.settled, v.Outcome)
	return wire.TypeSettled, struct{}{}, nil
}

// paperTray is a printer that keeps what it was given.
type paperTray struct {
	gone <-chan struct{} // the face is
	out  printer.Outcome
	err  error
	hang bool
	jobs []printer.Job
}

func (p *paperTray) Print(ctx context.Context, j printer.Job) (printer.Outcome, error) {
	j.PDF = bytes.Clone(j.PDF)
	p.jobs = append(p.jobs, j)
	select {
	case <-p.gone: // then a job that hangs on the face is cut off
		select {
		case <-ctx.Done():
			return printer.NotPrinted, context.Cause(ctx)
		case <-time.After(20 * time.Millisecond):
		}
	default:
	}
	if p.hang {
		<-ctx.Done()
		return printer.Unknown, context.Cause(ctx)
	}
	return p.out, p.err
}

func (p *paperTray) printed() int {
	if p.out == printer.Printed {
		return len(p.jobs)
	}
	return 0
}

// looker stands for the last look.
type looker struct {
	err  error
	seen []lastlook.Input
}

func (l *looker) Look(ctx context.Context, in lastlook.Input) ([][]byte, error) {
	in.Delivery.PDF = bytes.Clone(in.Delivery.PDF)
	l.seen = append(l.seen, in)
	if l.err == errHang {
		<-ctx.Done()
		return nil, context.Cause(ctx)
	}
	return [][]byte{[]byte("PNG")}, l.err
}
