package issue_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"testing"
	"time"

	"akashi/centre/channel"
	"akashi/centre/issue"
	"akashi/centre/keys"
	"akashi/centre/vrs"
	"akashi/centre/wire"
	"akashi/testkit/residents"
	refvrs "akashi/testkit/vrs"
	"akashi/verifier"
	"akashi/verifier/credential"
	"akashi/verifier/pdfsig"
)

func TestEveryResidentGetsWhatIsTheirs(t *testing.T) {
	r := open(t, keys.Limits{})
	list, err := r.w.TrustList()
	must(t, err)
	for _, who := range residents.All() {
		for _, kind := range []credential.Kind{credential.Domestic, credential.Overseas} {
			want := who.Domestic
			if kind == credential.Overseas {
				want = who.Overseas
			}
			if want == wire.PINLocked || want == wire.CardExpired || want == wire.KindOut {
				continue // stopped at the kiosk, or at admission
			}
			t.Run(who.ID+"/"+kind.String(), func(t *testing.T) {
				a := ask(t, who.ID, who.Ask(), kind)
				o := r.make(a)
				if got := o.done.Event.Code; got != want && !(got == wire.NoOverseasIssue && want/100 == 4) {
					t.Fatalf("%v at %v, want %v", got, o.done.Event.At, want)
				}
				if o.done.Event.Code != wire.OK {
					return
				}
				d := o.answer.Delivery
				if d == nil || len(d.Codes) != int(kind) {
					t.Fatal("not the codes of this kind")
				}
				r.holds(t, a, *d)
				for _, text := range d.Codes {
					v, err := verifier.Verify(text, list, time.Now())
					if err != nil {
						t.Fatal(err)
					}
					if v.Birth.String() != who.VRS[0].Birth || len(v.Doses) != len(who.VRS[0].Doses) {
						t.Error("not this resident's")
					}
				}
				if _, err := pdfsig.Verify(d.PDF, list, time.Now()); err != nil {
					t.Error(err)
				}
			})
		}
	}
}

// holds checks the receipt as the last look does.
func (r *rooms) holds(t *testing.T, a attempt, d wire.Delivery) {
	t.Helper()
	rec := d.Receipt
	must(t, channel.CheckReceipt(r.w.Centre.Pool(), rec, time.Now()))
	session, card, pdf := a.header.SessionDigest(), a.request.Files.Digest(), sha256.Sum256(d.PDF)
	settle := wire.SettleDigest(d.SettleKey, d.SettleToken)
	for name, pair := range map[string][2][]byte{
		"session": {rec.SessionDigest, session[:]}, "card": {rec.CardDigest, card[:]},
		"PDF": {rec.PDFDigest, pdf[:]}, "settle": {rec.SettleDigest, settle[:]},
	} {
		if !bytes.Equal(pair[0], pair[1]) {
			t.Errorf("receipt: %s", name)
		}
	}
	if rec.Version != wire.Version || rec.Counter != a.header.Counter || rec.Kind != a.header.Kind ||
		rec.Municipality != a.header.Municipality || len(rec.RecordDigest) != 32 || len(rec.CodeDigests) != len(d.Codes) {
		t.Error("receipt: header or lengths")
	}
	for i, text := range d.Codes {
		if sum := sha256.Sum256([]byte(text)); !bytes.Equal(rec.CodeDigests[i], sum[:]) {
			t.Errorf("receipt: code %d", i)
		}
	}
}

