// Package residents is the synthetic population: invented people whose names,
// cards and records hurt on purpose, and the invented municipalities they live
// in.
//
// Nobody here exists. Municipality codes start with 99 (prefectures end at
// 47), individual numbers with 99999, telephone numbers with 000.
package residents

import (
	"maps"

	"akashi/centre/vrs"
	"akashi/centre/wire"
	"akashi/verifier/credential"
)

// Resident is one invented person: the card they hold, what VRS holds of them,
// and what must come out when they ask for a certificate.
type Resident struct {
	ID   string // short ASCII name for command lines
	PIN  string // 4 digits, the card's
	Card CardData
	VRS  []Record // one per municipality; empty: no record anywhere
	// Domestic and Overseas are how a request at Ask() for that kind ends.
	Domestic wire.Code
	Overseas wire.Code
	Note     string // why this one hurts, Japanese / English
}

// CardData is what is written on the card when it is issued.
type CardData struct {
	Name         string // EF 0002 氏名, exactly as the chip holds it
	Address      string // 住所
	Birth        string // YYYYMMDD; 00 for an unknown month or day
	Sex          byte   // '1' male, '2' female, '9' not applicable, '0' unknown
	Number       string // individual number, 12 digits with a valid check digit
	Expires      string // YYYYMMDD
	Municipality string // 6-digit code of the issuing municipality; a ward has its own
	Locked       bool   // no tries left
}

// Record is what VRS holds of the person in one municipality.
type Record struct {
	Municipality  string // 6 digits; of a designated city, never of its ward
	Name          string
	FormerNames   []string              // registered 旧氏 as whole names
	Birth         string                // credential.Date text
	Doses         []vrs.Dose            // against Disease
	Others        map[string][]vrs.Dose // against other diseases, by code
	NeedsCheck    bool                  // marked 要確認
	Passport      *credential.Travel    // 旅券関係情報 on file now; nil: none
	OverseasIssue *OverseasIssue        // an earlier overseas certificate; nil: none
}

// Disease is what every resident with a record has doses against: the code of
// its table.
const Disease = "covid-19"

// All gives the doses of every disease.
func (r Record) All() map[string][]vrs.Dose {
	all := maps.Clone(r.Others)
	if all == nil {
		all = map[string][]vrs.Dose{}
	}
	all[Disease] = r.Doses
	return all
}

// OverseasIssue is an earlier overseas certificate, which an overseas one from
// a kiosk needs with the same passport number.
type OverseasIssue struct {
	Passport string // passport number at that time
	On       string // YYYY-MM-DD, not before 2022-07-21
	Counter  bool   // at the counter; else by phone
}

// Municipality is an invented municipality as the centre and VRS know it.
type Municipality struct {
	Code, NameJA, NameEN string
	Kana                 string // reading, in hiragana
	City                 string // of a ward: code of the designated city that answers for it
	Participates         bool   // takes part in convenience-store issuance
	DomesticOnly         bool
	Opens, Closes        string // HH:MM, Japan's time zone; a demonstration by night widens them
	Phone                string // starts with 000
	Fee                  int    // yen
}

// Ask gives the code of the municipality that this resident asks at: the one
// of their first record, or of their card when there is none.
func (r Resident) Ask() string {
	if len(r.VRS) > 0 {
		return r.VRS[0].Municipality
	}
	return Answering(r.Card.Municipality)
}

// Answering leads a ward's code to its designated city; any other code stays.
func Answering(code string) string {
	for _, m := range municipalities {
		if m.Code == code && m.City != "" {
			return m.City
		}
	}
	return code
}

// All gives every written-out resident, in a fixed order; the caller owns it.
func All() []Resident { return people() }

// Find gives the resident with this ID.
func Find(id string) (Resident, bool) {
	for _, r := range people() {
		if r.ID == id {
			return r, true
		}
	}
	return Resident{}, false
}

// Municipalities gives every invented municipality, wards included.
func Municipalities() []Municipality { return append([]Municipality(nil), municipalities...) }
