package inquiry

import (
	"bytes"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"akashi/verifier/scan"
	"akashi/verifier/verdict"
)

// pages is a scanner that has seen what a test says.
type pages struct {
	pages  []scan.Page
	err    error
	closed int
}

func (p *pages) PDF([]byte) ([]scan.Page, error) { return p.pages, p.err }
func (p *pages) Image([]byte) (scan.Page, error) { return p.pages[0], p.err }
func (p *pages) Close() error                    { p.closed++; return nil }

func verify(t *testing.T, stdin string, s verdict.Scanner, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = Run(args, Env{
		Stdin: strings.NewReader(stdin), Stdout: &out, Stderr: &errs, Now: func() time.Time { return now },
		scanner: func() (verdict.Scanner, error) {
			if s == nil {
				return nil, errors.New("no scanner here")
			}
			return s, nil
		},
	})
	return code, out.String(), errs.String()
}

func TestValid(t *testing.T) {
	w := newWorld(t)
	file := w.write(t, "card.txt", w.card+"\n")
	list := filepath.Join(w.dir, defaultTrust)
	for name, args := range map[string][]string{
		"own list":       {file},
		"list named":     {"-trust", list, "-root", w.rootFile, "-at", "2026-03-25T09:00:00+09:00", file},
		"standard input": {"-trust", list, "-"},
	} {
		code, out, errs := verify(t, w.card, nil, args...)
		want := exitUnpinned
		if name == "list named" {
			want = exitValid
		}
		if code != want || errs != "" || strings.Contains(out, "VALID 有効\n  未固定") == (want == exitValid) {
			t.Errorf("%s: %d, %s%s", name, code, out, errs)
		}
		for _, want := range []string{"VALID", "見本　太郎", "1980-02-03", "2021-07-01", "FA0001", "CVX 208 (COVID-19, mRNA, LNP-S, PF, 30 mcg/0.3 mL dose; Pfizer)", "見本市 / Specimen City", "less than a full dose",
			"2030-03-18 02:46:40 日本時間 JST (2030-03-17T17:46:40Z)", "trust.json (version 3"} {
			if !strings.Contains(out, want) {
				t.Errorf("%s: %q is not said:\n%s", name, want, out)
			}
		}
		if pinned := strings.Contains(out, "未固定"); pinned == (name == "list named") {
			t.Errorf("%s: says of the root:\n%s", name, out)
		}
	}
}

// TestNoListComesWithTheFile: whoever hands over a folder brings no list to
// judge it by.
func TestNoListComesWithTheFile(t *testing.T) {
	w := newWorld(t)
	own, err := os.ReadFile(defaultTrust)
	if err != nil {
		t.Fatal(err)
	}
	forger := newWorld(t)
	for _, at := range []string{"stick/trust.json", "stick/paper/trust.json", "stick/paper/out/trust.json"} {
		b, err := os.ReadFile(filepath.Join(forger.dir, defaultTrust))
		if err != nil {
			t.Fatal(err)
		}
		w.write(t, at, string(b))
	}
	file := w.write(t, "stick/paper/card.txt", forger.card)
	t.Chdir(w.dir)
	if code, out, _ := verify(t, "", nil, file); code != exitRefused || !strings.HasPrefix(out, "REFUSED shc.key\n") {
		t.Errorf("with an own list: %d, %s", code, out)
	}
	if err := os.Remove(defaultTrust); err != nil {
		t.Fatal(err)
	}
	if code, out, _ := verify(t, "", nil, file); code != exitUsage || out != "" {
		t.Errorf("without a list: %d, %s", code, out)
	}
	w.write(t, defaultTrust, string(own))
	if code, out, _ := verify(t, "", nil, "-trust", filepath.Join("stick", "trust.json"), file); code != exitUnpinned {
		t.Errorf("the forger's list, named: %d, %s", code, out)
	}
}

func TestRefused(t *testing.T) {
	w := newWorld(t)
	file := w.write(t, "card.txt", w.card)
	bad := w.write(t, "bad.txt", w.card[:len(w.card)-4]+"AAAA")
	other := w.pem(t, "other.pem", &newKey(t).PublicKey)
	for name, c := range map[string]struct {
		args []string
		code string
	}{
		"signature":         {[]string{bad}, "shc.signature"},
		"expired":           {[]string{"-at", "2030-04-01T00:00:00Z", file}, "trust.expired"},
		"not yet":           {[]string{"-at", "2020-04-01T00:00:00Z", file}, "shc.not-yet-valid"},
		"another root":      {[]string{"-root", other, file}, "trust.root"},
		"unknown text":      {[]string{w.rootFile}, "input.unknown"},
		"PDF of nobody":     {[]string{w.write(t, "a.pdf", "%PDF-1.4\n")}, "pdf.structure"},
		"list is no list":   {[]string{"-trust", file, file}, "trust.malformed"},
		"another extension": {[]string{w.write(t, "a.json", `{"verifiableCredential":["`+w.card+`"]}`)}, "input.file-name"},
	} {
		code, out, errs := verify(t, "", nil, c.args...)
		if code != exitRefused || !strings.HasPrefix(out, "REFUSED "+c.code+"\n") || errs != "" || strings.Contains(out, "見本　太郎") {
			t.Errorf("%s: %d, %s%s, want %s", name, code, out, errs, c.code)
		}
	}
}

