package vdsnc

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"akashi/verifier/credential"
)

// The members stand in the order of their names, as RFC 8785 has them; member
// names are ASCII, and the checks below keep out every character that
// encoding/json and RFC 8785 spell differently.
type seal struct {
	Data json.RawMessage `json:"data"`
	Sig  signature       `json:"sig"`
}

type signature struct {
	Alg   string `json:"alg"`
	Cer   string `json:"cer"`
	Sigvl string `json:"sigvl"`
}

type payload struct {
	Header  header  `json:"hdr"`
	Message message `json:"msg"`
}

type header struct {
	Issuer  string `json:"is"` // sic: not iss
	Type    string `json:"t"`
	Version int    `json:"v"`
}

type message struct {
	Person person  `json:"pid"`
	UVCI   string  `json:"uvci"`
	Events []event `json:"ve"`
}

type person struct {
	AdditionalID string `json:"ai"`
	Birth        string `json:"dob"`
	Passport     string `json:"i"`
	Name         string `json:"n"`
}

// event is one dose: Japan gave each an entry of its own, also two of one
// product.
type event struct {
	Vaccine string        `json:"des"`
	Disease string        `json:"dis"`
	Product string        `json:"nam"`
	Details []vaccination `json:"vd"`
}

type vaccination struct {
	Administrator string `json:"adm"`
	Country       string `json:"ctr"`
	Date          string `json:"dvc"`
	Lot           string `json:"lot"`
	Number        int    `json:"seq"`
}

// Field limits of VDS-NC (facts: certificates §2), in characters.
const (
	maxName  = 39
	maxAdm   = 20
	maxLot   = 20
	maxDoses = 99 // seq has at most two digits
)

// The forms of short fields.
var (
	countryForm  = regexp.MustCompile(`^[A-Z]{3}$`)
	passportForm = regexp.MustCompile(`^[A-Z0-9]{1,11}$`)
	vaccineForm  = regexp.MustCompile(`^XM[0-9A-Z]{4}$`)
	diseaseForm  = regexp.MustCompile(`^[0-9A-Z]{4}(\.[0-9A-Z]{1,2})?$`)
	asciiForm    = regexp.MustCompile(`^[!-~]+( [!-~]+)*$`)
)

// canonical gives v's JSON as RFC 8785 has it.
func canonical(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, fmt.Errorf("vdsnc: %w", err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

func messageOf(c credential.Certificate) (message, error) {
	switch {
	case c.Kind != credential.Overseas:
		return message{}, ErrKind
	case !countryForm.MatchString(c.Issuer.Country), !ascii(c.Issuer.Display, maxAdm):
		return message{}, ErrIssuer
	case !c.ID.Valid():
		return message{}, ErrID
	}
	p, err := personOf(c)
	if err != nil {
		return message{}, err
	}
	m := message{Person: p, UVCI: string(c.ID)}
	last := 0
	for _, d := range c.Doses {
		if d.Number <= last || d.Number > maxDoses {
			return message{}, ErrDoses
		}
		last = d.Number
		e, err := eventOf(d, c.Issuer.Display)
		if err != nil {
			return message{}, err
		}
		m.Events = append(m.Events, e)
	}
	if last == 0 {
		return message{}, ErrDoses
	}
	return m, nil
}

func personOf(c credential.Certificate) (person, error) {
	t := c.Holder.Travel
	switch {
	case t == nil:
		return person{}, ErrTravel
	case !latin(t.RomanName):
		return person{}, ErrName
	case !passportForm.MatchString(t.Passport):
		return person{}, ErrPassport
	case !c.Holder.Birth.Full():
		return person{}, ErrBirth
	}
	return person{additionalID(c), c.Holder.Birth.String(), t.Passport, t.RomanName}, nil
}

// additionalID gives ai the form that Japan's had: the country and 20 digits,
// whose meaning is not public. Ours follow from the certificate ID alone, so
// they say nothing more about the holder.
func additionalID(c credential.Certificate) string {
	sum := sha256.Sum256([]byte("akashi/1 vds-nc ai " + string(c.ID)))
	return fmt.Sprintf("%s%020d", c.Issuer.Country, binary.BigEndian.Uint64(sum[:]))
}

func eventOf(d credential.Dose, by string) (event, error) {
	v := d.Vaccine
	switch {
	case !vaccineForm.MatchString(v.ICD11), !diseaseForm.MatchString(v.Target), !asciiForm.MatchString(v.ProductEN):
		return event{}, ErrVaccine
	case !d.Date.Full():
		return event{}, ErrDoseDate
	case !countryForm.MatchString(d.Country):
		return event{}, ErrCountry
	case !ascii(d.Lot, maxLot):
		return event{}, ErrLot
	}
	return event{v.ICD11, v.Target, v.ProductEN, []vaccination{{by, d.Country, d.Date.String(), d.Lot, d.Number}}}, nil
}

func ascii(s string, most int) bool { return len(s) <= most && asciiForm.MatchString(s) }

// latin reports whether s is a name as a passport's visual zone has it: Latin
// letters, with spaces and the few marks that stand in names.
func latin(s string) bool {
	n := utf8.RuneCountInString(s)
	return n >= 1 && n <= maxName && strings.TrimSpace(s) == s && !strings.ContainsFunc(s, func(r rune) bool {
		return !unicode.Is(unicode.Latin, r) && !strings.ContainsRune(" -'’.,", r)
	})
}
