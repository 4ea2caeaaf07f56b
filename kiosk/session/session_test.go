package session_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"akashi/centre/channel"
	"akashi/centre/vrs"
	"akashi/centre/wire"
	"akashi/kiosk/face"
	"akashi/kiosk/lastlook"
	"akashi/kiosk/reader"
	"akashi/kiosk/screen"
	"akashi/kiosk/session"
	"akashi/printer"
	"akashi/testkit/residents"
	"akashi/testkit/simcard"
	"akashi/verifier/credential"
)

// errHang makes an end say nothing until its time is over.
var errHang = errors.New("hang")

// A session that is ended from outside when its certificate is there and its
// money held prints nothing, gives the money back and tells VRS so.
func TestEndedWithMoneyHeld(t *testing.T) {
	w := newWorld(t, "yoshida")
	ctx, end := context.WithCancelCause(t.Context())
	w.unit.taken = func() { end(wire.TimedOut) }
	e := w.runIn(ctx)
	w.nothing(e, wire.TimedOut)
	if len(w.centre.settled) != 1 || len(w.unit.bills) != 1 || len(w.printer.jobs) != 0 {
		t.Errorf("settled %v, bills %v, %d jobs", w.centre.settled, w.unit.bills, len(w.printer.jobs))
	}
}

func TestWholeWay(t *testing.T) {
	w := newWorld(t, "yoshida")
	e := w.run()
	if e.Code != wire.OK || e.Made != 1 || e.Requests[0] != (session.RequestEvent{Outcome: session.Delivered}) {
		t.Errorf("event %+v", e)
	}
	for s, n := range e.Entered {
		if want := uint8(1); n != want && session.Step(s) != session.Choose {
			t.Errorf("%v was entered %d times", session.Step(s), n)
		}
	}
	if len(w.printer.jobs) != 1 || w.printer.jobs[0].Copies != 2 || !bytes.Equal(w.printer.jobs[0].PDF, w.looker.seen[0].Delivery.PDF) {
		t.Errorf("printed %d jobs; they must be the bytes of the last look", len(w.printer.jobs))
	}
	if w.unit.Charged() != 240 || !slices.Equal(w.centre.settled, []string{"delivered"}) {
		t.Errorf("charged %d, settled %v", w.unit.Charged(), w.centre.settled)
	}
	in := w.looker.seen[0]
	if r, _ := residents.Find("yoshida"); in.Attributes.Name != r.Card.Name || in.CardDigest != w.centre.requests[0].Files.Digest() {
		t.Error("the last look was not given what this card holds")
	}
}

func TestStepsAreTheDesigns(t *testing.T) {
	const design = "consent → card present → card checked → PIN → open → read → challenge → verify the card's records → card removed → " +
		"municipality, kind, copies → request → answer → last look → preview and confirm → authorise payment → print → capture payment → settle → wipe"
	if got := strings.Join(session.Steps[:], " → "); got != design {
		t.Errorf("the steps are\n%s\nwant\n%s", got, design)
	}
}

func TestSettlementIsWhatVRSOpens(t *testing.T) {
	b := session.SettlementForTest(bytes.Repeat([]byte{7}, 32), session.Unknown)
	if want := wire.Encode(vrs.Settlement{Token: bytes.Repeat([]byte{7}, 32), Outcome: vrs.Unknown}); !bytes.Equal(b, want) {
		t.Errorf("%s, want %s", b, want)
	}
}

func TestSeveralMunicipalitiesOneReading(t *testing.T) {
	w := newWorld(t, "two")
	w.face.choices = []face.Act{pick(residents.Mihon, credential.Domestic, 1), pick(residents.Reiji, credential.Overseas, 3)}
	e := w.run()
	if e.Code != wire.OK || e.Made != 2 || w.unit.Charged() != 480 || len(w.printer.jobs) != 2 {
		t.Errorf("event %+v, charged %d, %d jobs", e, w.unit.Charged(), len(w.printer.jobs))
	}
	if e.Entered[session.Read] != 1 || e.Entered[session.PIN] != 1 || w.centre.nonces != 1 {
		t.Error("the card was read again")
	}
	a, b := w.centre.requests[0], w.centre.requests[1]
	if a.Header.Counter != 1 || b.Header.Counter != 2 || !bytes.Equal(a.Challenge, b.Challenge) || b.Header.Municipality != residents.Reiji {
		t.Errorf("headers %+v, %+v", a.Header, b.Header)
	}
}

