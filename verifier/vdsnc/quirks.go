package vdsnc

import "strings"

// Quirk is a departure from the one form that real seals carry for good and
// that Verify therefore tolerates. It is harmless, and nothing else is
// tolerated.
type Quirk struct {
	Name   string
	Reason string // who wrote it, and why it does no harm
}

// Quirks gives the whole table.
func Quirks() []Quirk {
	return []Quirk{{"padded cer",
		"Japan's seals write the certificate with '=' padding and the signature without; the padding must be exact, so each spelling is still one"}}
}

// unpadded takes off exact padding.
func unpadded(s string) string {
	if len(s)%4 != 0 {
		return s
	}
	for range 2 {
		s = strings.TrimSuffix(s, "=")
	}
	return s
}
