package tray

import (
	"time"

	"akashi/centre/audit"
	"akashi/centre/fleet"
	"akashi/centre/wire"
	"akashi/kiosk/screen"
	"akashi/verifier/credential"
)

// State is all that the card tray shows; each change of it goes to every page.
type State struct {
	Lacks   string         `json:"lacks,omitempty"` // why there is no real pcscd
	Doing   Doing          `json:"doing,omitempty"`
	Swap    bool           `json:"swap"` // the defective issuing worker is in place
	Fault   string         `json:"fault,omitempty"`
	Stopped bool           `json:"stopped"` // all issuing, by the centre
	Refused string         `json:"refused"` // the rule that the newest screen release breaks; "" for none
	Alarms  []fleet.Alarm  `json:"alarms"`  // standing ones
	Kiosks  []KioskState   `json:"kiosks"`
	VRS     string         `json:"vrs"`   // "up", "slow", "busy" or "down"
	Tries   map[string]int `json:"tries"` // PIN tries left, of cards that were used
	Visits  []Visit        `json:"visits"`
	Papers  int            `json:"papers"` // counts up whenever a paper changes that is no visit's
}

// Doing names what keeps the tray from doing something else.
type Doing string

// What the tray can be doing.
const (
	Nothing  Doing = ""
	Walking  Doing = "walk"
	Changing Doing = "swap"  // the centre's node is started again
	Clearing Doing = "clear" // a person clears the alarm
)

// KioskState is a kiosk as it stands now.
type KioskState struct {
	ID      string    `json:"id"`
	Code    wire.Code `json:"code"` // OK: a session may begin
	Name    string    `json:"name"`
	Card    string    `json:"card,omitempty"` // id of the resident whose card lies on the reader
	Waiting int       `json:"waiting"`        // settlements and alarms that the centre has not confirmed
	Charged int       `json:"charged"`        // yen, since the kiosk was started
	Release int       `json:"release"`        // version of its screen release
	Devices
}

// Devices are what stands beside a kiosk.
type Devices struct {
	Frame   string `json:"frame,omitempty"` // address at which the panel frames the kiosk's page
	Printer string `json:"printer"`         // "folder", "ok", or what is wrong with it
	Papers  int    `json:"papers"`          // that lie in the printer's tray
	Unit    bool   `json:"unit"`            // the payment unit has power
	Cut     bool   `json:"cut"`             // the line to the centre is cut
	Headset bool   `json:"headset"`         // one is plugged in
	Busy    bool   `json:"busy"`            // somebody is in a session at the panel's frame
}

// Visit is one resident's way through one kiosk.
type Visit struct {
	N        int       `json:"n"`
	Kiosk    string    `json:"kiosk"`
	Resident string    `json:"resident"`
	Name     string    `json:"name"`
	Kind     string    `json:"kind"`
	Place    string    `json:"place"` // municipality code
	Began    time.Time `json:"began"`
	Screens  []Seen    `json:"screens"`

	Ended   bool      `json:"ended"`
	Code    wire.Code `json:"code"`
	Words   *Words    `json:"words,omitempty"` // the resident's, when something went otherwise
	Fault   string    `json:"fault,omitempty"` // of the chain itself
	Reason  int       `json:"reason,omitempty"`
	Took    int64     `json:"took"` // microseconds, from the first screen to the last
	Kiosks  []Step    `json:"steps"`
	Centre  []Step    `json:"centre"`
	Papers  []Paper   `json:"papers"`
	Pages   int       `json:"pages"` // that came out of the printer
	Charged int       `json:"charged"`
}

// Seen is one screen as it came up.
type Seen struct {
	Screen string    `json:"screen"`
	Step   int       `json:"step"`
	Name   string    `json:"name"` // of the step
	Of     int       `json:"of"`
	At     int64     `json:"at"` // microseconds since the visit began
	Tries  int       `json:"tries,omitempty"`
	Fee    int       `json:"fee,omitempty"`
	Code   wire.Code `json:"code,omitempty"`
	Words  *Words    `json:"words,omitempty"`
}

// Step is a named step with its duration in microseconds.
type Step struct {
	Name   string `json:"name"`
	Micros int64  `json:"micros"`
}

// Words are a code's name and texts, by language.
type Words struct {
	Name string      `json:"name"`
	JA   screen.Text `json:"ja"`
	EN   screen.Text `json:"en"`
}

// wordsFor gives the resident's words for a code; nil when there are none.
func wordsFor(c wire.Code) *Words {
	if c == wire.OK {
		return nil
	}
	return &Words{Name: c.Name(), JA: screen.For("ja", c), EN: screen.For("en", c)}
}

// Paper is one paper that came out of a printer.
type Paper struct {
	N        int             `json:"n"`
	Kiosk    string          `json:"kiosk"`
	Resident string          `json:"resident"`
	Name     string          `json:"name"`
	Kind     credential.Kind `json:"-"`
	KindName string          `json:"kind"`
	At       time.Time       `json:"at"`
	Pages    int             `json:"pages"`   // 0 until it was looked at
	Verdict  string          `json:"verdict"` // "", "valid", or the rule that refused it
	JA       string          `json:"ja,omitempty"`
	EN       string          `json:"en,omitempty"`
	Formats  []string        `json:"formats,omitempty"`
	ID       string          `json:"id,omitempty"` // certificate ID as printed, when VRS knows it
	Revoked  bool            `json:"revoked"`      // at VRS; verifiers hear of it within a minute

	file  string
	place string // municipality that issued it
}

// Centre is what the page of the centre's events shows.
type Centre struct {
	Steps  []string       `json:"steps"`
	Events []audit.Record `json:"events"` // the newest last
}
