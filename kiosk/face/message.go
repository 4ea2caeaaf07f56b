// Package face is what the resident's face (the kiosk's page, or a robot in
// its place) and the session worker say to each other, and the worker's one
// door for it: a loopback WebSocket behind a one-time token.
//
// The worker speaks first and always says which screen to show (Tell); the
// face answers what the resident did (Act). There is one encoding, that of
// centre/wire: minified JSON with the members in the order of the structs, so
// a page writes its answers with JSON.stringify in that order. The connection:
//
//	new WebSocket("ws://"+address+"/", ["akashi-face-1", token])
//
// PIN digits never stand in JSON: while the screen is "pin", each key press is
// a binary message of five bytes, the Tell's id (big endian, 4 bytes) and the
// key: '0' to '9', KeyBack, KeyEnter or KeyCancel. The worker answers each
// with a Tell that counts the digits; the page keeps none.
//
// An Act for an older Tell is a late press and is dropped, except cancel,
// which counts whenever it comes before payment. Anything else that does not
// fit ends the session.
package face

import (
	"akashi/centre/wire"
	"akashi/verifier/credential"
)

// Protocol is the WebSocket subprotocol; the one-time token is offered as the
// second one, since a page cannot set headers and a URL stays in histories.
const Protocol = "akashi-face-1"

// Screen names what the resident sees.
type Screen string

// The screens. "ask" waits for an Act of the listed kinds; the others only
// show, and the step after them ends them.
const (
	Consent    Screen = "consent"     // ask yes: purpose, legal basis and terms are agreed to
	InsertCard Screen = "insert-card" // put the card on the reader; ask back, until a card lies there
	Checking   Screen = "checking"    // the card is asked what spends no PIN try
	PINLast    Screen = "pin-last"    // ask yes, back: one try is left before the card locks
	PIN        Screen = "pin"         // keys; ask back
	PINAgain   Screen = "pin-again"   // ask again: the PIN was wrong, Tries are left
	Reading    Screen = "reading"     // leave the card where it is
	TakeCard   Screen = "take-card"   // until the card is gone
	Choose     Screen = "choose"      // ask choose; finish when Again
	Working    Screen = "working"     // the centre is asked; again as it gets on
	Preview    Screen = "preview"     // ask yes, back; yes with Right pays with a reprint right
	Pay        Screen = "pay"         // Fee is owed
	Printing   Screen = "printing"    // no name stands here
	TakePaper  Screen = "take-paper"  // ask yes: taken, or the stop button
	Trouble    Screen = "trouble"     // ask again, finish: a refusal that the session survives
	End        Screen = "end"         // last: how it ended
)

// Screens are all of them, in the order of a session.
var Screens = [...]Screen{
	Consent, InsertCard, Checking, PINLast, PIN, PINAgain, Reading, TakeCard,
	Choose, Working, Preview, Pay, Printing, TakePaper, Trouble, End,
}

// Tell is what the worker shows.
type Tell struct {
	ID        uint32   `json:"id"` // counts up from 1
	Screen    Screen   `json:"screen"`
	Step      int      `json:"step"` // "step n of m", counted over session.Steps
	Of        int      `json:"of"`
	Ask       bool     `json:"ask"`               // an Act is waited for
	Cancel    bool     `json:"cancel"`            // cancel still counts
	Again     bool     `json:"again"`             // choose: finish is offered; trouble: again is offered
	Terms     string   `json:"terms,omitempty"`   // consent: version of the terms shown
	Tries     int      `json:"tries,omitempty"`   // PIN tries left; 0: the card does not say
	Entered   int      `json:"entered,omitempty"` // PIN digits so far
	Menu      []Offer  `json:"menu,omitempty"`    // choose
	MaxCopies int      `json:"max_copies,omitempty"`
	Choice    *Choice  `json:"choice,omitempty"` // working to printing: what was chosen
	Pages     [][]byte `json:"pages,omitempty"`  // preview: PNG of each page
	// Aloud is what stands there, by language, as sounds for a headset alone.
	Aloud      map[string][]Sound `json:"aloud,omitempty"`
	Fee        int                `json:"fee,omitempty"`   // yen, for all copies
	Code       wire.Code          `json:"code,omitempty"`  // pin-again, trouble, end
	Texts      []Text             `json:"texts,omitempty"` // what, why, what next, by language
	Phone      string             `json:"phone,omitempty"` // the municipality's, where it must be asked
	RetryAfter int                `json:"retry_after,omitempty"`
	Opens      int64              `json:"opens,omitempty"`   // trouble: when it can be asked again, Unix seconds
	Charged    int                `json:"charged,omitempty"` // take-paper, end: yen that were charged for this request
	Right      string             `json:"right,omitempty"`   // end: number of the reprint right that the resident has now
	Expires    int64              `json:"expires,omitempty"` // of it, Unix seconds; 0: as on its receipt
	Wait       int                `json:"wait,omitempty"`    // milliseconds until an ask is given up; stay begins them anew
	Left       int                `json:"left,omitempty"`    // milliseconds that no stay can prolong; 0: none such
}

