package pdfsig_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// need finds a tool that nobody here wrote. Without it its check is left out,
// visibly; under CI it must be there.
func need(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("%s is not installed", name)
		}
		t.Skipf("%s is not installed: its check is left out", name)
	}
	return path
}

// files writes the tests' files: a signed PDF, one with a flipped byte, and
// the authority.
func files(t *testing.T, pdf []byte) (dir string) {
	t.Helper()
	dir = t.TempDir()
	signed := sign(t, pdf)
	flipped := bytes.Clone(signed)
	flipped[bytes.Index(flipped, []byte("/MediaBox [0 0 5"))+15] = '6'
	from, to := contents(t, signed)
	cms, err := hex.DecodeString(string(signed[from:to]))
	if err != nil {
		t.Fatal(err)
	}
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: theWorld(t).PDFRoot.Certificate.Raw})
	for name, b := range map[string][]byte{
		"signed.pdf": signed, "flipped.pdf": flipped, "ca.pem": ca, "cms.der": cms,
		"covered": append(bytes.Clone(signed[:from-1]), signed[to+1:]...),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func run(t *testing.T, dir, path string, args ...string) (string, error) {
	t.Helper()
	c := exec.CommandContext(t.Context(), path, args...)
	c.Dir = dir
	out, err := c.CombinedOutput()
	return string(out), err
}

// Poppler, with NSS behind it, calls the signature valid, trusted, and of the
// whole document; and a flipped byte a mismatch.
func TestPopplerAccepts(t *testing.T) {
	pdfsig, certutil := need(t, "pdfsig"), need(t, "certutil")
	dir := files(t, page(t, 2))
	if err := os.Mkdir(filepath.Join(dir, "nss"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"-N", "-d", "sql:nss", "--empty-password"},
		{"-A", "-d", "sql:nss", "-n", "ca", "-t", "C,C,C", "-i", "ca.pem"},
	} {
		if out, err := run(t, dir, certutil, args...); err != nil {
			t.Fatalf("certutil: %v\n%s", err, out)
		}
	}
	out, err := run(t, dir, pdfsig, "-nssdir", "sql:nss", "signed.pdf")
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	for _, want := range []string{"Signature is Valid.", "Certificate is Trusted.", "Total document signed", "ETSI.CAdES.detached", "SHA-256"} {
		if !strings.Contains(out, want) {
			t.Errorf("pdfsig does not say %q:\n%s", want, out)
		}
	}
	if out, _ := run(t, dir, pdfsig, "-nssdir", "sql:nss", "flipped.pdf"); !strings.Contains(out, "Digest Mismatch") {
		t.Errorf("a flipped byte:\n%s", out)
	}
}

// OpenSSL takes the CMS as CAdES over the covered bytes.
func TestOpenSSLAccepts(t *testing.T) {
	openssl, dir := need(t, "openssl"), files(t, page(t, 1))
	verify := func(content string) (string, error) {
		return run(t, dir, openssl, "cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in", "cms.der", "-content", content, "-CAfile", "ca.pem", "-out", "out")
	}
	if out, err := verify("covered"); err != nil || !strings.Contains(out, "CAdES Verification successful") {
		t.Errorf("%v\n%s", err, out)
	}
	if out, err := verify("flipped.pdf"); err == nil {
		t.Errorf("openssl verified other bytes; this test cannot fail:\n%s", out)
	}
	out, err := run(t, dir, openssl, "cms", "-cmsout", "-print", "-noout", "-inform", "DER", "-in", "cms.der")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out, "id-smime-aa-signingCertificateV2") || strings.Contains(out, "signingTime") {
		t.Errorf("the signed attributes are not those of PAdES-B-B:\n%s", out)
	}
	if digest := sha256.Sum256(read(t, dir, "covered")); !strings.Contains(dump(out), fmt.Sprintf("%x", digest[:8])) {
		t.Errorf("messageDigest is not %x:\n%s", digest, out)
	}
}

func read(t *testing.T, dir, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// dump runs openssl's hex dump together.
func dump(s string) string { return strings.NewReplacer(" ", "", "-", "").Replace(s) }

// qpdf finds nothing to complain of in the file's structure.
func TestQPDFAccepts(t *testing.T) {
	qpdf, dir := need(t, "qpdf"), files(t, page(t, 3))
	out, err := run(t, dir, qpdf, "--check", "signed.pdf")
	if err != nil || !strings.Contains(out, "No syntax or stream encoding errors found") || strings.Contains(out, "WARNING") {
		t.Errorf("%v\n%s", err, out)
	}
}

// The text is read as before.
func TestPdftotextReads(t *testing.T) {
	out, err := run(t, files(t, page(t, 2)), need(t, "pdftotext"), "signed.pdf", "-")
	if err != nil || strings.Count(out, "SPECIMEN") != 2 {
		t.Errorf("%v\n%s", err, out)
	}
}
