package screen

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"

	"akashi/kiosk/voice"
)

// DefaultMaxSpeech bounds what the page asks to have said, in bytes: the
// longest screen has under 4 KiB.
const DefaultMaxSpeech = 32 << 10

// speech is what the page asks to have said.
type speech struct {
	Language string            `json:"language"`
	Pieces   []voice.Piece     `json:"pieces"`
	Names    map[string]string `json:"names"` // of the menu, with their readings; they may be spelt
}

// spoken says which sounds say it.
type spoken struct {
	Sounds []sound `json:"sounds"`
	Unsaid int     `json:"unsaid"` // texts that have no sound: the page says so
}

type sound struct {
	ID    string `json:"id"`
	Pause int    `json:"pause"` // ms of silence after it
}

// parseSpeech reads what the page asks for: strict JSON, bounded.
func parseSpeech(r io.Reader) (speech, bool) {
	var s speech
	b, err := io.ReadAll(io.LimitReader(r, DefaultMaxSpeech+1))
	if err != nil || len(b) > DefaultMaxSpeech {
		return s, false
	}
	d := json.NewDecoder(strings.NewReader(string(b)))
	d.DisallowUnknownFields()
	if d.Decode(&s) != nil {
		return speech{}, false
	}
	if _, err := d.Token(); err != io.EOF {
		return speech{}, false
	}
	return s, true
}

// say answers the page with the sounds of an utterance. Without sounds, or in
// a language that has no voice yet, everything is unsaid.
func (s Server) say(w http.ResponseWriter, r *http.Request) {
	q, ok := parseSpeech(r.Body)
	if !ok {
		http.Error(w, "", http.StatusBadRequest)
		return
	}
	answer(w, s.plan(q))
}

func (s Server) plan(q speech) spoken {
	a := spoken{Sounds: []sound{}}
	if s.Voices == nil {
		a.Unsaid = len(q.Pieces)
		return a
	}
	parts, unsaid, err := voice.Book{Texts: s.catalogued, Has: s.Voices.Has, Names: q.Names}.Say(q.Language, q.Pieces)
	if err != nil {
		a.Unsaid = len(q.Pieces)
		return a
	}
	for _, p := range parts {
		a.Sounds = append(a.Sounds, sound{p.Clip.ID().String(), p.Pause})
	}
	a.Unsaid = len(unsaid)
	return a
}

// sound serves one sound. Its name is a digest of what it says, so it never
// changes.
func (s Server) sound(w http.ResponseWriter, r *http.Request) {
	name, ok := strings.CutSuffix(r.PathValue("name"), ".opus")
	id, err := voice.ParseID(name)
	if !ok || err != nil || s.Voices == nil {
		http.NotFound(w, r)
		return
	}
	b, ok := s.Voices.Sound(id)
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "audio/ogg; codecs=opus")
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	w.Write(b)
}

// sounds serves all of them at once: who is to spell something private asks for
// no sound by its name.
func (s Server) sounds(w http.ResponseWriter, r *http.Request) {
	if s.Voices == nil {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Write(s.Voices.Encode())
}

// audio is what the page knows of the machine's sound.
type audio struct {
	Voices  bool `json:"voices"`  // sounds are built in
	Socket  bool `json:"socket"`  // there is one for a headset
	Headset bool `json:"headset"` // one is plugged in
	Aside   bool `json:"aside"`   // it can be spoken to alone: the loudspeaker can be silenced
}

func (s Server) audio(w http.ResponseWriter, _ *http.Request) {
	answer(w, audio{s.Voices != nil, s.Headset != nil, s.Headset != nil && s.Headset(), s.Headset != nil && s.Loudspeaker != nil})
}

// catalogued gives a text as the page shows it now.
func (s Server) catalogued(language, key string) (string, bool) {
	t, ok := s.edition().words.Words[language][key]
	return t, ok
}
