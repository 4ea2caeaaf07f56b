package tray_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"akashi/kiosk/reader"
	"akashi/testkit/residents"
	"akashi/testkit/simcard"
	"akashi/testkit/simcard/tray"
)

var authority = sync.OnceValue(func() *simcard.Authority {
	a, err := simcard.NewAuthority()
	if err != nil {
		panic(err)
	}
	return a
})

func card(t *testing.T, f simcard.Faults) *simcard.Card {
	t.Helper()
	r, _ := residents.Find("yoshida")
	c, err := simcard.New(r, authority(), simcard.Options{Faults: f})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

var selectText = []byte{0x00, 0xA4, 0x04, 0x0C, 0x0A, 0xD3, 0x92, 0x10, 0x00, 0x31, 0x00, 0x01, 0x01, 0x04, 0x08}

// patient bounds waits that must end by themselves.
func patient(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}

func TestCardComesAndGoes(t *testing.T) {
	ctx, tr, c := patient(t), tray.New(), card(t, simcard.Faults{})
	go tr.Lay(c)
	if err := tr.WaitCard(ctx); err != nil {
		t.Fatal(err)
	}
	if b, err := tr.Transmit(ctx, selectText); err != nil || len(b) != 2 || b[0] != 0x90 {
		t.Fatalf("%X, %v", b, err)
	}
	go tr.Clear()
	if err := tr.WaitRemoved(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := tr.Transmit(ctx, selectText); !errors.Is(err, reader.Removed) {
		t.Errorf("after removal: %v", err)
	}
	if _, err := tr.Transmit(ctx, selectText); !errors.Is(err, reader.NoCard) {
		t.Errorf("without a card: %v", err)
	}
}

// TestEndPowersOff: what was verified does not survive the end of a session.
func TestEndPowersOff(t *testing.T) {
	ctx, tr, c := patient(t), tray.New(), card(t, simcard.Faults{})
	tr.Lay(c)
	if err := tr.WaitCard(ctx); err != nil {
		t.Fatal(err)
	}
	pin := []byte(c.Resident().PIN)
	for _, command := range [][]byte{selectText, append([]byte{0x00, 0x20, 0x00, 0x91, 0x04}, pin...)} {
		if _, err := tr.Transmit(ctx, command); err != nil {
			t.Fatal(err)
		}
	}
	if !c.Verified() {
		t.Fatal("the PIN was not taken")
	}
	if err := tr.End(); err != nil || c.Verified() {
		t.Errorf("after End: verified %v, %v", c.Verified(), err)
	}
}

func TestFaults(t *testing.T) {
	ctx, tr := patient(t), tray.New()
	tr.Lay(card(t, simcard.Faults{}))
	tr.Lay(card(t, simcard.Faults{}))
	if err := tr.WaitCard(ctx); !errors.Is(err, reader.TwoCards) {
		t.Errorf("two cards: %v", err)
	}
	tr.Clear()
	tr.Lay(card(t, simcard.Faults{Mute: true}))
	if err := tr.WaitCard(ctx); !errors.Is(err, reader.Unanswering) {
		t.Errorf("mute card: %v", err)
	}
	tr.Clear()
	tr.Lay(card(t, simcard.Faults{LeaveAt: 1}))
	if err := tr.WaitCard(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := tr.Transmit(ctx, selectText); !errors.Is(err, reader.Removed) {
		t.Errorf("leaving card: %v", err)
	}
	if err := tr.WaitRemoved(ctx); err != nil {
		t.Errorf("the card that left still lies there: %v", err)
	}
	over, cancel := context.WithCancel(ctx)
	cancel()
	if err := tr.WaitCard(over); !errors.Is(err, reader.Deadline) {
		t.Errorf("ended context: %v", err)
	}
}
