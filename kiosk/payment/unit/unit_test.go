package unit_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"akashi/centre/wire"
	"akashi/kiosk/payment/unit"
)

var id = unit.ID{1, 2, 3}

// device answers each ask with what f gives, as raw bytes.
func device(t *testing.T, f func(unit.Asked) string) *unit.Client {
	t.Helper()
	dir, err := os.MkdirTemp("", "un")
	if err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("unix", filepath.Join(dir, "u"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close(); os.RemoveAll(dir) })
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			a, err := unit.ReadAsk(bufio.NewReader(c))
			if err != nil {
				t.Errorf("the client asks %v", err)
			}
			c.Write([]byte(f(a)))
			c.Close()
		}
	}()
	return &unit.Client{Path: filepath.Join(dir, "u"), Answer: 5 * time.Second}
}

func line(a unit.Answered) string { return string(wire.Encode(a)) + "\n" }

// A clear no is a refusal; all that is not the one answer to this ask leaves it
// unclear whether it was done.
func TestAnswers(t *testing.T) {
	good := unit.Answered{Do: unit.Capture, Payment: id[:], State: unit.Captured}
	bend := func(f func(*unit.Answered)) string { a := good; f(&a); return line(a) }
	for name, c := range map[string]struct {
		line string
		want error
	}{
		"done":              {line(good), nil},
		"said twice":        {line(good) + line(good), nil},
		"a clear no":        {bend(func(a *unit.Answered) { a.Fault, a.State = unit.WrongState, unit.Released }), &unit.Refusal{}},
		"nothing":           {"", unit.ErrUnclear},
		"no end":            {strings.TrimSpace(line(good)), unit.ErrUnclear},
		"another payment's": {bend(func(a *unit.Answered) { a.Payment = make([]byte, 16) }), unit.ErrUnclear},
		"another ask's":     {bend(func(a *unit.Answered) { a.Do = unit.Release }), unit.ErrUnclear},
		"an unknown state":  {bend(func(a *unit.Answered) { a.State = "sold" }), unit.ErrUnclear},
		"an unknown fault":  {bend(func(a *unit.Answered) { a.Fault = 99 }), unit.ErrUnclear},
		"another encoding":  {" " + line(good), unit.ErrUnclear},
		"without end":       {strings.Repeat("x", unit.DefaultMaxLine+1) + "\n", unit.ErrUnclear},
	} {
		t.Run(name, func(t *testing.T) {
			u := device(t, func(unit.Asked) string { return c.line })
			err := u.Capture(t.Context(), id)
			var r *unit.Refusal
			if errors.As(c.want, &r) {
				if !errors.As(err, &r) || r.State != unit.Released || r.Error() == "" {
					t.Errorf("got %v", err)
				}
			} else if !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
}

func TestNoUnit(t *testing.T) {
	u := &unit.Client{Path: filepath.Join(t.TempDir(), "none")}
	if err := u.Health(t.Context()); !errors.Is(err, unit.ErrAbsent) {
		t.Errorf("got %v", err)
	}
}

func TestSilence(t *testing.T) {
	hold := make(chan struct{})
	u := device(t, func(unit.Asked) string { <-hold; return "" })
	defer close(hold)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := u.Capture(ctx, id); err == nil {
		t.Error("silence was an answer")
	}
	u.Answer = time.Millisecond
	if err := u.Capture(t.Context(), id); !errors.Is(err, unit.ErrUnclear) {
		t.Errorf("got %v", err)
	}
}

func TestAsksAreHeldToTheirForm(t *testing.T) {
	for name, a := range map[string]unit.Asked{
		"nothing":               {},
		"something else":        {Do: "open the drawer", Payment: id[:]},
		"no payment":            {Do: unit.Capture},
		"a short payment":       {Do: unit.Capture, Payment: id[:3]},
		"no amount":             {Do: unit.PayBack, Payment: id[:]},
		"less than nothing":     {Do: unit.PayBack, Payment: id[:], Amount: -1},
		"too much":              {Do: unit.PayBack, Payment: id[:], Amount: wire.MaxBill + 1},
		"an amount to capture":  {Do: unit.Capture, Payment: id[:], Amount: 1},
		"no time":               {Do: unit.Authorise, Payment: id[:], Amount: 1},
		"time to release":       {Do: unit.Release, Payment: id[:], Wait: 1},
		"a receipt of nothing":  {Do: unit.Receipt},
		"a book":                {Do: unit.Receipt, Lines: make([]string, unit.DefaultMaxLines+1)},
		"a wide line":           {Do: unit.Receipt, Lines: []string{strings.Repeat("x", unit.DefaultMaxText+1)}},
		"a receipt for capture": {Do: unit.Capture, Payment: id[:], Lines: []string{"x"}},
	} {
		if err := a.Check(); !errors.Is(err, unit.ErrLine) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A connection that says nothing sensible is closed, and the next is served.
func TestServeSurvivesRubbish(t *testing.T) {
	dir, err := os.MkdirTemp("", "un")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "u")
	ln, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	over := make(chan struct{})
	go func() {
		defer close(over)
		unit.Serve(t.Context(), ln, func(_ context.Context, a unit.Asked) []unit.Answered {
			return []unit.Answered{{Do: a.Do, Payment: a.Payment, State: unit.Unknown}}
		})
	}()
	for _, b := range []string{"\n", "{}\n", strings.Repeat("x", 2*unit.DefaultMaxLine), `{"do":"capture","payment":"AA=="}` + "\n"} {
		c, err := net.Dial("unix", path)
		if err != nil {
			t.Fatal(err)
		}
		c.Write([]byte(b))
		if n, err := c.Read(make([]byte, 1)); err == nil {
			t.Errorf("%.20q was answered with %d bytes", b, n)
		}
		c.Close()
	}
	u := &unit.Client{Path: path}
	if s, err := u.State(t.Context(), id); err != nil || s != unit.Unknown {
		t.Errorf("%v, %v", s, err)
	}
	ln.Close()
	<-over
}

func FuzzReadAsk(f *testing.F) {
	f.Add([]byte(`{"do":"capture","payment":"AAAAAAAAAAAAAAAAAAAAAA=="}` + "\n"))
	f.Add([]byte(`{"do":"receipt","lines":["x"]}` + "\n"))
	f.Add([]byte("{}\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		a, err := unit.ReadAsk(bufio.NewReaderSize(bytes.NewReader(b), unit.DefaultMaxLine))
		if err != nil {
			return
		}
		if again := append(wire.Encode(a), '\n'); !bytes.HasPrefix(b, again) {
			t.Errorf("%q was read as %q", b, again)
		}
	})
}
