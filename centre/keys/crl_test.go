package keys_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"akashi/centre/keys"
	"akashi/testkit/forge"
	"akashi/verifier"
	"akashi/verifier/shc"
	"akashi/verifier/trust"
)

// TestRevocation goes the whole way: revoked here, published, read by the
// verifier, refused there.
func TestRevocation(t *testing.T) {
	w, err := forge.New("revocation")
	if err != nil {
		t.Fatal(err)
	}
	kid := trust.Thumbprint(&w.Card.PublicKey)
	card := w.SignCard(forge.Payload()) // nbf 1774000000, rid c29tZS1yaWQ
	c := keys.NewCRL(kid)
	judge := func() error {
		t.Helper()
		file, version := c.File()
		l := w.List()
		jwks, err := keys.JWKS(keys.IssuerKey{Key: &w.Card.PublicKey, CRLVersion: version})
		if err != nil {
			t.Fatal(err)
		}
		set, err := trust.ParseJWKS(jwks, forge.URL)
		if err != nil {
			t.Fatal(err)
		}
		rids, err := trust.ParseCRL(file, kid, set[0].CRLVersion)
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		l.SHC[0].Revoked = map[string][]string{kid: rids}
		_, err = verifier.Verify(card, l, forge.At)
		again, err2 := keys.ReadCRL(kid, file)
		if err2 != nil {
			t.Fatal(err2)
		}
		if b, v := again.File(); string(b) != string(file) || v != version || c.Version() != version {
			t.Errorf("read back as %s, written as %s", b, file)
		}
		return err
	}
	for i, step := range []struct {
		rid     string
		before  time.Time
		changed bool
		version int
		want    error
	}{
		{"AAAA", time.Time{}, true, 1, nil}, {"AAAA", time.Unix(1, 0), false, 1, nil},
		{"c29tZS1yaWQ", time.Unix(1774000000, 0), true, 2, nil}, {"c29tZS1yaWQ", time.Unix(1773999999, 0), false, 2, nil},
		{"c29tZS1yaWQ", time.Unix(1774000001, 0), true, 3, shc.ErrRevoked}, {"c29tZS1yaWQ", time.Time{}, true, 4, shc.ErrRevoked},
		{"c29tZS1yaWQ", time.Unix(0, 0), false, 4, shc.ErrRevoked},
	} {
		changed, err := c.Revoke(step.rid, step.before)
		if err != nil || changed != step.changed || c.Version() != step.version {
			t.Errorf("step %d: changed %v, version %d, %v", i, changed, c.Version(), err)
		}
		if err := judge(); !errors.Is(err, step.want) {
			t.Errorf("step %d: %v, want %v", i, err, step.want)
		}
	}
	if keys.CRLPath(kid) != "/.well-known/crl/"+kid+".json" {
		t.Error(keys.CRLPath(kid))
	}
}

func TestRevocationRefuses(t *testing.T) {
	c := keys.NewCRL("k")
	for _, rid := range []string{"", "a=", "a.1", strings.Repeat("a", 25)} {
		if _, err := c.Revoke(rid, time.Time{}); !errors.Is(err, keys.ErrRevocationID) {
			t.Errorf("%q: %v", rid, err)
		}
	}
	for _, at := range []time.Time{time.Unix(-1, 0), time.Date(10000, 1, 2, 0, 0, 0, 0, time.UTC)} {
		if _, err := c.Revoke("a", at); !errors.Is(err, keys.ErrBefore) {
			t.Errorf("%v: %v", at, err)
		}
	}
	if b, v := c.File(); v != 0 || string(b) != `{"kid":"k","method":"rid","ctr":0,"rids":[]}` {
		t.Errorf("%s, %d: a refused revocation changed the list", b, v)
	}
	for _, text := range []string{``, `{`, `{"kid":"another","method":"rid","ctr":1,"rids":[]}`, `{"kid":"k","method":"rid","ctr":-1,"rids":[]}`,
		`{"kid":"k","method":"rid","ctr":1,"rids":["a","a"]}`} {
		if _, err := keys.ReadCRL("k", []byte(text)); !errors.Is(err, keys.ErrCRLDamaged) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// TestRevocationsEnd fills a list.
func TestRevocationsEnd(t *testing.T) {
	var b strings.Builder
	b.WriteString(`{"kid":"k","method":"rid","ctr":1,"rids":["`)
	const digits = "0123456789abcdefghijklmnopqrstuv"
	for i := range keys.DefaultMaxRevoked {
		if i > 0 {
			b.WriteString(`","`)
		}
		for n := range 4 {
			b.WriteByte(digits[i>>(5*n)&31])
		}
	}
	b.WriteString(`"]}`)
	c, err := keys.ReadCRL("k", []byte(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Revoke("another", time.Time{}); !errors.Is(err, keys.ErrCRLFull) {
		t.Errorf("one more: %v", err)
	}
	if changed, err := c.Revoke("0000", time.Time{}); changed || err != nil {
		t.Errorf("one that stands there: %v, %v", changed, err)
	}
}

func FuzzReadCRL(f *testing.F) {
	for _, s := range []string{`{"kid":"k","method":"rid","ctr":2,"rids":["AAAA","b.12"]}`, `{"kid":"k","method":"rid","ctr":0,"rids":[]}`, `[`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := keys.ReadCRL("k", b)
		if err != nil {
			return
		}
		file, version := c.File()
		again, err := keys.ReadCRL("k", file)
		if err != nil || again.Version() != version {
			t.Fatalf("%q, written as %q: %v", b, file, err)
		}
	})
}