func TestEventOfAnIssue(t *testing.T) {
	r := open(t, keys.Limits{})
	o := r.make(ask(t, "traveller", residents.Reiji, credential.Overseas))
	e := o.done.Event
	if o.run != nil || e.Code != wire.OK || e.At != issue.SealAnswer || e.Reservation != issue.Handed {
		t.Fatalf("%+v, %v", e, o.run)
	}
	for i, micros := range e.Micros {
		if done := micros > 0; done != (issue.Step(i) != issue.Admit) {
			t.Errorf("%v: %d µs", issue.Step(i), micros)
		}
	}
	counts, err := r.control.Counts(context.Background())
	must(t, err)
	for purpose, want := range map[keys.Purpose]uint64{keys.PurposeAttest: 1, keys.PurposeReceipt: 1, keys.PurposeSHC: 1,
		keys.PurposeVDSNC: 1, keys.PurposePDF: 1, keys.PurposeVRSTLS: 1} {
		if counts.Signed[purpose] != want {
			t.Errorf("%s: %d signatures, want %d", purpose, counts.Signed[purpose], want)
		}
	}
}

func TestSettleIsRelayed(t *testing.T) {
	r := open(t, keys.Limits{})
	a := ask(t, "yoshida", residents.Mihon, credential.Domestic)
	d := r.make(a).answer.Delivery
	if d == nil {
		t.Fatal("not issued")
	}
	sealed := func(o vrs.Outcome) *wire.Settle {
		s, err := channel.SealSettlement(d.SettleKey, residents.Mihon, wire.Encode(vrs.Settlement{Token: d.SettleToken, Outcome: o}))
		must(t, err)
		return &s
	}
	say := func(s *wire.Settle) wire.Code {
		return r.order(func(x *issue.Setup) { x.Mode, x.Settle = issue.ModeSettle, s }).Code
	}
	state := func(want refvrs.State) {
		t.Helper()
		all, err := r.vrs.Issues(context.Background())
		must(t, err)
		if len(all) != 1 || all[0].State != want {
			t.Errorf("%v, want %s", all, want)
		}
	}
	state(refvrs.Pending)
	r.vrs.Faults().Cut(vrs.PathSettle, 1)
	once := sealed(vrs.Delivered)
	if c := say(once); c != wire.VRSDown {
		t.Errorf("cut: %v", c)
	}
	state(refvrs.Delivered)
	if c := say(once); c != wire.OK {
		t.Errorf("resent: %v", c)
	}
	if c := say(sealed(vrs.Void)); c != wire.NonceUsed || !c.Final() {
		t.Errorf("contradicted: %v", c)
	}
	broken := *once
	broken.Ciphertext = bytes.Clone(once.Ciphertext)
	broken.Ciphertext[3] ^= 1
	if c := say(&broken); c != wire.Malformed {
		t.Errorf("broken: %v", c)
	}
	if c := say(nil); c != wire.Malformed {
		t.Errorf("nothing: %v", c)
	}
	if e := r.order(func(x *issue.Setup) { x.Mode = issue.ModeVoid }); e.Code != wire.Malformed {
		t.Errorf("no order: %v", e)
	}
	state(refvrs.Delivered)
}

func TestTheKeyProcessRefuses(t *testing.T) {
	for purpose, at := range map[keys.Purpose]issue.Step{
		keys.PurposeVRSTLS: issue.QueryVRS, keys.PurposeSHC: issue.Sign, keys.PurposeVDSNC: issue.Sign,
		keys.PurposePDF: issue.LayOut, keys.PurposeReceipt: issue.SignReceipt,
	} {
		limits := keys.DefaultPerSession()
		delete(limits, purpose)
		r := open(t, keys.Limits{PerSession: limits})
		o := r.make(ask(t, "traveller", residents.Reiji, credential.Overseas))
		r.refused(string(purpose), o, wire.KeyRefused)
		if e := o.done.Event; e.At != at || (at > issue.QueryVRS) != (e.Reservation == issue.Voided) {
			t.Errorf("%s: %+v", purpose, e)
		}
	}
}

func TestABusyKeyProcessIsBusy(t *testing.T) {
	r := open(t, keys.Limits{Rate: 2}) // the attestation and the handshake; then the cap
	o := r.make(ask(t, "yoshida", residents.Mihon, credential.Domestic))
	r.refused("rate cap", o, wire.Busy)
	if o.done.Event.At != issue.Sign || o.done.Event.Reservation != issue.Voided {
		t.Errorf("%+v", o.done.Event)
	}
}
