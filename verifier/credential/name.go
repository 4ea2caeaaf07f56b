package credential

import "strings"

// NameSeparator parts family and given name on the card (U+3000,
// facts: card, 氏名).
const NameSeparator = "\u3000"

// SplitName splits a card's name at its one separator. ok is false when the
// name has none, or more than one, or an empty side: such a name is one text
// and no split is invented.
func SplitName(card string) (family, given string, ok bool) {
	family, given, ok = strings.Cut(card, NameSeparator)
	if !ok || family == "" || given == "" || strings.Contains(given, NameSeparator) {
		return "", "", false
	}
	return family, given, true
}
