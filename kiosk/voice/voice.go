// Package voice knows which sounds say a text: it splits texts of the
// catalogues into fixed pieces and into numbers, dates, money and names that
// are filled in at run time, joins them by the grammar of each language, and
// reads the pack of sounds that cmd/render made of the pieces.
//
// Spoken are Japanese, やさしい日本語 and English; the other languages have
// texts and signals only, and their screens say so.
//
// What may be said aloud. Nothing that names the resident is ever a piece that
// the loudspeaker plays: what the agent plans is catalogue texts, numbers and
// names of municipalities. What only a headset may hear (name, birth date,
// doses) the session worker plans by itself, as names of sounds: the page shows
// the certificate as a picture and learns no text of it. A name is spelt, letter
// by letter, if all of its letters are kana or Latin; kanji have no reading that
// could be trusted, as neither card nor VRS holds one, and a wrong name is worse
// than none: then the voice says that the name stands on the screen. The page
// fetches the whole pack for it, so the agent learns nothing from what is
// fetched.
//
// The headset. The agent reads the file that screen.headset of its configuration
// names, each time it is asked: it begins with 1 while a headset is plugged in,
// and with anything else, or is not there, while none is. A udev rule on the
// socket's switch (SW_HEADPHONE_INSERT) writes it on a real kiosk; a panel of
// simulated devices writes it likewise.
//
// The loudspeaker. screen.loudspeaker names the file that switches it (the
// amplifier's enable line, a GPIO or an LED device): the agent writes 0 or 1.
// A plug can be pulled at any moment, and a socket gives the sound back to the
// loudspeaker sooner than any program hears of it; so nothing depends on how
// soon that is. The order is: the page asks; the agent looks at the socket,
// writes 0, and only then answers; the page begins. When the page has ended the
// sound, by itself or because the plug is gone, it closes the stream, and only
// then asks for the loudspeaker, which the agent gives back DefaultDrain later.
// In between the loudspeaker is silent, plug or no plug. Without that file
// nothing private is said at all.
//
// Loudness. Every sound has the same mean level (Level dBFS) and no peak above
// Peak dBFS. The page's volume steps are silence, -12, -6 and 0 dB; a visit
// begins at -6 dB. Turn the amplifier so that this step gives 65 dBA where the
// resident's head is: each visit then begins at no more than that, and one step
// louder is above it (EN 301 549 5.1.3.11 to 5.1.3.13).
package voice

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
)

// Levels of every sound, in dB below full scale.
const (
	Level = -20.0 // mean of what is not silence
	Peak  = -1.0
)

// ID names one sound: a digest of voice and text.
type ID [12]byte

// String gives 24 hexadecimal digits.
func (id ID) String() string { return hex.EncodeToString(id[:]) }

// ErrID says that a text is no ID as String writes it.
var ErrID = errors.New("voice: not the name of a sound")

// ParseID reads what String wrote, and nothing else.
func ParseID(s string) (ID, error) {
	var id ID
	b, err := hex.DecodeString(s)
	if err != nil || len(b) != len(id) {
		return id, ErrID
	}
	copy(id[:], b)
	if id.String() != s {
		return ID{}, ErrID
	}
	return id, nil
}

// Clip is one sound to be made.
type Clip struct {
	Voice  string // "ja" or "en"
	Text   string // what it stands for; with Voice it is the ID
	Spoken string // what the engine is given; empty: Text
	Kana   string // the reading that Spoken must have, in katakana; empty: the engine's
}

// ID names the clip.
func (c Clip) ID() ID {
	d := sha256.Sum256([]byte("akashi-voice-1\x00" + c.Voice + "\x00" + c.Text))
	return ID(d[:12])
}

// Says gives what the engine is given.
func (c Clip) Says() string {
	if c.Spoken != "" {
		return c.Spoken
	}
	return c.Text
}

// Of gives the voice that speaks a language; empty: none does yet.
func Of(language string) string {
	switch language {
	case "ja", "ja-easy":
		return "ja"
	case "en":
		return "en"
	}
	return ""
}

// Part is one sound of an utterance and the silence after it.
type Part struct {
	Clip  Clip
	Pause int // ms
}
