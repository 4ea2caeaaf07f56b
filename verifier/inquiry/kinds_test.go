package inquiry_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"akashi/centre/wire"
	"akashi/testkit/paper"
	"akashi/testkit/pki"
	"akashi/testkit/residents"
	"akashi/verifier/credential"
	"akashi/verifier/inquiry"
)

// TestEveryKindOfInput gives the command one certificate in every form there
// is, from a file and from the standard input, and each again with a defect.
func TestEveryKindOfInput(t *testing.T) {
	w, err := pki.New(nil, nil)
	must(t, err)
	dir := t.TempDir()
	must(t, w.WriteDir(dir))
	r, ok := residents.Find("yoshida")
	if !ok {
		t.Fatal("no resident")
	}
	d, err := paper.Delivery(paper.Order{World: w, Resident: r, Now: time.Now(), SettleKey: make([]byte, 1216), SettleToken: make([]byte, 32),
		Header: wire.Header{Version: wire.Version, Nonce: make([]byte, 32), Kiosk: make([]byte, 32), Counter: 1, Municipality: r.Ask(), Kind: credential.Overseas, Terms: "2026-11"}})
	if err != nil && strings.Contains(err.Error(), "make assets") && os.Getenv("CI") != "true" {
		t.Skip(err)
	}
	must(t, err)
	qr, seal := d.Codes[0], d.Codes[1]
	jws := decoded(qr)
	file, err := json.Marshal(map[string][]string{"verifiableCredential": {jws}})
	must(t, err)
	inputs := map[string][]byte{"shc.txt": []byte(qr), "shc.jws": []byte(jws), "card.smart-health-card": file, "seal.json": []byte(seal), "paper.pdf": d.PDF}
	pictures(t, dir, d.PDF, inputs)
	list := filepath.Join(dir, "trust.json")
	root := filepath.Join(dir, "trust-root.pem")
	run := func(name string, b []byte) (int, string) {
		path := filepath.Join(dir, name)
		must(t, os.WriteFile(path, b, 0o600))
		var out, errs bytes.Buffer
		code := inquiry.Run([]string{"-trust", list, "-root", root, path}, inquiry.Env{Stdout: &out, Stderr: &errs, Now: time.Now})
		return code, out.String() + errs.String()
	}
	for name, b := range inputs {
		code, out := run(name, b)
		if code != 0 || !strings.HasPrefix(out, "VALID") || !strings.Contains(out, r.VRS[0].Doses[0].Lot) || !strings.Contains(out, "1988-04-01") {
			t.Errorf("%s: %d, %s", name, code, out)
		}
		if code, out := run(name, spoilt(name, b)); code != 1 || !strings.HasPrefix(out, "REFUSED ") || strings.Contains(out, "1988-04-01") {
			t.Errorf("%s, spoilt: %d, %s", name, code, out)
		}
		if strings.HasSuffix(name, ".smart-health-card") {
			continue // its form goes by its name
		}
		var out2, errs bytes.Buffer
		if code := inquiry.Run([]string{"-trust", list, "-root", root, "-"}, inquiry.Env{Stdin: bytes.NewReader(b), Stdout: &out2, Stderr: &errs, Now: time.Now}); code != 0 {
			t.Errorf("%s from the standard input: %d, %s%s", name, code, out2.String(), errs.String())
		}
	}
}

// pictures adds the paper as PNG and JPEG, rendered by poppler.
func pictures(t *testing.T, dir string, pdf []byte, to map[string][]byte) {
	t.Helper()
	tool, err := exec.LookPath("pdftoppm")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("pdftoppm is not installed")
		}
		t.Log("pdftoppm is not installed: pictures are left out")
		return
	}
	must(t, os.WriteFile(filepath.Join(dir, "page.pdf"), pdf, 0o600))
	for kind, name := range map[string]string{"-png": "page-1.png", "-jpeg": "page-1.jpg"} {
		if out, err := exec.Command(tool, "-r", "200", "-gray", kind, filepath.Join(dir, "page.pdf"), filepath.Join(dir, "page")).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		to[name], err = os.ReadFile(filepath.Join(dir, name))
		must(t, err)
	}
}

// spoilt changes one character that is signed; of a picture, it leaves half.
func spoilt(name string, b []byte) []byte {
	b = bytes.Clone(b)
	if strings.HasPrefix(name, "page") {
		return b[:len(b)/2]
	}
	at := len(b) / 3
	if b[at]++; b[at] == '9'+1 {
		b[at] = '0'
	}
	return b
}

// decoded turns the digits of a QR text into the JWS.
func decoded(qr string) string {
	digits := strings.TrimPrefix(qr, "shc:/")
	jws := ""
	for i := 0; i+1 < len(digits); i += 2 {
		jws += string(rune(10*(digits[i]-'0') + digits[i+1] - '0' + '-'))
	}
	return jws
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
