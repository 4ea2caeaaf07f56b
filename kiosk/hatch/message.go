// Package hatch is what a session worker and its agent say to each other over
// one inherited socket: wire frames that the agent passes on unread, payment,
// a way to the printer, and the closing event. Nothing of the resident's
// crosses it in clear.
package hatch

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"

	"akashi/centre/channel"
	"akashi/centre/wire"
	"akashi/centre/wire/release"
	"akashi/kiosk/payment"
	"akashi/kiosk/session"
	"akashi/verifier/trust"
)

// Bounds of the hatch, in bytes and numbers.
const (
	DefaultMaxUp    = channel.DefaultMaxUp + 4<<10                                  // from the worker: one wire frame and its wrapping
	DefaultMaxDown  = wire.DefaultMaxFrame + 4<<10                                  // to the worker
	DefaultMaxSetup = 64<<10 + 4*(release.DefaultMaxRelease+trust.DefaultMaxList)/3 // a screen release and a trust list in base64
	DefaultMaxCalls = 8                                                             // calls of one worker that still wait
)

// ErrHatch says that the other end did not keep to this protocol or is gone.
var ErrHatch = errors.New("hatch: the other process is gone or of another release; the session ends; start it again")

// Setup is all that a worker is told, before any resident's data exists.
type Setup struct {
	Kiosk      []byte         `json:"kiosk"`       // SHA-256 of the kiosk's certificate
	CentreRoot [][]byte       `json:"centre_root"` // DER, pinned
	Trust      []byte         `json:"trust"`       // trust list file
	TrustRoot  []byte         `json:"trust_root"`  // PKIX public key, pinned
	Release    []byte         `json:"release"`     // screen release file, under the centre's root
	Disease    string         `json:"disease"`
	MaxCopies  int            `json:"max_copies"`
	Limits     session.Limits `json:"limits"`
	Token      string         `json:"token"`  // of the face
	Origin     string         `json:"origin"` // of the face
	Cache      string         `json:"cache"`  // folder of compiled code, filled
}

// Kind says what a message is.
type Kind string

// Kinds from the worker, and the one kind that answers those that ask.
const (
	Ready     Kind = "ready"     // fenced and listening; no answer
	Ask       Kind = "ask"       // Frame
	Authorise Kind = "authorise" // Bill
	Conclude  Kind = "conclude"  // Papers; the answer has Concluded
	Taken     Kind = "taken"     // answered when the paper is out of the tray; refused without a sensor
	Print     Kind = "print"     // the answer comes with a socket to a print process
	Ended     Kind = "ended"     // Event; no answer
	Done      Kind = "done"      // from the agent: Code, and Frame for Ask
)

// Message is one message after the setup.
type Message struct {
	ID         uint64             `json:"id"`
	Kind       Kind               `json:"kind"`
	Type       wire.Type          `json:"type,omitempty"`
	Body       rawBody            `json:"body,omitempty"`
	Bill       *payment.Bill      `json:"bill,omitempty"`
	Papers     payment.Papers     `json:"papers,omitempty"`
	Concluded  *payment.Concluded `json:"concluded,omitempty"`
	Code       wire.Code          `json:"code,omitempty"`
	RetryAfter int                `json:"retry_after,omitempty"`
	Event      *session.Event     `json:"event,omitempty"`
}

// rawBody is a wire message that is passed on as it stands.
type rawBody = json.RawMessage

// send writes one message behind its length.
func send(w io.Writer, v any) error {
	b := wire.Encode(v)
	out := make([]byte, 4, 4+len(b))
	binary.BigEndian.PutUint32(out, uint32(len(b)))
	if _, err := w.Write(append(out, b...)); err != nil {
		return ErrHatch
	}
	return nil
}

// receive reads one message of at most limit bytes.
func receive[T any](r io.Reader, limit int) (T, error) {
	var zero T
	var h [4]byte
	if _, err := io.ReadFull(r, h[:]); err != nil {
		return zero, ErrHatch
	}
	n := binary.BigEndian.Uint32(h[:])
	if n == 0 || int64(n) > int64(limit) {
		return zero, ErrHatch
	}
	b := make([]byte, n)
	if _, err := io.ReadFull(r, b); err != nil {
		return zero, ErrHatch
	}
	v, err := wire.Decode[T](b, limit)
	if err != nil {
		return zero, ErrHatch
	}
	return v, nil
}