func TestNoMoreThanEightRequests(t *testing.T) {
	w := newWorld(t, "yoshida")
	w.face.choices = nil
	for range 12 {
		w.face.choices = append(w.face.choices, pick(residents.Mihon, credential.Domestic, 1))
	}
	if e := w.run(); e.Made != wire.MaxRequests || len(w.printer.jobs) != wire.MaxRequests || e.Code != wire.OK {
		t.Errorf("%d requests, %d jobs, %v", e.Made, len(w.printer.jobs), e.Code)
	}
}

// TestEndings provokes each ending at its own place: nothing printed, nothing
// charged, the delivery void, the card without power, words for the resident.
func TestEndings(t *testing.T) {
	mismatch := &lastlook.Mismatch{Reason: 3}
	fast := func(w *world) {
		w.setup.Limits = session.Limits{Resident: 30 * time.Millisecond, Centre: 30 * time.Millisecond, Look: 30 * time.Millisecond, Print: 30 * time.Millisecond}
	}
	ends := func(c wire.Code) func(*world) { return func(w *world) { w.centre.code = c } }
	fails := func(t wire.Type, err error) func(*world) {
		return func(w *world) { fast(w); w.centre.fail[t] = err }
	}
	cancels := func(s face.Screen) func(*world) {
		return func(w *world) { w.face.cancel = map[face.Screen]bool{s: true} }
	}
	silent := func(s face.Screen) func(*world) {
		return func(w *world) { fast(w); w.face.silent = s }
	}
	for _, c := range []struct {
		name  string
		id    string
		card  simcard.Options
		spoil func(*world)
		want  wire.Code
		last  session.Step // the last step before wipe
	}{
		{"terms refused", "", simcard.Options{}, cancels(face.Consent), wire.TermsRefused, session.Consent},
		{"nobody at the screen", "", simcard.Options{}, silent(face.Consent), wire.TimedOut, session.Consent},
		{"no card", "", simcard.Options{}, func(w *world) { fast(w); w.reader.lies = false }, wire.TimedOut, session.CardPresent},
		{"cancelled while the card is waited for", "", simcard.Options{}, func(w *world) { w.reader.lies = false; cancels(face.InsertCard)(w) }, wire.Cancelled, session.CardPresent},
		{"two cards", "", simcard.Options{}, func(w *world) { w.reader.wait = []error{reader.TwoCards} }, wire.TwoCards, session.CardPresent},
		{"mute card", "", simcard.Options{}, func(w *world) { w.reader.wait = []error{reader.Unanswering} }, wire.CardUnknown, session.CardPresent},
		{"reader gone", "", simcard.Options{}, func(w *world) { w.reader.wait = []error{reader.Unavailable} }, wire.ReaderFault, session.CardPresent},
		{"another card", "", simcard.Options{Faults: simcard.Faults{NotMyNumber: true}}, nil, wire.CardUnknown, session.CardChecked},
		{"card taken at once", "", simcard.Options{Faults: simcard.Faults{LeaveAt: 1}}, nil, wire.CardRemoved, session.CardChecked},
		{"expired card", "expired", simcard.Options{}, nil, wire.CardExpired, session.CardChecked},
		{"a card that expired last night in Japan", "", simcard.Options{}, func(w *world) {
			last, err := time.Parse("20060102", w.reader.card.Resident().Card.Expires)
			w.setup.Now = func() time.Time { return last.Add(16 * time.Hour) } // of the last day, in UTC
			if err != nil {
				panic(err)
			}
		}, wire.CardExpired, session.CardChecked},
		{"locked PIN", "locked", simcard.Options{}, nil, wire.PINLocked, session.CardChecked},
		{"wrong PIN, then no more", "", simcard.Options{}, func(w *world) { w.face.pins = []string{"0000"} }, wire.PINWrong, session.PIN},
		{"wrong PIN three times", "", simcard.Options{}, func(w *world) { w.face.pins = []string{"0000", "0000", "0000", "0000"} }, wire.PINLocked, session.PIN},
		{"cancelled at the PIN", "", simcard.Options{}, cancels(face.PIN), wire.Cancelled, session.PIN},
		{"no PIN typed", "", simcard.Options{}, silent(face.PIN), wire.TimedOut, session.PIN},
		{"centre busy", "", simcard.Options{}, fails(wire.TypeOpen, &channel.Refused{Code: wire.Busy, RetryAfter: 30}), wire.Busy, session.Open},
		{"line down at open", "", simcard.Options{}, fails(wire.TypeOpen, wire.LineDown), wire.LineDown, session.Open},
		{"terms outdated", "", simcard.Options{}, fails(wire.TypeOpen, wire.TermsOutdated), wire.TermsOutdated, session.Open},
		{"no answer to open", "", simcard.Options{}, fails(wire.TypeOpen, errHang), wire.TimedOut, session.Open},
		{"a nonce of the wrong length", "", simcard.Options{}, func(w *world) {
			w.centre.bend = func(t wire.Type, a any) any {
				if o, ok := a.(wire.Opened); ok {
					o.Nonce = o.Nonce[:31]
					return o
				}
				return a
			}
		}, wire.Malformed, session.Open},
		{"unknown authority", "", simcard.Options{}, func(w *world) { clear(w.setup.Authorities) }, wire.CardAuthority, session.VerifyRecords},
		{"bad signature", "", simcard.Options{Faults: simcard.Faults{BadSignature: []uint16{3}}}, nil, wire.CardSignature, session.VerifyRecords},
		{"wrong digest", "", simcard.Options{Faults: simcard.Faults{WrongDigest: []uint16{2}}}, nil, wire.CardDigest, session.VerifyRecords},
		{"not live", "", simcard.Options{Faults: simcard.Faults{ForeignChallenge: true}}, nil, wire.CardNotLive, session.VerifyRecords},
		{"card left on the reader", "", simcard.Options{}, func(w *world) { fast(w); w.reader.stay = true }, wire.TimedOut, session.CardRemoved},
		{"cancelled at the choice", "", simcard.Options{}, cancels(face.Choose), wire.Cancelled, session.Choose},
		{"a choice off the menu", "", simcard.Options{}, func(w *world) { w.face.choices[0].Municipality = "131016" }, wire.Malformed, session.Choose},
		{"a kind off the menu", "", simcard.Options{}, func(w *world) {
			for i := range w.setup.Menu {
				w.setup.Menu[i].Kinds = []credential.Kind{credential.Domestic}
			}
			w.face.choices[0].Kind = credential.Overseas
		}, wire.Malformed, session.Choose},
		{"the till's answer is lost", "", simcard.Options{}, func(w *world) {
			w.unit.lost = wire.LineDown
			w.face.on = func(t face.Tell) {
				if t.Screen == face.Trouble {
					w.t.Error("a resident is asked to pay again where nobody knows whether they have paid")
				}
			}
		}, wire.LineDown, session.Authorise},
		{"too many copies", "", simcard.Options{}, func(w *world) { w.face.choices[0].Copies = 11 }, wire.Malformed, session.Choose},
		{"municipality out", "", simcard.Options{}, fails(wire.TypeBegin, wire.MunicipalityOut), wire.MunicipalityOut, session.Settle},
		{"issuing stopped", "", simcard.Options{}, fails(wire.TypeBegin, wire.IssuingStopped), wire.IssuingStopped, session.Request},
		{"attestation of another header", "", simcard.Options{}, func(w *world) {
			w.centre.bend = func(_ wire.Type, a any) any {
				if at, ok := a.(wire.Attested); ok {
					at.Expires++
					return at
				}
				return a
			}
		}, wire.AttestationInvalid, session.Request},
		{"attested by the receipt's key", "", simcard.Options{}, func(w *world) {
			w.centre.bend = func(_ wire.Type, a any) any {
				if at, ok := a.(wire.Attested); ok {
					at.Chain = w.centre.pki.Receipt.DER()
					return at
				}
				return a
			}
		}, wire.AttestationInvalid, session.Request},
		{"line down at the request", "", simcard.Options{}, fails(wire.TypeRequest, wire.LineDown), wire.LineDown, session.Answer},
		{"no answer", "", simcard.Options{}, fails(wire.TypeRequest, errHang), wire.TimedOut, session.Answer},
		{"an answer of another request", "", simcard.Options{}, func(w *world) {
			w.centre.bend = func(t wire.Type, a any) any {
				if s, ok := a.(wire.Sealed); ok {
					s.Counter++
					w.centre.delivered = 0
					return s
				}
				return a
			}
		}, wire.HeaderMismatch, session.Answer},
		{"no record", "", simcard.Options{}, ends(wire.NoRecord), wire.NoRecord, session.Settle},
		{"needs check", "", simcard.Options{}, ends(wire.RecordNeedsCheck), wire.RecordNeedsCheck, session.Settle},
		{"name differs", "", simcard.Options{}, ends(wire.NameDiffers), wire.NameDiffers, session.Settle},
		{"VRS down", "", simcard.Options{}, ends(wire.VRSDown), wire.VRSDown, session.Settle},
		{"VRS's answer swapped", "", simcard.Options{}, ends(wire.VRSAnswer), wire.VRSAnswer, session.Answer},
		{"glyph missing", "", simcard.Options{}, ends(wire.GlyphMissing), wire.GlyphMissing, session.Settle},
		{"last look", "", simcard.Options{}, func(w *world) { w.looker.err = mismatch }, wire.LastLook, session.LastLook},
		{"a look that never ends", "", simcard.Options{}, func(w *world) { fast(w); w.looker.err = errHang }, wire.TimedOut, session.LastLook},
		{"cancelled at the preview", "", simcard.Options{}, cancels(face.Preview), wire.Cancelled, session.Preview},
		{"nobody at the preview", "", simcard.Options{}, silent(face.Preview), wire.TimedOut, session.Preview},
		{"payment refused", "", simcard.Options{}, func(w *world) { w.unit.refuse = []error{errors.New("no")} }, wire.PaymentRefused, session.Authorise},
		{"printer fault", "", simcard.Options{}, func(w *world) { w.printer.out = printer.NotPrinted }, wire.PrinterFault, session.Print},
		{"a jam before the paper", "", simcard.Options{}, func(w *world) {
			w.printer.out, w.printer.err = printer.NotPrinted, &printer.Error{Fault: printer.PaperJam}
		}, wire.PrinterJam, session.Print},
		{"maybe printed", "", simcard.Options{}, func(w *world) { w.printer.out = printer.Unknown }, wire.PrintUnknown, session.Print},
		{"a printer that says nothing", "", simcard.Options{}, func(w *world) { fast(w); w.printer.hang, w.printer.out = true, printer.Unknown }, wire.PrintUnknown, session.Print},
	} {
		t.Run(c.name, func(t *testing.T) {
			id := c.id
			if id == "" {
				id = "takasaki"
			}
			w := newWorldWith(t, id, c.card)
			if c.spoil != nil {
				c.spoil(w)
			}
			e := w.run()
			w.nothing(e, c.want)
			for s := c.last + 1; s < session.Wipe; s++ {
				if e.Entered[s] != 0 && s != session.Settle {
					t.Errorf("%v was entered after %v", s, c.last)
				}
			}
			if e.Entered[c.last] == 0 {
				t.Errorf("%v was not reached", c.last)
			}
			if alarmed := len(w.centre.alarms) > 0; alarmed != (c.want == wire.LastLook) {
				t.Errorf("alarms %v", w.centre.alarms)
			}
			if n := w.reader.card.TriesLeft(); strings.HasPrefix(c.name, "wrong PIN") == (n == 3) && id == "takasaki" {
				t.Errorf("%d PIN tries are left", n)
			}
		})
	}
}

