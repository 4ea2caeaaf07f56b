package vrs_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"akashi/centre/channel"
	"akashi/centre/vrs"
	"akashi/centre/wire"
	"akashi/testkit/pki"
	"akashi/testkit/residents"
	refvrs "akashi/testkit/vrs"
	"akashi/testkit/vrs/present"
	"akashi/verifier/cardrecord"
	"akashi/verifier/credential"
)

var world = sync.OnceValues(func() (*pki.World, error) { return pki.New(nil, nil) })

// clock is a clock that tests turn.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) now() time.Time          { c.mu.Lock(); defer c.mu.Unlock(); return c.t }
func (c *clock) forward(d time.Duration) { c.mu.Lock(); defer c.mu.Unlock(); c.t = c.t.Add(d) }

// service is a running VRS with everybody loaded.
type service struct {
	*refvrs.VRS
	w     *pki.World
	clock *clock
	addr  string
}

func serve(t *testing.T, change func(*refvrs.Config)) *service {
	t.Helper()
	w, err := world()
	if err != nil {
		t.Fatal(err)
	}
	s := &service{w: w, clock: &clock{t: time.Now()}}
	c := refvrs.OfWorld(w)
	c.Now = s.clock.now
	if change != nil {
		change(&c)
	}
	if s.VRS, err = refvrs.New(c); err != nil {
		t.Fatal(err)
	}
	if err := s.Load(residents.Municipalities(), residents.All()); err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.addr = ln.Addr().String()
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- s.Serve(ctx, ln) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		s.Close()
	})
	return s
}

func (s *service) client(t testing.TB) *vrs.Client {
	t.Helper()
	conn, err := net.Dial("tcp", s.addr)
	if err != nil {
		t.Fatal(err)
	}
	c := vrs.NewClient(conn, vrs.ClientTLS(s.w.VRSRoot.Pool(), "vrs.akashi.invalid", s.w.VRSClient.DER(), s.w.VRSClient.Key, s.clock.now))
	t.Cleanup(func() { c.Close() })
	return c
}

var cards sync.Map // resident ID to *present.Card: RSA keys take a while

func card(t testing.TB, id string) *present.Card {
	t.Helper()
	if c, ok := cards.Load(id); ok {
		return c.(*present.Card)
	}
	w, err := world()
	if err != nil {
		t.Fatal(err)
	}
	r, ok := residents.Find(id)
	if !ok {
		t.Fatalf("no resident %q", id)
	}
	c, err := present.Read(w, r)
	if err != nil {
		t.Fatal(err)
	}
	cards.Store(id, c)
	return c
}

// keyID has the form of a kid.
var keyID = strings.Repeat("k", 43)

// ask makes a question of a resident's card, in a session of its own.
func ask(t testing.TB, id, municipality string, kind credential.Kind) vrs.Query {
	t.Helper()
	nonce, kiosk := make([]byte, 32), make([]byte, 32)
	rand.Read(nonce)
	rand.Read(kiosk)
	q := vrs.Query{Purpose: vrs.PurposeCertificate, Version: wire.Version, Nonce: nonce, Kiosk: kiosk,
		Terms: "1", Counter: 1, Municipality: municipality, Kind: kind, Disease: residents.Disease, KeyID: keyID}
	e, err := card(t, id).Answer(cardrecord.SessionDigest(q.Version, q.Nonce, q.Kiosk, q.Terms))
	if err != nil {
		t.Fatal(err)
	}
	q.Files, q.Challenge = e.Files, e.Challenge
	return q
}

