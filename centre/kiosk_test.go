package centre_test

import (
	"context"
	"crypto/sha256"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"akashi/centre/audit"
	"akashi/centre/channel"
	"akashi/centre/wire"
	"akashi/verifier/credential"
)

func within(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), hang)
	t.Cleanup(cancel)
	return ctx
}

func (h *house) kiosk(id string) *kiosk {
	h.t.Helper()
	c := must(channel.Dial(within(h.t), channel.ClientConfig{Address: h.addr, Root: h.w.Centre.Pool(), Certificate: h.kiosks[id]}))(h.t)
	h.t.Cleanup(func() { c.Close() })
	return &kiosk{h: h, conn: c, digest: sha256.Sum256(h.kiosks[id].Certificate[0])}
}

// kiosk is a connected kiosk of a test.
type kiosk struct {
	h      *house
	conn   *channel.Conn
	digest [32]byte
}

func (k *kiosk) ask(t wire.Type, body any) (wire.Frame, error) {
	return k.conn.Ask(within(k.h.t), t, body)
}

// open gives the header of a new session's first request.
func (k *kiosk) open() (wire.Header, error) {
	f, err := k.ask(wire.TypeOpen, wire.Open{Terms: terms})
	if err != nil {
		return wire.Header{}, err
	}
	o, err := channel.Body[wire.Opened](f)
	return wire.Header{
		Version: wire.Version, Nonce: o.Nonce, Kiosk: k.digest[:], Counter: 1,
		Municipality: city, Kind: credential.Domestic, Disease: "covid-19", Terms: terms,
	}, err
}

func (k *kiosk) begin(h wire.Header) (wire.Attested, error) {
	f, err := k.ask(wire.TypeBegin, h)
	if err != nil {
		return wire.Attested{}, err
	}
	a, err := channel.Body[wire.Attested](f)
	if err != nil {
		return a, err
	}
	return a, channel.CheckAttested(k.h.w.Centre.Pool(), h, a, k.h.now())
}

// request seals and asks; order is for the fake worker.
func (k *kiosk) request(h wire.Header, a wire.Attested, order string, challenge []byte) (wire.Answer, error) {
	r := wire.Request{Header: h, Challenge: challenge}
	r.Files.Number = []byte(order)
	s, key, err := channel.SealRequest(a, r)
	if err != nil {
		return wire.Answer{}, err
	}
	f, err := k.ask(wire.TypeRequest, s)
	if err != nil {
		return wire.Answer{}, err
	}
	down, err := channel.Body[wire.Sealed](f)
	if err != nil {
		return wire.Answer{}, err
	}
	return key.Open(down)
}

// whole runs one request of a new session.
func (k *kiosk) whole(order string, challenge []byte) (wire.Answer, error) {
	h, err := k.open()
	if err != nil {
		return wire.Answer{}, err
	}
	a, err := k.begin(h)
	if err != nil {
		return wire.Answer{}, err
	}
	return k.request(h, a, order, challenge)
}

// waiting starts a request whose worker waits, and gives how to let it go on
// and how it ends.
func (k *kiosk) waiting(order string) (goOn func(), ends <-chan error) {
	k.h.t.Helper()
	head := must(k.open())(k.h.t)
	a := must(k.begin(head))(k.h.t)
	got := make(chan error, 1)
	go func() { _, err := k.request(head, a, order, nil); got <- err }()
	select {
	case c := <-k.h.atVRS:
		return func() { c.Write([]byte{1}) }, got
	case err := <-got:
		k.h.t.Fatal("the worker does not wait: ", err)
	case <-time.After(hang):
		k.h.t.Fatal("the worker does not come to wait")
	}
	return nil, nil
}

// await gives the first event that f wants, once it is there.
func (h *house) await(f func(audit.Event) bool) audit.Event {
	h.t.Helper()
	for end := time.Now().Add(hang); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		h.mu.Lock()
		for _, e := range h.events {
			if f(e) {
				h.mu.Unlock()
				return e
			}
		}
		h.mu.Unlock()
	}
	h.t.Fatal("the event does not come")
	return audit.Event{}
}

// workers gives the numbers of this process's children that are alive.
func workers(t testing.TB) []string {
	t.Helper()
	all, err := filepath.Glob("/proc/self/task/*/children")
	if err != nil || all == nil {
		t.Skip("no /proc here")
	}
	var pids []string
	for _, f := range all {
		b, _ := os.ReadFile(f)
		pids = append(pids, strings.Fields(string(b))...)
	}
	return pids
}

func (h *house) noWorkers() {
	h.t.Helper()
	for end := time.Now().Add(hang); ; time.Sleep(5 * time.Millisecond) {
		if len(workers(h.t)) == 0 {
			return
		}
		if time.Now().After(end) {
			h.t.Fatalf("workers live on: %v", workers(h.t))
		}
	}
}
