package session_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/hpke"
	crand "crypto/rand"
	"encoding/json"
	"reflect"
	"sync"
	"testing"
	"time"

	"akashi/centre/channel"
	"akashi/centre/wire"
	"akashi/kiosk/face"
	"akashi/kiosk/lastlook"
	"akashi/kiosk/reader"
	"akashi/kiosk/screen"
	"akashi/kiosk/session"
	"akashi/printer"
	"akashi/testkit/pki"
	"akashi/testkit/residents"
	"akashi/testkit/simcard"
	"akashi/verifier/cardrecord"
	"akashi/verifier/credential"
)

// authorities are made once: RSA keys take a while.
var authorities = sync.OnceValues(func() (*pki.World, *simcard.Authority) {
	w, err := pki.New(nil, nil)
	if err != nil {
		panic(err)
	}
	a, err := simcard.AuthorityFrom(w.Cards.ID, w.Cards.Key)
	if err != nil {
		panic(err)
	}
	return w, a
})

// world is one session with every end simulated; each end can be broken.
type world struct {
	t       testing.TB
	setup   session.Setup
	face    *person
	reader  *tray
	centre  *centre
	unit    *money
	printer *paperTray
	looker  *looker
}

func newWorld(t testing.TB, id string) *world {
	t.Helper()
	return newWorldWith(t, id, simcard.Options{})
}

// sound keeps ordinary cards: a card's key takes a while to make.
var sound sync.Map

func cardOf(r residents.Resident, a *simcard.Authority, o simcard.Options) (*simcard.Card, error) {
	plain := reflect.DeepEqual(o, simcard.Options{})
	if c, ok := sound.Load(r.ID); ok && plain && c.(*simcard.Card).TriesLeft() == 3 {
		return c.(*simcard.Card), nil
	}
	c, err := simcard.New(r, a, o)
	if err == nil && plain {
		sound.Store(r.ID, c)
	}
	return c, err
}

func newWorldWith(t testing.TB, id string, o simcard.Options) *world {
	t.Helper()
	pk, authority := authorities()
	r, ok := residents.Find(id)
	if !ok {
		t.Fatalf("no resident %s", id)
	}
	card, err := cardOf(r, authority, o)
	if err != nil {
		t.Fatal(err)
	}
	vrs, err := hpke.MLKEM768X25519().GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, unit: &money{}, printer: &paperTray{out: printer.Printed}, looker: &looker{}}
	w.face = &person{w: w, pins: []string{r.PIN}, choices: []face.Act{pick(r.Ask(), credential.Domestic, 2)}, done: make(chan struct{})}
	w.printer.gone = w.face.done
	w.reader = &tray{card: card, lies: true}
	w.centre = &centre{pki: pk, vrs: vrs, fail: map[wire.Type]error{}}
	w.setup = session.Setup{
		Kiosk: [32]byte{1, 2, 3}, Terms: "2026-11", Disease: residents.Disease, CentreRoot: pk.Centre.Pool(),
		Authorities: cardrecord.Authorities{pk.Cards.ID: &pk.Cards.Key.PublicKey},
		Now:         time.Now,
	}
	for _, m := range residents.Municipalities() {
		w.setup.Menu = append(w.setup.Menu, face.Offer{Code: m.Code, NameJA: m.NameJA, NameEN: m.NameEN, Phone: m.Phone,
			Kinds: []credential.Kind{credential.Domestic, credential.Overseas}, Fee: m.Fee})
	}
	return w
}

func pick(code string, k credential.Kind, copies int) face.Act {
	return face.Act{Do: face.Pick, Municipality: code, Kind: k, Copies: copies}
}

func (w *world) run() session.Event { return w.runIn(w.t.Context()) }

// runIn takes the resident through and holds what must be true after every
// session, however it went.
func (w *world) runIn(ctx context.Context) session.Event {
	w.t.Helper()
	e := session.Run(ctx, w.setup, session.Devices{
		Face: w.face, Reader: session.OverAPDU(w.reader), Centre: w.centre, Payment: w.unit, Printer: w.printer, Looker: w.looker,
	})
	w.always(e)
	return e
}

func (w *world) always(e session.Event) {
	w.t.Helper()
	if w.unit.Held() != 0 {
		w.t.Errorf("%d yen are still held", w.unit.Held())
	}
	if !w.reader.off {
		w.t.Error("the card still has power")
	}
	if e.Entered[session.Wipe] != 1 {
		w.t.Errorf("wipe was entered %d times", e.Entered[session.Wipe])
	}
	if len(w.centre.settled) != w.centre.delivered {
		w.t.Errorf("%d deliveries, %d settlements", w.centre.delivered, len(w.centre.settled))
	}
	if end := w.face.last(); end.Screen != face.End || end.Code != e.Code && end.Code != wire.RightGiven || (e.Code != wire.OK && len(end.Texts) != len(screen.Languages)) {
		w.t.Errorf("the last screen is %+v, the code %v", end, e.Code)
	}
	if len(w.printer.jobs) > int(e.Entered[session.LastLook]) {
		w.t.Errorf("%d jobs after %d last looks", len(w.printer.jobs), e.Entered[session.LastLook])
	}
	for s := session.Consent; s < session.Choose; s++ {
		if e.Entered[s] == 0 && e.Entered[s+1] != 0 && s+1 != session.Wipe {
			w.t.Errorf("%v was entered without %v", s+1, s)
		}
	}
}

// nothing holds that no paper came out and no money was taken.
func (w *world) nothing(e session.Event, code wire.Code) {
	w.t.Helper()
	if e.Code != code {
		w.t.Errorf("ended with %v, want %v", e.Code, code)
	}
	if w.printer.printed() != 0 {
		w.t.Errorf("%d jobs were printed", w.printer.printed())
	}
	if w.unit.Charged() != 0 {
		w.t.Errorf("%d yen were charged", w.unit.Charged())
	}
	for _, s := range w.centre.settled {
		want := "void"
		if code == wire.PrintUnknown || code == wire.LastLook {
			want = "unknown"
		}
		if s != want {
			w.t.Errorf("settled as %s, want %s", s, want)
		}
	}
}

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
