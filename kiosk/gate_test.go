package kiosk_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/hpke"
	crand "crypto/rand"
	"encoding/json"
	"net"
	"sync"
	"testing"
	"time"

	"akashi/centre/channel"
	"akashi/centre/wire"
	"akashi/testkit/paper"
	"akashi/testkit/pki"
	"akashi/testkit/residents"
	"akashi/testkit/rightdesk"
)

// gate is a gateway that answers as the whole centre does, for the resident
// whose card lies on the reader.
type gate struct {
	pki     *pki.World
	address string
	vrs     hpke.PrivateKey

	mu       sync.Mutex
	resident residents.Resident
	code     wire.Code // of the sealed answer
	refuse   map[wire.Type]wire.Code
	enabled  bool
	swap     *residents.Resident // whose paper is delivered instead
	key      *channel.WorkerKey
	header   wire.Header
	issued   [][]byte // the PDF of each delivery, as it was sealed
	settled  []string
	alarms   []wire.Code
	faults   []wire.Code // of the last beat
	beats    int
	report   wire.Report // in the last beat
	rights   *rightdesk.Desk
	version  int             // of the screen release that a beat names
	release  []byte          // its file
	cut      func()          // takes the line away
	asked    func(wire.Type) // hears of every ask before it is answered; nil: nobody
}

func newGate(t testing.TB, w *pki.World) *gate {
	t.Helper()
	vrs, err := hpke.MLKEM768X25519().GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	g := &gate{pki: w, vrs: vrs, enabled: true, refuse: map[wire.Type]wire.Code{}, rights: rightdesk.New()}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	g.address = ln.Addr().String()
	g.serve(ln)
	t.Cleanup(func() { g.cut() })
	return g
}

// serve answers on ln until cut.
func (g *gate) serve(ln net.Listener) {
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan struct{})
	go func() {
		channel.Serve(ctx, ln, channel.ServerConfig{Certificate: g.pki.Gateway.TLS(), Root: g.pki.Centre.Pool(), Drain: time.Second}, g.handle)
		close(served)
	}()
	g.cut = func() { cancel(); <-served }
}

func (g *gate) handle(_ context.Context, p channel.Peer, t wire.Type, body json.RawMessage) (wire.Type, any, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if c := g.refuse[t]; c != wire.OK {
		return "", nil, &channel.Refused{Code: c, RetryAfter: 7}
	}
	if g.asked != nil {
		g.asked(t)
	}
	switch t {
	case wire.TypeBeat:
		b, err := wire.Decode[wire.Beat](body, 8<<10)
		if err != nil {
			return "", nil, err
		}
		g.beats, g.faults, g.report = g.beats+1, b.Codes, *b.Report
		return wire.TypeBeaten, wire.Beaten{Now: time.Now().UnixMilli(), Enabled: g.enabled, Release: g.version}, b.Check()
	case wire.TypeRelease:
		return wire.TypeReleased, wire.Released{File: g.release}, nil
	case wire.TypeOpen:
		nonce := make([]byte, 32)
		crand.Read(nonce)
		return wire.TypeOpened, wire.Opened{Nonce: nonce, Expires: time.Now().Add(10 * time.Minute).Unix(), Now: time.Now().Unix()}, nil
	case wire.TypeBegin:
		return g.begin(body)
	case wire.TypeRequest:
		return g.request(body)
	case wire.TypeRight:
		r, err := wire.Decode[wire.Right](body, 1<<10)
		if err != nil {
			return "", nil, err
		}
		got, err := g.rights.Do(p.ID, r)
		return wire.TypeRighted, got, err
	case wire.TypeSettle:
		return g.settle(body)
	case wire.TypeAlarm:
		a, err := wire.Decode[wire.Alarm](body, 1<<10)
		g.alarms = append(g.alarms, a.Code)
		return wire.TypeAlarmed, nil, err
	}
	return "", nil, wire.FrameUnexpected
}

func (g *gate) begin(body []byte) (wire.Type, any, error) {
	h, err := wire.Decode[wire.Header](body, 4<<10)
	if err != nil {
		return "", nil, err
	}
	if g.key, err = channel.NewWorkerKey(); err != nil {
		return "", nil, err
	}
	g.header = h
	a := wire.Attested{Key: g.key.Public(), Expires: time.Now().Add(time.Minute).Unix(), Chain: g.pki.Attest.DER()}
	d := wire.AttestationDigest(h, a.Key, a.Expires)
	a.Signature, err = ecdsa.SignASN1(crand.Reader, g.pki.Attest.Key, d[:])
	return wire.TypeAttested, a, err
}

func (g *gate) request(body []byte) (wire.Type, any, error) {
	s, err := wire.Decode[wire.Sealed](body, 64<<10)
	if err != nil {
		return "", nil, err
	}
	r, sealer, err := g.key.OpenRequest(g.header, s)
	if err != nil {
		return "", nil, err
	}
	a := wire.Answer{Code: g.code, Phone: "000-0000-0201"}
	if g.code == wire.OK {
		who := g.resident
		if g.swap != nil {
			who = *g.swap
		}
		a.Phone = ""
		d, err := paper.Delivery(paper.Order{World: g.pki, Resident: who, Header: g.header, Card: r.Files.Digest(), Now: time.Now(),
			SettleKey: g.vrs.PublicKey().Bytes(), SettleToken: bytes.Repeat([]byte{5}, 32)})
		if err != nil {
			return "", nil, err
		}
		a.Delivery = &d
		g.issued = append(g.issued, bytes.Clone(d.PDF))
	}
	out, err := sealer.Seal(a)
	return wire.TypeAnswer, out, err
}

func (g *gate) settle(body []byte) (wire.Type, any, error) {
	s, err := wire.Decode[wire.Settle](body, 8<<10)
	if err != nil {
		return "", nil, err
	}
	b, err := channel.OpenSettlement(g.vrs, s)
	if err != nil {
		return "", nil, err
	}
	var v struct {
		Outcome string `json:"outcome"`
	}
	err = json.Unmarshal(b, &v)
	g.settled = append(g.settled, v.Outcome)
	return wire.TypeSettled, nil, err
}

// with changes the gate between its answers.
func (g *gate) with(f func(*gate)) { g.mu.Lock(); defer g.mu.Unlock(); f(g) }

// outcomes waits for n settlements.
func (c *town) outcomes(n int) []string {
	c.t.Helper()
	for begun := time.Now(); ; time.Sleep(10 * time.Millisecond) {
		c.gate.mu.Lock()
		got := append([]string(nil), c.gate.settled...)
		c.gate.mu.Unlock()
		if len(got) >= n || time.Since(begun) > hang {
			return got
		}
	}
}
