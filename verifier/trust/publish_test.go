package trust_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"akashi/verifier/rule"
	"akashi/verifier/trust"
)

func vectors(t *testing.T, name string) []byte {
	t.Helper()
	root := "."
	for range 8 {
		if _, err := os.Stat(filepath.Join(root, "go.mod")); err == nil {
			break
		}
		root = filepath.Join(root, "..")
	}
	b, err := os.ReadFile(filepath.Join(root, "../shared/vectors", name))
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("the published vectors are missing: ", err)
		}
		t.Skip("the published vectors are missing: ", err)
	}
	return b
}

func TestPublishedKeySets(t *testing.T) {
	japan, err := trust.ParseJWKS(vectors(t, "vci-directory/japan_jwks_2024-09-20.json"), "https://vc.vrs.digital.go.jp/issuer")
	if err != nil {
		t.Fatal(err)
	}
	if len(japan) != 3 || len(japan[0].Chain) != 3 {
		t.Errorf("%d keys, want Japan's 3 with their chains", len(japan))
	}
	spec, err := trust.ParseJWKS(vectors(t, "spec-example-issuer/jwks.json"), "https://spec.smarthealth.cards/examples/issuer")
	if err != nil {
		t.Fatal(err)
	}
	rids, err := trust.ParseCRL(vectors(t, "spec-example-issuer/crl/"+spec[0].ID+".json"), spec[0].ID, spec[0].CRLVersion)
	if err != nil || len(rids) != 4 {
		t.Errorf("the examples' revocation list: %d entries, %v", len(rids), err)
	}
	if _, err := trust.ParseJWKS(vectors(t, "vci-directory/japan_jwks_2024-09-20.json"), "https://other.example"); !errors.Is(err, trust.ErrJWKSChain) {
		t.Errorf("a chain of another issuer: %v", err)
	}
}

func TestPublishedBadRevocationLists(t *testing.T) {
	const kid = "hrvC0uzB16UXK83BnPo7Glg685b1D6iYOyJd5hpRaAA"
	for folder, want := range map[string]*rule.Refusal{
		"duplicate-rid": trust.ErrCRLDuplicate, "invalid-method": trust.ErrCRLMethod, "non-base64url-rid": trust.ErrCRLID,
		"too-long-rid": trust.ErrCRLID, "version-mismatch": trust.ErrCRLVersion,
	} {
		dir := "health-cards-dev-tools/badcrl/" + folder
		keys, err := trust.ParseJWKS(vectors(t, dir+"/.well-known/jwks.json"),
			"https://raw.githubusercontent.com/smart-on-fhir/health-cards-dev-tools/main/testdata/badcrl/"+folder)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := trust.ParseCRL(vectors(t, dir+"/.well-known/crl/"+kid+".json"), kid, keys[0].CRLVersion); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %s", folder, err, want.Code)
		}
	}
}

func TestParseCRLRefuses(t *testing.T) {
	for text, want := range map[string]*rule.Refusal{
		`{`: trust.ErrCRL, `[]`: trust.ErrCRL,
		`{"kid":"other","method":"rid","ctr":1,"rids":[]}`:           trust.ErrCRL,
		`{"kid":"k","method":"rid","ctr":1,"rids":[],"x":1}`:         trust.ErrCRL,
		`{"kid":"k","method":"rid","ctr":"1","rids":[]}`:             trust.ErrCRL,
		`{"kid":"k","method":"rid","ctr":1}`:                         trust.ErrCRL,
		`{"kid":"k","method":"rid","ctr":1,"rids":[1]}`:              trust.ErrCRLID,
		`{"kid":"k","method":"rid","ctr":1,"rids":["a."]}`:           trust.ErrCRLID,
		`{"kid":"k","method":"rid","ctr":1,"rids":["a.01"]}`:         trust.ErrCRLID,
		`{"kid":"k","method":"rid","ctr":1,"rids":["a.-1"]}`:         trust.ErrCRLID,
		`{"kid":"k","method":"rid","ctr":1,"rids":["a","b","a.12"]}`: trust.ErrCRLDuplicate,
	} {
		if _, err := trust.ParseCRL([]byte(text), "k", 1); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %s", text, err, want.Code)
		}
	}
	if _, err := trust.ParseCRL(make([]byte, trust.DefaultMaxCRL+1), "k", 1); !errors.Is(err, trust.ErrCRL) {
		t.Errorf("too large: %v", err)
	}
	if got, err := trust.ParseCRL([]byte(`{"kid":"k","method":"rid","ctr":1,"rids":[]}`), "k", 1); err != nil || len(got) != 0 {
		t.Errorf("an empty list: %v, %v", got, err)
	}
}

