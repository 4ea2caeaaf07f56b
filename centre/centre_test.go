package centre_test

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"akashi/centre"
	"akashi/centre/audit"
	"akashi/centre/channel"
	"akashi/centre/issue"
	"akashi/centre/wire"
)

func TestARequestIsAnswered(t *testing.T) {
	h := build(t, 1)
	k := h.kiosk("k0")
	a, err := k.whole("", []byte{1, 2, 3})
	if err != nil || a.Code != wire.NoRecord || a.Phone != "010203" {
		t.Fatalf("got %+v, %v", a, err)
	}
	e := h.await(func(e audit.Event) bool { return e.Ended != nil }).Ended
	if e.Code != wire.NoRecord || e.Kiosk != "k0" || e.Municipality != 131016 || e.Counter != 1 ||
		e.Micros[issue.QueryVRS] != 7 || e.Micros[issue.Admit] == 0 || e.At != uint8(issue.QueryVRS) {
		t.Errorf("event %+v", e)
	}
	if i := slices.IndexFunc(h.events, func(e audit.Event) bool { return e.Admitted != nil || e.Ended != nil }); h.events[i].Admitted == nil {
		t.Error("the admission is not before the end")
	}
	h.noWorkers()
}

// Kiosks of several sessions ask in the same instant; every answer opens with
// its own key and holds its own challenge. A loaded machine may refuse some of
// them; a refusal is never counted as right, and a wrong answer is never let
// pass.
func TestNobodyGetsAnothersAnswer(t *testing.T) {
	const kiosks, rounds = 10, 10
	h := build(t, kiosks)
	start := make(chan struct{})
	var wg sync.WaitGroup
	var mu sync.Mutex
	right, refused := 0, 0
	for i := range kiosks {
		k := h.kiosk(fmt.Sprint("k", i))
		for lane := range 2 { // what one kiosk may have at once
			wg.Go(func() {
				<-start
				for range rounds / 2 {
					c := make([]byte, 32)
					rand.Read(c)
					a, err := k.whole("", c)
					mu.Lock()
					switch {
					case err == nil && a.Phone == hex.EncodeToString(c):
						right++
					case err != nil && ofLoad(err):
						refused++
					default:
						t.Errorf("kiosk %d lane %d: got %q, %v", i, lane, a.Phone, err)
					}
					mu.Unlock()
				}
			})
		}
	}
	close(start)
	wg.Wait()
	if right < kiosks*rounds/2 {
		t.Errorf("%d of %d answers were right, %d refused", right, kiosks*rounds, refused)
	}
	h.noWorkers()
}