func query(t testing.TB, s *service, q vrs.Query) vrs.Answer {
	t.Helper()
	a, err := s.client(t).Query(context.Background(), q)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestEveryResidentGetsTheirFinding(t *testing.T) {
	s := serve(t, nil)
	key, err := vrs.BindingKey(s.w.VRSRoot.Pool(), s.w.Binding.DER(), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range residents.All() {
		for _, kind := range []credential.Kind{credential.Domestic, credential.Overseas} {
			t.Run(r.ID+"/"+kind.String(), func(t *testing.T) {
				want := r.Domestic
				if kind == credential.Overseas {
					want = r.Overseas
				}
				q := ask(t, r.ID, r.Ask(), kind)
				a := query(t, s, q)
				switch got := a.Status.Code(); {
				case got == wire.OK:
					checkFound(t, r, q, a)
					if err := vrs.CheckBinding(key, q, a); err != nil {
						t.Error(err)
					}
				case want/100 == 6 || want == wire.NameDiffers || want == wire.BirthDiffers:
					// Not VRS's to say: the kiosk or the centre stops these.
				case got == wire.MunicipalityOut && (want == wire.KindOut || want == wire.MunicipalityOut):
				case got != want:
					t.Errorf("VRS says %v, want %v", got, want)
				}
			})
		}
	}
}

func checkFound(t *testing.T, r residents.Resident, q vrs.Query, a vrs.Answer) {
	t.Helper()
	rec, err := vrs.ParseRecord(a.Record)
	if err != nil {
		t.Fatal(err)
	}
	mine := r.VRS[0]
	if rec.Name != mine.Name || rec.Birth != mine.Birth || len(rec.Doses) != len(mine.Doses) || rec.Municipality.Code != q.Municipality {
		t.Error("not this resident's record")
	}
	for i, d := range mine.Doses {
		if rec.Doses[i] != d {
			t.Errorf("dose %d differs", i)
		}
	}
	if (rec.Travel != nil) != (q.Kind == credential.Overseas) {
		t.Error("travel data for a domestic question, or none for an overseas one")
	}
	if !rec.ID.Valid() || len(rec.ID) != 12 || len(rec.Revocation) != 11 {
		t.Error("certificate ID or revocation ID has not its form")
	}
}

func TestAreasAreApart(t *testing.T) {
	s := serve(t, nil)
	r, _ := residents.Find("yoshida")
	for _, m := range residents.Municipalities() {
		if m.Code == r.Ask() {
			continue
		}
		a := query(t, s, ask(t, r.ID, m.Code, credential.Domestic))
		if a.Status != vrs.NoRecord && a.Status != vrs.NotParticipating {
			t.Errorf("%s: %s", m.Code, a.Status)
		}
	}
	// The person asked about elsewhere is not told apart from one who exists
	// nowhere (V-05).
	none := query(t, s, ask(t, "norecord", residents.Reiji, credential.Domestic))
	other := query(t, s, ask(t, "yoshida", residents.Reiji, credential.Domestic))
	if !bytes.Equal(wire.Encode(none), wire.Encode(other)) {
		t.Error("two kinds of no record")
	}
}

func TestEvidenceIsVerifiedHere(t *testing.T) {
	s := serve(t, nil)
	flip := func(b []byte, i int) []byte { c := bytes.Clone(b); c[i] ^= 1; return c }
	good := func() vrs.Query { return ask(t, "yoshida", residents.Mihon, credential.Domestic) }
	for name, c := range map[string]struct {
		change func(*vrs.Query)
		want   vrs.Status
	}{
		"number":         {func(q *vrs.Query) { q.Files.Number = flip(q.Files.Number, 5) }, vrs.EvidenceDigest},
		"name":           {func(q *vrs.Query) { q.Files.Attributes = flip(q.Files.Attributes, 30) }, ""},
		"signature":      {func(q *vrs.Query) { q.Files.Integrity = flip(q.Files.Integrity, 300) }, vrs.EvidenceSignature},
		"signer":         {func(q *vrs.Query) { q.Files.Signer = flip(q.Files.Signer, 500) }, vrs.EvidenceSignature},
		"ap key":         {func(q *vrs.Query) { q.Files.APKey = flip(q.Files.APKey, 400) }, vrs.EvidenceSignature},
		"challenge":      {func(q *vrs.Query) { q.Challenge = flip(q.Challenge, 9) }, vrs.EvidenceNotLive},
		"nonce":          {func(q *vrs.Query) { q.Nonce = flip(q.Nonce, 0) }, vrs.EvidenceNotLive},
		"kiosk":          {func(q *vrs.Query) { q.Kiosk = flip(q.Kiosk, 0) }, vrs.EvidenceNotLive},
		"terms":          {func(q *vrs.Query) { q.Terms = "2" }, vrs.EvidenceNotLive},
		"no files":       {func(q *vrs.Query) { q.Files = cardrecord.Files{} }, vrs.EvidenceMalformed},
		"other's name":   {func(q *vrs.Query) { q.Files.Attributes = card(t, "takasaki").Files.Attributes }, vrs.EvidenceDigest},
		"other's number": {func(q *vrs.Query) { q.Files.Number = card(t, "takasaki").Files.Number }, vrs.EvidenceDigest},
	} {
		q := good()
		c.change(&q)
		a := query(t, s, q)
		if a.Record != nil || (c.want != "" && a.Status != c.want) || a.Status == vrs.Found || a.Status == vrs.NoRecord {
			t.Errorf("%s: %s, want %s", name, a.Status, c.want)
		}
	}
	stranger, err := pki.New(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	r, _ := residents.Find("yoshida")
	foreign, err := present.Read(stranger, r)
	if err != nil {
		t.Fatal(err)
	}
	q := good()
	e, err := foreign.Answer(cardrecord.SessionDigest(q.Version, q.Nonce, q.Kiosk, q.Terms))
	if err != nil {
		t.Fatal(err)
	}
	q.Files, q.Challenge = e.Files, e.Challenge
	if a := query(t, s, q); a.Status != vrs.EvidenceAuthority {
		t.Errorf("another authority's card: %s", a.Status)
	}
	if all, err := s.Issues(context.Background()); err != nil || len(all) != 0 {
		t.Errorf("reserved for bad evidence: %d, %v", len(all), err)
	}
}

func TestAQuestionIsAnsweredOnce(t *testing.T) {
	s := serve(t, nil)
	q := ask(t, "yoshida", residents.Mihon, credential.Domestic)
	if a := query(t, s, q); a.Status != vrs.Found {
		t.Fatal(a.Status)
	}
	if a := query(t, s, q); a.Status != vrs.EvidenceNotLive {
		t.Errorf("the same question again: %s", a.Status)
	}
	q.Counter = 2
	if a := query(t, s, q); a.Status != vrs.Found {
		t.Errorf("the session's next request: %s", a.Status)
	}
}

func TestOtherPurposesAreRefused(t *testing.T) {
	s := serve(t, nil)
	for name, change := range map[string]func(*vrs.Query){
		"purpose":      func(q *vrs.Query) { q.Purpose = "mover-in" },
		"version":      func(q *vrs.Query) { q.Version++ },
		"counter 0":    func(q *vrs.Query) { q.Counter = 0 },
		"counter 9":    func(q *vrs.Query) { q.Counter = 9 },
		"nonce":        func(q *vrs.Query) { q.Nonce = q.Nonce[1:] },
		"kind":         func(q *vrs.Query) { q.Kind = 3 },
		"municipality": func(q *vrs.Query) { q.Municipality = "" },
	} {
		q := ask(t, "yoshida", residents.Mihon, credential.Domestic)
		change(&q)
		if _, err := s.client(t).Query(context.Background(), q); err == nil || err.(*vrs.Error).Code != wire.VRSAnswer {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestOnlyACentreIsAnswered(t *testing.T) {
	s := serve(t, nil)
	for name, id := range map[string]*pki.Identity{"the binding certificate": s.w.Binding, "VRS itself": s.w.VRS, "the gateway": s.w.Gateway} {
		conn, err := net.Dial("tcp", s.addr)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		c := vrs.NewClient(conn, vrs.ClientTLS(s.w.VRSRoot.Pool(), "vrs.akashi.invalid", id.DER(), id.Key, nil))
		if _, err := c.Query(context.Background(), ask(t, "yoshida", residents.Mihon, credential.Domestic)); err == nil || err.(*vrs.Error).Code != wire.VRSDown {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// settle seals an outcome as a session worker does.
func settle(t testing.TB, s *service, municipality string, a vrs.Answer, token []byte, o vrs.Outcome) vrs.SettleStatus {
	t.Helper()
	sealed, err := channel.SealSettlement(a.SettleKey, municipality, wire.Encode(vrs.Settlement{Token: token, Outcome: o}))
	if err != nil {
		t.Fatal(err)
	}
	status, err := s.client(t).Settle(context.Background(), sealed)
	if err != nil {
		t.Fatal(err)
	}
	return status
}

func state(t testing.TB, s *service) refvrs.State {
	t.Helper()
	all, err := s.Issues(context.Background())
	if err != nil || len(all) != 1 {
		t.Fatal(all, err)
	}
	return all[0].State
}

func TestStatesOfAnID(t *testing.T) {
	type say struct {
		outcome vrs.Outcome
		status  vrs.SettleStatus
		state   refvrs.State
	}
	for name, said := range map[string][]say{
		"delivered is final": {{vrs.Delivered, vrs.Settled, refvrs.Delivered}, {vrs.Delivered, vrs.Settled, refvrs.Delivered},
			{vrs.Void, vrs.Conflict, refvrs.Delivered}, {vrs.Unknown, vrs.Conflict, refvrs.Delivered}},
		"void is final": {{vrs.Void, vrs.Settled, refvrs.Void}, {vrs.Void, vrs.Settled, refvrs.Void},
			{vrs.Delivered, vrs.Conflict, refvrs.Void}, {vrs.Unknown, vrs.Conflict, refvrs.Void}},
		"unknown, then delivered": {{vrs.Unknown, vrs.Settled, refvrs.Unknown}, {vrs.Unknown, vrs.Settled, refvrs.Unknown},
			{vrs.Delivered, vrs.Settled, refvrs.Delivered}, {vrs.Void, vrs.Conflict, refvrs.Delivered}},
		"unknown, then void": {{vrs.Unknown, vrs.Settled, refvrs.Unknown}, {vrs.Void, vrs.Settled, refvrs.Void}},
		"no such outcome":    {{"pending", vrs.Refused, refvrs.Pending}, {"", vrs.Refused, refvrs.Pending}},
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, nil)
			a := query(t, s, ask(t, "yoshida", residents.Mihon, credential.Domestic))
			if got := state(t, s); got != refvrs.Pending {
				t.Fatal(got)
			}
			for i, step := range said {
				if got := settle(t, s, residents.Mihon, a, a.SettleToken, step.outcome); got != step.status {
					t.Errorf("%d: %s: %s", i, step.outcome, got)
				}
				if got := state(t, s); got != step.state {
					t.Errorf("%d: %s: %s", i, step.outcome, got)
				}
			}
		})
	}
}

func TestSettlementsThatNameNothing(t *testing.T) {
	s := serve(t, nil)
	a := query(t, s, ask(t, "yoshida", residents.Mihon, credential.Domestic))
	if got := settle(t, s, residents.Mihon, a, make([]byte, 32), vrs.Void); got != vrs.Refused {
		t.Errorf("unknown token: %s", got)
	}
	if got := settle(t, s, residents.Reiji, a, a.SettleToken, vrs.Void); got != vrs.Refused {
		t.Errorf("another municipality: %s", got)
	}
	status, err := s.client(t).Settle(context.Background(), wire.Settle{Municipality: residents.Mihon, Enc: []byte{1}, Ciphertext: []byte{2}})
	if err != nil || status != vrs.Refused {
		t.Errorf("garbage: %s, %v", status, err)
	}
	sealed, err := channel.SealSettlement(a.SettleKey, residents.Mihon, []byte(`{"outcome":"void","token":""}`))
	if err != nil {
		t.Fatal(err)
	}
	if status, err := s.client(t).Settle(context.Background(), sealed); err != nil || status != vrs.Refused {
		t.Errorf("another encoding: %s, %v", status, err)
	}
	if got := state(t, s); got != refvrs.Pending {
		t.Error(got)
	}
}

func TestTheCentreVoidsByToken(t *testing.T) {
	s := serve(t, nil)
	a := query(t, s, ask(t, "yoshida", residents.Mihon, credential.Domestic))
	void := func(municipality string, token []byte) vrs.SettleStatus {
		status, err := s.client(t).Void(context.Background(), vrs.VoidOrder{Municipality: municipality, Token: token})
		if err != nil {
			t.Fatal(err)
		}
		return status
	}
	if got := void(residents.Reiji, a.SettleToken); got != vrs.Refused {
		t.Errorf("another municipality: %s", got)
	}
	for range 2 {
		if got := void(residents.Mihon, a.SettleToken); got != vrs.Settled {
			t.Error(got)
		}
	}
	if got := state(t, s); got != refvrs.Void {
		t.Error(got)
	}
}

func TestSilenceIsUnknownNeverVoid(t *testing.T) {
	s := serve(t, nil)
	a := query(t, s, ask(t, "yoshida", residents.Mihon, credential.Domestic))
	s.clock.forward(refvrs.DefaultPendingLife - time.Minute)
	if got := state(t, s); got != refvrs.Pending {
		t.Error(got)
	}
	s.clock.forward(2 * time.Minute)
	if got := state(t, s); got != refvrs.Unknown {
		t.Error(got)
	}
	if got := settle(t, s, residents.Mihon, a, a.SettleToken, vrs.Delivered); got != vrs.Settled || state(t, s) != refvrs.Delivered {
		t.Errorf("late word: %s", got)
	}
	b := query(t, s, ask(t, "takasaki", residents.Mihon, credential.Domestic))
	s.clock.forward(time.Hour)
	status, err := s.client(t).Void(context.Background(), vrs.VoidOrder{Municipality: residents.Mihon, Token: b.SettleToken})
	if err != nil || status != vrs.Settled {
		t.Errorf("late word of the centre: %s, %v", status, err)
	}
}
