package cardrecord

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"akashi/verifier/credential"
)

func TestRecord(t *testing.T) {
	s := testSpec()
	f := s.files(t)
	if len(f.Integrity) != IntegritySize || len(f.Signer) != SignerSize || len(f.APKey) != APKeySize {
		t.Fatalf("the test's card has files of %d, %d, %d bytes", len(f.Integrity), len(f.Signer), len(f.APKey))
	}
	r, err := Parse(f)
	if err != nil {
		t.Fatal(err)
	}
	want := Attributes{s.name, s.address, credential.Date{Year: 1980, Month: 2, Day: 17}, '2'}
	if r.Attributes() != want {
		t.Errorf("attributes %+v", r.Attributes())
	}
	if got := string(r.Number().Reveal()); got != s.number {
		t.Errorf("number %q", got)
	}
	if issuer, subject := r.Signer(); issuer != authorityID || subject[6] != '4' {
		t.Errorf("signer %q under %q", subject, issuer)
	}
	if err := r.Verify(testAuthorities()); err != nil {
		t.Error(err)
	}
	digest := SessionDigest(1, []byte("nonce"), []byte("kiosk"), "terms")
	if err := r.VerifyChallenge(digest, signDigest(t, s.ap, digest)); err != nil {
		t.Error(err)
	}
}

// TestLongAttributes uses lengths of three bytes, on the file and on a field.
func TestLongAttributes(t *testing.T) {
	s := testSpec()
	s.address = strings.Repeat("桜市一丁目", 20)
	r, err := Parse(s.files(t))
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Verify(testAuthorities()); err != nil {
		t.Error(err)
	}
	if r.Attributes().Address != s.address {
		t.Error("address is not the card's")
	}
}

func TestAttributesOfLife(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*spec)
		check  func(Attributes) bool
	}{
		{"no separator", func(s *spec) { s.name = "ジョンスミス" }, func(a Attributes) bool { return a.Name == "ジョンスミス" }},
		{"four-byte kanji", func(s *spec) { s.name = "𠮷田\u3000𩸽子" }, func(a Attributes) bool { return a.Name == "𠮷田\u3000𩸽子" }},
		{"variation sequence", func(s *spec) { s.name = "渡邉\U000E0102\u3000一" }, func(a Attributes) bool { return strings.Contains(a.Name, "\U000E0102") }},
		{"no address", func(s *spec) { s.address = "" }, func(a Attributes) bool { return a.Address == "" }},
		{"unknown day", func(s *spec) { s.birth = "19300500" }, func(a Attributes) bool { return a.Birth == credential.Date{Year: 1930, Month: 5} }},
		{"unknown month and day", func(s *spec) { s.birth = "19300000" }, func(a Attributes) bool { return a.Birth == credential.Date{Year: 1930} }},
		{"a day that no calendar has", func(s *spec) { s.birth = "19300231" }, func(a Attributes) bool { return a.Birth == credential.Date{} && !a.Birth.Valid() }},
		{"all nines", func(s *spec) { s.birth = "99999999" }, func(a Attributes) bool { return !a.Birth.Valid() }},
		{"sex unknown to the table", func(s *spec) { s.sex = "3" }, func(a Attributes) bool { return a.Sex == '3' }},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := testSpec()
			c.change(&s)
			r, err := Parse(s.files(t))
			if err != nil {
				t.Fatal(err)
			}
			if err := r.Verify(testAuthorities()); err != nil {
				t.Error(err)
			}
			if !c.check(r.Attributes()) {
				t.Errorf("attributes %+v", r.Attributes())
			}
		})
	}
}

// TestOffsetsAreNotFollowed alters the unsigned offsets of DF21 so that they
// would cut other fields: nothing changes.
func TestOffsetsAreNotFollowed(t *testing.T) {
	s := testSpec()
	f := s.files(t)
	at := headLen(f.Attributes) + 3
	copy(f.Attributes[at:], []byte{0xFF, 0xFF, 0, 0, 0x80, 0, 0, 1})
	r, err := Parse(f)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Verify(testAuthorities()); err != nil || r.Attributes().Name != s.name {
		t.Errorf("%v, %q", err, r.Attributes().Name)
	}
}

// TestParseCopies wipes the files after parsing.
func TestParseCopies(t *testing.T) {
	f := testSpec().files(t)
	r, err := Parse(f)
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range [][]byte{f.Number, f.Attributes, f.Integrity, f.Signer, f.APKey} {
		clear(b)
	}
	if err := r.Verify(testAuthorities()); err != nil {
		t.Error(err)
	}
}

func TestNumberEqual(t *testing.T) {
	a, b, c := newNumber([]byte("123456789018")), newNumber([]byte("123456789018")), newNumber([]byte("123456789019"))
	if !a.Equal(b) || a.Equal(c) {
		t.Error("Equal does not compare the digits")
	}
	var none IndividualNumber
	if none.Equal(none) || none.Equal(a) || a.Equal(none) || none.Reveal() != nil {
		t.Error("a handle without a number equals something")
	}
	clear(a.Reveal())
	if !a.Equal(b) {
		t.Error("Reveal gives its own bytes away")
	}
}

// TestHandlesStayShut prints the number and the record in every way that a log
// line might, and the digits and name must not be there.
func TestHandlesStayShut(t *testing.T) {
	s := testSpec()
	r, err := Parse(s.files(t))
	if err != nil {
		t.Fatal(err)
	}
	n := r.Number()
	nested := struct {
		n IndividualNumber
		r *Record
		N IndividualNumber
	}{n, r, n}
	var out bytes.Buffer
	for _, v := range []any{n, &n, r, *r, nested, &nested} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x"} {
			fmt.Fprintf(&out, verb+"\n", v)
		}
		if j, err := json.Marshal(v); err == nil {
			out.Write(j)
		}
		slog.New(slog.NewTextHandler(&out, nil)).Info("", "v", v)
		slog.New(slog.NewJSONHandler(&out, nil)).Info("", "v", v)
	}
	for _, secret := range []string{s.number, fmt.Sprintf("%x", s.number), "49 50 51 52", s.name, s.address} {
		if strings.Contains(out.String(), secret) {
			t.Errorf("%q came out", secret)
		}
	}
	if !strings.Contains(fmt.Sprintf("%+v", struct{ b []byte }{[]byte(s.number)}), "49 50 51 52") {
		t.Error("the check would not have seen digits held in a field")
	}
}

func TestKeyIDText(t *testing.T) {
	b, err := json.Marshal(map[KeyID]int{authorityID: 1})
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"39393030303333080530303100000001":1}`; string(b) != want {
		t.Errorf("got %s", b)
	}
	var back map[KeyID]int
	if err := json.Unmarshal(b, &back); err != nil || back[authorityID] != 1 {
		t.Errorf("%v, %v", back, err)
	}
	for _, bad := range []string{"", "39", strings.Repeat("g", 32), strings.Repeat("AB", 16), strings.Repeat("ab", 17)} {
		var k KeyID
		if k.UnmarshalText([]byte(bad)) == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}
