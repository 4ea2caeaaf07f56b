package canary

import (
	"fmt"
	"strings"

	"akashi/testkit/residents"
	"akashi/verifier/credential"
)

// Resident gives the canaries of one resident: everything that a session with
// their card handles. What is too short to be unique (a PIN, a date) is given
// with what stands around it on the card, on the wire and on the paper.
func Resident(r residents.Resident) []Value {
	l := r.ID + " "
	all := []Value{
		{Label: l + "individual number", Text: r.Card.Number},
		{Label: l + "address", Text: r.Card.Address},
		{Label: l + "PIN command", Bytes: []byte("\x00\x20\x00\x80\x04" + r.PIN)},
		{Label: l + "PIN command", Bytes: []byte("\x00\x20\x00\x91\x04" + r.PIN)},
		{Label: l + "PIN", Text: `"pin":"` + r.PIN + `"`},
	}
	all = append(all, name(l+"name", r.Card.Name)...)
	all = append(all, birth(l+"birth date", r.Card.Birth)...)
	for _, v := range r.VRS {
		all = append(all, record(l, r, v)...)
	}
	return all
}

// name gives a name as the card writes it, and as it may be put together
// again from its parts.
func name(label, whole string) []Value {
	all := []Value{{Label: label, Text: whole}}
	if family, given, ok := credential.SplitName(whole); ok {
		for _, t := range []string{family + " " + given, family + given, `"family":"` + family + `","given":["` + given} {
			all = append(all, Value{Label: label, Text: t})
		}
	}
	return all
}

func birth(label, compact string) []Value {
	all := []Value{
		{Label: label, Bytes: []byte("\xDF\x24\x08" + compact)},
		{Label: label, Text: compact[:4] + "年" + strings.TrimPrefix(compact[4:6], "0") + "月" + strings.TrimPrefix(compact[6:], "0") + "日"},
	}
	d, err := credential.ParseCompact(compact)
	if err != nil {
		return all
	}
	for _, member := range []string{"birthDate", "birth", "dob"} {
		all = append(all, Value{Label: label, Text: fmt.Sprintf("%q:%q", member, d.String())})
	}
	return all
}

func record(l string, r residents.Resident, v residents.Record) (all []Value) {
	if v.Name != r.Card.Name {
		all = append(all, name(l+"name at VRS", v.Name)...)
	}
	for _, d := range v.Doses {
		all = append(all, Value{Label: l + "lot", Text: d.Lot})
	}
	if v.Passport != nil {
		all = append(all, Value{Label: l + "passport", Text: v.Passport.Passport}, Value{Label: l + "Roman name", Text: v.Passport.RomanName})
	}
	return all
}
