package keys_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"akashi/centre/keys"
)

func read(t *testing.T, path ...string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func keyPEM(t *testing.T, key any) []byte {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// Every defect of a folder of keys stops it from being adopted, and one that
// comes later stops the start, each with words of its own.
func TestOpenRefuses(t *testing.T) {
	w := theWorld(t)
	other := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: w.PDF.Chain[0].Raw})
	p384 := keyPEM(t, must(ecdsa.GenerateKey(elliptic.P384(), rand.Reader)))
	rsaKey := keyPEM(t, must(rsa.GenerateKey(rand.Reader, 2048)))
	sec1 := pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: must(x509.MarshalECPrivateKey(w.SHC.Key))})
	put := func(name string, change func([]byte) []byte) func(string) error {
		return func(dir string) error {
			b, err := os.ReadFile(filepath.Join(dir, name))
			if err != nil {
				return err
			}
			return os.WriteFile(filepath.Join(dir, name), change(b), 0o600)
		}
	}
	is := func(b []byte) func([]byte) []byte { return func([]byte) []byte { return b } }
	move := func(from, to string) func(string) error {
		return func(dir string) error {
			for _, ext := range []string{".pem", ".key"} {
				b, err := os.ReadFile(filepath.Join(dir, from+ext))
				if err != nil {
					return err
				}
				if err := os.WriteFile(filepath.Join(dir, to+ext), b, 0o600); err != nil {
					return err
				}
			}
			return nil
		}
	}
	for name, c := range map[string]struct {
		spoil func(dir string) error
		want  string // when adopted
		later string // of an adopted folder; empty: the same
	}{
		"no key":         {func(d string) error { return os.Remove(filepath.Join(d, "shc.key")) }, "keys create", ""},
		"no certificate": {func(d string) error { return os.Remove(filepath.Join(d, "shc.pem")) }, "shc.pem", ""},
		"key readable":   {func(d string) error { return os.Chmod(filepath.Join(d, "pdf.key"), 0o640) }, "chmod 600", ""},
		"folder open":    {func(d string) error { return os.Chmod(d, 0o770) }, "chmod go-w", ""},
		"key is a link": {func(d string) error {
			return errors.Join(os.Rename(filepath.Join(d, "pdf.key"), filepath.Join(d, "x")), os.Symlink("x", filepath.Join(d, "pdf.key")))
		}, "plain file", ""},
		"key too long":     {put("shc.key", func(b []byte) []byte { return append(b, make([]byte, keys.DefaultMaxKeyFile)...) }), "longer", ""},
		"text before":      {put("shc.key", func(b []byte) []byte { return append([]byte("hello\n"), b...) }), "PKCS#8", ""},
		"text after":       {put("shc.key", func(b []byte) []byte { return append(b, '\n') }), "PKCS#8", ""},
		"two keys":         {put("shc.key", func(b []byte) []byte { return append(b, b...) }), "PKCS#8", ""},
		"empty":            {put("shc.key", is(nil)), "PKCS#8", ""},
		"SEC 1":            {put("shc.key", is(sec1)), "PKCS#8", ""},
		"damaged":          {put("shc.key", is(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte{1, 2}}))), "damaged", ""},
		"P-384":            {put("shc.key", is(p384)), "P-256", ""},
		"RSA":              {put("shc.key", is(rsaKey)), "P-256", ""},
		"another's key":    {put("shc.key", is(keyPEM(t, w.PDF.Key))), "is not of shc.key", ""},
		"another's chain":  {put("pdf.pem", is(must(os.ReadFile(filepath.Join(keyDir(t), "vdsnc.pem"))))), "is not of pdf.key", "keys publish"},
		"chain order":      {put("pdf.pem", func(b []byte) []byte { return append(b, other...) }), "did not sign", ""},
		"chain too deep":   {put("pdf.pem", func(b []byte) []byte { return bytes.Repeat(b, keys.DefaultMaxChain+1) }), "1 to 4", ""},
		"chain with a key": {put("pdf.pem", func(b []byte) []byte { return append(b, keyPEM(t, w.PDF.Key)...) }), "nothing else", ""},
		"chain damaged":    {put("pdf.pem", is(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte{1}}))), "does not parse", ""},
		"chain empty":      {put("pdf.pem", is(nil)), "1 to 4", ""},
		"chain too long":   {put("pdf.pem", func(b []byte) []byte { return append(b, make([]byte, keys.DefaultMaxChainFile)...) }), "longer", ""},
		"chain of RSA":     {put("pdf.pem", is([]byte(rsaCertificate(t)))), "P-256", ""},
		"chain cut":        {put("shc.pem", func(b []byte) []byte { return b[:bytes.LastIndex(b, []byte("-----BEGIN"))] }), "", "keys publish"},
		"no role":          {move("pdf", "attest"), "role:attest", ""},
		"another role":     {move("attest", "receipt"), "role:receipt", ""},
		"no issuer":        {move("pdf", "shc"), "https", ""},
		"no VDS-NC usage":  {move("pdf", "vdsnc"), "2.23.136", ""},
		"one key for two":  {move("shc", "pdf"), "is the same key", "keys publish"},
		"authority's own":  {func(d string) error { return authority(t, d) }, "leaf", ""},
	} {
		for _, adopted := range []bool{false, true} {
			dir, want := keyDir(t), c.want
			if adopted && c.later != "" {
				want = c.later
			}
			if !adopted {
				if err := os.Remove(filepath.Join(dir, "history")); err != nil {
					t.Fatal(err)
				}
			}
			if err := c.spoil(dir); err != nil {
				t.Fatal(name, err)
			}
			var err error
			if !adopted {
				err = keys.Desk{Dir: dir}.Adopt()
			}
			if err == nil {
				_, err = keys.Open(dir)
			}
			switch {
			case err == nil && want != "":
				t.Errorf("%s: opened (adopted before: %v)", name, adopted)
			case err != nil && (want == "" || !strings.Contains(err.Error(), want)):
				t.Errorf("%s: %v, want it to speak of %q (adopted before: %v)", name, err, want, adopted)
			}
		}
	}
	if _, err := keys.Open(filepath.Join(t.TempDir(), "none")); !errors.Is(err, keys.ErrNoHistory) {
		t.Errorf("a folder that is not there: %v", err)
	}
}

