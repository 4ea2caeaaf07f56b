package vaccines

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	"akashi/verifier/cvx"
)

func TestLoad(t *testing.T) {
	s, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	if len(s.tables) < 2 {
		t.Fatalf("%d tables; a second one proves that the disease is data", len(s.tables))
	}
	d, err := s.Disease("covid-19")
	if err != nil || d.NameJA != "新型コロナウイルス感染症" || d.NameEN != "COVID-19" {
		t.Errorf("%+v, %v", d, err)
	}
	for disease, want := range map[string]struct {
		product, cvx, icd11, target string
		rows                        int
	}{
		"covid-19":     {"spikevax", "207", "XM0GQ8", "RA01.0", 17},
		"yellow-fever": {"yf-vax", "37", "XM3418", "1D47", 1},
		"measles":      {"measles-takeda", "05", "XM8L15", "1F03", 1},
	} {
		v, err := s.Find(disease, want.product)
		if err != nil || v.Code != want.product || v.CVX != want.cvx || v.ICD11 != want.icd11 || v.Target != want.target {
			t.Errorf("%s: %+v, %v", disease, v, err)
		}
		if got := s.Products(disease); len(got) != want.rows {
			t.Errorf("%s has %d products, want %d", disease, len(got), want.rows)
		}
		for _, p := range s.Products(disease) {
			if v, err := s.Find(disease, p); err != nil || v.ProductJA == "" || v.MakerEN == "" || v.TypeJA == "" {
				t.Errorf("%s %s: %+v, %v", disease, p, v, err)
			}
		}
	}
}

func TestNotFound(t *testing.T) {
	s, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Disease("plague"); !errors.Is(err, ErrDisease) {
		t.Error(err)
	}
	if _, err := s.Find("plague", "comirnaty"); !errors.Is(err, ErrDisease) {
		t.Error(err)
	}
	if _, err := s.Find("measles", "comirnaty"); !errors.Is(err, ErrProduct) {
		t.Errorf("a product of another disease's table was found: %v", err)
	}
	if got := s.Products("plague"); got != nil {
		t.Errorf("products of an unknown disease: %v", got)
	}
}

func good(t testing.TB) []byte {
	t.Helper()
	b, err := embedded.ReadFile("tables/measles.json")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestParseRefuses(t *testing.T) {
	b := good(t)
	if _, err := parse(b); err != nil {
		t.Fatal(err)
	}
	one := b[bytes.Index(b, []byte("    {")):bytes.LastIndex(b, []byte("\n  ]"))]
	for name, c := range map[string]struct {
		from, to string
		want     error
	}{
		"unknown member":     {`"version"`, `"colour": 1, "version"`, errForm},
		"second member":      {`"version": 1`, `"version": 1, "version": 1`, errForm},
		"order":              {`"code": "measles",`, ``, errForm},
		"space":              {`"version": 1`, `"version":  1`, errForm},
		"not JSON":           {`{`, ``, errForm},
		"end":                {"}\n", "}", errForm},
		"version":            {`"version": 1`, `"version": 0`, errVersion},
		"date":               {`"as_of": "2026-11-23"`, `"as_of": "2026-11"`, errAsOf},
		"disease code":       {`"code": "measles"`, `"code": "Measles"`, errDisease},
		"disease name":       {`"name_ja": "麻しん"`, `"name_ja": ""`, errDisease},
		"disease in English": {`"name_en": "Measles"`, `"name_en": "麻"`, errDisease},
		"no source":          {`"source": "Shows`, `"source": "", "x": "Shows`, errForm},
		"no rows":            {string(one), ``, errForm},
		"code":               {`"measles-takeda"`, `"measles takeda"`, errCode},
		"code twice":         {string(one), string(one) + ",\n" + string(one), errCode},
		"no product":         {`"product_ja": "乾燥弱毒生麻しんワクチン「タケダ」"`, `"product_ja": ""`, errText},
		"control":            {`乾燥`, `乾\u0007燥`, errText},
		"product long":       {`Measles vaccine live TAKEDA`, strings.Repeat("x", 41), errText},
		"product not ASCII":  {`Measles vaccine live TAKEDA`, `タケダ`, errText},
		"maker":              {`"maker_en": "Takeda"`, `"maker_en": " Takeda"`, errText},
		"type long":          {`弱毒生ワクチン",`, strings.Repeat("生", 61) + `",`, errText},
		"cvx":                {`"cvx": "05"`, `"cvx": "5"`, errCVX},
		"icd11":              {`"icd11": "XM8L15"`, `"icd11": "XN8L15"`, errICD11},
		"target":             {`"target": "1F03"`, `"target": "measles"`, errTarget},
		"row source":         {`"target": "1F03",` + "\n      " + `"source": "HL7 list of CVX codes: 05, measles. WHO smart-immunizations, measles-containing vaccines: ICD-11 class. ICD-11 MMS: disease 1F03"`, `"target": "1F03",` + "\n      " + `"source": ""`, errSource},
	} {
		spoilt := bytes.Replace(b, []byte(c.from), []byte(c.to), 1)
		if bytes.Equal(spoilt, b) {
			t.Fatalf("%s: nothing was changed", name)
		}
		if _, err := parse(spoilt); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	var empty table
	empty.Version, empty.AsOf, empty.Disease = 1, "2026-11-23", disease{"x", "麻", "X"}
	if _, err := parse(empty.encode()); !errors.Is(err, errSource) {
		t.Errorf("without a source: %v", err)
	}
	empty.Source, empty.Vaccines = "here", []row{}
	if _, err := parse(empty.encode()); !errors.Is(err, errNone) {
		t.Errorf("without a row: %v", err)
	}
	if _, err := parse(make([]byte, DefaultMaxTable+1)); !errors.Is(err, errLong) {
		t.Errorf("too long: %v", err)
	}
}

func TestLoadRefuses(t *testing.T) {
	for name, files := range map[string]fstest.MapFS{
		"nothing":    {},
		"wrong name": {"tables/mumps.json": {Data: good(t)}},
		"defect":     {"tables/measles.json": {Data: []byte("{}")}},
		"a folder":   {"tables/measles.json/x": {Data: good(t)}},
	} {
		if _, err := load(files); err == nil {
			t.Errorf("%s: loaded", name)
		}
	}
}

func FuzzTable(f *testing.F) {
	f.Add(good(f))
	f.Add([]byte(`{"version":1}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		if table, err := parse(b); err == nil && !bytes.Equal(table.encode(), b) {
			t.Error("what was read does not encode back")
		}
	})
}

// What this centre writes as a code, the verifier can say in words.
func TestTheVerifierKnowsEveryCVX(t *testing.T) {
	s, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	for disease, table := range s.tables {
		for _, r := range table.Vaccines {
			if cvx.Name(r.CVX) == "" {
				t.Errorf("%s: %s: CVX %s has no name in verifier/cvx", disease, r.Code, r.CVX)
			}
		}
	}
}
