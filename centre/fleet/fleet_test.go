package fleet_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"akashi/centre/fleet"
	"akashi/centre/wire"
	"akashi/verifier/credential"
)

var (
	k1 = fleet.Digest(bytes.Repeat([]byte{1}, 32))
	k2 = fleet.Digest(bytes.Repeat([]byte{2}, 32))
)

func config() fleet.Config {
	return fleet.Config{
		Terms:  "2026-11",
		Kiosks: []fleet.KioskConfig{{"k1", k1.String(), true}, {"k2", k2.String(), false}},
		Municipalities: []fleet.MunicipalityConfig{
			{Code: code("99201"), TakesPart: true, Kinds: []string{"domestic", "overseas"}, Opens: "06:30", Closes: "23:00", Fee: 120, Phone: "000-0000-0201"},
			{Code: code("99101"), City: code("99201"), Phone: ""},
			{Code: code("99301"), TakesPart: true, Kinds: []string{"domestic"}, Opens: "00:00", Closes: "00:00", Phone: "000-0000-0301"},
			{Code: code("99401"), Opens: "00:00", Closes: "24:00"},
		},
	}
}

// code completes a municipality code by trying the digits, so that the test
// does not repeat the rule.
func code(five string) string {
	for _, c := range "0123456789" {
		c := five + string(c)
		if _, err := fleet.New(fleet.Config{Terms: "1", Municipalities: []fleet.MunicipalityConfig{{Code: c, Opens: "00:00", Closes: "00:00"}}}); err == nil {
			return c
		}
	}
	panic("no check digit for " + five)
}

