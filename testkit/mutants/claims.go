package mutants

import (
	"fmt"
	"iter"
	"strings"

	"akashi/testkit/forge"
	"akashi/verifier/strictjson"
)

// claims changes every claim of cards and seals in every way, and has the
// result signed by the right key: what is left to refuse it is its content.
func claims(w *forge.World) iter.Seq[Mutant] {
	return func(yield func(Mutant) bool) {
		for _, base := range cards() {
			for path, text := range changes(base.text) {
				m := Mutant{Format: SHC, Region: base.name + ", claim " + path.claim, What: path.what, input: func() []byte { return []byte(w.SignCard(text)) }, Codes: cardCodes(path.claim)}
				if !yield(m) {
					return
				}
			}
		}
		for path, text := range changes(forge.SealData) {
			m := Mutant{Format: VDSNC, Region: "claim " + path.claim, What: path.what, input: func() []byte { return []byte(w.SignSeal(text)) }, Codes: sealCodes(path.claim)}
			if !yield(m) {
				return
			}
		}
	}
}

type base struct{ name, text string }

// cards are good payloads that together have every claim a card may have.
func cards() []base {
	good := forge.Payload()
	swap := func(old, new string) string { return strings.Replace(good, old, new, 1) }
	return []base{
		{"two doses", good},
		{"all claims", strings.NewReplacer(`"vc":`, `"exp":1900000000,"vc":`, `"family":"見本"`, `"prefix":["Dr"],"suffix":["Jr."],"family":"見本"`, `["太郎"]`, `["太郎","次郎"]`,
			`"status":`, `"isSubpotent":true,"meta":{"security":[{"system":"https://smarthealth.cards/ial","code":"IAL2"}]},"status":`).Replace(good)},
		{"three code systems", swap(`"code":"208"}]`, `"code":"208"},{"system":"http://snomed.info/sct","code":"1119349007"},{"system":"http://id.who.int/icd/release/11/mms","code":"XM0GQ8"}]`)},
		{"name as text", swap(`"family":"見本","given":["太郎"]`, `"text":"見本太郎"`)},
		{"quirks of Japan", strings.NewReplacer(`"family"`, `"use":"usual","family"`, `1774000000`, `1774000000.349618`,
			`#health-card"`, `#health-card","https://smarthealth.cards#immunization","https://smarthealth.cards#covid19"`).Replace(good)},
	}
}

// place is a claim and what was done to it.
type place struct{ claim, what string }

// changes gives every change of a JSON text.
func changes(text string) iter.Seq2[place, string] {
	v, err := strictjson.Parse([]byte(text), strictjson.Limits{Depth: 20, Values: 1000})
	if err != nil {
		panic("mutants: a base that is no JSON: " + err.Error())
	}
	return func(yield func(place, string) bool) { walk(v, v, "", yield) }
}

// walk changes v, which stands at a path in all, and everything below it.
func walk(all, v *strictjson.Value, path string, yield func(place, string) bool) bool {
	put := func(what, raw string) bool {
		return raw == render(v, nil, "") || yield(place{path, what}, render(all, v, raw))
	}
	for what, raw := range instead(v) {
		if !put(what, raw) {
			return false
		}
	}
	for i := range v.Items {
		if !walk(all, &v.Items[i], fmt.Sprintf("%s[%d]", path, i), yield) {
			return false
		}
	}
	for i := range v.Members {
		m := &v.Members[i]
		below := strings.TrimPrefix(path+"."+m.Name, ".")
		member := quoted(m.Name) + ":" + render(&m.Value, nil, "")
		for what, raw := range map[string]string{
			"left out": "", "twice": member + "," + member, "twice, then null": member + "," + quoted(m.Name) + ":null", "twice, first null": quoted(m.Name) + ":null," + member,
			"under a longer name": quoted(m.Name+"x") + ":" + render(&m.Value, nil, ""), "under a name in upper case": quoted(strings.ToUpper(m.Name)) + ":" + render(&m.Value, nil, ""),
			"beside another": member + `,"x":1`, "beside a resource id": member + `,"id":"1"`, "with a space": quoted(m.Name) + ": " + render(&m.Value, nil, ""), "with a line end": "\n" + member,
		} {
			if raw != member && !yield(place{below, what}, render(all, v, object(v, i, raw))) {
				return false
			}
		}
		if !walk(all, &m.Value, below, yield) {
			return false
		}
	}
	return true
}

