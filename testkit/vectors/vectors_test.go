package vectors_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"akashi/testkit/vectors"
	"akashi/testkit/vectors/defects"
	"akashi/verifier/rule"
)

func own(t *testing.T) []vectors.Vector {
	t.Helper()
	all, err := vectors.Load(vectors.Own())
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestOwn judges every one of the project's own vectors.
func TestOwn(t *testing.T) {
	j, err := vectors.NewJudge(vectors.Own(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range own(t) {
		if got, err := j.Code(&v); err != nil || got != v.Expect {
			t.Errorf("%s: %s, want %s; %v", v.Name, got, v.Expect, err)
		}
	}
}

// TestEveryCode: each code that the verifier can give has a vector, and no
// vector asks for a code that it cannot.
func TestEveryCode(t *testing.T) {
	expected, known := map[string]int{}, map[string]bool{vectors.Valid: true}
	for _, v := range own(t) {
		expected[v.Expect]++
	}
	for _, r := range rule.All() {
		known[r.Code] = true
		if expected[r.Code] == 0 {
			t.Errorf("no vector is refused with %s", r.Code)
		}
	}
	for code := range expected {
		if !known[code] {
			t.Errorf("no rule has the code %s", code)
		}
	}
	if expected[vectors.Valid] < 10 {
		t.Errorf("%d valid vectors: a verifier that refuses everything would nearly pass", expected[vectors.Valid])
	}
}

// TestFilesAreTheGenerators: the committed files are those that the tables
// make.
func TestFilesAreTheGenerators(t *testing.T) {
	want, err := defects.Encoded()
	if err != nil {
		t.Fatal(err)
	}
	got := vectors.Own()
	for name, b := range want {
		f, err := fs.ReadFile(got, name)
		if err != nil || !bytes.Equal(f, b) {
			t.Errorf("%s is not as its table says (%v): go run ./testkit/cmd/vectors", name, err)
		}
	}
	if n := len(own(t)) + 6; n != len(want) { // five trust lists and the root's key
		t.Errorf("%d files, the tables make %d: go run ./testkit/cmd/vectors", n, len(want))
	}
}

// TestOneDefect: no two vectors are the same input in the same circumstances.
func TestOneDefect(t *testing.T) {
	seen := map[string]string{}
	for _, v := range own(t) {
		name := v.Name
		v.Name, v.Description, v.Expect = "", "", ""
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		if other := seen[string(b)]; other != "" {
			t.Errorf("%s is %s", name, other)
		}
		seen[string(b)] = name
	}
}

func TestLoadRefuses(t *testing.T) {
	if _, err := vectors.Load(fstest.MapFS{}); !errors.Is(err, vectors.ErrNone) {
		t.Errorf("an empty folder: %v", err)
	}
	const good = `{"description":"d","expect":"valid","kind":"file","at":"2026-04-01T00:00:00Z","input":"x"}`
	if _, err := vectors.Parse([]byte(good)); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{``, good + `{}`, strings.Replace(good, `"input"`, `"inputs"`, 1), strings.Replace(good, `"valid"`, `""`, 1),
		strings.Replace(good, `"input"`, `"input_base64":"eA==","input"`, 1), strings.Replace(good, `"at":"2026-04-01T00:00:00Z",`, ``, 1)} {
		if _, err := vectors.Load(fstest.MapFS{"a/b.json": {Data: []byte(text)}}); err == nil {
			t.Errorf("read: %s", text)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, v := range []string{`{"description":"d","expect":"valid","kind":"file","at":"2026-04-01T00:00:00Z","input":"x"}`, `{`} {
		f.Add([]byte(v))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		v, err := vectors.Parse(b)
		if err != nil {
			return
		}
		enc, err := vectors.Encode(v)
		if err != nil {
			return // a time outside what JSON takes
		}
		again, err := vectors.Parse(enc)
		if err != nil || !bytes.Equal(again.Bytes(), v.Bytes()) {
			t.Fatalf("%s: written as %s: %v", b, enc, err)
		}
	})
}
