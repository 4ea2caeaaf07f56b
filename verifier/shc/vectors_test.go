package shc_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"akashi/verifier/rule"
	"akashi/verifier/shc"
	"akashi/verifier/trust"
)

const specIssuer = "https://spec.smarthealth.cards/examples/issuer"

// vectors reads a published vector; a missing set is a failure under CI=true.
func vectors(t testing.TB, name string) string {
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
	return string(b)
}

// published is a list that trusts the issuer of the examples, with its
// revocation list, and the issuers of the bad revocation lists.
func published(t testing.TB) *trust.List {
	t.Helper()
	spec := trust.SHCIssuer{URL: specIssuer, Revoked: map[string][]string{}}
	spec.Keys = keys(t, "spec-example-issuer/jwks.json", specIssuer)
	var err error
	spec.Revoked[spec.Keys[0].ID], err = trust.ParseCRL([]byte(vectors(t, "spec-example-issuer/crl/"+spec.Keys[0].ID+".json")), spec.Keys[0].ID, 1)
	if err != nil {
		t.Fatal(err)
	}
	l := &trust.List{SHC: []trust.SHCIssuer{spec}}
	for _, folder := range []string{"duplicate-rid", "invalid-method", "non-base64url-rid", "too-long-rid", "version-mismatch"} {
		url := "https://raw.githubusercontent.com/smart-on-fhir/health-cards-dev-tools/main/testdata/badcrl/" + folder
		l.SHC = append(l.SHC, trust.SHCIssuer{URL: url, Keys: keys(t, "health-cards-dev-tools/badcrl/"+folder+"/.well-known/jwks.json", url)})
	}
	return l
}

func keys(t testing.TB, file, url string) (out []trust.SHCKey) {
	t.Helper()
	set, err := trust.ParseJWKS([]byte(vectors(t, file)), url)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range set {
		out = append(out, k.SHCKey)
	}
	return out
}

func TestSpecificationExamples(t *testing.T) {
	l := published(t)
	at := time.Unix(1720000000, 0) // between the examples' nbf and the exp of 03
	for _, n := range []string{"00", "01", "03"} {
		for _, file := range []string{"-d-jws.txt", "-f-qr-code-numeric-value-0.txt"} {
			c, err := shc.Verify(vectors(t, "shc-spec-examples/example-"+n+file), l, at)
			if err != nil {
				t.Errorf("example %s%s: %v", n, file, err)
			} else if c.Doses[0].Lot == "" || c.Family == "" {
				t.Errorf("example %s%s: read as %+v", n, file, c)
			}
		}
	}
	for i := range 3 {
		_, err := shc.Verify(vectors(t, "shc-spec-examples/example-02-f-qr-code-numeric-value-"+string(rune('0'+i))+".txt"), l, at)
		refused(t, "example 02, a chunk", err, shc.ErrChunked)
	}
	_, err := shc.Verify(vectors(t, "shc-spec-examples/example-02-d-jws.txt"), l, at)
	refused(t, "example 02", err, shc.ErrTooLong)
	_, err = shc.Verify(vectors(t, "shc-spec-examples/example-03-d-jws.txt"), l, time.Unix(1746643764, 0))
	refused(t, "example 03 after its exp", err, shc.ErrExpired)
}

func TestDevToolsCards(t *testing.T) {
	l := published(t)
	at := time.Unix(1653955200, 0)
	for name, want := range map[string]*rule.Refusal{
		"d-jws-bad-fhir-metadata.txt":               shc.ErrBundle,
		"d-jws-der-signature.txt":                   shc.ErrSignatureForm,
		"d-jws-der-signature-r-neg.txt":             shc.ErrSignatureForm,
		"d-jws-der-signature-s-neg.txt":             shc.ErrSignatureForm,
		"d-jws-der-signature-rs-neg.txt":            shc.ErrSignatureForm,
		"d-jws-invalid-signature.txt":               shc.ErrSignature,
		"d-jws-issuer-kid-mismatch.txt":             shc.ErrKey,
		"d-jws-issuer-not-valid-with-smart-key.txt": shc.ErrIssuer,
		"d-jws-jws_too_long.txt":                    shc.ErrTooLong,
		"d-jws-no_deflate.txt":                      shc.ErrZip,
		"d-jws-no_jws_header_alg.txt":               shc.ErrAlgorithm,
		"d-jws-no_jws_header_kid.txt":               shc.ErrKeyID,
		"d-jws-no_jws_header_zip.txt":               shc.ErrZip,
		"d-jws-trailing_chars.txt":                  shc.ErrBase64,
		"d-jws-utf8_bom_prefix.txt":                 shc.ErrJSON,
		"d-jws-wrong_jws_header_kid.txt":            shc.ErrKey,
		"e-file-bad_jwks":                           shc.ErrIssuer,
		"e-file-invalid_deflate":                    shc.ErrDeflate,
		"e-file-invalid_issuer_url":                 shc.ErrIssuer,
		"e-file-invalid_issuer_url_http":            shc.ErrIssuerURL,
		"e-file-issuer_url_with_trailing_slash":     shc.ErrIssuerURL,
		"e-file-jws_too_long":                       shc.ErrTooLong,
		"e-file-no_deflate":                         shc.ErrZip,
	} {
		text := ""
		if strings.HasSuffix(name, ".txt") {
			text = vectors(t, "health-cards-dev-tools/test-example-00-"+name)
		} else {
			text = fromFile(t, name)[0]
		}
		if _, err := shc.Verify(text, l, at); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %s", name, err, want.Code)
		}
	}
	for _, jws := range fromFile(t, "e-file-multi-jws") {
		if _, err := shc.Verify(jws, l, at); err != nil {
			t.Errorf("multi-jws: %v", err)
		}
	}
	for _, folder := range []string{"duplicate-rid", "invalid-method", "non-base64url-rid", "too-long-rid", "version-mismatch"} {
		_, err := shc.Verify(vectors(t, "health-cards-dev-tools/badcrl/"+folder+"/jws-crl-"+folder+".txt"), l, at)
		if err != nil {
			t.Errorf("the card beside the bad revocation list %s: %v", folder, err)
		}
	}
}

func fromFile(t testing.TB, name string) []string {
	t.Helper()
	var f struct {
		Cards []string `json:"verifiableCredential"`
	}
	if err := json.Unmarshal([]byte(vectors(t, "health-cards-dev-tools/test-example-00-"+name+".smart-health-card")), &f); err != nil {
		t.Fatal(err)
	}
	return f.Cards
}
