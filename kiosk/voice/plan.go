package voice

import (
	"errors"
	"fmt"
	"unicode/utf8"
)

// Bounds of what a plan is asked for.
const (
	DefaultMaxPieces = 64   // a screen has under 20; a list of nine choices under 40
	DefaultMaxText   = 2000 // characters of one text; the longest has under 300
)

// Errors of a plan that is asked for.
var (
	ErrMute  = errors.New("voice: no voice speaks this language yet")
	ErrLarge = errors.New("voice: more than an utterance has")
)

// Piece is one part of what a screen says: a key of the catalogue with the
// values of its places, or a text.
type Piece struct {
	Key      string            `json:"key,omitempty"`
	Values   map[string]string `json:"values,omitempty"`
	Text     string            `json:"text,omitempty"`
	Language string            `json:"language,omitempty"` // if not that of the utterance
}

// Book plans utterances: which sounds, in which order.
type Book struct {
	Texts func(language, key string) (string, bool) // the catalogues
	Has   func(ID) bool                             // whether a sound was made
	Names map[string]string                         // of municipalities that may be spelt, with their readings: 見本市 is みほんし

	// Private lets the places {name} and {passport} be spelt. Who sets it hands the
	// parts to a headset and to nothing else.
	Private bool
}

// Say gives the parts of an utterance and what of it cannot be said: texts of a
// later release, or of a pack that was made in part. A text that is neither in
// a catalogue nor a number nor a name is left out, never guessed.
func (b Book) Say(language string, pieces []Piece) (parts []Part, unsaid []string, err error) {
	if len(pieces) > DefaultMaxPieces {
		return nil, nil, ErrLarge
	}
	for _, p := range pieces {
		l := language
		if p.Language != "" {
			l = p.Language
		}
		if Of(l) == "" {
			return nil, nil, fmt.Errorf("%w: %q", ErrMute, l)
		}
		text, ok := "", false
		if p.Key != "" {
			text, ok = b.Texts(l, p.Key)
		}
		if !ok {
			text = p.Text
		}
		if utf8.RuneCountInString(text) > DefaultMaxText {
			return nil, nil, ErrLarge
		}
		s := said{book: b, voice: Of(l), values: p.Values}
		for _, sentence := range sentences(text) {
			s.sentence(sentence)
		}
		parts, unsaid = append(parts, s.parts...), append(unsaid, s.unsaid...)
	}
	return parts, unsaid, nil
}

// said is what one piece becomes.
type said struct {
	book   Book
	voice  string
	values map[string]string
	parts  []Part
	unsaid []string
}

func (s *said) rest(pause int) {
	if n := len(s.parts); n > 0 {
		s.parts[n-1].Pause = pause
	}
}

func (s *said) sentence(text string) {
	defer s.rest(pauseSentence)
	if !place.MatchString(text) {
		s.fixed(text)
		return
	}
	for _, t := range tokens(s.voice, text) {
		if t.place == "" {
			s.fixed(t.text)
		} else {
			s.filled(t)
		}
	}
}

// fixed says a text that stands in a catalogue as it is; one that a page filled
// already is taken apart at its numbers.
func (s *said) fixed(text string) {
	if text = trim(text); text == "" {
		return
	}
	if s.have(fixedClip(s.voice, text)) {
		return
	}
	at := numbers[s.voice].FindAllStringIndex(text, -1)
	if len(at) == 0 || at[0][0] == 0 && at[0][1] == len(text) {
		if len(at) == 0 || !s.number(text) {
			s.name(text)
		}
		return
	}
	from := 0
	for _, a := range append(at, []int{len(text), len(text)}) {
		if lit := trim(text[from:a[0]]); lit != "" && !s.have(fixedClip(s.voice, lit)) {
			s.name(lit)
		}
		if a[0] < a[1] && !s.number(text[a[0]:a[1]]) {
			s.unsaid = append(s.unsaid, text[a[0]:a[1]])
		}
		from = a[1]
	}
}

func (s *said) have(c Clip) bool {
	if !s.book.Has(c.ID()) {
		return false
	}
	s.parts = append(s.parts, Part{c, pauseJoin})
	return true
}

// name says the name of a municipality: as it was rendered, or spelt. Nothing
// else is spelt but a single letter of the syllabary: what comes here by mistake
// may be somebody's name.
func (s *said) name(text string) {
	if s.have(nameClip(s.voice, text)) {
		return
	}
	spelt := text
	kana, known := s.book.Names[text]
	if kana != "" && s.voice == "ja" {
		spelt = kana
	}
	parts, ok := Spell(s.voice, spelt)
	ok = ok && (known || len(parts) == 1)
	for _, p := range parts {
		ok = ok && s.book.Has(p.Clip.ID())
	}
	if !ok {
		s.unsaid = append(s.unsaid, text)
		return
	}
	s.parts = append(s.parts, parts...)
}
