package issue

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"akashi/centre/vaccines"
	"akashi/centre/vrs"
	"akashi/centre/wire"
	"akashi/printer/glyph"
	"akashi/verifier/cardrecord"
	"akashi/verifier/credential"
)

const here = "992011"

// sound is a record that may become a certificate, and its holder's card.
func sound(kind credential.Kind) found {
	f := found{record: vrs.Record{
		ID: "AB12CD34EF56", Name: "見本　花子", Birth: "1988-04-01", Disease: "covid-19", Revocation: "cmV2b2tlZA",
		Municipality: credential.Municipality{Code: here, NameJA: "見本市", NameEN: "Mihon City"},
		Doses: []vrs.Dose{
			{Number: 1, Date: "2021-07-01", Product: "comirnaty", Lot: "FA0001", Country: "JPN"},
			{Number: 2, Date: "2021-07-22", Product: "comirnaty", Lot: "FA0002", Country: "JPN"},
		},
	}}
	if kind == credential.Overseas {
		f.record.Travel = &credential.Travel{RomanName: "MIHON HANAKO", Nationality: "UTO", Passport: "XX0000001"}
	}
	f.card = cardrecord.Attributes{Name: "見本　花子", Birth: credential.Date{Year: 1988, Month: 4, Day: 1}}
	return f
}

func judging(t *testing.T, kind credential.Kind) *worker {
	t.Helper()
	tables, err := vaccines.Load()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := glyph.Load(); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	// 15:30 UTC on 21 July is 22 July in Japan: today's dose is not tomorrow's.
	now := time.Date(2021, 7, 21, 15, 30, 0, 0, time.UTC)
	return &worker{tables: tables, now: func() time.Time { return now },
		s: Setup{Header: &wire.Header{Municipality: here, Kind: kind, Disease: "covid-19"}}}
}

