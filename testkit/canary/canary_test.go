package canary_test

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	mrand "math/rand/v2"
	"net/url"
	"strings"
	"testing"
	"unicode/utf16"

	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/unicode/norm"

	"akashi/testkit/canary"
	"akashi/testkit/residents"
)

const secret = "証野　𠮷か\u3099子"

func compile(t testing.TB, values ...canary.Value) *canary.Set {
	t.Helper()
	s, err := canary.New(values)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// noise gives n random bytes, the same at each run.
func noise(n int) []byte {
	b := make([]byte, n)
	mrand.NewChaCha8([32]byte{1}).Read(b)
	return b
}

func units(order binary.AppendByteOrder) (b []byte) {
	for _, u := range utf16.Encode([]rune(secret)) {
		b = order.AppendUint16(b, u)
	}
	return b
}

func quoted(format string) string {
	var s strings.Builder
	for _, u := range utf16.Encode([]rune(secret)) {
		fmt.Fprintf(&s, format, u)
	}
	return s.String()
}

func packed(w func(io.Writer) io.WriteCloser, content []byte) []byte {
	var b bytes.Buffer
	z := w(&b)
	z.Write(content)
	z.Close()
	return b.Bytes()
}

func deflated(content []byte) []byte {
	return packed(func(w io.Writer) io.WriteCloser {
		z, err := flate.NewWriter(w, 9)
		if err != nil {
			panic(err)
		}
		return z
	}, content)
}

func digitPairs(text string) (b []byte) {
	for _, c := range []byte(text) {
		b = fmt.Appendf(b, "%02d", c-45)
	}
	return b
}

// TestEncodings hides the secret in every encoding that a system could hold it
// in, each made by another implementation than the scan's where there is one.
func TestEncodings(t *testing.T) {
	s := compile(t, canary.Value{Label: "name", Text: secret})
	document, err := json.Marshal(map[string]any{"iss": "https://specimen.akashi.invalid/issuer", "name": secret, "doses": strings.Split("2021-06-12 comirnaty AK1 2021-07-03 spikevax AK2 2022-02-05", " ")})
	if err != nil {
		t.Fatal(err)
	}
	euc, err := japanese.EUCJP.NewEncoder().String("証野か")
	if err != nil {
		t.Fatal(err)
	}
	payload := base64.RawURLEncoding.EncodeToString(deflated(document))
	hidden := map[string][]byte{
		"utf-8":          []byte(secret),
		"utf-16le":       units(binary.LittleEndian),
		"utf-16be":       units(binary.BigEndian),
		"nfc utf-8":      []byte(norm.NFC.String(secret)),
		"nfkc utf-8":     []byte(norm.NFKC.String(secret)),
		"hex":            []byte(hex.EncodeToString([]byte(secret))),
		"HEX":            []byte(strings.ToUpper(hex.EncodeToString([]byte(secret)))),
		"pdf hex string": []byte(fmt.Sprintf("<FEFF%X>", units(binary.BigEndian))),
		"json":           []byte(quoted(`\u%04x`)),
		"JSON":           []byte(quoted(`\u%04X`)),
		"percent":        []byte("?n=" + url.QueryEscape(secret)),
		"zlib":           packed(func(w io.Writer) io.WriteCloser { return zlib.NewWriter(w) }, document),
		"gzip":           packed(func(w io.Writer) io.WriteCloser { z := gzip.NewWriter(w); z.Name = "x"; return z }, document),
		"deflate":        deflated(document),
		"jws":            []byte("eyJhbGciOiJFUzI1NiJ9." + payload + ".c2ln"),
		"qr digits":      digitPairs("eyJhbGciOiJFUzI1NiJ9." + payload + ".c2ln"),
		"zlib in base64": []byte(`"pdf":"` + base64.StdEncoding.EncodeToString(append(noise(100), packed(func(w io.Writer) io.WriteCloser { return zlib.NewWriter(w) }, document)...)) + `"`),
		"truncated zlib": packed(func(w io.Writer) io.WriteCloser { return zlib.NewWriter(w) }, append(document, noise(5000)...))[:1000],
	}
	for i := range 3 {
		hidden[fmt.Sprint("base64 ", i)] = []byte(base64.StdEncoding.EncodeToString(append(noise(i), secret+"and more"...)))
		hidden[fmt.Sprint("base64url ", i)] = []byte(base64.URLEncoding.EncodeToString(append(noise(i), secret+"and more"...)))
	}
	for name, b := range hidden {
		for _, before := range []int{0, 1, 4097} {
			where := append(append(noise(before), b...), noise(77)...)
			if strings.Contains(name, "base64") || name == "jws" || name == "qr digits" {
				// Noise would join these runs of characters.
				where = append(append(append(noise(before), ' '), b...), 0)
			}
			if found := s.ScanBytes("here", where); len(found) == 0 {
				t.Errorf("%s after %d bytes: not found", name, before)
			}
		}
		if found := s.ScanBytes("here", b[:len(b)/4]); len(found) != 0 && name != "truncated zlib" { // which has the secret in its beginning
			t.Errorf("%s: a quarter of it is found: %v", name, found)
		}
	}
	if len(s.ScanBytes("here", []byte(euc))) != 0 {
		t.Error("another text is found")
	}
}

func TestLegacyEncodings(t *testing.T) {
	const name = "穂積　花子"
	s := compile(t, canary.Value{Label: "name", Text: name})
	for encoding, e := range map[string]interface{ String(string) (string, error) }{
		"shift_jis": japanese.ShiftJIS.NewEncoder(), "euc-jp": japanese.EUCJP.NewEncoder(), "iso-2022-jp": japanese.ISO2022JP.NewEncoder(),
	} {
		b, err := e.String(name)
		if err != nil {
			t.Fatal(err)
		}
		found := s.ScanBytes("here", []byte("<"+b+">"))
		if len(found) == 0 || found[0].Encoding != encoding || found[0].Offset != 1 {
			t.Errorf("%s: %v", encoding, found)
		}
	}
}

func TestNumbers(t *testing.T) {
	s := compile(t, canary.Value{Label: "number", Text: "999991234564"})
	for encoding, b := range map[string][]byte{
		"bcd": {0x99, 0x99, 0x91, 0x23, 0x45, 0x64}, "bcd swapped": {0x99, 0x99, 0x19, 0x32, 0x54, 0x46},
		"uint64le": binary.LittleEndian.AppendUint64(nil, 999991234564), "uint64be": binary.BigEndian.AppendUint64(nil, 999991234564),
		"utf-16le": []byte("9\x009\x009\x009\x009\x001\x002\x003\x004\x005\x006\x004\x00"),
	} {
		if found := s.ScanBytes("here", append([]byte{1, 2, 3}, b...)); len(found) != 1 || found[0].Encoding != encoding {
			t.Errorf("%s: %v", encoding, found)
		}
	}
}

func TestBytes(t *testing.T) {
	s := compile(t, canary.Value{Label: "PIN command", Bytes: []byte("\x00\x20\x00\x80\x041234")})
	for _, text := range []string{"\x00\x20\x00\x80\x041234", "0020008004" + "31323334", base64.StdEncoding.EncodeToString([]byte("ab\x00\x20\x00\x80\x041234"))} {
		if len(s.ScanBytes("here", []byte(text))) == 0 {
			t.Errorf("%q: not found", text)
		}
	}
	if found := s.ScanBytes("here", []byte("\x00\x20\x00\x80\x041235")); len(found) != 0 {
		t.Errorf("another PIN: %v", found)
	}
}

// TestLongValues: of a long value, a piece that stayed is found.
func TestLongValues(t *testing.T) {
	text := "eyJhbGciOiJFUzI1NiJ9." + base64.RawURLEncoding.EncodeToString(noise(600))
	s := compile(t, canary.Value{Label: "jws", Text: text}, canary.Value{Label: "pdf", Bytes: noise(5000)})
	for what, b := range map[string][]byte{"text": []byte(text)[300:460], "digits": digitPairs(text)[600:920], "bytes": noise(5000)[3000:3130]} {
		if len(s.ScanBytes("here", b)) == 0 {
			t.Errorf("a piece of the %s is not found", what)
		}
	}
}

// TestNothingInNoise: chance finds nothing, neither in random bytes nor in
// text, with a whole population of canaries.
func TestNothingInNoise(t *testing.T) {
	s := population(t, 50)
	haystack := noise(2 << 20)
	if found := s.ScanBytes("noise", haystack); len(found) != 0 {
		t.Errorf("%d found by chance, first: %v", len(found), found[0])
	}
	var text bytes.Buffer
	for i := range 5000 {
		fmt.Fprintf(&text, "%d 2021-06-12 見本市 %x\n", i, i*i)
	}
	if found := s.ScanBytes("text", text.Bytes()); len(found) != 0 {
		t.Errorf("%d found in text, first: %v", len(found), found[0])
	}
	if s.Scanned() < 2<<20 {
		t.Errorf("only %d bytes scanned", s.Scanned())
	}
}

func population(t testing.TB, n int) *canary.Set {
	t.Helper()
	people, err := residents.Generate(rand.Reader, n)
	if err != nil {
		t.Fatal(err)
	}
	var values []canary.Value
	for _, r := range append(people, residents.All()...) {
		values = append(values, canary.Resident(r)...)
	}
	return compile(t, values...)
}

// TestResident: what a session leaves of a resident is found, item by item.
func TestResident(t *testing.T) {
	r, _ := residents.Find("yoshida")
	s := compile(t, canary.Resident(r)...)
	for what, text := range map[string]string{
		"card's name": "\xDF\x22" + r.Card.Name, "printed name": "𠮷田 凪渡", "FHIR": `[{"family":"𠮷田","given":["凪渡"]}]`,
		"number": r.Card.Number, "address": r.Card.Address, "card's birth date": "\xDF\x24\x0819880401", "printed birth date": "1988年4月1日",
		"FHIR birth date": `"birthDate":"1988-04-01"`, "lot": r.VRS[0].Doses[1].Lot, "passport": r.VRS[0].Passport.Passport,
		"Roman name": "YOSHIDA NAGITO", "VERIFY": "\x00\x20\x00\x91\x04" + r.PIN,
	} {
		found := s.ScanBytes("here", []byte("...."+text+"...."))
		if len(found) == 0 {
			t.Errorf("%s: not found", what)
			continue
		}
		for _, f := range found {
			if line := f.String(); strings.Contains(line, text) || !strings.HasPrefix(f.Label, "yoshida ") || f.Where != "here" {
				t.Errorf("%s: the finding reads %q", what, line)
			}
		}
	}
}

func TestRefusals(t *testing.T) {
	if _, err := canary.New([]canary.Value{{Label: "PIN", Text: "1234"}}); !errors.Is(err, canary.ErrTooShort) || strings.Contains(err.Error(), "1234") {
		t.Errorf("a PIN alone: %v", err)
	}
	if _, err := canary.New(nil); err == nil {
		t.Error("no values, no error")
	}
}

// TestManyFindings: a flood ends at the bound.
func TestManyFindings(t *testing.T) {
	s := compile(t, canary.Value{Label: "x", Text: "abcdefgh"})
	if n := len(s.ScanBytes("here", bytes.Repeat([]byte("abcdefgh"), 5000))); n != canary.DefaultMaxFindings {
		t.Errorf("%d findings", n)
	}
}

// TestBomb: a stream that unpacks to far more than the bound ends there.
func TestBomb(t *testing.T) {
	s := compile(t, canary.Value{Label: "name", Text: secret})
	bomb := deflated(append(make([]byte, canary.DefaultMaxInflated), secret...))
	if found := s.ScanBytes("here", bomb); len(found) != 0 {
		t.Errorf("unpacked past the bound: %v", found)
	}
}

// FuzzScan: no bytes make the scan panic, and the secret put into any of them
// is found.
func FuzzScan(f *testing.F) {
	for _, seed := range [][]byte{nil, {0x78, 0x9C}, {0x1F, 0x8B, 8, 0xFF}, deflated([]byte("seed seed seed")), bytes.Repeat([]byte("5"), 300), []byte(strings.Repeat("QUJD", 40))} {
		f.Add(seed, 0)
	}
	s := compile(f, canary.Value{Label: "name", Text: secret})
	f.Fuzz(func(t *testing.T, b []byte, at int) {
		s.ScanBytes("fuzz", b)
		at = min(max(at, 0), len(b))
		if len(s.ScanBytes("fuzz", append(append(bytes.Clone(b[:at]), secret...), b[at:]...))) == 0 {
			t.Fatal("the secret is not found")
		}
	})
}

func BenchmarkScan(b *testing.B) {
	s := population(b, 50)
	haystack := noise(16 << 20)
	b.SetBytes(int64(len(haystack)))
	for b.Loop() {
		s.ScanBytes("noise", haystack)
	}
}
