package residents_test

import (
	"bytes"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"akashi/centre/vaccines"
	"akashi/centre/wire"
	"akashi/testkit/residents"
	"akashi/verifier/credential"
)

func find(t *testing.T, id string) residents.Resident {
	t.Helper()
	r, ok := residents.Find(id)
	if !ok {
		t.Fatalf("no resident %q", id)
	}
	return r
}

// TestNamesThatHurt holds the population against the list of cases that the
// rest of the project relies on finding in it.
func TestNamesThatHurt(t *testing.T) {
	for id, part := range map[string]string{
		"yoshida": "\U00020BB7", "takasaki": "\u9AD9\uFA11", "watanabe": "\u9089\U000E0102", "hokke": "\U00029E3D子",
		"dakuten": "か\u3099", "hankaku": "ﾞ", "idot": "\u0130", "noglyph": "\U00031350", "compat": "\uFA19",
	} {
		if name := find(t, id).Card.Name; !strings.Contains(name, part) {
			t.Errorf("%s: %+q is not in the name %+q", id, part, name)
		}
	}
	if name := find(t, "mononym").Card.Name; strings.Contains(name, "　") {
		t.Errorf("mononym has a separator: %q", name)
	}
	if n := len(find(t, "longroman").VRS[0].Passport.RomanName); n != 39 {
		t.Errorf("longroman: %d characters, want 39", n)
	}
	if r := find(t, "longname"); len(r.Card.Name) < 128 || len(r.Card.Address) < 128 {
		t.Errorf("longname: name %d and address %d bytes, want both past 127", len(r.Card.Name), len(r.Card.Address))
	}
	if d, _ := credential.ParseCompact(find(t, "unknownday").Card.Birth); d.Full() || d.Month == 0 {
		t.Errorf("unknownday: %v", d)
	}
	if a, b := find(t, "twin-a"), find(t, "twin-b"); a.Card.Name != b.Card.Name || a.Card.Birth != b.Card.Birth || a.Card.Number == b.Card.Number {
		t.Error("twins must share name and birth date and nothing else")
	}
}

func TestRecordsThatHurt(t *testing.T) {
	doses := map[int]bool{}
	for _, r := range residents.All() {
		for _, v := range r.VRS {
			doses[len(v.Doses)] = true
		}
	}
	for n := 1; n <= 7; n++ {
		if !doses[n] {
			t.Errorf("nobody has %d doses", n)
		}
	}
	if n := len(find(t, "two").VRS); n != 2 {
		t.Errorf("two: %d municipalities", n)
	}
	if r := find(t, "ward"); r.Card.Municipality == r.Ask() || residents.Answering(r.Card.Municipality) != r.Ask() {
		t.Errorf("ward: card %s, asks at %s", r.Card.Municipality, r.Ask())
	}
	if len(find(t, "norecord").VRS) != 0 {
		t.Error("norecord has a record")
	}
	if v := find(t, "newpassport").VRS[0]; v.OverseasIssue.Passport == v.Passport.Passport {
		t.Error("newpassport: the passport is the same")
	}
	if v := find(t, "formername").VRS[0]; v.FormerNames[0] != find(t, "formername").Card.Name || v.Name == v.FormerNames[0] {
		t.Errorf("formername: %+v", v)
	}
	if !find(t, "locked").Card.Locked || !find(t, "needscheck").VRS[0].NeedsCheck {
		t.Error("locked or needscheck is not marked")
	}
}

// TestWellFormed checks every resident, written out or generated.
func TestWellFormed(t *testing.T) {
	generated, err := residents.Generate(bytes.NewReader(make([]byte, 32)), 200)
	if err != nil {
		t.Fatal(err)
	}
	all := append(residents.All(), generated...)
	seen := map[string]string{}
	once := func(t *testing.T, what, value string) {
		if other, ok := seen[what+value]; ok {
			t.Errorf("%s is also that of %s", what, other)
		}
		seen[what+value] = t.Name()
	}
	for _, r := range all {
		t.Run(r.ID, func(t *testing.T) {
			once(t, "id ", r.ID)
			once(t, "number ", r.Card.Number)
			once(t, "address ", r.Card.Address)
			checkCard(t, r)
			for _, v := range r.VRS {
				checkRecord(t, v)
				for _, d := range v.Doses {
					once(t, "lot ", d.Lot)
				}
			}
			if !r.Domestic.Known() || !r.Overseas.Known() {
				t.Error("expected ending is not a code")
			}
		})
	}
}