func TestSoundRecordsPass(t *testing.T) {
	for name, c := range map[string]struct {
		kind   credential.Kind
		change func(*found)
	}{
		"domestic": {credential.Domestic, func(*found) {}},
		"overseas": {credential.Overseas, func(*found) {}},
		"former name": {credential.Domestic, func(f *found) {
			f.record.Name, f.record.FormerNames = "例示　花子", []string{"試験　花子", "見本　花子"}
		}},
		"the second municipality's doses": {credential.Domestic, func(f *found) {
			f.record.Doses[0].Number, f.record.Doses[1].Number = 3, 5
		}},
		"birth day unknown, on both sides": {credential.Domestic, func(f *found) {
			f.record.Birth, f.card.Birth.Day = "1988-04", 0
		}},
		"two on one day": {credential.Domestic, func(f *found) { f.record.Doses[0].Date = "2021-07-22" }},
	} {
		f := sound(c.kind)
		c.change(&f)
		if _, err := judging(t, c.kind).judge(context.Background(), f); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestRecordsThatMayNotBecomeACertificate(t *testing.T) {
	dose := func(change func(*vrs.Dose)) func(*found) {
		return func(f *found) { change(&f.record.Doses[1]) }
	}
	travel := func(change func(*credential.Travel)) func(*found) {
		return func(f *found) { change(f.record.Travel) }
	}
	for name, c := range map[string]struct {
		kind   credential.Kind
		change func(*found)
		want   wire.Code
	}{
		"another municipality": {1, func(f *found) { f.record.Municipality.Code = "991007" }, wire.VRSAnswer},
		"no ID":                {1, func(f *found) { f.record.ID = "" }, wire.VRSAnswer},
		"an ID of 13":          {1, func(f *found) { f.record.ID = "AB12CD34EF567" }, wire.VRSAnswer},
		"no rid":               {1, func(f *found) { f.record.Revocation = "" }, wire.VRSAnswer},
		"a long rid":           {1, func(f *found) { f.record.Revocation = strings.Repeat("A", 25) }, wire.VRSAnswer},
		"a rid with =":         {1, func(f *found) { f.record.Revocation = "AA==" }, wire.VRSAnswer},
		"another birth date":   {1, func(f *found) { f.record.Birth = "1988-04-02" }, wire.BirthDiffers},
		"half a birth date":    {1, func(f *found) { f.record.Birth = "1988-04" }, wire.BirthDiffers},
		"no birth date":        {1, func(f *found) { f.record.Birth = "" }, wire.BirthDiffers},
		"another name":         {1, func(f *found) { f.record.Name = "例示　花子" }, wire.NameDiffers},
		"no name":              {1, func(f *found) { f.record.Name = "" }, wire.NameDiffers},
		"other former names":   {1, func(f *found) { f.record.Name, f.record.FormerNames = "例示　花子", []string{""} }, wire.NameDiffers},
		"travel data unasked":  {1, func(f *found) { f.record.Travel = &credential.Travel{} }, wire.VRSAnswer},
		"no travel data":       {2, func(f *found) { f.record.Travel = nil }, wire.VRSAnswer},
		"birth day unknown":    {2, func(f *found) { f.record.Birth, f.card.Birth.Day = "1988-04", 0 }, wire.BirthDayUnknown},
		"no Roman name":        {2, travel(func(t *credential.Travel) { t.RomanName = "" }), wire.RecordNeedsCheck},
		"a long Roman name":    {2, travel(func(t *credential.Travel) { t.RomanName = strings.Repeat("A", 40) }), wire.RecordNeedsCheck},
		"a nationality of two": {2, travel(func(t *credential.Travel) { t.Nationality = "JP" }), wire.RecordNeedsCheck},
		"no passport number":   {2, travel(func(t *credential.Travel) { t.Passport = "" }), wire.RecordNeedsCheck},
		"a long passport":      {2, travel(func(t *credential.Travel) { t.Passport = "XX0000000001" }), wire.RecordNeedsCheck},
		"no doses":             {1, func(f *found) { f.record.Doses = nil }, wire.NoRecord},
		"tomorrow":             {1, dose(func(d *vrs.Dose) { d.Date = "2021-07-23" }), wire.RecordNeedsCheck},
		"before birth":         {1, func(f *found) { f.record.Doses[0].Date = "1988-03-31" }, wire.RecordNeedsCheck},
		"before the first":     {1, dose(func(d *vrs.Dose) { d.Date = "2021-06-30" }), wire.RecordNeedsCheck},
		"half a date":          {1, dose(func(d *vrs.Dose) { d.Date = "2021-07" }), wire.RecordNeedsCheck},
		"no such date":         {1, dose(func(d *vrs.Dose) { d.Date = "2021-02-30" }), wire.RecordNeedsCheck},
		"the same number":      {1, dose(func(d *vrs.Dose) { d.Number = 1 }), wire.RecordNeedsCheck},
		"number 0":             {1, func(f *found) { f.record.Doses[0].Number = 0 }, wire.RecordNeedsCheck},
		"number 100":           {1, dose(func(d *vrs.Dose) { d.Number = 100 }), wire.RecordNeedsCheck},
		"an unknown product":   {1, dose(func(d *vrs.Dose) { d.Product = "aqua" }), wire.RecordNeedsCheck},
		"another disease":      {1, func(f *found) { f.record.Disease = "measles" }, wire.VRSAnswer},
		"no lot":               {1, dose(func(d *vrs.Dose) { d.Lot = "" }), wire.RecordNeedsCheck},
		"a long lot":           {1, dose(func(d *vrs.Dose) { d.Lot = strings.Repeat("A", 20) }), wire.RecordNeedsCheck},
		"a lot in kanji":       {1, dose(func(d *vrs.Dose) { d.Lot = "製造" }), wire.RecordNeedsCheck},
		"a country of two":     {1, dose(func(d *vrs.Dose) { d.Country = "JP" }), wire.RecordNeedsCheck},
		"no glyph": {1, func(f *found) {
			f.record.Name, f.card.Name = "\U00031350原　花子", "\U00031350原　花子"
		}, wire.GlyphMissing},
		"a control character": {1, func(f *found) { f.record.Name, f.card.Name = "見本\u0007花子", "見本\u0007花子" }, wire.GlyphMissing},
	} {
		f := sound(c.kind)
		f.record.Doses = slices.Clone(f.record.Doses)
		c.change(&f)
		_, err := judging(t, c.kind).judge(context.Background(), f)
		if err == nil {
			t.Errorf("%s: passes", name)
			continue
		}
		if got := codeOf(Judge, err); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

// TestEveryFailureHasACode keeps wire.OK from ever being told for a failure,
// and unknown errors from leaving as anything but a constant number.
func TestEveryFailureHasACode(t *testing.T) {
	for s := range Step(NumSteps) {
		if c := codeOf(s, errors.New("a text from a library")); c == wire.OK || !c.Known() {
			t.Errorf("%v: %v", s, c)
		}
		if c := codeOf(s, &vrs.Error{Code: wire.VRSBusy}); c != wire.VRSBusy {
			t.Errorf("%v: %v", s, c)
		}
	}
	for f := cardrecord.Malformed; f <= cardrecord.NotLive; f++ {
		if c := codeOf(Authenticate, &cardrecord.Error{Fault: f}); c/100 != 3 {
			t.Errorf("%v: %v", f, c)
		}
	}
}

func TestAPanicBecomesACode(t *testing.T) {
	r := &run{ctx: context.Background(), now: time.Now}
	do(r, LayOut, func(context.Context, int) (int, error) { panic("a name in a library's text") }, 1)
	if r.err != wire.Internal || r.event.At != LayOut {
		t.Errorf("%v", r.err)
	}
	do(r, SignReceipt, func(context.Context, int) (int, error) { t.Error("a step after one that failed"); return 0, nil }, 1)
	if r.event.Micros[SignReceipt] != 0 {
		t.Error("a step that was not made has a duration")
	}
}
