package shc

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"akashi/verifier/credential"
)

// The payload's members, in the order in which the guide's examples have them.
type claims struct {
	Issuer    string      `json:"iss"`
	NotBefore int64       `json:"nbf"` // seconds; Japan's first cards had a fraction, ours never do
	VC        vcredential `json:"vc"`
}

type vcredential struct {
	Type    []string `json:"type"`
	Subject subject  `json:"credentialSubject"`
	RID     string   `json:"rid,omitempty"`
}

type subject struct {
	FHIRVersion string `json:"fhirVersion"`
	Bundle      bundle `json:"fhirBundle"`
}

type bundle struct {
	ResourceType string  `json:"resourceType"`
	Type         string  `json:"type"`
	Entry        []entry `json:"entry"`
}

type entry struct {
	FullURL  string `json:"fullUrl"`
	Resource any    `json:"resource"`
}

type patient struct {
	ResourceType string      `json:"resourceType"`
	Name         []humanName `json:"name"`
	BirthDate    string      `json:"birthDate"`
}

// humanName is family and given, or text alone (guide, vc-name-invariant). It
// has no use member: the DM profile forbids it for a single name.
type humanName struct {
	Family string   `json:"family,omitempty"`
	Given  []string `json:"given,omitempty"`
	Text   string   `json:"text,omitempty"`
}

type immunization struct {
	ResourceType string      `json:"resourceType"`
	Status       string      `json:"status"`
	VaccineCode  concept     `json:"vaccineCode"`
	Patient      reference   `json:"patient"`
	Occurrence   string      `json:"occurrenceDateTime"`
	Lot          string      `json:"lotNumber,omitempty"`
	Performer    []performer `json:"performer"`
}

type concept struct {
	Coding []coding `json:"coding"`
}

type coding struct {
	System string `json:"system"`
	Code   string `json:"code"`
}

type reference struct {
	Reference string `json:"reference"`
}

type performer struct {
	Actor display `json:"actor"`
}

type display struct {
	Display string `json:"display"`
}

// Limits of the guide, in characters.
const (
	maxName      = 200 // ours: the card's record holds fewer
	maxLot       = 19  // lotNumber should be under 20
	maxPerformer = 29  // actor.display should be under 30
	maxRID       = 24  // spec, "Revocation"
	maxSeconds   = 253402300799
)

// claimsOf gives the minified payload.
func claimsOf(c credential.Certificate, rid string, issued time.Time) ([]byte, error) {
	if err := checkIssuer(c.Issuer); err != nil {
		return nil, err
	}
	if !revocationID(rid) {
		return nil, ErrRevocationID
	}
	if s := issued.Unix(); s < 1 || s > maxSeconds {
		return nil, ErrIssued
	}
	b, err := bundleOf(c)
	if err != nil {
		return nil, err
	}
	return minified(claims{c.Issuer.URL, issued.Unix(), vcredential{
		Type:    []string{"https://smarthealth.cards#health-card"},
		Subject: subject{"4.0.1", b},
		RID:     rid,
	}})
}

func minified(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, fmt.Errorf("shc: payload: %w", err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

func checkIssuer(i credential.Issuer) error {
	if !issuerURL(i.URL) || len(i.Display) < 1 || len(i.Display) > maxPerformer || !printable(i.Display) {
		return ErrIssuer
	}
	return nil
}

const base64url = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

func revocationID(rid string) bool { return len(rid) <= maxRID && strings.Trim(rid, base64url) == "" }

func printable(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' })
}

// bundleOf gives the patient and, in the order given, the doses.
func bundleOf(c credential.Certificate) (bundle, error) {
	b := bundle{ResourceType: "Bundle", Type: "collection"}
	name, err := nameOf(c)
	if err != nil {
		return b, err
	}
	birth := c.Holder.Birth
	if !birth.Valid() || c.Kind == credential.Overseas && !birth.Full() {
		return b, ErrBirth
	}
	b.Entry = append(b.Entry, entry{"resource:0", patient{"Patient", []humanName{name}, birth.String()}})
	if len(c.Doses) == 0 {
		return b, ErrDoses
	}
	last := 0
	for i, d := range c.Doses {
		if d.Number <= last {
			return b, ErrDoses
		}
		last = d.Number
		dose, err := doseOf(d, c.Issuer.Display)
		if err != nil {
			return b, err
		}
		b.Entry = append(b.Entry, entry{fmt.Sprintf("resource:%d", i+1), dose})
	}
	return b, nil
}

// doseOf has no dose number and no manufacturer: the DM profile has no place
// for them, and the order of the entries is the order of the doses.
func doseOf(d credential.Dose, by string) (immunization, error) {
	switch {
	case !d.Date.Full():
		return immunization{}, ErrDoseDate
	case len(d.Vaccine.CVX) < 2 || len(d.Vaccine.CVX) > 3 || strings.Trim(d.Vaccine.CVX, "0123456789") != "":
		return immunization{}, ErrVaccine
	case len(d.Lot) > maxLot || !printable(d.Lot):
		return immunization{}, ErrLot
	}
	return immunization{
		ResourceType: "Immunization", Status: "completed",
		VaccineCode: concept{[]coding{{"http://hl7.org/fhir/sid/cvx", d.Vaccine.CVX}}},
		Patient:     reference{"resource:0"},
		Occurrence:  d.Date.String(),
		Lot:         d.Lot,
		Performer:   []performer{{display{by}}},
	}, nil
}

// nameOf names the holder as the kind asks: the card's name, or the passport's
// with the surname first. Where nothing parts family and given, the name is
// one text and no split is invented.
func nameOf(c credential.Certificate) (humanName, error) {
	name, split := c.Holder.Name, credential.SplitName
	switch {
	case c.Kind == credential.Overseas && c.Holder.Travel == nil:
		return humanName{}, ErrTravel
	case c.Kind == credential.Overseas:
		name, split = c.Holder.Travel.RomanName, splitRoman
	case c.Kind != credential.Domestic:
		return humanName{}, ErrKind
	}
	if utf8.RuneCountInString(name) > maxName || !credential.Legible(name) {
		return humanName{}, ErrName
	}
	if family, given, ok := split(name); ok {
		return humanName{Family: family, Given: []string{given}}, nil
	}
	return humanName{Text: name}, nil
}

// splitRoman parts a passport name: at its one double space, as Doc 9303-3
// allows, else at the first space.
func splitRoman(name string) (surname, given string, ok bool) {
	if surname, given, ok = strings.Cut(name, "  "); !ok {
		surname, given, ok = strings.Cut(name, " ")
	}
	if !ok || surname == "" || given == "" || given != strings.TrimSpace(given) {
		return "", "", false
	}
	return surname, given, true
}
