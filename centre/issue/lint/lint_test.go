package lint_test

import (
	"crypto/x509"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"akashi/centre/issue/lint"
	"akashi/centre/shc"
	"akashi/centre/vaccines"
	"akashi/centre/vdsnc"
	"akashi/centre/vrs"
	"akashi/testkit/pki"
	"akashi/verifier/cardrecord"
	"akashi/verifier/credential"
	"akashi/verifier/rule"
)

const kid = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

var world = sync.OnceValues(func() (*pki.World, error) { return pki.New(nil, nil) })

// draft is a certificate with the case that it must agree with; a test spoils
// one of the two.
type draft struct {
	certificate credential.Certificate
	kid, rid    string
	issued      time.Time
	bsc         *x509.Certificate
	lint.Case
}

func fresh(t *testing.T, kind credential.Kind) *draft {
	t.Helper()
	tables, err := vaccines.Load()
	if err != nil {
		t.Fatal(err)
	}
	w, err := world()
	if err != nil {
		t.Fatal(err)
	}
	d := &draft{kid: kid, rid: "cmV2b2tlZA", issued: time.Unix(1700000000, 0), bsc: w.VDSNC.Chain[0]}
	birth := credential.Date{Year: 1988, Month: 4, Day: 1}
	d.Case = lint.Case{
		Kind: kind, Card: cardrecord.Attributes{Name: "見本　花子", Birth: birth},
		Record: vrs.Record{ID: "AB12CD34EF56", Disease: "covid-19", Revocation: d.rid, Doses: []vrs.Dose{
			{Number: 1, Date: "2021-07-01", Product: "comirnaty", Lot: "FA0001", Country: "JPN"},
			{Number: 2, Date: "2021-07-22", Product: "spikevax", Lot: "FA0002", Country: "JPN"},
		}},
		Issuer: w.Issuer, KeyID: kid, Issued: d.issued, Tables: tables,
	}
	if kind == credential.Overseas {
		d.Record.Travel = &credential.Travel{RomanName: "MIHON HANAKO", Nationality: "UTO", Passport: "XX0000001"}
	}
	disease, err := tables.Disease("covid-19")
	if err != nil {
		t.Fatal(err)
	}
	d.certificate = credential.Certificate{
		Kind: kind, ID: d.Record.ID, Disease: disease, Issuer: w.Issuer,
		Holder: credential.Holder{Name: d.Card.Name, Birth: birth, Travel: d.Record.Travel},
	}
	for _, r := range d.Record.Doses {
		v, err := tables.Find("covid-19", r.Product)
		if err != nil {
			t.Fatal(err)
		}
		date, err := credential.ParseDate(r.Date)
		if err != nil {
			t.Fatal(err)
		}
		d.certificate.Doses = append(d.certificate.Doses,
			credential.Dose{Number: r.Number, Date: date, Vaccine: v, Lot: r.Lot, Country: r.Country})
	}
	return d
}

// check composes the draft and lints it.
func (d *draft) check(t *testing.T) (*lint.Permit, error) {
	t.Helper()
	var err error
	if d.SHC, err = shc.Compose(d.certificate, d.kid, d.rid, d.issued); err != nil {
		t.Fatal(err)
	}
	if d.certificate.Kind == credential.Overseas {
		if d.VDSNC, err = vdsnc.Compose(d.certificate, d.bsc); err != nil {
			t.Fatal(err)
		}
	}
	return lint.Check(d.Case)
}

