package trust_test

import (
	"errors"
	"testing"

	"akashi/testkit/forge"
	"akashi/verifier/rule"
	"akashi/verifier/trust"
)

// FuzzAmend: whatever is taken, it makes nothing pass that was refused, and
// the list can still be published.
func FuzzAmend(f *testing.F) {
	w, err := forge.New("amend")
	if err != nil {
		f.Fatal(err)
	}
	kid := trust.Thumbprint(&w.Card.PublicKey)
	for _, s := range []string{`{"kid":"` + kid + `","method":"rid","ctr":2,"rids":["AAAA.7","BBBB"]}`, `{"kid":"` + kid + `","method":"rid","ctr":2,"rids":[]}`,
		"{}", " {", "-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n", "0\x82"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		l := w.List()
		l.SHC[0].Revoked = map[string][]string{kid: {"AAAA.7"}}
		err := l.Amend(b)
		if err != nil && !errors.As(err, new(*rule.Refusal)) {
			t.Errorf("%v is no refusal", err)
		}
		if !l.SHC[0].IsRevoked(kid, "AAAA", w.List().Issued.AddDate(-56, 0, -100)) {
			t.Errorf("%q took a revocation back", b)
		}
		if _, err := w.Encode(l); err != nil {
			t.Errorf("%q was taken, and the list cannot be published: %v", b, err)
		}
	})
}

// TestUsableCRLs: two CRLs of one authority would be two words on one thing.
func TestUsableCRLs(t *testing.T) {
	w, err := forge.New("crls")
	if err != nil {
		t.Fatal(err)
	}
	l := w.List()
	l.CRLs = append(l.CRLs, nil)
	if _, err := w.Encode(l); !errors.Is(err, trust.ErrContent) {
		t.Errorf("a CRL that is none: %v", err)
	}
}
