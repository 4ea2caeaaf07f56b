package strictjson

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
)

var wide = Limits{Depth: 8, Values: 100, Space: true}

func TestParseRefuses(t *testing.T) {
	minified := Limits{Depth: 2, Values: 5}
	for _, c := range []struct {
		text string
		lim  Limits
		want error
	}{
		{``, wide, ErrSyntax}, {`{`, wide, ErrSyntax}, {`{"a"`, wide, ErrSyntax}, {`{"a":1,}`, wide, ErrSyntax},
		{`[1,]`, wide, ErrSyntax}, {`[1 2]`, wide, ErrSyntax}, {`{a:1}`, wide, ErrSyntax}, {`tru`, wide, ErrSyntax},
		{`01`, wide, ErrTrailing}, {`-`, wide, ErrSyntax}, {`1.`, wide, ErrSyntax}, {`1e`, wide, ErrSyntax}, {`+1`, wide, ErrSyntax},
		{"\"a\nb\"", wide, ErrSyntax}, {`"a`, wide, ErrSyntax}, {`"\x"`, wide, ErrSyntax}, {`"\u00g0"`, wide, ErrSyntax},
		{`"\u00`, wide, ErrSyntax}, {`"\ud800"`, wide, ErrUTF8}, {`"\udc00\ud800"`, wide, ErrUTF8}, {"\"\xff\"", wide, ErrUTF8},
		{"\"a\\n\nb\"", wide, ErrSyntax}, {`"\n`, wide, ErrSyntax}, {`"\`, wide, ErrSyntax}, {`"\ud800\u00g0"`, wide, ErrSyntax},
		{`{"a":1,"a":2}`, wide, ErrDuplicate}, {`{"a":1,"\u0061":2}`, wide, ErrDuplicate},
		{`{} {}`, wide, ErrTrailing}, {`1 x`, wide, ErrTrailing}, {"\ufeff{}", wide, ErrSyntax},
		{`{ }`, minified, ErrSpace}, {`[1, 2]`, minified, ErrSpace}, {`1 `, minified, ErrSpace}, {` 1`, minified, ErrSpace},
		{`{"a" :1}`, minified, ErrSpace}, {`{"a": 1}`, minified, ErrSpace},
		{`[[[1]]]`, minified, ErrLimit}, {`[1,2,3,4,5]`, minified, ErrLimit},
	} {
		if _, err := Parse([]byte(c.text), c.lim); !errors.Is(err, c.want) {
			t.Errorf("Parse(%q) = %v, want %v", c.text, err, c.want)
		}
	}
}

// TestManyMembers: a file of one object with many members takes no longer than
// its size; a revocation list of 8 MiB would otherwise take minutes.
func TestManyMembers(t *testing.T) {
	object := func(n int) []byte {
		parts := make([]string, n)
		for i := range parts {
			parts[i] = fmt.Sprintf(`"%d":0`, i)
		}
		return []byte("{" + strings.Join(parts, ",") + "}")
	}
	many := Limits{Depth: 2, Values: 1_000_000}
	if v, err := Parse(object(DefaultMaxMembers), many); err != nil || len(v.Members) != DefaultMaxMembers {
		t.Errorf("as many as may be: %v", err)
	}
	if _, err := Parse(object(DefaultMaxMembers+1), many); !errors.Is(err, ErrLimit) {
		t.Errorf("one more: %v", err)
	}
}

func TestCanonical(t *testing.T) {
	// The sorting example is that of RFC 8785 section 3.2.3, shortened.
	for in, want := range map[string]string{
		`{ "b" : [ 1 , true , null ] , "a" : "\u20ac\/\u000f\u000aA'B\u0022\u005c" }`: `{"a":"€/\u000f\nA'B\"\\","b":[1,true,null]}`,
		`{"\ufb33":1,"\ud83d\ude00":2,"\u20ac":3,"\r":4,"1":5}`:                       "{\"\\r\":4,\"1\":5,\"\u20ac\":3,\"\U0001f600\":2,\"\ufb33\":1}",
		`{"x":{},"y":[],"z":-7}`: `{"x":{},"y":[],"z":-7}`,
	} {
		v, err := Parse([]byte(in), wide)
		if err != nil {
			t.Fatalf("Parse(%s): %v", in, err)
		}
		got, ok := v.Canonical(nil)
		if !ok || string(got) != want {
			t.Errorf("Canonical(%s) = %s, %v, want %s", in, got, ok, want)
		}
	}
	for _, in := range []string{`1.0`, `1e3`, `-0`, `[1234567890123456]`, `{"a":0.5}`} {
		v, err := Parse([]byte(in), wide)
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := v.Canonical(nil); ok {
			t.Errorf("Canonical(%s) accepted", in)
		}
	}
}

func TestAccessors(t *testing.T) {
	v, err := Parse([]byte(`{"s":"x","n":12,"a":[1],"e":[]}`), wide)
	if err != nil {
		t.Fatal(err)
	}
	if s, ok := v.Get("s").String(); !ok || s != "x" || !v.Get("s").Is("x") || v.Get("n").Is("12") {
		t.Error("String or Is")
	}
	if n, ok := v.Get("n").Int(); !ok || n != 12 {
		t.Error("Int")
	}
	if _, ok := v.Get("a").List(1); !ok {
		t.Error("List")
	}
	if _, ok := v.Get("e").List(1); ok {
		t.Error("an empty list passed")
	}
	if _, ok := v.Get("none").String(); ok || v.Get("none").Only() {
		t.Error("a missing member passed")
	}
	if !v.Only("s", "n", "a", "e") || v.Only("s", "n", "a") {
		t.Error("Only")
	}
}

// FuzzParse holds the reader against encoding/json: what is accepted here is
// JSON there, and the canonical form is a fixed point.
func FuzzParse(f *testing.F) {
	for _, s := range []string{`{"a":[1,2,{"b":"\u00e9"}]}`, `[]`, `"😀"`, `-1.5e+3`, ` {"x": null}`, `{"a":1,"a":2}`, `"\ud83d\ude00"`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		v, err := Parse(b, wide)
		if err != nil {
			return
		}
		if !json.Valid(b) {
			t.Fatalf("accepted what is not JSON: %q", b)
		}
		out, ok := v.Canonical(nil)
		if !ok {
			return
		}
		w, err := Parse(out, Limits{Depth: wide.Depth, Values: wide.Values})
		if err != nil {
			t.Fatalf("canonical form %q refused: %v", out, err)
		}
		if again, _ := w.Canonical(nil); string(again) != string(out) {
			t.Fatalf("canonical form is not stable: %q, %q", out, again)
		}
	})
}