func rsaCertificate(t *testing.T) string {
	key := must(rsa.GenerateKey(rand.Reader, 2048))
	template := &x509.Certificate{SerialNumber: big.NewInt(1)}
	der := must(x509.CreateCertificate(rand.Reader, template, template, key.Public(), key))
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

// authority puts a CA's own pair in the PDF key's place.
func authority(t *testing.T, dir string) error {
	w := theWorld(t)
	cert := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: w.PDFRoot.Certificate.Raw})
	return errors.Join(os.WriteFile(filepath.Join(dir, "pdf.key"), keyPEM(t, w.PDFRoot.Key), 0o600),
		os.WriteFile(filepath.Join(dir, "pdf.pem"), cert, 0o600))
}

func TestJWKS(t *testing.T) {
	w := theWorld(t)
	b, err := keys.JWKS(keys.IssuerKey{Key: &w.SHC.Key.PublicKey, CRLVersion: 3})
	if err != nil || !strings.Contains(string(b), `"crlVersion":3`) || strings.Contains(string(b), "x5c") {
		t.Errorf("%s, %v", b, err)
	}
	p384 := must(ecdsa.GenerateKey(elliptic.P384(), rand.Reader))
	for name, c := range map[string]struct {
		give []keys.IssuerKey
		want error
	}{
		"none": {nil, keys.ErrNoKey}, "empty": {make([]keys.IssuerKey, 1), keys.ErrNotP256},
		"P-384": {[]keys.IssuerKey{{Key: &p384.PublicKey}}, keys.ErrNotP256},
		"twice": {[]keys.IssuerKey{{Chain: w.SHC.Chain}, {Chain: w.SHC.Chain[:1]}}, keys.ErrDuplicateKey},
	} {
		if _, err := keys.JWKS(c.give...); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

// The thumbprint is RFC 7638's: SHA-256 over the four members in their order.
func TestThumbprint(t *testing.T) {
	w := theWorld(t)
	b := must(keys.JWKS(keys.IssuerKey{Key: &w.SHC.Key.PublicKey}))
	var set struct{ Keys []struct{ Kid, X, Y string } }
	if err := json.Unmarshal(b, &set); err != nil {
		t.Fatal(err)
	}
	k := set.Keys[0]
	sum := sha256.Sum256([]byte(`{"crv":"P-256","kty":"EC","x":"` + k.X + `","y":"` + k.Y + `"}`))
	if want := base64.RawURLEncoding.EncodeToString(sum[:]); k.Kid != want {
		t.Errorf("kid %s, want %s", k.Kid, want)
	}
}

func TestParseConfig(t *testing.T) {
	c, err := keys.ParseConfig([]byte(`{"dir":"d","socket":"s","launcher_uids":[7],"rate_per_minute":5,"max_sessions":6,"session_seconds":8}`))
	if err != nil {
		t.Fatal(err)
	}
	if l := c.Limits(); l.Launchers[0] != 7 || l.Rate != 5 || l.MaxSessions != 6 || l.MaxLife.Seconds() != 8 {
		t.Errorf("%+v", l)
	}
	for name, text := range map[string]string{
		"empty": "", "unknown member": `{"dir":"d","socket":"s","launcher_uids":[7],"rate":5}`,
		"no dir": `{"socket":"s","launcher_uids":[7]}`, "no socket": `{"dir":"d","launcher_uids":[7]}`,
		"no users": `{"dir":"d","socket":"s"}`, "negative": `{"dir":"d","socket":"s","launcher_uids":[7],"max_sessions":-1}`,
		"more": `{"dir":"d","socket":"s","launcher_uids":[7]}{}`, "too long": strings.Repeat(" ", keys.DefaultMaxConfig+1),
	} {
		if _, err := keys.ParseConfig([]byte(text)); err == nil {
			t.Errorf("%s: passed", name)
		}
	}
}