func checkCard(t *testing.T, r residents.Resident) {
	c := r.Card
	if len(c.Number) != 12 || c.Number[11] != '0'+residents.NumberCheck(c.Number[:11]) || !strings.HasPrefix(c.Number, "99999") {
		t.Error("individual number is not a synthetic one with a valid check digit")
	}
	if len(r.PIN) != 4 || strings.Trim(r.PIN, "0123456789") != "" {
		t.Error("PIN is not 4 digits")
	}
	if !utf8.ValidString(c.Name+c.Address) || c.Name == "" || c.Address == "" {
		t.Error("name or address is empty or not UTF-8")
	}
	if _, err := credential.ParseCompact(c.Birth); err != nil {
		t.Errorf("birth date: %v", err)
	}
	if d, err := credential.ParseCompact(c.Expires); err != nil || !d.Full() {
		t.Errorf("expiry: %v", err)
	}
	if !strings.ContainsRune("1290", rune(c.Sex)) || !strings.Contains(r.Note, " / ") {
		t.Error("sex or note")
	}
}

func checkRecord(t *testing.T, v residents.Record) {
	if _, err := credential.ParseDate(v.Birth); err != nil {
		t.Errorf("VRS birth date: %v", err)
	}
	for i, d := range v.Doses {
		if _, err := credential.ParseDate(d.Date); err != nil || len(d.Lot) > 19 || len(d.Country) != 3 {
			t.Errorf("dose %d: %+v", i, d)
		}
		if i > 0 && (v.Doses[i-1].Date >= d.Date || v.Doses[i-1].Number >= d.Number) {
			t.Errorf("dose %d is out of order", i)
		}
	}
	if p := v.Passport; p != nil && (len(p.RomanName) > 39 || len(p.Passport) > 11 || len(p.Nationality) != 3) {
		t.Errorf("passport: %+v", p)
	}
}

func TestProductsAreTheTables(t *testing.T) {
	set, err := vaccines.Load()
	if err != nil {
		t.Fatal(err)
	}
	given := map[string]bool{}
	for _, r := range residents.All() {
		for _, v := range r.VRS {
			for _, d := range v.Doses {
				given[d.Product] = true
				if _, err := set.Find("covid-19", d.Product); err != nil {
					t.Errorf("%s: product %q: %v", r.ID, d.Product, err)
				}
			}
		}
	}
	if len(given) < 12 {
		t.Errorf("only %d products are given to anybody", len(given))
	}
}

func TestMunicipalities(t *testing.T) {
	out, wards := 0, 0
	for _, m := range residents.Municipalities() {
		sum := 0
		for i, c := range []byte(m.Code[:5]) {
			sum += int(c-'0') * (6 - i)
		}
		if want := byte('0' + (11-sum%11)%10); len(m.Code) != 6 || m.Code[5] != want || !strings.HasPrefix(m.Code, "99") {
			t.Errorf("%s: code %s", m.NameEN, m.Code)
		}
		if !strings.HasPrefix(m.Phone, "000-") {
			t.Errorf("%s: telephone number %s could be somebody's", m.NameEN, m.Phone)
		}
		if !m.Participates {
			out++
		}
		if m.City != "" {
			wards++
		}
	}
	if out == 0 || wards < 2 {
		t.Errorf("%d do not take part, %d wards", out, wards)
	}
}

// TestNumberCheck pins the rule to the number that is commonly published as an
// example, and to sums that leave 0 and 1.
func TestNumberCheck(t *testing.T) {
	for _, number := range []string{"123456789018", "000000000000", "537676677180"} {
		if d := residents.NumberCheck(number[:11]); d != number[11]-'0' {
			t.Errorf("%s: check digit %d", number, d)
		}
	}
}

func TestGenerate(t *testing.T) {
	a, err := residents.Generate(bytes.NewReader(make([]byte, 32)), 50)
	if err != nil {
		t.Fatal(err)
	}
	b, err := residents.Generate(bytes.NewReader(make([]byte, 32)), 50)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(a, b) {
		t.Error("the same random bytes gave other residents")
	}
	for _, r := range a {
		if r.Domestic != wire.OK || r.Overseas != wire.OK || len(r.VRS) != 1 {
			t.Fatalf("%s is not ordinary", r.ID)
		}
	}
	if _, err := residents.Generate(bytes.NewReader(nil), 1); err == nil {
		t.Error("no randomness, no error")
	}
	if _, err := residents.Generate(bytes.NewReader(make([]byte, 32)), 10001); err == nil {
		t.Error("10001 residents, no error")
	}
}