// instead gives what may stand in a value's place, by what it is.
func instead(v *strictjson.Value) map[string]string {
	self := render(v, nil, "")
	out := map[string]string{
		"null": "null", "true": "true", "false": "false", "zero": "0", "minus one": "-1", "a fraction": "1.5", "an exponent": "1e3", "a huge number": "99999999999999999999",
		"an empty text": `""`, "a blank text": `" "`, "a control character": `"\u0000"`, "a line separator": "\"\u2028\"", "a zero-width space": "\"\u200b\"", "a text that runs backwards": "\"\u202e\"",
		"half a surrogate": `"\ud800"`, "bytes that are no text": "\"\xff\"", "a long text": `"` + strings.Repeat("x", 300) + `"`, "an empty list": "[]", "an empty object": "{}", "a list of null": "[null]",
		"an object of another": `{"a":1}`, "itself in a list": "[" + self + "]", "itself twice in a list": "[" + self + "," + self + "]", "itself in an object": `{"a":` + self + `}`, "nothing": "", "no JSON": "x",
	}
	switch v.Kind {
	case strictjson.String:
		s := v.Text
		out["reordered"], out["with a tab"], out["cut in its middle by NUL"] = quoted(s+"\u202e"), `"`+s+`\t"`, `"`+s+`\u0000x"`
		out["with an invisible end"], out["marked by a tag"] = quoted(s+"\ufeff"), quoted(s+"\U000e0041")
	case strictjson.Number:
		out["as text"], out["as 1.0"], out["with a leading zero"] = quoted(v.Text), v.Text+".0000000000", "0"+v.Text
	case strictjson.Array:
		if n := len(v.Items); n > 0 {
			last := render(&v.Items[n-1], nil, "")
			out["its last item null"] = strings.TrimSuffix(self, last+"]") + "null]"
			out["an item more, null"], out["a comma more"] = strings.TrimSuffix(self, "]")+",null]", strings.TrimSuffix(self, "]")+",]"
		}
	}
	return out
}

// render writes a value in the order of its members, with raw in the place of
// at.
func render(v, at *strictjson.Value, raw string) string {
	if v == at {
		return raw
	}
	switch v.Kind {
	case strictjson.Object:
		parts := make([]string, len(v.Members))
		for i := range v.Members {
			parts[i] = quoted(v.Members[i].Name) + ":" + render(&v.Members[i].Value, at, raw)
		}
		return "{" + strings.Join(parts, ",") + "}"
	case strictjson.Array:
		parts := make([]string, len(v.Items))
		for i := range v.Items {
			parts[i] = render(&v.Items[i], at, raw)
		}
		return "[" + strings.Join(parts, ",") + "]"
	case strictjson.String:
		return quoted(v.Text)
	}
	return v.Text
}

// object writes v with raw instead of its member n; an empty raw leaves it out.
func object(v *strictjson.Value, n int, raw string) string {
	var parts []string
	for i := range v.Members {
		switch {
		case i != n:
			parts = append(parts, quoted(v.Members[i].Name)+":"+render(&v.Members[i].Value, nil, ""))
		case raw != "":
			parts = append(parts, raw)
		}
	}
	return "{" + strings.Join(parts, ",") + "}"
}

// quoted writes a text without more escapes than it needs.
func quoted(s string) string {
	b, _ := (&strictjson.Value{Kind: strictjson.String, Text: s}).Canonical(nil)
	return string(b)
}