// Whatever the centre says, at the door, to a request or sealed, ends in that
// code, with its words and without paper or money.
func TestEveryRefusalOfTheCentre(t *testing.T) {
	for _, c := range wire.Codes() {
		if c >= 600 {
			continue // the kiosk's own
		}
		for name, refuse := range map[string]func(*world){
			"open":   func(w *world) { w.centre.fail[wire.TypeOpen] = c },
			"begin":  func(w *world) { w.centre.fail[wire.TypeBegin] = c },
			"answer": func(w *world) { w.centre.code = c },
		} {
			w := newWorld(t, "takasaki")
			refuse(w)
			w.nothing(w.run(), c)
			end := w.face.tells[len(w.face.tells)-1]
			if end.Code != c || len(end.Texts) != len(screen.Languages) || end.Charged != 0 {
				t.Errorf("%v at %s: the resident reads %v in %d languages", c, name, end.Code, len(end.Texts))
			}
		}
	}
}

// Nothing is sent before the worker's key is vouched for.
func TestNothingLeavesUnattested(t *testing.T) {
	w := newWorld(t, "takasaki")
	w.centre.bend = func(_ wire.Type, a any) any {
		if at, ok := a.(wire.Attested); ok {
			at.Signature[len(at.Signature)-1] ^= 1
			return at
		}
		return a
	}
	w.run()
	if slices.Contains(w.centre.asked, wire.TypeRequest) {
		t.Error("a request was sent to a key that nobody vouched for")
	}
}

