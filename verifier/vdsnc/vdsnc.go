// Package vdsnc reads and verifies ICAO VDS-NC vaccination seals, strictly and
// offline.
package vdsnc

import (
	"time"

	"akashi/verifier/credential"
	"akashi/verifier/rule"
	"akashi/verifier/trust"
)

// Seal is what a verified VDS-NC says.
type Seal struct {
	Country       string // hdr.is
	UVCI          string
	Name          string // surname, given names; at most 39 characters
	Birth         credential.Date
	Passport      string
	AdditionalID  string
	Doses         []Dose
	SignerSubject string // common name of the barcode signer
	SignerExpires time.Time
}

// Dose is one vaccination.
type Dose struct {
	Number        int    // seq
	Vaccine       string // ve.des, ICD-11
	Disease       string // ve.dis, ICD-11, may be empty
	Product       string // ve.nam
	Date          credential.Date
	Country       string
	Administrator string // vd.adm
	Lot           string
}

var errSkeleton = rule.New("vdsnc.malformed", "", "not built yet")

// Verify judges the text of a VDS-NC bar code at a time. The error is a
// *rule.Refusal.
func Verify(text string, l *trust.List, at time.Time) (*Seal, error) { return nil, errSkeleton }

// ParseUnsigned holds the canonical JSON of the data object against every rule
// but signature and trust: for linting what is about to be signed.
func ParseUnsigned(data []byte) (*Seal, error) { return nil, errSkeleton }