func theFleet(t *testing.T) *fleet.Fleet {
	t.Helper()
	f, err := fleet.New(config())
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func header() wire.Header {
	return wire.Header{
		Version: wire.Version, Nonce: make([]byte, 32), Kiosk: k1[:], Counter: 1,
		Municipality: code("99201"), Kind: credential.Overseas, Terms: "2026-11",
	}
}

func TestRealCodesAreValid(t *testing.T) {
	for _, c := range []string{"011002", "131016", "141003"} { // Sapporo, Chiyoda, Yokohama
		if code(c[:5]) != c {
			t.Errorf("%s is refused", c)
		}
	}
}

func TestAdmit(t *testing.T) {
	noon := time.Date(2026, 11, 23, 12, 0, 0, 0, fleet.Japan)
	at := func(h, m int) time.Time { return time.Date(2026, 11, 23, h, m, 0, 0, fleet.Japan).UTC() }
	f := theFleet(t)
	for name, c := range map[string]struct {
		change func(*wire.Header)
		kiosk  fleet.Digest
		began  time.Time
		want   error
	}{
		"good":                  {nil, k1, noon, nil},
		"another's header":      {nil, k2, noon, wire.HeaderMismatch},
		"short digest":          {func(h *wire.Header) { h.Kiosk = h.Kiosk[1:] }, k1, noon, wire.HeaderMismatch},
		"disabled kiosk":        {func(h *wire.Header) { h.Kiosk = k2[:] }, k2, noon, wire.KioskDisabled},
		"unknown kiosk":         {func(h *wire.Header) { h.Kiosk = make([]byte, 32) }, fleet.Digest{}, noon, wire.KioskDisabled},
		"old terms":             {func(h *wire.Header) { h.Terms = "2026-10" }, k1, noon, wire.TermsOutdated},
		"ninth request":         {func(h *wire.Header) { h.Counter = 9 }, k1, noon, wire.CounterOver},
		"unknown municipality":  {func(h *wire.Header) { h.Municipality = "011002" }, k1, noon, wire.MunicipalityOut},
		"takes no part":         {func(h *wire.Header) { h.Municipality = code("99401") }, k1, noon, wire.MunicipalityOut},
		"a ward":                {func(h *wire.Header) { h.Municipality = code("99101") }, k1, noon, wire.MunicipalityOut},
		"kind not offered":      {func(h *wire.Header) { h.Municipality = code("99301") }, k1, noon, wire.KindOut},
		"kind that is none":     {func(h *wire.Header) { h.Kind = 3 }, k1, noon, wire.KindOut},
		"before opening":        {nil, k1, at(6, 29), wire.OutOfHours},
		"at opening":            {nil, k1, at(6, 30), nil},
		"began before closing":  {nil, k1, at(22, 59), nil},
		"at closing":            {nil, k1, at(23, 0), wire.OutOfHours},
		"around the clock":      {func(h *wire.Header) { h.Municipality, h.Kind = code("99301"), credential.Domestic }, k1, at(3, 0), nil},
		"midnight, other place": {nil, k1, at(0, 0), wire.OutOfHours},
	} {
		h := header()
		if c.change != nil {
			c.change(&h)
		}
		if _, err := f.Admit(h, c.kiosk, c.began); err != c.want {
			t.Errorf("%s: got %v, want %v", name, err, c.want)
		}
	}
}

func TestCity(t *testing.T) {
	f := theFleet(t)
	for in, want := range map[string]string{code("99101"): code("99201"), code("99201"): code("99201")} {
		if got, ok := f.City(in); !ok || got != want {
			t.Errorf("%s leads to %s, %v", in, got, ok)
		}
	}
	if _, ok := f.City("011002"); ok {
		t.Error("an unknown code leads somewhere")
	}
}

func TestConfigRefuses(t *testing.T) {
	m := func(f func(*fleet.MunicipalityConfig)) func(*fleet.Config) {
		return func(c *fleet.Config) { f(&c.Municipalities[0]) }
	}
	k := func(f func(*fleet.KioskConfig)) func(*fleet.Config) {
		return func(c *fleet.Config) { f(&c.Kiosks[0]) }
	}
	for name, change := range map[string]func(*fleet.Config){
		"no terms":             func(c *fleet.Config) { c.Terms = "" },
		"long terms":           func(c *fleet.Config) { c.Terms = strings.Repeat("1", 33) },
		"kiosk id":             k(func(k *fleet.KioskConfig) { k.ID = "Kiosk 1" }),
		"kiosk without id":     k(func(k *fleet.KioskConfig) { k.ID = "" }),
		"long kiosk id":        k(func(k *fleet.KioskConfig) { k.ID = strings.Repeat("k", 33) }),
		"certificate":          k(func(k *fleet.KioskConfig) { k.Certificate = "00" }),
		"certificate in upper": k(func(k *fleet.KioskConfig) { k.Certificate = strings.Repeat("AB", 32) }),
		"kiosk twice":          func(c *fleet.Config) { c.Kiosks[1].ID = "k1" },
		"certificate twice":    func(c *fleet.Config) { c.Kiosks[1].Certificate = c.Kiosks[0].Certificate },
		"code":                 m(func(m *fleet.MunicipalityConfig) { m.Code = "992010" }),
		"short code":           m(func(m *fleet.MunicipalityConfig) { m.Code = "99201" }),
		"letters":              m(func(m *fleet.MunicipalityConfig) { m.Code = "99201x" }),
		"code twice":           func(c *fleet.Config) { c.Municipalities = append(c.Municipalities, c.Municipalities[0]) },
		"kind":                 m(func(m *fleet.MunicipalityConfig) { m.Kinds = []string{"both"} }),
		"kind twice":           m(func(m *fleet.MunicipalityConfig) { m.Kinds = []string{"domestic", "domestic"} }),
		"nothing offered":      m(func(m *fleet.MunicipalityConfig) { m.Kinds = nil }),
		"opens":                m(func(m *fleet.MunicipalityConfig) { m.Opens = "6:30" }),
		"minutes":              m(func(m *fleet.MunicipalityConfig) { m.Opens = "06:60" }),
		"past midnight":        m(func(m *fleet.MunicipalityConfig) { m.Closes = "24:01" }),
		"not a digit":          m(func(m *fleet.MunicipalityConfig) { m.Closes = "2a:00" }),
		"over midnight":        m(func(m *fleet.MunicipalityConfig) { m.Opens, m.Closes = "22:00", "06:00" }),
		"fee":                  m(func(m *fleet.MunicipalityConfig) { m.Fee = -1 }),
		"no phone":             m(func(m *fleet.MunicipalityConfig) { m.Phone = "" }),
		"ward that takes part": func(c *fleet.Config) { c.Municipalities[1].TakesPart = true },
		"ward with hours":      func(c *fleet.Config) { c.Municipalities[1].Opens = "06:30" },
		"ward of nowhere":      func(c *fleet.Config) { c.Municipalities[1].City = "011002" },
		"ward of a ward":       func(c *fleet.Config) { c.Municipalities[1].City = c.Municipalities[1].Code },
	} {
		c := config()
		change(&c)
		if _, err := fleet.New(c); err == nil || !strings.HasPrefix(err.Error(), "fleet: ") {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestReadIsStrict(t *testing.T) {
	good := string(wire.Encode(config()))
	path := filepath.Join(t.TempDir(), "fleet.json")
	for name, text := range map[string]string{
		"good":           good,
		"unknown member": strings.Replace(good, `{"terms"`, `{"term":"","terms"`, 1),
		"two values":     good + good,
		"not JSON":       "terms: 1",
		"empty":          "",
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := fleet.Read(path); (err == nil) != (name == "good") {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if _, err := fleet.Read(path + "x"); !os.IsNotExist(err) {
		t.Errorf("no file: got %v", err)
	}
	if _, err := fleet.Parse(make([]byte, fleet.DefaultMaxConfig+1)); err == nil {
		t.Error("a file over the bound was read")
	}
}

func TestClock(t *testing.T) {
	for _, s := range []string{"00:00", "06:30", "24:00"} {
		if c, ok := fleet.ParseClock(s); !ok || c.String() != s {
			t.Errorf("%s became %s", s, c)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(wire.Encode(config()))
	f.Add([]byte(`{"terms":"1","kiosks":null,"municipalities":[]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		fl, err := fleet.Parse(b)
		if err != nil {
			return
		}
		// Whatever was accepted admits nobody who is not on its list.
		if _, err := fl.Admit(header(), fleet.Digest{9}, time.Unix(0, 0)); err == nil {
			t.Error("an unknown kiosk was admitted")
		}
	})
}
