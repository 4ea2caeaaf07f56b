package mynumber_test

import (
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"akashi/kiosk/mynumber"
	"akashi/kiosk/reader"
	"akashi/testkit/residents"
	"akashi/testkit/simcard"
	"akashi/testkit/simcard/tray"
	"akashi/verifier/cardrecord"
	"akashi/verifier/credential"
)

// These tests read testkit's card, which was written apart from this package.

var authority = sync.OnceValue(func() *simcard.Authority {
	a, err := simcard.NewAuthority()
	if err != nil {
		panic(err)
	}
	return a
})

func trusted(a *simcard.Authority) cardrecord.Authorities {
	return cardrecord.Authorities{a.KeyID(): a.Public()}
}

// laid is a card on a tray, freshly powered.
func laid(t *testing.T, id string, a *simcard.Authority, o simcard.Options) (*tray.Tray, *simcard.Card) {
	t.Helper()
	all := residents.All()
	i := slices.IndexFunc(all, func(r residents.Resident) bool { return r.ID == id })
	if i < 0 {
		t.Fatalf("no resident %q", id)
	}
	c, err := simcard.New(all[i], a, o)
	if err != nil {
		t.Fatal(err)
	}
	on := tray.New()
	on.Lay(c)
	if err := on.WaitCard(t.Context()); err != nil {
		t.Fatal(err)
	}
	return on, c
}

