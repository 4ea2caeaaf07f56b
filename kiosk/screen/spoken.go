package screen

import (
	"slices"

	"akashi/centre/wire"
	"akashi/kiosk/voice"
)

// Spoken gives every text of the catalogues in the languages that have a voice:
// sounds are made of them. Keys, if there are any, are all that is given.
func Spoken(keys ...string) map[string][]string {
	all := map[string][]string{}
	for _, l := range Languages {
		if voice.Of(l) == "" {
			continue
		}
		for k, t := range words.Words[l] {
			if len(keys) == 0 || slices.Contains(keys, k) {
				all[l] = append(all[l], t)
			}
		}
		if len(keys) > 0 {
			continue
		}
		for _, c := range wire.Codes() {
			t := For(l, c)
			all[l] = append(all[l], t.What, t.Why, t.Next)
		}
	}
	return all
}