// ofLoad reports whether a refusal can come of nothing but a loaded machine:
// some part did not get its turn in time. An envelope that does not open is
// none of these.
func ofLoad(err error) bool {
	for _, e := range []error{wire.Busy, wire.Internal, wire.TimedOut, wire.VRSDown, context.DeadlineExceeded} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

func TestReplays(t *testing.T) {
	h := build(t, 2)
	k, thief := h.kiosk("k0"), h.kiosk("k1")
	head := must(k.open())(t)
	a := must(k.begin(head))(t)
	if _, err := k.begin(head); !errors.Is(err, wire.NonceUsed) {
		t.Errorf("the same begin twice: %v", err)
	}
	stolen := head
	stolen.Kiosk, stolen.Counter = thief.digest[:], 2
	if _, err := thief.begin(stolen); !errors.Is(err, wire.NonceUnknown) {
		t.Errorf("another kiosk's nonce: %v", err)
	}
	s, key, err := channel.SealRequest(a, wire.Request{Header: head, Challenge: []byte{5}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := thief.ask(wire.TypeRequest, s); !errors.Is(err, wire.NonceUnknown) {
		t.Errorf("another kiosk sends my request: %v", err)
	}
	down := must(channel.Body[wire.Sealed](must(k.ask(wire.TypeRequest, s))(t)))(t)
	if answer, err := key.Open(down); err != nil || answer.Phone != "05" {
		t.Errorf("after the thief: %+v, %v", answer, err)
	}
	if _, err := k.ask(wire.TypeRequest, s); !errors.Is(err, wire.NonceUsed) {
		t.Errorf("the same request twice: %v", err)
	}
	for counter := uint8(2); counter <= wire.MaxRequests; counter++ {
		next := head
		next.Counter = counter
		at, err := k.begin(next)
		if err != nil {
			t.Fatalf("counter %d: %v", counter, err)
		}
		if _, err := k.request(next, at, "", nil); err != nil {
			t.Errorf("counter %d: %v", counter, err)
		}
	}
	head.Counter = wire.MaxRequests + 1
	if _, err := k.begin(head); !errors.Is(err, wire.CounterOver) {
		t.Errorf("a ninth request: %v", err)
	}
}

func TestANonceLivesTenMinutes(t *testing.T) {
	h := build(t, 1)
	k := h.kiosk("k0")
	head := must(k.open())(t)
	h.shift.Store(int64(10*time.Minute - time.Minute))
	if _, err := k.begin(head); err != nil {
		t.Errorf("in time: %v", err)
	}
	h.shift.Store(int64(10 * time.Minute))
	head.Counter = 2
	if _, err := k.begin(head); !errors.Is(err, wire.NonceUnknown) {
		t.Errorf("too late: %v", err)
	}
}

// A resident who cancels and comes back has the newest nonce, and is let in
// however often that was; the oldest unused ones are void. One that has been
// used is not counted, and stays.
func TestUnusedNoncesAreBounded(t *testing.T) {
	h := build(t, 2)
	k, other := h.kiosk("k0"), h.kiosk("k1")
	foreign := must(other.open())(t)
	begun := must(k.open())(t)
	at := must(k.begin(begun))(t)
	must(k.request(begun, at, "", nil))(t)
	var all []wire.Header
	for range centre.DefaultUnused + 3 {
		all = append(all, must(k.open())(t))
	}
	for i, head := range all {
		at, err := k.begin(head)
		if void := i < len(all)-centre.DefaultUnused; void {
			if !errors.Is(err, wire.NonceUnknown) {
				t.Errorf("nonce %d of %d, which is void: %v", i+1, len(all), err)
			}
			continue
		}
		if err == nil {
			_, err = k.request(head, at, "", nil)
		}
		if err != nil {
			t.Errorf("nonce %d of %d: %v", i+1, len(all), err)
		}
	}
	begun.Counter = 2
	at = must(k.begin(begun))(t)
	if _, err := k.request(begun, at, "", nil); err != nil {
		t.Errorf("a session that had begun: %v", err)
	}
	if _, err := other.begin(foreign); err != nil {
		t.Errorf("another kiosk's: %v", err)
	}
}

func TestBadAsksGetPinnedNumbers(t *testing.T) {
	h := build(t, 1)
	k := h.kiosk("k0")
	good := must(k.open())(t)
	with := func(f func(*wire.Header)) wire.Header { c := good; f(&c); return c }
	sealed := wire.Sealed{Nonce: good.Nonce, Counter: 1, Enc: make([]byte, 1120), Ciphertext: make([]byte, 8208)}
	for name, c := range map[string]struct {
		t    wire.Type
		body any
		want wire.Code
	}{
		"open, old terms":       {wire.TypeOpen, wire.Open{Terms: "2020-01"}, wire.TermsOutdated},
		"open, another body":    {wire.TypeOpen, wire.Beat{}, wire.Malformed},
		"begin, another body":   {wire.TypeBegin, wire.Open{}, wire.Malformed},
		"begin, version":        {wire.TypeBegin, with(func(h *wire.Header) { h.Version++ }), wire.WrongVersion},
		"begin, kiosk":          {wire.TypeBegin, with(func(h *wire.Header) { h.Kiosk = make([]byte, 32) }), wire.HeaderMismatch},
		"begin, short nonce":    {wire.TypeBegin, with(func(h *wire.Header) { h.Nonce = h.Nonce[1:] }), wire.Malformed},
		"begin, unknown nonce":  {wire.TypeBegin, with(func(h *wire.Header) { h.Nonce = make([]byte, 32) }), wire.NonceUnknown},
		"begin, counter nought": {wire.TypeBegin, with(func(h *wire.Header) { h.Counter = 0 }), wire.Malformed},
		"begin, counter nine":   {wire.TypeBegin, with(func(h *wire.Header) { h.Counter = 9 }), wire.CounterOver},
		"begin, other terms":    {wire.TypeBegin, with(func(h *wire.Header) { h.Terms = "2020-01" }), wire.HeaderMismatch},
		"begin, municipality":   {wire.TypeBegin, with(func(h *wire.Header) { h.Municipality = other }), wire.MunicipalityOut},
		"begin, kind":           {wire.TypeBegin, with(func(h *wire.Header) { h.Kind = 2 }), wire.KindOut},
		"request, not begun":    {wire.TypeRequest, sealed, wire.NonceUnknown},
		"request, short nonce":  {wire.TypeRequest, wire.Sealed{Counter: 1}, wire.Malformed},
		"request, counter":      {wire.TypeRequest, wire.Sealed{Nonce: good.Nonce, Counter: 99}, wire.Malformed},
		"request, another body": {wire.TypeRequest, good, wire.Malformed},
		"settle, another body":  {wire.TypeSettle, good, wire.Malformed},
		"settle, municipality":  {wire.TypeSettle, wire.Settle{Municipality: "山田　"}, wire.Malformed},
		"alarm, unknown code":   {wire.TypeAlarm, wire.Alarm{Code: 999}, wire.Malformed},
		"alarm, OK":             {wire.TypeAlarm, wire.Alarm{}, wire.Malformed},
		"beat, another body":    {wire.TypeBeat, good, wire.Malformed},
		"beat, unknown code":    {wire.TypeBeat, wire.Beat{Codes: []wire.Code{999}}, wire.Malformed},
	} {
		if _, err := k.ask(c.t, c.body); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", name, err, c.want)
		}
	}
	off := h.kiosk("off")
	if _, err := off.open(); !errors.Is(err, wire.KioskDisabled) {
		t.Errorf("a disabled kiosk opens: %v", err)
	}
	if b := must(channel.Body[wire.Beaten](must(off.ask(wire.TypeBeat, wire.Beat{}))(t)))(t); b.Enabled {
		t.Error("a disabled kiosk is told that it is enabled")
	}
	if b := must(channel.Body[wire.Beaten](must(k.ask(wire.TypeBeat, wire.Beat{Codes: []wire.Code{wire.PrinterFault}}))(t)))(t); !b.Enabled || b.Now == 0 {
		t.Errorf("a good kiosk is told %+v", b)
	}
	if _, err := k.begin(good); err != nil { // none of all that has used the session up
		t.Errorf("the good header after the bad ones: %v", err)
	}
}

func TestAnUnknownKioskIsNotLetIn(t *testing.T) {
	h := build(t, 1)
	h.kiosks["stranger"] = must(h.w.Kiosk("stranger"))(t)
	_, err := channel.Dial(within(t), channel.ClientConfig{Address: h.addr, Root: h.w.Centre.Pool(), Certificate: h.kiosks["stranger"]})
	if !errors.Is(err, wire.KioskDisabled) {
		t.Errorf("got %v", err)
	}
	if h.gateway.Refused()[wire.KioskDisabled] != 1 {
		t.Errorf("counted %v", h.gateway.Refused())
	}
}

func TestBusyIsSaidSo(t *testing.T) {
	h := build(t, 3, func(c *centre.LauncherConfig) { c.Workers = 3 })
	a, b, c := h.kiosk("k0"), h.kiosk("k1"), h.kiosk("k2")
	head := must(a.open())(t)
	must(a.begin(head))(t)
	head.Counter = 2
	at := must(a.begin(head))(t)
	third := head
	third.Counter = 3
	var r *channel.Refused
	if _, err := a.begin(third); !errors.As(err, &r) || r.Code != wire.Busy || r.RetryAfter == 0 {
		t.Errorf("a third worker of one kiosk: %v", err)
	}
	hb := must(b.open())(t)
	must(b.begin(hb))(t)
	hc := must(c.open())(t)
	if _, err := c.begin(hc); !errors.As(err, &r) || r.Code != wire.Busy || r.RetryAfter == 0 {
		t.Errorf("a fourth worker: %v", err)
	}
	if _, err := a.request(head, at, "", nil); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(hang); ; time.Sleep(10 * time.Millisecond) { // being busy has used nothing up
		_, err := c.begin(hc)
		if err == nil {
			break
		}
		if !errors.Is(err, wire.Busy) || time.Now().After(end) {
			t.Fatalf("after a worker has ended: %v", err)
		}
	}
}
