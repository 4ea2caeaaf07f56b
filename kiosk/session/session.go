package session

import (
	"context"
	"crypto/x509"
	"time"

	"akashi/centre/wire"
	"akashi/kiosk/face"
	"akashi/kiosk/lastlook"
	"akashi/kiosk/mynumber"
	"akashi/kiosk/payment"
	"akashi/kiosk/screen"
	"akashi/kiosk/voice"
	"akashi/printer"
	"akashi/verifier/cardrecord"
)

// Bounds of one session, for a Setup whose Limits are zero.
const (
	DefaultResident = 2 * time.Minute  // one wait for a person; the page asks before it is over, and a stay begins it anew
	DefaultCard     = 20 * time.Second // all commands of one step; a slow card needs 3 s
	DefaultCentre   = 45 * time.Second // one ask: an issuing worker lives 30 s
	DefaultLook     = 30 * time.Second // two pages at 300 dpi take under 2 s
	DefaultPrint    = 3 * time.Minute  // ten copies of two pages on a slow printer
	DefaultSession  = 9 * time.Minute  // from the nonce to the last request under it; it lives 10 minutes
	DefaultEnd      = 10 * time.Second // the whole way out, whatever hangs
)

// DefaultMaxCopies bounds the copies of one request.
const DefaultMaxCopies = printer.MaxCopies

// Limits bounds the waits of one session; zero values take the defaults.
type Limits struct {
	Resident time.Duration `json:"resident"`
	Card     time.Duration `json:"card"`
	Centre   time.Duration `json:"centre"`
	Look     time.Duration `json:"look"`
	Print    time.Duration `json:"print"`
	Session  time.Duration `json:"session"`
	End      time.Duration `json:"end"`
}

// Setup is what a session is told before a resident comes.
type Setup struct {
	Kiosk       [32]byte            // SHA-256 of this kiosk's certificate
	Terms       string              // version of the terms that are shown
	Disease     string              // whose certificates are issued: code of the centre's table; the resident is not asked
	Menu        []face.Offer        // municipalities that take part, in the order shown
	Edition     *screen.Edition     // the words for codes; nil: the catalogue's
	Sounds      func(voice.ID) bool // which there are to tell a headset with; nil: none
	MaxCopies   int                 // 0: DefaultMaxCopies
	CentreRoot  *x509.CertPool      // pinned
	Authorities cardrecord.Authorities
	Limits      Limits
	Now         func() time.Time
}

// Face shows a screen and brings what the resident does; *face.Conn is one.
// Done and Cause tell that the resident cancelled or is gone.
type Face interface {
	Tell(ctx context.Context, t face.Tell) error
	Ask(ctx context.Context, t face.Tell) (face.Act, error)
	PIN(ctx context.Context, t face.Tell) (digits []byte, err error)
	Done() <-chan struct{}
	Cause() wire.Code
}

// Reader is the card reader with a My Number card on it; see OverAPDU.
type Reader interface {
	WaitCard(ctx context.Context) error
	Check(ctx context.Context) (mynumber.Status, error) // spends no PIN try
	Verify(ctx context.Context, pin mynumber.PIN) (Card, error)
	WaitRemoved(ctx context.Context) error
	End() error // card powered off; may be called again
}

// Card is a card whose PIN was verified.
type Card interface {
	Read(ctx context.Context) (cardrecord.Files, error)
	Sign(ctx context.Context, digest [32]byte) ([]byte, error)
}

// Centre carries one ask to the centre and its one answer back. A settlement
// and an alarm are taken over for delivery: they need not have arrived.
type Centre interface {
	Ask(ctx context.Context, t wire.Type, body any) (wire.Frame, error)
}

// Payment takes one payment at a time: it holds the money, or a reprint right,
// until it is told what became of the papers. A *payment.Till is behind it.
type Payment interface {
	Authorise(ctx context.Context, b payment.Bill) error
	Conclude(ctx context.Context, p payment.Papers) (payment.Concluded, error)
}

// Printer prints one job. An error with Unknown means "maybe printed".
type Printer interface {
	Print(ctx context.Context, j printer.Job) (printer.Outcome, error)
}

// Tray has a sensor that knows when the printed paper is gone. Taken gives nil
// then, and any error but its ctx's where there is no sensor.
type Tray interface {
	Taken(ctx context.Context) error
}

// Looker is the last look; it gives each page as a PNG for the preview.
type Looker interface {
	Look(ctx context.Context, in lastlook.Input) (pages [][]byte, err error)
}

// Devices are the ends that a session works with.
type Devices struct {
	Face    Face
	Reader  Reader
	Centre  Centre
	Payment Payment
	Printer Printer
	Looker  Looker
	Tray    Tray // nil: none has a sensor
}
