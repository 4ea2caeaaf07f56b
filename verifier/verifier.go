// Package verifier gives one answer for any scanned text or signed paper:
// what it is, what it says, or which rule it broke first, at a given time.
//
// It works offline: nothing it imports can reach a network.
package verifier

import (
	"encoding/hex"
	"strings"
	"time"

	"akashi/verifier/credential"
	"akashi/verifier/cvx"
	"akashi/verifier/shc"
	"akashi/verifier/trust"
	"akashi/verifier/vdsnc"
)

// Formats that a Result names.
const (
	FormatSHC   = "SMART Health Card"
	FormatVDSNC = "VDS-NC"
)

// Result is what a valid certificate says, whatever its format.
type Result struct {
	Format        string
	Issuer        string // SHC: iss; VDS-NC: country
	IssuerJA      string // the issuer's name on the trust list, may be empty
	IssuerEN      string
	KeyID         string // SHC: kid; VDS-NC: SHA-256 of the signer's certificate, hexadecimal
	Name          string // SHC: family, U+3000, given; or the name as one text
	RomanName     string // VDS-NC only, the same as Name
	Birth         credential.Date
	Passport      string // VDS-NC only, may be empty
	ID            string // VDS-NC only: uvci
	Doses         []Dose
	NotBefore     time.Time // zero: the format has none
	Expires       time.Time // zero: none
	RevocationID  string    // SHC only, may be empty
	Signer        string    // VDS-NC only: common name of the barcode signer
	SignerExpires time.Time // VDS-NC only
	More          []*Result // further credentials of one .smart-health-card file
}

// Dose is one vaccination as its format tells it; what a format does not
// carry is empty.
type Dose struct {
	Number    int // in the order given, from 1; VDS-NC: seq
	Date      credential.Date
	Lot       string
	Vaccine   string // SHC: CVX, else SNOMED or ICD-11; VDS-NC: ICD-11
	Meaning   string // what Vaccine means, where that is known (verifier/cvx); may be empty
	System    string // what Vaccine is a code of: "CVX", "SNOMED CT" or "ICD-11"
	Disease   string // VDS-NC only: ICD-11
	Product   string // VDS-NC only
	Country   string // VDS-NC only
	Performer string
	Subpotent bool // SHC only: less than a full dose
}

// Verify judges any scanned text: shc:/, compact JWS, the content of a
// .smart-health-card file, VDS-NC. The error is a *rule.Refusal.
func Verify(text string, l *trust.List, at time.Time) (*Result, error) {
	switch body := strings.TrimSpace(text); {
	case strings.HasPrefix(body, "{") && strings.Contains(body, `"verifiableCredential"`):
		return verifyFile(text, l, at)
	case strings.HasPrefix(body, "{"):
		return verifyVDSNC(text, l, at)
	case strings.HasPrefix(body, "shc:/"), strings.Count(body, ".") == 2:
		return verifySHC(text, l, at)
	}
	return nil, ErrUnknown
}

func verifySHC(text string, l *trust.List, at time.Time) (*Result, error) {
	c, err := shc.Verify(text, l, at)
	if err != nil {
		return nil, err
	}
	r := &Result{
		Format: FormatSHC, Issuer: c.Issuer, KeyID: c.KeyID, Name: fullName(c), Birth: c.Birth,
		NotBefore: c.NotBefore, Expires: c.Expires, RevocationID: c.RevocationID,
	}
	for i := range l.SHC {
		if l.SHC[i].URL == c.Issuer {
			r.IssuerJA, r.IssuerEN = l.SHC[i].NameJA, l.SHC[i].NameEN
		}
	}
	for i, d := range c.Doses {
		out := Dose{Number: i + 1, Date: d.Date, Lot: d.Lot, Performer: d.Performer, Subpotent: d.Subpotent}
		out.Vaccine, out.System = code(d)
		out.Meaning = cvx.Name(d.CVX)
		r.Doses = append(r.Doses, out)
	}
	return r, nil
}

// code gives the vaccine's code in the system that says most.
func code(d shc.Dose) (code, system string) {
	switch {
	case d.CVX != "":
		return d.CVX, "CVX"
	case d.SNOMED != "":
		return d.SNOMED, "SNOMED CT"
	}
	return d.ICD11, "ICD-11"
}

// fullName joins the parts as the My Number card writes them.
func fullName(c *shc.Card) string {
	name := c.Text
	if name == "" {
		name = c.Family + credential.NameSeparator + c.Given
	}
	return strings.TrimSpace(c.Prefix + " " + name + " " + c.Suffix)
}

func verifyVDSNC(text string, l *trust.List, at time.Time) (*Result, error) {
	s, err := vdsnc.Verify(text, l, at)
	if err != nil {
		return nil, err
	}
	r := &Result{
		Format: FormatVDSNC, Issuer: s.Country, KeyID: hex.EncodeToString(s.SignerDigest[:]),
		Name: s.Name, RomanName: s.Name, Birth: s.Birth, Passport: s.Passport, ID: s.UVCI,
		Signer: s.Signer, SignerExpires: s.SignerExpires,
	}
	for _, d := range s.Doses {
		r.Doses = append(r.Doses, Dose{
			Number: d.Number, Date: d.Date, Lot: d.Lot, Vaccine: d.Vaccine, System: "ICD-11", Disease: d.Disease,
			Product: d.Product, Country: d.Country, Performer: d.Administrator,
		})
	}
	return r, nil
}
