package shc

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"akashi/verifier/credential"
	"akashi/verifier/strictjson"
)

// Limits of what a card may say.
const (
	DefaultMaxDoses     = 40  // more than any one card can hold within DefaultMaxJWS
	DefaultMaxName      = 200 // characters of each part of a name: the card's record holds fewer
	DefaultMaxGiven     = 10  // given names
	DefaultMaxLot       = 20  // characters; the guide and VDS-NC agree on about this
	DefaultMaxPerformer = 30  // characters (guide, "vc-should-be-under-30-chars")
)

// bundle reads the DM bundle: one patient and at least one immunisation,
// entries named resource:0, resource:1, … in their order.
func (c *Card) bundle(v *strictjson.Value, m mode) error {
	if !v.Only("resourceType", "type", "entry") || !v.Get("resourceType").Is("Bundle") || !v.Get("type").Is("collection") {
		return ErrBundle
	}
	entries, ok := v.Get("entry").List(DefaultMaxDoses + 1)
	if !ok || len(entries) < 2 {
		return ErrBundle
	}
	patient, err := c.findPatient(entries, m)
	if err != nil {
		return err
	}
	for i := range entries {
		if i == patient {
			continue
		}
		d, err := dose(entries[i].Get("resource"), "resource:"+strconv.Itoa(patient))
		if err != nil {
			return err
		}
		c.Doses = append(c.Doses, d)
	}
	return nil
}

// findPatient holds the entries' frame against the profile and reads the one
// patient among them.
func (c *Card) findPatient(entries []strictjson.Value, m mode) (at int, err error) {
	at = -1
	for i := range entries {
		e := &entries[i]
		if !e.Only("fullUrl", "resource") || !e.Get("fullUrl").Is("resource:"+strconv.Itoa(i)) {
			return 0, ErrBundle
		}
		kind := e.Get("resource").Get("resourceType")
		switch {
		case kind.Is("Immunization"):
		case kind.Is("Patient") && at < 0:
			at = i
			if err := c.patient(e.Get("resource"), m); err != nil {
				return 0, err
			}
		default:
			return 0, ErrBundle
		}
	}
	if at < 0 {
		return 0, ErrBundle
	}
	return at, nil
}

func (c *Card) patient(v *strictjson.Value, m mode) error {
	if !v.Only("resourceType", "name", "birthDate") {
		return ErrPatient
	}
	names, ok := v.Get("name").List(1)
	if !ok {
		return ErrName
	}
	if !c.name(&names[0], m) {
		return ErrName
	}
	s, _ := v.Get("birthDate").String()
	d, err := credential.ParseDate(s)
	if err != nil {
		return ErrBirth
	}
	c.Birth = d
	return nil
}

// name reads one name: family and given, or text (guide, "vc-name-invariant").
func (c *Card) name(v *strictjson.Value, m mode) bool {
	if !v.Only("use", "family", "given", "text", "prefix", "suffix") {
		return false
	}
	if use := v.Get("use"); use != nil && !(use.Is("usual") && m.tolerates(nameUse)) {
		return false
	}
	ok := true
	c.Prefix = joined(v.Get("prefix"), &ok)
	c.Suffix = joined(v.Get("suffix"), &ok)
	c.Given = joined(v.Get("given"), &ok)
	c.Family = text(v.Get("family"), DefaultMaxName, &ok)
	c.Text = text(v.Get("text"), DefaultMaxName, &ok)
	parts := c.Family != "" && c.Given != ""
	return ok && parts != (c.Text != "") && (parts || c.Family+c.Given == "")
}

// joined reads an optional list of texts.
func joined(v *strictjson.Value, ok *bool) string {
	if v == nil {
		return ""
	}
	items, some := v.List(DefaultMaxGiven)
	*ok = *ok && some
	parts := make([]string, len(items))
	for i := range items {
		parts[i] = text(&items[i], DefaultMaxName, ok)
	}
	return strings.Join(parts, " ")
}

// text reads an optional text of at most most characters that shows what it
// holds.
func text(v *strictjson.Value, most int, ok *bool) string {
	if v == nil {
		return ""
	}
	s, isText := v.String()
	*ok = *ok && isText && utf8.RuneCountInString(s) <= most && credential.Legible(s)
	return s
}