func newPIN(t *testing.T, digits string) mynumber.PIN {
	t.Helper()
	p, err := mynumber.NewPIN([]byte(digits))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// evidence walks all steps and gives the verified record.
func evidence(t *testing.T, on *tray.Tray, c *simcard.Card) (*cardrecord.Record, error) {
	t.Helper()
	if _, err := mynumber.Check(t.Context(), on); err != nil {
		t.Fatal(err)
	}
	card, err := mynumber.Verify(t.Context(), on, newPIN(t, c.Resident().PIN))
	if err != nil {
		t.Fatal(err)
	}
	files, err := card.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	digest := cardrecord.SessionDigest(1, []byte("nonce"), []byte("kiosk"), "terms")
	signature, err := card.Sign(t.Context(), digest)
	if err != nil {
		t.Fatal(err)
	}
	record, err := cardrecord.Parse(files)
	if err != nil {
		return nil, err
	}
	if err := record.Verify(trusted(authority())); err != nil {
		return nil, err
	}
	return record, record.VerifyChallenge(digest, signature)
}

func TestEveryResident(t *testing.T) {
	for _, r := range residents.All() {
		t.Run(r.ID, func(t *testing.T) {
			on, c := laid(t, r.ID, authority(), simcard.Options{Strict: true})
			status, err := mynumber.Check(t.Context(), on)
			if err != nil || status.Expires.String() != iso(r.Card.Expires) || (status.TriesLeft == 0) != r.Card.Locked {
				t.Fatalf("%+v, %v", status, err)
			}
			if r.Card.Locked {
				if _, err := mynumber.Verify(t.Context(), on, newPIN(t, r.PIN)); !errors.Is(err, mynumber.ErrLocked) {
					t.Errorf("%v", err)
				}
				return
			}
			record, err := evidence(t, on, c)
			if err != nil {
				t.Fatal(err)
			}
			a := record.Attributes()
			birth, _ := credential.ParseCompact(r.Card.Birth)
			if a.Name != r.Card.Name || a.Address != r.Card.Address || a.Sex != r.Card.Sex || a.Birth != birth {
				t.Errorf("attributes %+q", a)
			}
			if string(record.Number().Reveal()) != r.Card.Number {
				t.Error("another number")
			}
		})
	}
}

func iso(compact string) string { return compact[:4] + "-" + compact[4:6] + "-" + compact[6:] }

// TestCardsDiffer reads cards that differ where the sources do.
func TestCardsDiffer(t *testing.T) {
	state := filepath.Join(t.TempDir(), "card") // one RSA key for all of them
	for name, o := range map[string]simcard.Options{
		"strict": {Strict: true}, "first command fails": {FirstFails: true}, "short reads": {ShortReads: 50},
		"61xx": {MoreData: true}, "6Cxx": {ExactLe: true}, "no filler": {Filler: -1}, "much filler": {Filler: 300},
		"6984 to the query": {BlockedQuery: true}, "9000 to the query": {VerifiedQuery: true}, "shared signer": {SharedSigner: true},
		"offsets that point anywhere": {Faults: simcard.Faults{BadOffsets: true}},
		"all at once":                 {Strict: true, FirstFails: true, ShortReads: 33, MoreData: true, ExactLe: true, Filler: 7},
	} {
		t.Run(name, func(t *testing.T) {
			o.State = state
			on, c := laid(t, "longroman", authority(), o)
			if _, err := evidence(t, on, c); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestForgedCards(t *testing.T) {
	impostor, err := authority().Impostor()
	if err != nil {
		t.Fatal(err)
	}
	stranger, err := simcard.NewAuthority()
	if err != nil {
		t.Fatal(err)
	}
	state := filepath.Join(t.TempDir(), "card")
	unknown := stranger.KeyID()
	unknown[15] ^= 0x55
	if stranger, err = simcard.AuthorityFrom(unknown, privateKey(t)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		a      *simcard.Authority
		faults simcard.Faults
		want   cardrecord.Fault
	}{
		{"unknown authority", stranger, simcard.Faults{}, cardrecord.UnknownAuthority},
		{"impostor", impostor, simcard.Faults{}, cardrecord.BadSignature},
		{"EF 0003's signature", authority(), simcard.Faults{BadSignature: []uint16{3}}, cardrecord.BadSignature},
		{"EF 0004's signature", authority(), simcard.Faults{BadSignature: []uint16{4}}, cardrecord.BadSignature},
		{"EF 0007's signature", authority(), simcard.Faults{BadSignature: []uint16{7}}, cardrecord.BadSignature},
		{"EF 0001's digest", authority(), simcard.Faults{WrongDigest: []uint16{1}}, cardrecord.WrongDigest},
		{"EF 0002's digest", authority(), simcard.Faults{WrongDigest: []uint16{2}}, cardrecord.WrongDigest},
		{"a copy with its own AP key", authority(), simcard.Faults{ForeignChallenge: true}, cardrecord.NotLive},
	} {
		t.Run(c.name, func(t *testing.T) {
			on, card := laid(t, "yoshida", c.a, simcard.Options{State: state, Faults: c.faults})
			if _, err := evidence(t, on, card); cardrecord.FaultOf(err) != c.want {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
}

// TestSharedSigner shows the limit that DESIGN decision 2 states: a live card
// around another card's records is told only where their signers differ.
func TestSharedSigner(t *testing.T) {
	for _, shared := range []bool{true, false} {
		all := residents.All()
		i := slices.IndexFunc(all, func(r residents.Resident) bool {
			return r.Card.Municipality != all[0].Card.Municipality && !r.Card.Locked
		})
		victim, err := simcard.New(all[i], authority(), simcard.Options{SharedSigner: shared})
		if err != nil {
			t.Fatal(err)
		}
		on, c := laid(t, all[0].ID, authority(), simcard.Options{SharedSigner: shared, Faults: simcard.Faults{Records: victim}})
		_, err = evidence(t, on, c)
		if shared && err != nil {
			t.Errorf("shared signer: %v; the limit is gone, say so in the threat model", err)
		}
		if !shared && cardrecord.FaultOf(err) != cardrecord.BadSignature {
			t.Errorf("signers differ: %v", err)
		}
	}
}

// TestLeavesAtEveryCommand takes the card away at each command in turn: the
// error is always the reader's, files never come in part, and a PIN is never
// sent again.
func TestLeavesAtEveryCommand(t *testing.T) {
	state := filepath.Join(t.TempDir(), "card")
	for at := 1; ; at++ {
		on, c := laid(t, "yoshida", authority(), simcard.Options{State: state, Faults: simcard.Faults{LeaveAt: at}})
		err := steps(t, on, c)
		if err == nil {
			if at < 20 {
				t.Fatalf("a session took only %d commands", at-1)
			}
			return
		}
		if !errors.Is(err, reader.Removed) {
			t.Errorf("at command %d: %v", at, err)
		}
		if got := c.Commands(); got != at {
			t.Errorf("left at command %d and was sent %d", at, got)
		}
		if left := c.TriesLeft(); left != 3 {
			t.Errorf("at command %d: %d tries left", at, left)
		}
	}
}

func steps(t *testing.T, on *tray.Tray, c *simcard.Card) error {
	if _, err := mynumber.Check(t.Context(), on); err != nil {
		return err
	}
	card, err := mynumber.Verify(t.Context(), on, newPIN(t, c.Resident().PIN))
	if err != nil {
		return err
	}
	if _, err := card.Read(t.Context()); err != nil {
		return err
	}
	_, err = card.Sign(t.Context(), [32]byte{})
	return err
}

func TestOtherCard(t *testing.T) {
	on, c := laid(t, "yoshida", authority(), simcard.Options{Faults: simcard.Faults{NotMyNumber: true}})
	if _, err := mynumber.Check(t.Context(), on); !errors.Is(err, mynumber.ErrNotMyNumber) {
		t.Errorf("%v", err)
	}
	if _, err := mynumber.Verify(t.Context(), on, newPIN(t, c.Resident().PIN)); !errors.Is(err, mynumber.ErrNotMyNumber) {
		t.Errorf("%v", err)
	}
}

func TestTriesOnTheCard(t *testing.T) {
	on, c := laid(t, "yoshida", authority(), simcard.Options{Strict: true})
	wrong := "0000"
	if c.Resident().PIN == wrong {
		wrong = "0001"
	}
	for _, left := range []int{2, 1} {
		var e *mynumber.PINError
		if _, err := mynumber.Verify(t.Context(), on, newPIN(t, wrong)); !errors.As(err, &e) || e.Left != left || c.TriesLeft() != left {
			t.Errorf("%v; the card has %d", err, c.TriesLeft())
		}
	}
	if _, err := mynumber.Verify(t.Context(), on, newPIN(t, c.Resident().PIN)); err != nil || c.TriesLeft() != 3 {
		t.Errorf("%v; the card has %d", err, c.TriesLeft())
	}
}

func privateKey(t *testing.T) *rsa.PrivateKey {
	t.Helper()
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return k
}