func TestLastLookAlarmsBeforeAllElse(t *testing.T) {
	w := newWorld(t, "takasaki")
	w.looker.err = &lastlook.Mismatch{Reason: 5}
	e := w.run()
	i := slices.Index(w.centre.asked, wire.TypeAlarm)
	if i < 0 || i+1 >= len(w.centre.asked) || w.centre.asked[i+1] != wire.TypeSettle || w.centre.asked[i-1] != wire.TypeRequest {
		t.Errorf("asked %v", w.centre.asked)
	}
	if e.Requests[0].Reason != 5 || e.Requests[0].Outcome != session.Unknown || e.Requests[0].Code != wire.LastLook {
		t.Errorf("event %+v", e.Requests[0])
	}
}

func TestPINOnlyByChoice(t *testing.T) {
	r, _ := residents.Find("takasaki")
	t.Run("right at the second try", func(t *testing.T) {
		w := newWorld(t, "takasaki")
		w.face.pins = []string{"0000", r.PIN}
		if e := w.run(); e.Code != wire.OK || w.face.saw(face.PINAgain) != 1 || w.face.saw(face.PINLast) != 0 {
			t.Errorf("%v, screens %d/%d", e.Code, w.face.saw(face.PINAgain), w.face.saw(face.PINLast))
		}
	})
	t.Run("warned before the last try", func(t *testing.T) {
		w := newWorld(t, "takasaki")
		w.face.pins = []string{"0000", "1111", r.PIN}
		e := w.run()
		if e.Code != wire.OK || w.face.saw(face.PINLast) != 1 {
			t.Errorf("%v, warned %d times", e.Code, w.face.saw(face.PINLast))
		}
	})
	t.Run("stops at the warning", func(t *testing.T) {
		w := newWorld(t, "takasaki")
		w.face.pins = []string{"0000", "1111", "2222"}
		w.face.cancel = map[face.Screen]bool{face.PINLast: true}
		e := w.run()
		w.nothing(e, wire.Cancelled)
		if w.reader.card.TriesLeft() != 1 {
			t.Errorf("%d tries left, want 1", w.reader.card.TriesLeft())
		}
	})
	t.Run("never sent twice when the card says nothing", func(t *testing.T) {
		for n := 1; n < 12; n++ {
			w := newWorld(t, "takasaki")
			w.face.pins = []string{r.PIN, r.PIN}
			w.reader.fail = map[int]reader.Fault{n: reader.Failed}
			w.run()
			if used := w.face.saw(face.PIN); used > 1 {
				t.Errorf("failure at command %d: the PIN was asked for %d times", n, used)
			}
		}
	})
}

