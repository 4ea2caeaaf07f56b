package screen

import (
	"akashi/centre/wire"
	"akashi/kiosk/voice"
)

// Spoken gives every text of the catalogues in the languages that have a voice:
// sounds are made of them.
func Spoken() map[string][]string {
	all := map[string][]string{}
	for _, l := range Languages {
		if voice.Of(l) == "" {
			continue
		}
		for _, t := range words.Words[l] {
			all[l] = append(all[l], t)
		}
		for _, c := range wire.Codes() {
			t := For(l, c)
			all[l] = append(all[l], t.What, t.Why, t.Next)
		}
	}
	return all
}
