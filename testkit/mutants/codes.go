package mutants

import (
	"regexp"
	"strings"
)

// ofPlace gives for each place of a payload the codes of the rules that look
// at it; the last row that fits counts.
type ofPlace struct {
	place *regexp.Regexp
	codes string
}

var cardPlaces = places(
	`^$`, "claims iss", `^vc$`, "claims type", `Subject$`, "claims fhir-version", `^iss$`, "claims iss issuer", `^nbf$`, "claims nbf not-yet-valid", `^exp$`, "claims exp expired",
	`^vc\.type`, "claims type", `^vc\.rid$`, "claims rid", `fhirVersion$`, "claims fhir-version", `fhirBundle$`, "claims bundle", `fhirBundle\.`, "bundle",
	`\.resource$`, "bundle patient immunization", `\.resource\.resourceType$`, "bundle patient immunization",
	`\.name`, "patient name", `\.birthDate$`, "patient birth-date", `\.(status|meta|isSubpotent)`, "immunization",
	`\.vaccineCode`, "immunization vaccine-code", `\.resource\.patient`, "immunization reference", `\.occurrenceDateTime$`, "immunization dose-date",
	`\.lotNumber$`, "immunization lot", `\.performer`, "immunization performer",
)

var sealPlaces = places(
	``, "form", `^hdr`, "header message", `^hdr\.is$`, "header country", `^msg`, "message", `^msg$`, "message uvci", `^msg\.uvci$`, "message uvci", `^msg\.pid`, "message person",
	`^msg\.ve`, "message event dose",
)

func places(rows ...string) (out []ofPlace) {
	for i := 0; i < len(rows); i += 2 {
		out = append(out, ofPlace{regexp.MustCompile(rows[i]), rows[i+1]})
	}
	return out
}

// cardCodes gives the codes that a card may be refused with when a claim is
// wrong: its own, and those of what any text may break.
func cardCodes(claim string) []string {
	return codes("shc.", cardPlaces, claim, "json minified too-long inflated-size")
}

// sealCodes is cardCodes for a seal. Its header comes first in the order of
// the rules, because it names the country.
func sealCodes(claim string) []string {
	return codes("vdsnc.", sealPlaces, claim, "json canonical too-long header")
}

func codes(prefix string, places []ofPlace, claim, always string) (out []string) {
	own := ""
	for _, p := range places {
		if p.place.MatchString(claim) {
			own = p.codes
		}
	}
	for _, c := range strings.Fields(own + " " + always) {
		out = append(out, prefix+c)
	}
	return out
}
