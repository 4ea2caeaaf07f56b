package bridge

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"akashi/verifier/cardrecord"
	"akashi/verifier/scan"
	"akashi/verifier/trust"
	"akashi/verifier/verdict"
)

var begin = time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)

func newRoot(t *testing.T) (*ecdsa.PrivateKey, []byte) {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(&k.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	return k, pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
}

// list lasts 90 days.
func list(t *testing.T, version int, root *ecdsa.PrivateKey) []byte {
	t.Helper()
	k, _ := newRoot(t)
	b, err := trust.Encode(&trust.List{
		Version: version, Issued: begin, Expires: begin.AddDate(0, 0, 90), Cards: cardrecord.Authorities{},
		SHC: []trust.SHCIssuer{{URL: "https://issuer.example.invalid/shc", NameJA: "見本市", NameEN: "Specimen City",
			Keys: []trust.SHCKey{{ID: trust.Thumbprint(&k.PublicKey), Key: &k.PublicKey}}}},
	}, root)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestTakeTrust(t *testing.T) {
	root, rootPEM := newRoot(t)
	other, otherPEM := newRoot(t)
	v := New(nil)
	if a, err := v.Codes(Seen{Codes: []string{"shc:/1"}}, begin); err != nil || a.Valid || a.Code != "trust.none" {
		t.Errorf("without a list: %+v, %v", a, err)
	}
	first := list(t, 3, root)
	taken := v.TakeTrust(first, rootPEM, "", begin)
	if !taken.Taken || taken.Code != "" || taken.Version != 3 || taken.Ending || taken.State == "" ||
		len(taken.Issuers) != 1 || taken.Issuers[0].JA != "見本市" || taken.Expires != "2026-06-30T00:00:00Z" {
		t.Fatalf("%+v", taken)
	}
	for name, c := range map[string]struct {
		list, root []byte
		state      string
		at         time.Time
		code       string
		taken      bool
	}{
		"again":                {first, rootPEM, taken.State, begin, "", true},
		"soon over":            {first, rootPEM, taken.State, begin.AddDate(0, 0, 80), "", true},
		"over":                 {first, rootPEM, taken.State, begin.AddDate(0, 0, 90), "trust.expired", true},
		"of the future":        {first, rootPEM, taken.State, begin.AddDate(0, 0, -1), "trust.not-yet", false},
		"a newer one":          {list(t, 4, root), rootPEM, taken.State, begin, "", true},
		"an older one":         {list(t, 2, root), rootPEM, taken.State, begin, "trust.rollback", false},
		"another of version 3": {list(t, 3, root), rootPEM, taken.State, begin, "trust.same-version", false},
		"another root":         {list(t, 4, other), rootPEM, taken.State, begin, "trust.root", false},
		"both changed":         {list(t, 4, other), otherPEM, taken.State, begin, "trust.root", false},
		"no root":              {first, []byte("none"), taken.State, begin, "trust.root", false},
		"a damaged state":      {first, rootPEM, taken.State + " ", begin, "trust.state", false},
		"no list":              {[]byte("{"), rootPEM, taken.State, begin, "trust.malformed", false},
	} {
		v.list = nil
		got := v.TakeTrust(c.list, c.root, c.state, c.at)
		if got.Taken != c.taken || got.Code != c.code || (v.list != nil) != c.taken || got.Code != "" && (got.JA == "" || got.EN == "") {
			t.Errorf("%s: %+v", name, got)
		}
		if name == "soon over" && !got.Ending {
			t.Error("its end is not announced")
		}
	}
	v.TakeTrust(first, rootPEM, "", begin)
	v.TakeTrust(list(t, 2, root), rootPEM, taken.State, begin)
	if v.list == nil || v.list.Version != 3 {
		t.Error("a list that was refused took the place of the one before")
	}
}

// TestDates: a page stays open longer than its list lasts.
func TestDates(t *testing.T) {
	root, rootPEM := newRoot(t)
	v := New(nil)
	v.TakeTrust(list(t, 1, root), rootPEM, "", begin)
	for at, code := range map[time.Time]string{
		begin: "input.unknown", begin.AddDate(0, 0, 90): "trust.expired", begin.AddDate(0, 0, -1): "trust.not-yet",
	} {
		a, err := v.File("a.txt", []byte("x"), Seen{}, at)
		if err != nil || a.Valid || a.Code != code || a.JA == "" {
			t.Errorf("%v: %+v, %v", at, a, err)
		}
	}
	if a, _ := v.Codes(Seen{}, begin); a.Code != "paper.no-code" {
		t.Errorf("no code: %+v", a)
	}
	if a, _ := v.Codes(Seen{Codes: []string{"x"}, Unread: 1}, begin); a.Code != "paper.unread" {
		t.Errorf("a code unread: %+v", a)
	}
}

// reader is a scanner that saw what a test says.
type reader struct {
	verdict.Scanner
	page scan.Page
	err  error
}

func (r reader) Image([]byte) (scan.Page, error) { return r.page, r.err }
func (r reader) Close() error                    { return nil }

func TestBothReaders(t *testing.T) {
	page := func(unread int, codes ...string) scan.Page { return scan.Page{Codes: codes, Unread: unread} }
	for name, c := range map[string]struct {
		flat   reader
		photo  Seen
		codes  string
		unread int
		err    error
	}{
		"the same":                {reader{page: page(0, "a", "b")}, Seen{[]string{"b", "a"}, 0}, "a b", 0, nil},
		"a photograph":            {reader{page: page(0)}, Seen{[]string{"a", "b"}, 0}, "a b", 0, nil},
		"read by the other":       {reader{page: page(1, "a")}, Seen{[]string{"a", "b"}, 0}, "a b", 0, nil},
		"each reads one":          {reader{page: page(1, "a")}, Seen{[]string{"b"}, 1}, "a b", 0, nil},
		"one unread by both":      {reader{page: page(1, "a")}, Seen{[]string{"a"}, 1}, "a", 1, nil},
		"one seen by one only":    {reader{page: page(0, "a")}, Seen{[]string{"a"}, 1}, "a", 1, nil},
		"the other way":           {reader{page: page(2, "a")}, Seen{[]string{"a"}, 0}, "a", 2, nil},
		"one code twice":          {reader{page: page(0, "a", "a")}, Seen{[]string{"a"}, 0}, "a", 0, nil},
		"too large for the first": {reader{err: scan.ErrPixels}, Seen{[]string{"a"}, 0}, "a", 0, nil},
		"no picture, no code":     {reader{err: scan.ErrImage}, Seen{}, "", 0, scan.ErrImage},
		"a crowd":                 {reader{err: scan.ErrCrowded}, Seen{[]string{"a"}, 0}, "", 0, scan.ErrCrowded},
	} {
		p, err := both{c.flat, c.photo}.Image(nil)
		if !errors.Is(err, c.err) || err == nil && (strings.Join(slices.Sorted(slices.Values(p.Codes)), " ") != c.codes || p.Unread != c.unread) {
			t.Errorf("%s: %+v, %v", name, p, err)
		}
	}
}

// TestPicture: what either reader saw decides.
func TestPicture(t *testing.T) {
	root, rootPEM := newRoot(t)
	v := New(func() (verdict.Scanner, error) {
		return reader{page: scan.Page{Width: 2000, Height: 2000, Unread: 1}}, nil
	})
	v.TakeTrust(list(t, 1, root), rootPEM, "", begin)
	png := []byte("\x89PNG\r\n\x1a\n")
	for code, seen := range map[string]Seen{"paper.unread": {}, "input.unknown": {Codes: []string{"x"}}} {
		if a, err := v.File("a.png", png, seen, begin); err != nil || a.Code != code {
			t.Errorf("%s: %+v, %v", code, a, err)
		}
	}
	v.open = func() (verdict.Scanner, error) { return nil, errors.New("no scanner here") }
	if _, err := v.File("a.png", png, Seen{}, begin); err == nil {
		t.Error("a picture that nobody looked at was judged")
	}
}
