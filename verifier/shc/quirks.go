package shc

import "slices"

// Quirk is a departure from the rules that real cards carry for good and that
// Verify therefore tolerates. It is harmless, and nothing else is tolerated.
type Quirk struct {
	Name   string
	Reason string // who wrote it, and why it does no harm
}

// The quirks; ParseUnsigned tolerates none of them.
var (
	fractionalTime = Quirk{"fractional nbf and exp",
		"Japan's cards of 2021-12-20 have an nbf with a fraction of a second, and so have the specification's own examples; RFC 7519 allows it"}
	nameUse = Quirk{"name.use usual",
		"all of Japan's cards have name.use \"usual\", which the DM profile forbids; there is one name, so it chooses nothing"}
	extraTypes = Quirk{"vc.type #immunization and #covid19",
		"deprecated since version 1.4 of the specification; Japan's first cards and most cards of 2021 have them; they add nothing to the bundle"}
)

// Quirks gives the whole table.
func Quirks() []Quirk { return []Quirk{fractionalTime, nameUse, extraTypes} }

// mode says whose card is read.
type mode bool

const (
	asFound   mode = true  // in the world: the quirks are tolerated
	asWritten mode = false // by us, before signing: they are not
)

// tolerates reports whether a card of this mode may have the quirk, which must
// stand in the table.
func (m mode) tolerates(q Quirk) bool { return m == asFound && slices.Contains(Quirks(), q) }