func TestNoticeShowsTriesLeft(t *testing.T) {
	w := newWorld(t, "takasaki")
	w.face.pins = []string{"0000"}
	w.run()
	var tries []int
	for _, s := range w.face.tells {
		if s.Screen == face.PIN || s.Screen == face.PINAgain || s.Screen == face.End {
			tries = append(tries, s.Tries)
		}
	}
	if !slices.Equal(tries, []int{3, 2, 2}) {
		t.Errorf("tries shown %v", tries)
	}
}

func TestCardLaidDownAgain(t *testing.T) {
	w := newWorld(t, "takasaki")
	w.reader.wait = []error{reader.TwoCards, reader.Unanswering}
	w.reader.fail = map[int]reader.Fault{2: reader.Removed}
	w.face.trouble = face.Again
	if e := w.run(); e.Code != wire.OK || w.face.saw(face.Trouble) != 3 || e.Entered[session.CardPresent] != 2 {
		t.Errorf("%v after %d troubles", e.Code, w.face.saw(face.Trouble))
	}
}

// Going back leads to the terms again and spends no PIN try; the card has no
// power meanwhile.
func TestBackToTheTerms(t *testing.T) {
	for name, set := range map[string]func(*person){
		"from the card": func(p *person) { p.back = true }, "from the PIN": func(p *person) { p.retreat = true },
	} {
		w := newWorld(t, "takasaki")
		set(w.face)
		w.reader.lies = name != "from the card"
		w.face.on = func(s face.Tell) {
			if s.Screen != face.Consent {
				return
			}
			if w.face.saw(face.Consent) == 2 {
				w.reader.lies = true
				if name == "from the PIN" && !w.reader.off {
					t.Error("the card has power while the terms are read again")
				}
			}
		}
		if e := w.run(); e.Code != wire.OK || e.Entered[session.Consent] != 2 || e.Entered[session.PIN] != 1 && name != "from the PIN" {
			t.Errorf("%s: %v, entered %v", name, e.Code, e.Entered)
		}
	}
}

