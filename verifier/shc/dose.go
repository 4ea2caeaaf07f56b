package shc

import (
	"strings"

	"akashi/verifier/credential"
	"akashi/verifier/strictjson"
)

// The code systems that a vaccine may be named in: closed by the guide.
const (
	systemCVX    = "http://hl7.org/fhir/sid/cvx"
	systemSNOMED = "http://snomed.info/sct"
	systemICD11  = "http://id.who.int/icd/release/11/mms"
	systemIAL    = "https://smarthealth.cards/ial"
)

// dose reads one Immunization of the DM profile.
func dose(v *strictjson.Value, patient string) (d Dose, err error) {
	if !v.Only("resourceType", "meta", "status", "vaccineCode", "patient", "occurrenceDateTime", "lotNumber", "performer", "isSubpotent") ||
		!v.Get("status").Is("completed") || !assurance(v.Get("meta")) {
		return d, ErrImmunization
	}
	if p := v.Get("patient"); !p.Only("reference") || !p.Get("reference").Is(patient) {
		return d, ErrReference
	}
	if !d.vaccine(v.Get("vaccineCode")) {
		return d, ErrVaccine
	}
	date, _ := v.Get("occurrenceDateTime").String()
	if d.Date, err = credential.ParseDate(date); err != nil || !d.Date.Full() {
		return d, ErrDoseDate
	}
	ok := true
	if d.Lot = text(v.Get("lotNumber"), DefaultMaxLot, &ok); !ok {
		return d, ErrLot
	}
	if d.Performer, ok = performer(v.Get("performer")); !ok {
		return d, ErrPerformer
	}
	if s := v.Get("isSubpotent"); s != nil { // true or absent (guide, "vc-shall-be-true-if-populated-invariant")
		if s.Kind != strictjson.Bool || s.Text != "true" {
			return d, ErrImmunization
		}
		d.Subpotent = true
	}
	return d, nil
}

// vaccine reads at most one code a system.
func (d *Dose) vaccine(v *strictjson.Value) bool {
	if !v.Only("coding") {
		return false
	}
	codings, ok := v.Get("coding").List(3)
	for i := range codings {
		ok = ok && d.coding(&codings[i])
	}
	return ok
}

func (d *Dose) coding(v *strictjson.Value) bool {
	if !v.Only("system", "code") {
		return false
	}
	const digits, upper = "0123456789", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	into, allowed, most := &d.CVX, digits, 3
	switch {
	case v.Get("system").Is(systemSNOMED):
		into, most = &d.SNOMED, 18
	case v.Get("system").Is(systemICD11):
		into, allowed, most = &d.ICD11, digits+upper+".&/", 40
	case !v.Get("system").Is(systemCVX):
		return false
	}
	code, _ := v.Get("code").String()
	if *into != "" || code == "" || len(code) > most || strings.Trim(code, allowed) != "" {
		return false
	}
	*into = code
	return true
}

func performer(v *strictjson.Value) (name string, ok bool) {
	if v == nil {
		return "", true
	}
	items, ok := v.List(1)
	if !ok || !items[0].Only("actor") || !items[0].Get("actor").Only("display") {
		return "", false
	}
	name = text(items[0].Get("actor").Get("display"), DefaultMaxPerformer, &ok)
	return name, ok && name != ""
}

// assurance holds an optional identity assurance level against the guide; it
// is not shown, because only the issuer knows what its levels meant.
func assurance(v *strictjson.Value) bool {
	if v == nil {
		return true
	}
	if !v.Only("security") {
		return false
	}
	labels, ok := v.Get("security").List(1)
	if !ok || !labels[0].Only("system", "code") || !labels[0].Get("system").Is(systemIAL) {
		return false
	}
	code, _ := labels[0].Get("code").String()
	switch code {
	case "IAL1.2", "IAL1.4", "IAL2", "IAL3":
		return true
	}
	return false
}
