// Package channel is the encrypted way between a kiosk or phone and the
// centre, both ends of it: mutual TLS 1.3 with post-quantum key agreement,
// websocket frames with one answer for each ask, and inside them envelopes
// that only the session worker and the issuing worker can open.
//
// The two layers do not trust each other: whoever ends the TLS (a kiosk's
// agent, a gateway) sees ciphertext and codes, never a request or an answer.
package channel

import (
	"time"

	"akashi/centre/wire"
)

// Path is where the gateway serves the websocket, so that a stray client of
// another protocol is refused by name.
const Path = "/akashi/1"

// Limits of one connection.
const (
	// DefaultMaxUp bounds a frame on its way to the centre: a request padded
	// twice over (wire.DefaultMaxSealed), its encapsulated key and base64.
	DefaultMaxUp = 32 << 10
	// DefaultMaxOutstanding bounds the asks of one connection that wait for
	// their answer: a kiosk has one session, a beat and a few settlements.
	DefaultMaxOutstanding = 16
	// DefaultRate and DefaultBurst bound the asks of one connection: a session
	// makes fewer than 20 asks in minutes, a beat comes every few seconds.
	DefaultRate  = 10 // asks a second
	DefaultBurst = 40
	// DefaultMaxConns bounds the connections of one gateway: at some 20 KB
	// each 400 MB, and below the usual 20,000 open files of a process.
	DefaultMaxConns = 19000
	// DefaultPerCertificate bounds the connections of one certificate, so that
	// one kiosk cannot take every place: the one it uses, and one that it lost
	// and that the gateway does not know to be dead yet.
	DefaultPerCertificate = 2

	// DefaultHandshake is how long a client may take from the TCP connection
	// to the websocket.
	DefaultHandshake = 10 * time.Second
	// DefaultPing is how often the gateway asks whether the line is alive.
	DefaultPing = 25 * time.Second
	// DefaultIdle is how long a line may say nothing, pings included, before
	// it counts as half open and is cut.
	DefaultIdle = 70 * time.Second
	// DefaultWrite is how long one frame may take to leave; a reader slower
	// than that is cut, so it cannot pin answers in memory.
	DefaultWrite = 20 * time.Second
	// DefaultDrain is how long outstanding asks may still be answered after
	// the gateway was told to stop.
	DefaultDrain = 45 * time.Second
)

// Refused is an ask that the other end answered with TypeFailed. It unwraps to
// its wire.Code.
type Refused struct {
	Code       wire.Code
	RetryAfter int // seconds; 0: no use to wait
}

// Error gives the code's constant text.
func (r *Refused) Error() string { return r.Code.Error() }

// Unwrap gives the code, for errors.As and errors.Is.
func (r *Refused) Unwrap() error { return r.Code }
