package session_test

import (
	"context"
	"crypto/hpke"
	"reflect"
	"sync"
	"testing"
	"time"

	"akashi/centre/wire"
	"akashi/kiosk/face"
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
	sensor  session.Tray // nil: none
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
		Face: w.face, Reader: session.OverAPDU(w.reader), Centre: w.centre, Payment: w.unit, Printer: w.printer, Looker: w.looker, Tray: w.sensor,
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
