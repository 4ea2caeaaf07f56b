package verdict

import (
	"encoding/json"
	"io"
	"time"

	"akashi/verifier"
	"akashi/verifier/trust"
)

// Answer is the verdict as verify -json prints it and as the page has it.
// Members are added, never renamed.
type Answer struct {
	Valid        bool          `json:"valid"`
	Pinned       bool          `json:"pinned"`         // without it, valid is worth no more than where the trust list came from
	Code         string        `json:"code,omitempty"` // of the rule broken
	JA           string        `json:"ja,omitempty"`
	EN           string        `json:"en,omitempty"`
	At           string        `json:"at"`
	Trust        *answerTrust  `json:"trust,omitempty"`
	PDF          *answerPDF    `json:"pdf,omitempty"`
	Certificates []certificate `json:"certificates,omitempty"`
}

type answerTrust struct {
	File    string `json:"file"`
	Version int    `json:"version"`
	Expires string `json:"expires"`
	Root    string `json:"root"` // SHA-256 of the root's public key
	Pinned  bool   `json:"pinned"`
}

type answerPDF struct {
	Signer   string `json:"signer"`
	SignedAt string `json:"signed_at"`
}

type certificate struct {
	Format    string       `json:"format"`
	Issuer    string       `json:"issuer"`
	IssuerJA  string       `json:"issuer_ja,omitempty"`
	IssuerEN  string       `json:"issuer_en,omitempty"`
	Key       string       `json:"key"`
	Name      string       `json:"name"`
	Birth     string       `json:"birth"`
	Passport  string       `json:"passport,omitempty"`
	ID        string       `json:"id,omitempty"`
	Doses     []answerDose `json:"doses"`
	NotBefore string       `json:"not_before,omitempty"`
	Expires   string       `json:"expires,omitempty"`
}

type answerDose struct {
	Number    int    `json:"number"`
	Date      string `json:"date"`
	System    string `json:"system"`
	Vaccine   string `json:"vaccine"`
	Product   string `json:"product,omitempty"`
	Meaning   string `json:"meaning,omitempty"` // of the code in vaccine
	Lot       string `json:"lot,omitempty"`
	Country   string `json:"country,omitempty"`
	Performer string `json:"performer,omitempty"`
	Subpotent bool   `json:"subpotent,omitempty"`
}

// Answer gives the verdict for programs.
func (v *Verdict) Answer() Answer {
	a := Answer{Valid: v.Refusal == nil, At: stamp(v.At), Pinned: v.Trust != nil && v.Trust.Pinned}
	if t := v.Trust; t != nil {
		a.Trust = &answerTrust{t.File, t.Version, stamp(t.Expires), trust.Fingerprint(t.Root), t.Pinned}
	}
	if v.Refusal != nil {
		a.Code, a.JA, a.EN = v.Refusal.Code, v.Refusal.JA, v.Refusal.EN
		return a
	}
	if v.Paper != nil {
		a.PDF = &answerPDF{v.Paper.Signer, stamp(v.Paper.SignedAt)}
	}
	for _, r := range v.Results {
		a.Certificates = append(a.Certificates, asJSON(r))
	}
	return a
}

// Write prints an answer as JSON, indented, in UTF-8.
func (a Answer) Write(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(a)
}

// stamp is a time for programs: UTC; "" for none.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

func asJSON(r *verifier.Result) certificate {
	c := certificate{
		Format: r.Format, Issuer: r.Issuer, IssuerJA: r.IssuerJA, IssuerEN: r.IssuerEN, Key: r.KeyID, Name: r.Name,
		Birth: r.Birth.String(), Passport: r.Passport, ID: r.ID, NotBefore: stamp(r.NotBefore), Expires: stamp(r.Expires),
	}
	for _, d := range r.Doses {
		c.Doses = append(c.Doses, answerDose{d.Number, d.Date.String(), d.System, d.Vaccine, d.Product, d.Meaning, d.Lot, d.Country, d.Performer, d.Subpotent})
	}
	return c
}
