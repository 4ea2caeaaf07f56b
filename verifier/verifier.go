// Package verifier gives one answer for any scanned text or signed paper:
// what it is, what it says, or which rule it broke first, at a given time.
//
// It works offline: nothing it imports can reach a network.
package verifier

import (
	"time"

	"akashi/verifier/credential"
	"akashi/verifier/pdfsig"
	"akashi/verifier/rule"
	"akashi/verifier/trust"
)

// Formats that a Result names.
const (
	FormatSHC   = "SMART Health Card"
	FormatVDSNC = "VDS-NC"
)

// Result is what a valid certificate says, whatever its format.
type Result struct {
	Format       string
	Issuer       string // SHC: iss; VDS-NC: country
	IssuerJA     string // the issuer's name on the trust list
	IssuerEN     string
	KeyID        string // SHC: kid; VDS-NC: SHA-256 of the signer's certificate, hex
	Name         string
	RomanName    string // VDS-NC only
	Birth        credential.Date
	Passport     string // VDS-NC only
	ID           string // VDS-NC only: uvci
	Doses        []Dose
	NotBefore    time.Time // zero: the format has none
	Expires      time.Time // zero: none
	RevocationID string    // SHC only
	More         []*Result // further credentials of one .smart-health-card file
}

// Dose is one vaccination as its format tells it; what a format does not
// carry is empty.
type Dose struct {
	Number    int
	Date      credential.Date
	Lot       string
	Vaccine   string // SHC: CVX code; VDS-NC: ICD-11 code
	Product   string
	Country   string
	Performer string
}

// Paper is what a valid signed PDF says.
type Paper struct {
	Signature *pdfsig.Signature
	Codes     []*Result // in the order of the codes given
}

var errSkeleton = rule.New("verifier.unknown", "", "not built yet")

// Verify judges any scanned text: shc:/, compact JWS, the content of a
// .smart-health-card file, VDS-NC. The error is a *rule.Refusal.
func Verify(text string, l *trust.List, at time.Time) (*Result, error) { return nil, errSkeleton }

// VerifyPDF judges a signed PDF: its signature, every QR text that was read
// from its pages, and the printed text against them.
func VerifyPDF(pdf []byte, codes []string, pageText []string, l *trust.List, at time.Time) (*Paper, error) {
	return nil, errSkeleton
}
