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
	"akashi/centre/wire/release"
	"akashi/verifier/credential"
)

var (
	k1 = fleet.Digest(bytes.Repeat([]byte{1}, 32))
	k2 = fleet.Digest(bytes.Repeat([]byte{2}, 32))
)

func config() fleet.Config {
	return fleet.Config{
		Kiosks:    []fleet.KioskConfig{{"k1", k1.String(), true}, {"k2", k2.String(), false}},
		Suspended: []fleet.SuspendedConfig{{Code: code("99501")}, {Code: code("99601"), Kinds: []string{"overseas"}}},
	}
}

// shown is a screen release as its parser gives it: what a fleet judges by.
func shown() *release.Release {
	both := []credential.Kind{credential.Domestic, credential.Overseas}
	day, always := &release.Hours{Opens: 6*60 + 30, Closes: 23 * 60}, &release.Hours{}
	return &release.Release{
		Version: 3, Terms: release.Terms{Version: "2026-11"}, Closed: []release.Day{"2026-12-31"},
		Maintenance: []release.Window{{From: time.Date(2026, 11, 24, 1, 0, 0, 0, time.UTC), Until: time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)}},
		Municipalities: []release.Municipality{
			{Code: code("99101"), City: code("99201")},
			{Code: code("99201"), TakesPart: true, Kinds: both, Hours: day, Fee: 120, Phone: "000-0000-0201"},
			{Code: code("99301"), TakesPart: true, Kinds: both[:1], Hours: always, Phone: "000-0000-0301"},
			{Code: code("99401")},
			{Code: code("99501"), TakesPart: true, Kinds: both, Hours: always},
			{Code: code("99601"), TakesPart: true, Kinds: both, Hours: always},
		},
	}
}

// code completes a municipality code by trying the digits, so that the test
// does not repeat the rule.
func code(five string) string {
	for _, c := range "0123456789" {
		c := five + string(c)
		if _, err := fleet.New(fleet.Config{Suspended: []fleet.SuspendedConfig{{Code: c}}}); err == nil {
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
	noon := time.Date(2026, 11, 23, 12, 0, 0, 0, release.Japan)
	at := func(h, m int) time.Time { return time.Date(2026, 11, 23, h, m, 0, 0, release.Japan).UTC() }
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
		"terms since replaced":  {func(h *wire.Header) { h.Terms = "2026-10" }, k1, noon, nil}, // they were in force at its open
		"suspended":             {func(h *wire.Header) { h.Municipality = code("99501") }, k1, noon, wire.MunicipalityOut},
		"suspended kind":        {func(h *wire.Header) { h.Municipality = code("99601") }, k1, noon, wire.KindOut},
		"its other kind":        {func(h *wire.Header) { h.Municipality, h.Kind = code("99601"), credential.Domestic }, k1, noon, nil},
		"in maintenance":        {nil, k1, noon.AddDate(0, 0, 1).Add(-90 * time.Minute), wire.Maintenance},
		"on a closed day":       {nil, k1, noon.AddDate(0, 0, 38), wire.OutOfHours},
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
		if _, err := f.Admit(h, c.kiosk, shown(), c.began); err != c.want {
			t.Errorf("%s: got %v, want %v", name, err, c.want)
		}
	}
}

// A session begins under the terms in force only, and at an hour when there is
// somebody to ask.
func TestAdmitOpen(t *testing.T) {
	f := theFleet(t)
	noon := time.Date(2026, 11, 23, 12, 0, 0, 0, release.Japan)
	night := func(r *release.Release) { r.Hours = release.Hours{Opens: 6 * 60, Closes: 22 * 60} }
	for name, c := range map[string]struct {
		kiosk  fleet.Digest
		terms  string
		at     time.Time
		change func(*release.Release)
		want   error
	}{
		"good":             {k1, "2026-11", noon, nil, nil},
		"older terms":      {k1, "2026-10", noon, nil, wire.TermsOutdated},
		"newer terms":      {k1, "2026-12", noon, nil, wire.TermsOutdated},
		"disabled":         {k2, "2026-11", noon, nil, wire.KioskDisabled},
		"unknown":          {fleet.Digest{}, "2026-11", noon, nil, wire.KioskDisabled},
		"at night, some":   {k1, "2026-11", noon.Add(11 * time.Hour), nil, nil},
		"at night, nobody": {k1, "2026-11", noon.Add(11 * time.Hour), night, wire.OutOfHours},
		"in maintenance":   {k1, "2026-11", noon.Add(22*time.Hour + time.Minute), nil, wire.Maintenance},
	} {
		r := shown()
		if c.change != nil {
			c.change(r)
		}
		if _, err := f.AdmitOpen(c.kiosk, c.terms, r, c.at); err != c.want {
			t.Errorf("%s: got %v, want %v", name, err, c.want)
		}
	}
}

func TestConfigRefuses(t *testing.T) {
	s := func(f func(*fleet.SuspendedConfig)) func(*fleet.Config) {
		return func(c *fleet.Config) { f(&c.Suspended[0]) }
	}
	k := func(f func(*fleet.KioskConfig)) func(*fleet.Config) {
		return func(c *fleet.Config) { f(&c.Kiosks[0]) }
	}
	for name, change := range map[string]func(*fleet.Config){
		"kiosk id":             k(func(k *fleet.KioskConfig) { k.ID = "Kiosk 1" }),
		"kiosk without id":     k(func(k *fleet.KioskConfig) { k.ID = "" }),
		"long kiosk id":        k(func(k *fleet.KioskConfig) { k.ID = strings.Repeat("k", 33) }),
		"certificate":          k(func(k *fleet.KioskConfig) { k.Certificate = "00" }),
		"certificate in upper": k(func(k *fleet.KioskConfig) { k.Certificate = strings.Repeat("AB", 32) }),
		"kiosk twice":          func(c *fleet.Config) { c.Kiosks[1].ID = "k1" },
		"certificate twice":    func(c *fleet.Config) { c.Kiosks[1].Certificate = c.Kiosks[0].Certificate },
		"code":                 s(func(s *fleet.SuspendedConfig) { s.Code = "992010" }),
		"short code":           s(func(s *fleet.SuspendedConfig) { s.Code = "99201" }),
		"letters":              s(func(s *fleet.SuspendedConfig) { s.Code = "99201x" }),
		"code twice":           s(func(s *fleet.SuspendedConfig) { s.Code = code("99601") }),
		"kind":                 s(func(s *fleet.SuspendedConfig) { s.Kinds = []string{"both"} }),
		"kind twice":           s(func(s *fleet.SuspendedConfig) { s.Kinds = []string{"domestic", "domestic"} }),
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
		"unknown member": strings.Replace(good, `{"kiosks"`, `{"kiosk":"","kiosks"`, 1),
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

func FuzzParse(f *testing.F) {
	f.Add(wire.Encode(config()))
	f.Add([]byte(`{"kiosks":null,"suspended":[]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		fl, err := fleet.Parse(b)
		if err != nil {
			return
		}
		// Whatever was accepted admits nobody who is not on its list.
		if _, err := fl.Admit(header(), fleet.Digest{9}, shown(), time.Unix(0, 0)); err == nil {
			t.Error("an unknown kiosk was admitted")
		}
	})
}
