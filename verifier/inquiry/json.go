package inquiry

import (
	"encoding/json"
	"io"

	"akashi/verifier"
)

// answer is the verdict as -json prints it. Members are added, never renamed.
type answer struct {
	Valid        bool          `json:"valid"`
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

func (v *verdict) json(w io.Writer) error {
	a := answer{Valid: v.refusal == nil, At: stamp(v.at)}
	if v.list != nil {
		a.Trust = &answerTrust{v.list.file, v.list.Version, stamp(v.list.Expires), v.list.fingerprint, v.list.pinned}
	}
	if v.refusal != nil {
		a.Code, a.JA, a.EN = v.refusal.Code, v.refusal.JA, v.refusal.EN
	} else {
		if v.paper != nil {
			a.PDF = &answerPDF{v.paper.Signer, stamp(v.paper.SignedAt)}
		}
		for _, r := range v.results {
			a.Certificates = append(a.Certificates, asJSON(r))
		}
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(a)
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
