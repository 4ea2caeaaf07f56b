package mutants

import "regexp"

// exception is a change after which a certificate is still right. Each says
// why, and there is no other way for a mutant to be accepted.
type exception struct {
	format       string
	region, what *regexp.Regexp
	reason       string
}

var exceptions = []exception{
	{SHC, regexp.MustCompile(`(vc\.rid|exp|lotNumber|performer|prefix|suffix|meta|isSubpotent|use)$`), regexp.MustCompile(`^left out$`), "the claim is optional, and the right key signed the card without it"},
	{VDSNC, regexp.MustCompile(`(pid\.i|pid\.ai|\.dis)$`), regexp.MustCompile(`^left out$`), "the member is optional, and the right key signed the seal without it"},
	{SHC, regexp.MustCompile(`claim nbf$`), regexp.MustCompile(`^zero$`), "1970 is a time, and the right key signed it"},
	{SHC, regexp.MustCompile(`claim nbf$`), regexp.MustCompile(`^a fraction$`), "a fractional nbf is a quirk of real cards (verifier/shc, Quirks)"},
	{SHC, regexp.MustCompile(`^twin$`), regexp.MustCompile(``), twin}, {VDSNC, regexp.MustCompile(`^twin$`), regexp.MustCompile(``), twin}, {PDF, regexp.MustCompile(`^twin$`), regexp.MustCompile(``), twin},
}

// harmless gives the reason why m may be accepted, "" when it must not be.
func harmless(m *Mutant) string {
	for _, e := range exceptions {
		if e.format == m.Format && e.region.MatchString(m.Region) && e.what.MatchString(m.What) {
			return e.reason
		}
	}
	return ""
}

const twin = "of each ECDSA signature (r, s) the twin (r, n-s) is right too, for every verifier (SEC 1 section 4.1.4): it says nothing else"