// What was chosen stands on every screen until the paper is printed, for the
// resident to hold it against what they meant.
func TestChoiceIsShownUntilPrinted(t *testing.T) {
	w := newWorld(t, "takasaki")
	w.run()
	for _, s := range w.face.tells {
		switch s.Screen {
		case face.Working, face.Preview, face.Pay, face.Printing:
			if s.Choice == nil || s.Choice.Copies != 2 || s.Choice.Municipality == "" {
				t.Errorf("%s shows the choice %+v", s.Screen, s.Choice)
			}
		default:
			if s.Choice != nil {
				t.Errorf("%s shows a choice", s.Screen)
			}
		}
	}
}

func TestBackFromThePreviewVoids(t *testing.T) {
	w := newWorld(t, "takasaki")
	w.face.backs = 1
	w.face.choices = []face.Act{pick(residents.Mihon, credential.Domestic, 1), pick(residents.Mihon, credential.Domestic, 3)}
	e := w.run()
	if e.Code != wire.OK || !slices.Equal(w.centre.settled, []string{"void", "delivered"}) || w.unit.Charged() != 360 || len(w.printer.jobs) != 1 {
		t.Errorf("%v, settled %v, charged %d, %d jobs", e.Code, w.centre.settled, w.unit.Charged(), len(w.printer.jobs))
	}
}

func TestChooseAgainAfterNoRecord(t *testing.T) {
	w := newWorld(t, "two")
	w.face.choices = []face.Act{pick(residents.Mihon, credential.Domestic, 1), pick(residents.Reiji, credential.Domestic, 1)}
	w.face.trouble = face.Again
	w.centre.code = wire.NoRecord
	w.centre.hook = func(t wire.Type) {
		if len(w.centre.requests) == 1 {
			w.centre.code = wire.OK
		}
	}
	e := w.run()
	if e.Code != wire.OK || e.Made != 2 || e.Requests[0].Code != wire.NoRecord || e.Requests[1].Outcome != session.Delivered || e.Entered[session.PIN] != 1 {
		t.Errorf("event %+v", e)
	}
	for _, s := range w.face.tells {
		if s.Screen == face.Trouble && (s.Phone == "" || len(s.Texts) != len(screen.Languages) || s.Code != wire.NoRecord) {
			t.Errorf("the notice lacks something: %+v", s)
		}
	}
}

// A capture that fails after the paper is out costs the shop, not the resident.
func TestCaptureFailsAfterPaper(t *testing.T) {
	w := newWorld(t, "takasaki")
	w.unit.stuck = errors.New("no")
	e := w.run()
	if e.Code != wire.OK || w.unit.Charged() != 0 || e.Requests[0].Outcome != session.Delivered || e.Requests[0].Code != wire.PaymentRefused {
		t.Errorf("%v, charged %d, %+v", e.Code, w.unit.Charged(), e.Requests[0])
	}
}

// The event is numbers: nothing of the resident is in it.
func TestEventHoldsNothingOfTheResident(t *testing.T) {
	w := newWorld(t, "yoshida")
	b, err := json.Marshal(w.run())
	if err != nil {
		t.Fatal(err)
	}
	if bytes.ContainsFunc(b, func(r rune) bool { return r > 0x7e }) {
		t.Errorf("text in the event: %s", b)
	}
	r, _ := residents.Find("yoshida")
	for _, s := range []string{r.PIN + `"`, r.Card.Number, r.Ask()} {
		if bytes.Contains(b, []byte(s)) {
			t.Errorf("the event holds %q", s)
		}
	}
}