// TestLaterRevocations: lists that came after the trust list.
func TestLaterRevocations(t *testing.T) {
	w := newWorld(t)
	kid := w.list.SHC[0].Keys[0].ID
	w.list.SHC[0].Revoked = map[string][]string{kid: {"AAAA"}}
	w.publish(t, w.root)
	file := w.write(t, "card.txt", w.card)
	crl := func(name, rids string) string {
		return w.write(t, name, `{"kid":"`+kid+`","method":"rid","ctr":2,"rids":[`+rids+`]}`)
	}
	newer, older := crl("newer.json", `"AAAA","BBBB"`), crl("older.json", `"BBBB"`)
	if code, out, errs := verify(t, "", nil, "-root", w.rootFile, "-crl", newer, "-crl", newer, file); code != exitValid {
		t.Errorf("%d, %s%s", code, out, errs)
	}
	if code, out, _ := verify(t, "", nil, "-crl", older, file); code != exitRefused || !strings.HasPrefix(out, "REFUSED trust.crl-older\n") {
		t.Errorf("%d, %s", code, out)
	}
	if code, _, _ := verify(t, "", nil, "-crl", w.dir, file); code != exitUsage {
		t.Errorf("a folder for a list: %d", code)
	}
}

func TestUsage(t *testing.T) {
	w := newWorld(t)
	file := w.write(t, "card.txt", w.card)
	large := w.write(t, "large.png", "\x89PNG\r\n")
	if err := os.Truncate(large, DefaultMaxInput+1); err != nil {
		t.Fatal(err)
	}
	hugeList := w.write(t, "huge.json", "")
	if err := os.Truncate(hugeList, 1<<30); err != nil {
		t.Fatal(err)
	}
	pipe := filepath.Join(w.dir, "pipe") // nobody writes to it
	if out, err := exec.Command("mkfifo", pipe).CombinedOutput(); err != nil {
		t.Fatalf("mkfifo: %v: %s", err, out)
	}
	for name, args := range map[string][]string{
		"a pipe":              {pipe},
		"a list in a pipe":    {"-trust", pipe, file},
		"a root in a pipe":    {"-root", pipe, file},
		"a state in a pipe":   {"-state", pipe, file},
		"a list in a folder":  {"-trust", w.dir, file},
		"a device":            {"/dev/zero"},
		"nothing":             {},
		"two files":           {file, file},
		"help":                {"-h"},
		"unknown flag":        {"-x", file},
		"no such file":        {filepath.Join(w.dir, "none")},
		"a folder":            {w.dir},
		"too large":           {large},
		"no time":             {"-at", "yesterday", file},
		"no such list":        {"-trust", filepath.Join(w.dir, "none"), file},
		"a list too large":    {"-trust", hugeList, file},
		"no such root":        {"-root", filepath.Join(w.dir, "none"), file},
		"a root without PEM":  {"-root", file, file},
		"a root of no key":    {"-root", w.write(t, "no.pem", string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: []byte{1}}))), file},
		"a damaged state":     {"-state", w.write(t, "bad.state", `{"version":0}`), file},
		"a state in no place": {"-state", filepath.Join(w.dir, "none", "state"), file},
		"an image, no PDFium": {w.write(t, "a.png", "\x89PNG\r\n")},
	} {
		if code, out, errs := verify(t, "", nil, args...); code != exitUsage || out != "" || errs == "" {
			t.Errorf("%s: %d, %q, %q", name, code, out, errs)
		}
	}
}

