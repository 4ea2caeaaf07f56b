package demo_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"akashi/testkit/canary"
	"akashi/testkit/demo"
	"akashi/verifier/credential"
)

// The short form of the whole demonstration: fewer certificates and residents,
// every proof and every control.
func TestDemo(t *testing.T) {
	canary.Require(t, os.Getppid())
	var log bytes.Buffer
	out := t.TempDir()
	err := demo.Run(t.Context(), demo.Options{
		Out: out, Residues: 5, Log: &log,
		Shown: []demo.Shown{{Resident: "watanabe", Kind: credential.Domestic}, {Resident: "yoshida", Kind: credential.Overseas}},
	})
	if err != nil {
		t.Fatalf("%v\n%s", err, log.Bytes())
	}
	for _, name := range []string{
		"watanabe-domestic/certificate.pdf", "watanabe-domestic/page-1.png", "watanabe-domestic/shc.txt", "watanabe-domestic/shc.jws",
		"yoshida-overseas/certificate.pdf", "yoshida-overseas/vdsnc.json", "jwks.json", "trust.json", "csca.pem",
	} {
		if i, err := os.Stat(filepath.Join(out, name)); err != nil || i.Size() == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
}
