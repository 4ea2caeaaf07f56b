package keep_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"akashi/verifier/cardrecord"
	"akashi/verifier/trust"
	"akashi/verifier/trust/keep"
)

var begin = time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)

// place is where a list is published, and a keeper's clock.
type place struct {
	t           *testing.T
	file, state string
	root        *ecdsa.PrivateKey
	now         time.Time
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func newPlace(t *testing.T) *place {
	dir := t.TempDir()
	return &place{t, filepath.Join(dir, "trust.json"), filepath.Join(dir, "state"), newKey(t), begin}
}

// sign gives a list of 90 days; lists of one version differ in their issue.
func (p *place) sign(version int, issued time.Time, root *ecdsa.PrivateKey) []byte {
	p.t.Helper()
	b, err := trust.Encode(&trust.List{
		Version: version, Issued: issued, Expires: issued.AddDate(0, 0, 90), Cards: cardrecord.Authorities{},
	}, root)
	if err != nil {
		p.t.Fatal(err)
	}
	return b
}

// put replaces the file, as a publisher should: by another one.
func (p *place) put(b []byte) {
	p.t.Helper()
	if err := os.WriteFile(p.file+".tmp", b, 0o600); err != nil {
		p.t.Fatal(err)
	}
	if err := os.Rename(p.file+".tmp", p.file); err != nil {
		p.t.Fatal(err)
	}
}

func (p *place) open() (*keep.Keeper, error) {
	return keep.Open(p.file, p.state, &p.root.PublicKey, func() time.Time { return p.now })
}

func (p *place) must() *keep.Keeper {
	p.t.Helper()
	k, err := p.open()
	if err != nil {
		p.t.Fatal(err)
	}
	return k
}

func expect(t *testing.T, what string, s keep.Status, version int, refused string) {
	t.Helper()
	if s.List.Version != version || s.Refused() != refused {
		t.Errorf("%s: version %d, %q (%v); want %d, %q", what, s.List.Version, s.Refused(), s.Fault, version, refused)
	}
}

func TestReplacedWhileRunning(t *testing.T) {
	p := newPlace(t)
	first := p.sign(3, begin, p.root)
	p.put(first)
	k := p.must()
	expect(t, "at first", k.Look(), 3, "")
	p.put(p.sign(4, begin, p.root))
	expect(t, "a newer list", k.Look(), 4, "")
	p.put(first)
	expect(t, "an older list", k.Look(), 4, "trust.rollback")
	if _, err := p.open(); !errors.Is(err, trust.ErrRollback) {
		t.Errorf("the older list after a restart: %v", err)
	}
	p.put(p.sign(4, begin.Add(time.Minute), p.root))
	expect(t, "another list of the same version", k.Look(), 4, "trust.same-version")
	if _, err := p.open(); !errors.Is(err, trust.ErrSameVersion) {
		t.Errorf("another list of the same version after a restart: %v", err)
	}
	p.put(p.sign(4, begin, p.root))
	expect(t, "the same list, signed again", k.Look(), 4, "")
	p.put(p.sign(5, begin, newKey(t)))
	expect(t, "another root", k.Look(), 4, "trust.root")
	p.put(bytes.Replace(p.sign(5, begin, p.root), []byte(`"version":5`), []byte(`"version":6`), 1))
	expect(t, "not signed", k.Look(), 4, "trust.signature")
	p.put([]byte("{"))
	expect(t, "half written", k.Look(), 4, "trust.malformed")
	p.put(make([]byte, trust.DefaultMaxList+2))
	expect(t, "too large", k.Look(), 4, "trust.malformed")
	if err := os.Remove(p.file); err != nil {
		t.Fatal(err)
	}
	expect(t, "gone", k.Look(), 4, "trust.file")
	expect(t, "still gone", k.Look(), 4, "trust.file")
	p.put(p.sign(5, begin, p.root))
	expect(t, "back", k.Look(), 5, "")
	if got := p.must().Look(); got.List.Version != 5 || len(got.Bytes) == 0 {
		t.Errorf("after a restart: %+v", got)
	}
}

// The clock moves, the file does not.
func TestExpiry(t *testing.T) {
	p := newPlace(t)
	p.put(p.sign(1, begin, p.root))
	k := p.must()
	for _, c := range []struct {
		at      time.Duration
		days    int
		lasts   bool
		warning bool
	}{
		{0, 90, true, false}, {76*24*time.Hour - 1, 14, true, false}, {76 * 24 * time.Hour, 14, true, true},
		{90*24*time.Hour - 1, 0, true, true}, {90 * 24 * time.Hour, 0, false, true}, {99 * 24 * time.Hour, 0, false, true},
	} {
		p.now = begin.Add(c.at)
		if s := k.Look(); s.Days() != c.days || s.Lasts(0) != c.lasts || s.Ending() != c.warning || s.Fault != nil {
			t.Errorf("after %v: %d days, lasts %v, ending %v, %v", c.at, s.Days(), s.Lasts(0), s.Ending(), s.Fault)
		}
	}
	p.put(p.sign(2, begin, p.root))
	expect(t, "the next one has expired too", k.Look(), 1, "trust.expired")
	if s := p.must().Look(); s.Lasts(0) || s.Fault != nil {
		t.Error("an expired list after a restart is not said to be one")
	}
	p.put(p.sign(3, p.now, p.root))
	if s := k.Look(); !s.Lasts(time.Hour) || s.Days() != 90 {
		t.Errorf("a new list: %d days", s.Days())
	}
	p.now = begin
	if _, err := p.open(); !errors.Is(err, trust.ErrNotYet) {
		t.Errorf("a list of the future: %v", err)
	}
}

// What a full disk or the clock kept out is taken later, though the file has
// not changed.
func TestTriedAgain(t *testing.T) {
	p := newPlace(t)
	p.put(p.sign(1, begin, p.root))
	k := p.must()
	p.put(p.sign(2, begin.Add(time.Hour), p.root))
	expect(t, "not yet", k.Look(), 1, "trust.not-yet")
	p.now = begin.Add(time.Hour)
	expect(t, "in time", k.Look(), 2, "")
	if err := os.Mkdir(p.state+".new", 0o700); err != nil { // in the way of the state
		t.Fatal(err)
	}
	p.put(p.sign(3, begin, p.root))
	expect(t, "a version that cannot be remembered", k.Look(), 2, "trust.file")
	if err := os.Remove(p.state + ".new"); err != nil {
		t.Fatal(err)
	}
	expect(t, "too soon", k.Look(), 2, "trust.file")
	p.now = p.now.Add(keep.DefaultRetry)
	expect(t, "later", k.Look(), 3, "")
}

func TestOpenRefuses(t *testing.T) {
	p := newPlace(t)
	if _, err := p.open(); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no list: %v", err)
	}
	p.put(bytes.Replace(p.sign(5, begin, p.root), []byte(`"version":5`), []byte(`"version":6`), 1))
	if _, err := p.open(); !errors.Is(err, trust.ErrSignature) {
		t.Errorf("an unsigned list: %v", err)
	}
	if _, err := os.Stat(p.state); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a refused list was remembered: %v", err)
	}
	p.put(p.sign(5, begin, p.root))
	p.must()
	good, err := os.ReadFile(p.state)
	if err != nil {
		t.Fatal(err)
	}
	p.root = newKey(t)
	p.put(p.sign(6, begin, p.root))
	if _, err := p.open(); !errors.Is(err, trust.ErrRoot) || !strings.Contains(err.Error(), p.state) {
		t.Errorf("the root was changed: %v", err)
	}
	for name, bad := range damaged(string(good)) {
		if err := os.WriteFile(p.state, []byte(bad), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := p.open(); !errors.Is(err, keep.ErrState) {
			t.Errorf("a state that is damaged, %s: %v", name, err)
		}
	}
}

func damaged(good string) map[string]string {
	return map[string]string{
		"empty": "", "cut": good[:40], "zeros": strings.Repeat("\x00", len(good)), "no version": strings.Replace(good, ":5,", ":0,", 1),
		"more": good + "\n", "space": " " + good, "root": strings.Replace(good, `"root":"`, `"root":"x`, 1),
		"no digest": strings.Replace(good, `"digest":"`, `"digest":"x`, 1), "long": strings.Repeat(good, 10),
	}
}

func FuzzParseState(f *testing.F) {
	d := strings.Repeat("0a", 32)
	f.Add([]byte(`{"root":"` + d + `","version":7,"digest":"` + d + "\"}\n"))
	f.Add([]byte(`{"root":"","version":0,"digest":""}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := keep.ParseState(b)
		if err != nil {
			return
		}
		file := filepath.Join(t.TempDir(), "state")
		if err := s.Write(file); err != nil {
			t.Fatal(err)
		}
		if again, err := os.ReadFile(file); err != nil || !bytes.Equal(again, b) {
			t.Fatalf("a state with two encodings: %q, %v", b, err)
		}
	})
}
