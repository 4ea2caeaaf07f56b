package vdsnc

import (
	"strings"
	"unicode/utf8"

	"akashi/verifier/credential"
	"akashi/verifier/strictjson"
	"akashi/verifier/trust"
)

// Limits of the fields, in characters (facts: VDS-NC field limits).
const (
	DefaultMaxName          = 39 // Doc 9303-3
	DefaultMaxPassport      = 11
	DefaultMaxAdditionalID  = 24
	DefaultMaxProduct       = 60 // no limit is known; the longest product names have about 50
	DefaultMaxAdministrator = 20
	DefaultMaxLot           = 20
	maxSequence             = 99
)

// seal reads the data object.
func seal(data *strictjson.Value) (*Seal, error) {
	if !data.Only("hdr", "msg") {
		return nil, ErrMessage
	}
	s := &Seal{}
	hdr := data.Get("hdr")
	version, _ := hdr.Get("v").Int()
	s.Country, _ = hdr.Get("is").String()
	if !hdr.Only("is", "t", "v") || !trust.Country(s.Country) || !hdr.Get("t").Is("icao.vacc") || version != 1 {
		return nil, ErrHeader
	}
	msg := data.Get("msg")
	if !msg.Only("uvci", "pid", "ve") {
		return nil, ErrMessage
	}
	if s.UVCI, _ = msg.Get("uvci").String(); !credential.ID(s.UVCI).Valid() {
		return nil, ErrUVCI
	}
	if !s.person(msg.Get("pid")) {
		return nil, ErrPerson
	}
	if err := s.events(msg.Get("ve")); err != nil {
		return nil, err
	}
	return s, nil
}

func (s *Seal) person(v *strictjson.Value) bool {
	if !v.Only("n", "dob", "i", "ai", "sex") {
		return false
	}
	ok := true
	s.Name = shown(v.Get("n"), DefaultMaxName, &ok)
	s.Birth = date(v.Get("dob"), &ok)
	s.Passport = code(v.Get("i"), alphanumeric, DefaultMaxPassport, &ok)
	s.AdditionalID = code(v.Get("ai"), alphanumeric, DefaultMaxAdditionalID, &ok)
	s.Sex = code(v.Get("sex"), "MFX", 1, &ok)
	return ok && s.Name != "" && s.Birth.Full()
}

// events reads ve: vaccines, each with its doses. Japan writes one vaccine a
// dose; both ways say the same.
func (s *Seal) events(v *strictjson.Value) error {
	vaccines, ok := v.List(DefaultMaxDoses)
	if !ok {
		return ErrEvent
	}
	for i := range vaccines {
		if err := s.event(&vaccines[i]); err != nil {
			return err
		}
	}
	return nil
}

func (s *Seal) event(v *strictjson.Value) error {
	if !v.Only("des", "nam", "dis", "vd") {
		return ErrEvent
	}
	ok := true
	d := Dose{
		Vaccine: code(v.Get("des"), alphanumeric, 6, &ok),
		Disease: code(v.Get("dis"), alphanumeric+".", 7, &ok),
		Product: shown(v.Get("nam"), DefaultMaxProduct, &ok),
	}
	if !ok || len(d.Vaccine) != 6 || !strings.HasPrefix(d.Vaccine, "X") || d.Product == "" {
		return ErrEvent
	}
	doses, ok := v.Get("vd").List(DefaultMaxDoses)
	if !ok || len(s.Doses)+len(doses) > DefaultMaxDoses {
		return ErrDose
	}
	for i := range doses {
		if !d.read(&doses[i]) {
			return ErrDose
		}
		s.Doses = append(s.Doses, d)
	}
	return nil
}

// read takes one element of vd into d, which names its vaccine.
func (d *Dose) read(v *strictjson.Value) bool {
	if !v.Only("dvc", "seq", "ctr", "adm", "lot", "dvn") {
		return false
	}
	seq, ok := v.Get("seq").Int()
	d.Number = int(seq)
	d.Date = date(v.Get("dvc"), &ok)
	d.Next = date(v.Get("dvn"), &ok)
	d.Country, _ = v.Get("ctr").String()
	d.Administrator = shown(v.Get("adm"), DefaultMaxAdministrator, &ok)
	d.Lot = shown(v.Get("lot"), DefaultMaxLot, &ok)
	return ok && seq >= 1 && seq <= maxSequence && d.Date.Full() && trust.Country(d.Country) && d.Administrator != "" && d.Lot != ""
}

const alphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

// code reads an optional text of 1 to most characters of an alphabet.
func code(v *strictjson.Value, alphabet string, most int, ok *bool) string {
	if v == nil {
		return ""
	}
	s, isText := v.String()
	*ok = *ok && isText && s != "" && len(s) <= most && strings.Trim(s, alphabet) == ""
	return s
}

// shown reads an optional text of 1 to most characters that shows what it
// holds.
func shown(v *strictjson.Value, most int, ok *bool) string {
	if v == nil {
		return ""
	}
	s, isText := v.String()
	*ok = *ok && isText && utf8.RuneCountInString(s) <= most && credential.Legible(s)
	return s
}

// date reads an optional full date.
func date(v *strictjson.Value, ok *bool) credential.Date {
	if v == nil {
		return credential.Date{}
	}
	s, _ := v.String()
	d, err := credential.ParseDate(s)
	*ok = *ok && err == nil && d.Full()
	return d
}
