// Package credential says what a certificate states: its holder, doses, kind
// and validity, as plain data that every format and the paper share.
//
// It imports nothing of the project and holds no rule of any format.
package credential

// Kind is the purpose that a certificate is issued for.
type Kind uint8

// The two kinds that Japan issued (facts: paper certificate). An overseas
// certificate carries the domestic one as well. The numbers cross the wire.
const (
	Domestic Kind = 1 // 日本国内用
	Overseas Kind = 2 // 海外用及び日本国内用
)

// String gives the name used on command lines: "domestic" or "overseas".
func (k Kind) String() string {
	switch k {
	case Domestic:
		return "domestic"
	case Overseas:
		return "overseas"
	}
	return "unknown"
}

// ParseKind reads the command-line name of a kind.
func ParseKind(s string) (Kind, bool) {
	switch s {
	case "domestic":
		return Domestic, true
	case "overseas":
		return Overseas, true
	}
	return 0, false
}

// ID is a certificate ID (証明書ID): 1 to 12 characters of [A-Z0-9], the bound
// that VDS-NC sets on its uvci. It is certificate data: no log, event, metric
// or error text may carry one.
type ID string

// Valid reports whether the ID has the form above.
func (id ID) Valid() bool {
	if len(id) < 1 || len(id) > 12 {
		return false
	}
	for _, c := range []byte(id) {
		if (c < 'A' || c > 'Z') && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}

// Holder is the person that a certificate is about.
type Holder struct {
	// Name is the name exactly as the card's EF 0002 holds it, family and
	// given parted by U+3000 where the card has it (see SplitName).
	Name string
	// Birth may lack month or day on a domestic certificate.
	Birth Date
	// Travel is set on overseas certificates only.
	Travel *Travel
}

// Travel is what an overseas certificate takes from an earlier overseas issue
// that VRS holds (旅券関係情報).
type Travel struct {
	RomanName   string // as in the passport, at most 39 characters (Doc 9303-3)
	Nationality string // ISO 3166-1 alpha-3, as ICAO 9303 uses it
	Passport    string // passport number, at most 11 characters
}

// Vaccine is one row of a table of vaccines: what every format calls one
// product. The tables are data (package centre/vaccines), not constants.
type Vaccine struct {
	Code      string // the product's code in the record system and in the table
	TypeJA    string // ワクチンの種類, e.g. mRNAワクチン
	TypeEN    string
	ProductJA string // 製品名
	ProductEN string // also VDS-NC ve.nam
	MakerJA   string // メーカー
	MakerEN   string
	CVX       string // http://hl7.org/fhir/sid/cvx
	ICD11     string // VDS-NC ve.des, an ICD-11 extension code (XM…)
	Target    string // VDS-NC ve.dis, the ICD-11 disease (RA01.0)
}

// Dose is one vaccination.
type Dose struct {
	Number  int // 1, 2, … in the order given
	Date    Date
	Vaccine Vaccine
	Lot     string
	Country string // ISO 3166-1 alpha-3 of the place of vaccination
}

// Municipality is the municipality that answers for the record
// (接種日に住民票があった市区町村).
type Municipality struct {
	Code   string // 6 digits, 全国地方公共団体コード
	NameJA string
	NameEN string
	Phone  string // for questions, printed on the paper
}

// Certificate is one certificate before or after any format.
type Certificate struct {
	Kind         Kind
	ID           ID
	Holder       Holder
	Disease      Disease
	Doses        []Dose // in order of Number; at least one
	Municipality Municipality
	Issuer       Issuer
	IssuedOn     Date // 証明書発行年月日, in Japan's time zone
}

// Disease is what the vaccinations are against; it titles the certificate.
type Disease struct {
	Code   string // the table's code, e.g. "covid-19"
	NameJA string // 新型コロナウイルス感染症
	NameEN string // COVID-19
}

// Issuer says who signs. The default issuer of the project is a specimen.
type Issuer struct {
	URL      string // SMART Health Cards iss, https, no trailing slash
	Country  string // VDS-NC hdr.is and vd.ctr default; UTO for a specimen
	NameJA   string
	NameEN   string
	Display  string // SHC performer.actor.display and VDS-NC vd.adm, at most 20 characters
	Specimen bool   // 見本/SPECIMEN stands across every page
}