// mistakes are what a composer could get wrong, or be given wrongly.
var mistakes = map[string]struct {
	spoil    func(*draft)
	overseas bool // shows only in the VDS-NC, or needs travel data
	want     error
}{
	"another name":                 {func(d *draft) { d.certificate.Holder.Name = "見本　花" }, false, lint.ErrHolder},
	"a folded character":           {func(d *draft) { d.Card.Name = "\uFA19　花子"; d.certificate.Holder.Name = "神　花子" }, false, lint.ErrHolder},
	"an invented split":            {func(d *draft) { d.Card.Name = "見本花子" }, false, lint.ErrHolder},
	"a lost split":                 {func(d *draft) { d.certificate.Holder.Name = "見本花子" }, false, lint.ErrHolder},
	"another birth date":           {func(d *draft) { d.certificate.Holder.Birth.Day++ }, false, lint.ErrHolder},
	"a lost birth day":             {func(d *draft) { d.certificate.Holder.Birth.Day = 0 }, false, lint.ErrHolder},
	"a dose left out":              {func(d *draft) { d.certificate.Doses = d.certificate.Doses[:1] }, false, lint.ErrRecord},
	"a dose twice":                 {func(d *draft) { d.certificate.Doses = append(d.certificate.Doses, third(d)) }, false, lint.ErrRecord},
	"another dose date":            {func(d *draft) { d.certificate.Doses[1].Date.Day++ }, false, lint.ErrRecord},
	"another lot":                  {func(d *draft) { d.certificate.Doses[1].Lot = "FA0003" }, false, lint.ErrRecord},
	"another product":              {func(d *draft) { d.certificate.Doses[1].Vaccine = d.certificate.Doses[0].Vaccine }, false, lint.ErrRecord},
	"unknown product":              {func(d *draft) { d.Record.Doses[1].Product = "none" }, false, lint.ErrRecord},
	"another key":                  {func(d *draft) { d.kid = "B" + kid[1:] }, false, lint.ErrIssuer},
	"another issuer":               {func(d *draft) { d.certificate.Issuer.URL += "2" }, false, lint.ErrIssuer},
	"another display":              {func(d *draft) { d.certificate.Issuer.Display = "SOMEBODY" }, false, lint.ErrIssuer},
	"another rid":                  {func(d *draft) { d.rid = "b3RoZXI" }, false, lint.ErrRecord},
	"another time":                 {func(d *draft) { d.issued = d.issued.Add(time.Second) }, false, lint.ErrRecord},
	"kanji for overseas":           {func(d *draft) { d.certificate.Kind = credential.Domestic; d.VDSNC = &vdsnc.Unsigned{} }, true, lint.ErrHolder},
	"another Roman name":           {func(d *draft) { change(d, func(t *credential.Travel) { t.RomanName = "MIHON HANA" }) }, true, lint.ErrHolder},
	"another passport":             {func(d *draft) { change(d, func(t *credential.Travel) { t.Passport = "XX0000002" }) }, true, lint.ErrHolder},
	"another ID":                   {func(d *draft) { d.certificate.ID = "ZZ12CD34EF56" }, true, lint.ErrRecord},
	"another country":              {func(d *draft) { d.certificate.Doses[0].Country = "USA" }, true, lint.ErrRecord},
	"another dose number":          {func(d *draft) { d.certificate.Doses[1].Number = 3 }, true, lint.ErrRecord},
	"another issuer's country":     {func(d *draft) { d.certificate.Issuer.Country = "XXA" }, true, lint.ErrIssuer},
	"no travel data in the record": {func(d *draft) { d.Record.Travel = nil }, true, lint.ErrHolder},
}

func change(d *draft, f func(*credential.Travel)) {
	t := *d.certificate.Holder.Travel
	f(&t)
	d.certificate.Holder.Travel = &t
}

func third(d *draft) credential.Dose {
	x := d.certificate.Doses[1]
	x.Number = 3
	return x
}

func TestMistakesAreCaught(t *testing.T) {
	for name, m := range mistakes {
		t.Run(name, func(t *testing.T) {
			for _, kind := range []credential.Kind{credential.Domestic, credential.Overseas} {
				if m.overseas && kind == credential.Domestic {
					continue
				}
				d := fresh(t, kind)
				d.certificate.Doses = slices.Clone(d.certificate.Doses)
				m.spoil(d)
				if kind == credential.Overseas && (!m.overseas && m.want == lint.ErrHolder) {
					continue // names and partial dates of the card do not stand in Roman codes
				}
				if _, err := d.check(t); !errors.Is(err, m.want) {
					t.Errorf("%s: %v, want %v", kind, err, m.want)
				}
			}
		})
	}
}

func TestWholeCertificatesPassOnce(t *testing.T) {
	for _, kind := range []credential.Kind{credential.Domestic, credential.Overseas} {
		d := fresh(t, kind)
		p, err := d.check(t)
		if err != nil {
			t.Fatal(kind, err)
		}
		a, err := p.Spend()
		if err != nil || a.SHC != d.SHC || a.SHCDigest != d.SHC.Digest() || a.VDSNC != d.VDSNC {
			t.Errorf("%s: %v", kind, err)
		}
		if again, err := p.Spend(); err != lint.ErrSpent || again.SHC != nil {
			t.Errorf("%s: a permit was good twice: %v", kind, err)
		}
	}
	var none *lint.Permit
	if _, err := none.Spend(); err != lint.ErrSpent {
		t.Error("no permit at all was good")
	}
}

func TestNamesInOnePiecePass(t *testing.T) {
	for _, name := range []string{"ヴィラサンビリ", "見本　花子　三世", "渡邉\U000E0102　一郎", "\uFA19　\uFA1E音"} {
		d := fresh(t, credential.Domestic)
		d.Card.Name, d.certificate.Holder.Name = name, name
		if _, err := d.check(t); err != nil {
			t.Errorf("%+q: %v", name, err)
		}
	}
}

func TestKindAndCodesAgree(t *testing.T) {
	d := fresh(t, credential.Domestic)
	if _, err := d.check(t); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*lint.Case){
		"no card":               func(c *lint.Case) { c.SHC = nil },
		"overseas without seal": func(c *lint.Case) { c.Kind = credential.Overseas },
		"domestic with a seal":  func(c *lint.Case) { c.VDSNC = &vdsnc.Unsigned{} },
	} {
		c := d.Case
		spoil(&c)
		if _, err := lint.Check(c); err != lint.ErrKind {
			t.Errorf("%s: %v", name, err)
		}
	}
	var r *rule.Refusal
	if !errors.As(error(lint.ErrKind), &r) || r.JA == "" || r.EN == "" {
		t.Error("a refusal without words")
	}
}