func TestParseJWKSRefuses(t *testing.T) {
	k := newKey(t)
	point, err := k.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	b64 := base64.RawURLEncoding.EncodeToString
	good := `{"kty":"EC","kid":"` + trust.Thumbprint(&k.PublicKey) + `","use":"sig","alg":"ES256","crv":"P-256","x":"` +
		b64(point[1:33]) + `","y":"` + b64(point[33:]) + `"}`
	set := func(keys ...string) string { return `{"keys":[` + strings.Join(keys, ",") + `]}` }
	if _, err := trust.ParseJWKS([]byte(set(good)), "https://a.example"); err != nil {
		t.Fatal(err)
	}
	swap := func(old, new string) string { return set(strings.Replace(good, old, new, 1)) }
	der := base64.StdEncoding.EncodeToString(newCA(t, true).Raw)
	for text, want := range map[string]*rule.Refusal{
		`{}`: trust.ErrJWKS, `x`: trust.ErrJWKS, set(): trust.ErrJWKS, set(good, good): trust.ErrJWKS,
		swap(`"EC"`, `"RSA"`): trust.ErrJWKS, swap(`"sig"`, `"enc"`): trust.ErrJWKS, swap(`ES256`, `ES384`): trust.ErrJWKS,
		swap(`P-256`, `P-384`): trust.ErrJWKS, swap(`"x":"`, `"x":"=`): trust.ErrJWKS, swap(`"kid":"`, `"kid":"A`): trust.ErrJWKS,
		swap(`"kty"`, `"d":"secret","kty"`): trust.ErrJWKS, swap(`"kty"`, `"crlVersion":-1,"kty"`): trust.ErrJWKS,
		swap(`"kty"`, `"x5c":[],"kty"`): trust.ErrJWKSChain, swap(`"kty"`, `"x5c":["!"],"kty"`): trust.ErrJWKSChain,
		swap(`"kty"`, `"x5c":["AAAA"],"kty"`):        trust.ErrJWKSChain,
		swap(`"kty"`, `"x5c":["`+der+`"],"kty"`):     trust.ErrJWKSChain,
		string(make([]byte, trust.DefaultMaxJWKS+1)): trust.ErrJWKS,
	} {
		if _, err := trust.ParseJWKS([]byte(text), "https://a.example"); !errors.Is(err, want) {
			t.Errorf("%.80s: %v, want %s", text, err, want.Code)
		}
	}
}

func FuzzParseCRL(f *testing.F) {
	f.Add([]byte(`{"kid":"k","method":"rid","ctr":1,"rids":["abc","d_-.1700000000"]}`))
	f.Add([]byte(`{"kid":"k","method":"rid","ctr":1,"rids":[]}`))
	f.Fuzz(func(t *testing.T, in []byte) {
		rids, err := trust.ParseCRL(in, "k", 1)
		if err != nil {
			return
		}
		b, err := json.Marshal(map[string]any{"kid": "k", "method": "rid", "ctr": 1, "rids": rids})
		if err != nil {
			t.Fatal(err)
		}
		again, err := trust.ParseCRL(b, "k", 1)
		if err != nil || strings.Join(again, " ") != strings.Join(rids, " ") {
			t.Fatalf("%q came back as %q, %v", rids, again, err)
		}
	})
}

func FuzzParseJWKS(f *testing.F) {
	f.Add([]byte(`{"keys":[{"kty":"EC","kid":"3Kfdg-XwP-7gXyywtUfUADwBumDOPKMQx-iELL11W9s","use":"sig","alg":"ES256","crv":"P-256",` +
		`"x":"11XvRWy1I2S0EyJlyf_bWfw_TQ5CJJNLw78bHXNxcgw","y":"eZXwxvO1hvCY0KucrPfKo7yAyMT6Ajc3N7OkAB6VYy8","crlVersion":1}]}`))
	f.Fuzz(func(t *testing.T, in []byte) {
		keys, err := trust.ParseJWKS(in, "https://a.example")
		if err != nil {
			return
		}
		for _, k := range keys {
			if k.ID != trust.Thumbprint(k.Key) {
				t.Fatal("a key under another name passed")
			}
		}
	})
}
