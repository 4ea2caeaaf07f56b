package credential_test

import (
	"testing"
	"time"

	"akashi/verifier/credential"
)

func TestDates(t *testing.T) {
	for _, s := range []string{"1950-02-28", "1952-02-29", "1950-12", "1950", "0001-01-01"} {
		d, err := credential.ParseDate(s)
		if err != nil {
			t.Errorf("%s refused: %v", s, err)
		} else if d.String() != s {
			t.Errorf("%s came back as %s", s, d)
		}
	}
	for _, s := range []string{"", "1950-02-29", "1950-13", "1950-00", "1950-1-1", "1950-01-00", "0000", "1950/01/01", "１９５０", "1950-01-01 ", "-950-01-01", "1950-04-31"} {
		if d, err := credential.ParseDate(s); err == nil {
			t.Errorf("%q accepted as %s", s, d)
		}
	}
}

func TestCompactDates(t *testing.T) {
	for in, want := range map[string]string{"19500228": "1950-02-28", "19500200": "1950-02", "19500000": "1950"} {
		d, err := credential.ParseCompact(in)
		if err != nil || d.String() != want {
			t.Errorf("%s: %s, %v; want %s", in, d, err, want)
		}
	}
	for _, in := range []string{"19500229", "19500001", "00000000", "1950022", "1950022x"} {
		if d, err := credential.ParseCompact(in); err == nil {
			t.Errorf("%q accepted as %s", in, d)
		}
	}
}

func FuzzParseDate(f *testing.F) {
	for _, s := range []string{"1950-02-28", "1950-12", "1950", "9999-12-31"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if d, err := credential.ParseDate(s); err == nil && d.String() != s {
			t.Errorf("%q accepted, but its one spelling is %q", s, d)
		}
	})
}

func TestBefore(t *testing.T) {
	parse := func(s string) credential.Date { d, _ := credential.ParseDate(s); return d }
	for _, c := range []struct {
		a, b string
		want bool
	}{{"1950-01-01", "1950-01-02", true}, {"1950-01-02", "1950-01-01", false}, {"1950", "1950-12-31", false}, {"1949", "1950", true}, {"1950-01", "1950-02-01", true}, {"1950-01", "1950-01-31", false}} {
		if got := parse(c.a).Before(parse(c.b)); got != c.want {
			t.Errorf("%s before %s: %v", c.a, c.b, got)
		}
	}
	if got := credential.DateOf(time.Date(2024, 3, 31, 23, 0, 0, 0, time.UTC)).String(); got != "2024-03-31" {
		t.Errorf("DateOf: %s", got)
	}
}

func TestSplitName(t *testing.T) {
	if f, g, ok := credential.SplitName("𠮷田　花子"); !ok || f != "𠮷田" || g != "花子" {
		t.Errorf("split gave %q %q %v", f, g, ok)
	}
	for _, n := range []string{"山田花子", "山田 花子", "山　田　花子", "　花子", "山田　", ""} {
		if f, g, ok := credential.SplitName(n); ok {
			t.Errorf("%q was split into %q and %q; no split may be invented", n, f, g)
		}
	}
}

func TestIDAndKind(t *testing.T) {
	for _, id := range []credential.ID{"A", "0123456789AB"} {
		if !id.Valid() {
			t.Errorf("%s refused", id)
		}
	}
	for _, id := range []credential.ID{"", "0123456789ABC", "abc", "A-B"} {
		if id.Valid() {
			t.Errorf("%q accepted", id)
		}
	}
	for _, k := range []credential.Kind{credential.Domestic, credential.Overseas} {
		if got, ok := credential.ParseKind(k.String()); !ok || got != k {
			t.Errorf("kind %d does not survive its name", k)
		}
	}
	if _, ok := credential.ParseKind("unknown"); ok {
		t.Error("the unknown kind was accepted")
	}
}
