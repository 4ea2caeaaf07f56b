package wire

import "slices"

// Report is how a kiosk's devices are: enums and numbers, nothing of anybody,
// and no session that could be told from another (Ends moves in steps). It
// comes with every beat.
type Report struct {
	Every    uint16       `json:"every"`             // seconds between two beats; three missed ones make a kiosk stale
	Serving  Code         `json:"serving"`           // OK when a session may begin, or why not
	Busy     bool         `json:"busy"`              // a session is under way
	Reader   Health       `json:"reader"`            // card reader and its daemon
	Card     Presence     `json:"card"`              // card-present sensor between two sessions; present: somebody left theirs
	Keypad   Health       `json:"keypad"`            // tactile keypad
	Printer  Health       `json:"printer"`           //
	Reasons  []PrintFault `json:"reasons,omitempty"` // what the printer says is wrong, ascending
	Payment  Health       `json:"payment"`           // coin and e-money unit
	Money    MoneyFault   `json:"money"`             // what the unit says is wrong
	Audio    Health       `json:"audio"`             // sound card
	Headset  Presence     `json:"headset"`           //
	Tray     Presence     `json:"tray"`              // sensor of the tray that paper comes out into
	Screen   Health       `json:"screen"`            // the browser on the panel
	Crashes  uint32       `json:"crashes"`           // browsers that ended by themselves since the agent began
	Clock    Clock        `json:"clock"`             //
	Versions Versions     `json:"versions"`          //
	Days     Days         `json:"days"`              //
	Room     Room         `json:"room"`              //
	Ends     []Ends       `json:"ends,omitempty"`    // how sessions ended since the agent began, by code, ascending
}

// Clock is the kiosk's clock held against the centre's, the way of the messages
// taken off.
type Clock struct {
	Known  bool   `json:"known"`
	Offset int32  `json:"offset"` // milliseconds that the kiosk's is ahead, at most MaxOffset either way
	Within uint32 `json:"within"` // milliseconds that Offset can be wrong by
	Line   uint32 `json:"line"`   // milliseconds to the centre and back
}

// Versions are what runs on a kiosk. 0: none, or not known.
type Versions struct {
	Agent  uint32 `json:"agent"`  // first 4 bytes of the SHA-256 of its program
	Screen uint32 `json:"screen"` // screen release
	Trust  uint32 `json:"trust"`  // trust list
	Sheet  uint16 `json:"sheet"`  // layout of the paper
}

// Days are whole days left; below 0: over.
type Days struct {
	Trust       int32 `json:"trust"`       // of the trust list
	Certificate int32 `json:"certificate"` // of the kiosk's own certificate
}

// Room is what is free, in MiB.
type Room struct {
	Disk    uint32 `json:"disk"`    // where the journal is
	Memory  uint32 `json:"memory"`  //
	Profile uint32 `json:"profile"` // of the memory file system of the browser
}

// Ends counts the sessions that ended with one code.
type Ends struct {
	Code Code   `json:"code"`
	N    uint32 `json:"n"`
}

// Bounds of a report.
const (
	MaxOffset = 24 * 60 * 60 * 1000 // ms: a clock that is a day off is off
	MaxEvery  = 300                 // s: a kiosk that beats less often is not watched
	MaxCrash  = 1 << 20             // and every other count
	MaxWay    = 60_000              // ms: a beat that takes longer is given up
	maxDays   = 100_000
)

// Check refuses a report that is out of its bounds, with Malformed.
func (r Report) Check() error {
	ok := r.Every >= 1 && r.Every <= MaxEvery && r.Serving.Known() && r.Crashes <= MaxCrash && r.Clock.ok() &&
		r.Days.ok() && len(r.Ends) <= len(names) &&
		slices.IsSorted(r.Reasons) && len(slices.Compact(slices.Clone(r.Reasons))) == len(r.Reasons)
	for i, e := range r.Ends {
		ok = ok && e.Code.Known() && e.N >= 1 && e.N <= MaxCrash && (i == 0 || r.Ends[i-1].Code < e.Code)
	}
	if !ok {
		return Malformed
	}
	return nil
}

func (c Clock) ok() bool {
	return c.Offset >= -MaxOffset && c.Offset <= MaxOffset && c.Within <= MaxWay && c.Line <= MaxWay && (c.Known || c == Clock{})
}

func (d Days) ok() bool {
	return d.Trust >= -maxDays && d.Trust <= maxDays && d.Certificate >= -maxDays && d.Certificate <= maxDays
}