func TestImage(t *testing.T) {
	w := newWorld(t)
	for magic, file := range map[string]string{"\x89PNG\r\n\x1a\n": "a.png", "\xff\xd8\xff\xe0": "a.jpg"} {
		for name, c := range map[string]struct {
			scanner *pages
			want    string
		}{
			"one code, small": {&pages{pages: []scan.Page{{Codes: []string{w.card}}}}, "VALID"},
			"none":            {&pages{pages: []scan.Page{{Width: 1200, Height: verdict.DefaultMinEdge}}}, "REFUSED paper.no-code"},
			"none, small":     {&pages{pages: []scan.Page{{Width: 827, Height: 1169}}}, "REFUSED paper.coarse"},
			"unread, small":   {&pages{pages: []scan.Page{{Width: 827, Height: 1169, Unread: 1}}}, "REFUSED paper.coarse"},
			"unread, large":   {&pages{pages: []scan.Page{{Width: 1654, Height: 2339, Unread: 1}}}, "REFUSED paper.unread"},
			"a foreign code":  {&pages{pages: []scan.Page{{Codes: []string{w.card, "https://example.invalid"}}}}, "REFUSED input.unknown"},
			"one unread":      {&pages{pages: []scan.Page{{Codes: []string{w.card}, Unread: 1}}}, "REFUSED paper.unread"},
			"no page at all":  {&pages{pages: []scan.Page{{}}, err: scan.ErrImage}, "REFUSED paper.unreadable"},
			"a crowd":         {&pages{pages: []scan.Page{{}}, err: scan.ErrCrowded}, "REFUSED paper.crowded"},
			"the code thrice": {&pages{pages: []scan.Page{{Codes: []string{w.card, w.card, w.card}}}}, "VALID"},
		} {
			_, out, errs := verify(t, "", c.scanner, w.write(t, file, magic))
			if !strings.HasPrefix(out, c.want) || c.scanner.closed != 1 {
				t.Errorf("%s, %s: %s%s, want %s", file, name, out, errs, c.want)
			}
		}
	}
}

func TestStateRemembers(t *testing.T) {
	w := newWorld(t)
	file := w.write(t, "card.txt", w.card)
	state := filepath.Join(w.dir, "state")
	expect := func(name string, want int, code string) {
		t.Helper()
		if got, out, errs := verify(t, "", nil, "-state", state, file); got != want || !strings.Contains(out, code) {
			t.Errorf("%s: %d, %s%s", name, got, out, errs)
		}
	}
	expect("first use", exitUnpinned, "VALID")
	expect("again", exitValid, "pinned")
	w.list.Version = 4
	w.publish(t, w.root)
	expect("a newer list", exitValid, "version 4")
	w.list.Version = 3
	w.publish(t, w.root)
	expect("an older list", exitRefused, "trust.rollback")
	w.list.Version, w.list.SHC[0].NameEN = 4, "another name"
	w.publish(t, w.root)
	expect("another list of the same version", exitRefused, "trust.same-version")
	w.list.Version = 5
	w.publish(t, newKey(t))
	expect("another root", exitRefused, "trust.root")
	w.publish(t, w.root)
	expect("the first root", exitValid, "version 5")
}

func TestRootAsCertificate(t *testing.T) {
	w := newWorld(t)
	c := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: now, NotAfter: now.AddDate(1, 0, 0)}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &w.root.PublicKey, w.root)
	if err != nil {
		t.Fatal(err)
	}
	root := w.write(t, "root-cert.pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})))
	if code, out, errs := verify(t, "", nil, "-root", root, w.write(t, "card.txt", w.card)); code != exitValid {
		t.Errorf("%d, %s%s", code, out, errs)
	}
}

func TestJSON(t *testing.T) {
	w := newWorld(t)
	code, out, _ := verify(t, "", nil, "-json", "-root", w.rootFile, w.write(t, "card.txt", w.card))
	var a verdict.Answer
	if err := json.Unmarshal([]byte(out), &a); err != nil || code != exitValid {
		t.Fatalf("%d, %v, %s", code, err, out)
	}
	if !a.Valid || !a.Pinned || a.Code != "" || a.Trust.Version != 3 || len(a.Certificates) != 1 || a.Certificates[0].Name != "見本　太郎" ||
		a.Certificates[0].Doses[0].Lot != "FA0001" || a.Certificates[0].Expires != "2030-03-17T17:46:40Z" ||
		!strings.HasPrefix(a.Certificates[0].Doses[0].Meaning, "COVID-19") {
		t.Errorf("answered %s", out)
	}
	code, out, _ = verify(t, "", nil, "-json", w.write(t, "card.txt", w.card))
	if code != exitUnpinned || !strings.Contains(out, "\n  \"pinned\": false") {
		t.Errorf("not pinned: %d, %s", code, out)
	}
	code, out, _ = verify(t, "", nil, "-json", w.write(t, "bad.txt", "x"))
	a = verdict.Answer{}
	if err := json.Unmarshal([]byte(out), &a); err != nil || code != exitRefused || a.Valid || a.Code != "input.unknown" || a.JA == "" || a.Certificates != nil {
		t.Errorf("%d, %v, %s", code, err, out)
	}
}
