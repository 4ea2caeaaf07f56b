package screen

import (
	"strings"
	"testing"

	"akashi/kiosk/voice"
)

// Whatever the page asks for, the answer names only sounds that are there, or
// says that something is unsaid.
func FuzzSpeech(f *testing.F) {
	f.Add(`{"language":"ja","pieces":[{"key":"pin.count","values":{"n":"3"}}],"names":{"見本市":"みほんし"}}`)
	f.Add(`{"language":"en","pieces":[{"text":"Pay ¥240"},{"key":"start.keys","language":"ja"}],"names":{}}`)
	f.Add(`{"language":"ko","pieces":[{}]}`)
	f.Add(`{} {}`)
	id := voice.Clip{Voice: "ja", Text: "3"}.ID()
	s := Server{Voices: voice.NewPack(map[voice.ID][]byte{id: []byte("OggS")})}
	f.Fuzz(func(t *testing.T, body string) {
		q, ok := parseSpeech(strings.NewReader(body))
		if !ok {
			return
		}
		a := s.plan(q)
		for _, x := range a.Sounds {
			if x.ID != id.String() {
				t.Errorf("%s is not there", x.ID)
			}
		}
	})
}