// Offer is one municipality that can be chosen.
type Offer struct {
	Code   string            `json:"code"` // 6 digits
	NameJA string            `json:"name_ja"`
	NameEN string            `json:"name_en"`
	Phone  string            `json:"phone"`
	Kinds  []credential.Kind `json:"kinds"`
	Fee    int               `json:"fee"` // yen for one copy

	Kana         string `json:"kana,omitempty"`          // reading in hiragana; empty: found by prefecture only
	PrefectureJA string `json:"prefecture_ja,omitempty"` // empty: found by its reading only
	PrefectureEN string `json:"prefecture_en,omitempty"`
	Wards        []Ward `json:"wards,omitempty"` // of a designated city, which answers for them

	Shut   bool              `json:"shut,omitempty"`   // out of its hours when the session began
	Opens  int64             `json:"opens,omitempty"`  // then: when it opens, Unix seconds; 0: nobody can say
	Notice map[string]string `json:"notice,omitempty"` // its own, by language
}

// Ward is a ward (区) of a designated city: who looks for it is led to the city.
type Ward struct {
	NameJA string `json:"name_ja"`
	NameEN string `json:"name_en"`
	Kana   string `json:"kana"`
}

// Sound is one of the sounds of kiosk/voice and the silence after it.
type Sound struct {
	ID    string `json:"id"`
	Pause int    `json:"pause"` // ms
}

// Choice is what the resident chose for the present request.
type Choice struct {
	Municipality string          `json:"municipality"`
	Kind         credential.Kind `json:"kind"`
	Copies       int             `json:"copies"`
}

// Text is one language's words for a code.
type Text struct {
	Language string `json:"language"` // BCP 47
	What     string `json:"what"`
	Why      string `json:"why"`
	Next     string `json:"next"`
}

// Do is what the resident did.
type Do string

// The answers. Every screen with Cancel set takes cancel too, and every ask
// takes stay: the resident is still there and wants more time.
const (
	Yes    Do = "yes"
	Again  Do = "again"
	Back   Do = "back"
	Pick   Do = "choose" // with Municipality, Kind and Copies
	Finish Do = "finish"
	Cancel Do = "cancel"
	Stay   Do = "stay"
)

// Act is the face's answer to the Tell of the same ID.
type Act struct {
	ID           uint32          `json:"id"`
	Do           Do              `json:"do"`
	Municipality string          `json:"municipality,omitempty"`
	Kind         credential.Kind `json:"kind,omitempty"`
	Copies       int             `json:"copies,omitempty"`
	Right        string          `json:"right,omitempty"` // 16 digits of a receipt
}

// The keys of the PIN screen beside the ten digits.
const (
	KeyBack   byte = 0x08
	KeyEnter  byte = 0x0d
	KeyCancel byte = 0x1b
)

// Limits of the messages from the face, in bytes.
const (
	DefaultMaxAct  = 256     // the longest Act has under 120
	DefaultMaxTell = 8 << 20 // two pages as PNG in base64; bounds what a robot reads
	keyLength      = 5
)

// DefaultMaxStays bounds how often one ask may be prolonged: at least 10 times
// for whoever has asked for three times as long (each takes three), and an end
// for a key that is stuck.
const DefaultMaxStays = 33

// PINLength is the number of digits of the card's PIN.
const PINLength = 4

// answers lists what each screen takes; every other answer is a breach.
var answers = map[Screen][]Do{
	Consent: {Yes}, InsertCard: {Back}, PINLast: {Yes, Back}, PIN: {Back}, PINAgain: {Again}, Choose: {Pick, Finish},
	Preview: {Yes, Back}, TakePaper: {Yes}, Trouble: {Again, Finish},
}
