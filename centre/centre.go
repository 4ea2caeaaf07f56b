// Package centre is the service: the gateway that kiosks connect to, the
// launcher that has an issuing worker started for each request, and the node
// that runs both, as processes and users of their own, around an embedded NATS
// server. A gateway only asks launchers; it has no part in the shared memory
// and no way to the key process.
//
// Gateway and launcher are long-lived and see ciphertext, kiosk ids and codes;
// neither has a key that opens or signs anything of a resident. They talk over
// NATS by request and reply, each with its own credentials, on one node as on
// several; requests never lie on a stream. Session nonces, their uses and the
// stops are in JetStream's memory; on disk is the audit.
//
// Nothing here is retried with the same nonce and counter: a use whose outcome
// is unclear counts as used, and an alarm is cleared by a person.
package centre

import (
	"encoding/json"
	"errors"
	"time"

	"akashi/centre/channel"
	"akashi/centre/wire"
)

// Bounds of the service.
const (
	// DefaultNonceLife is how long a session may take from its nonce to its
	// last request (DESIGN decision 10).
	DefaultNonceLife = 10 * time.Minute
	// DefaultMemory is how long a nonce's use is remembered: longer than any
	// nonce lives, so that a use always outlives its nonce.
	DefaultMemory = 2 * DefaultNonceLife
	// DefaultWorkers is how many issuing workers run at once; each takes a core
	// for some tens of milliseconds and then waits for VRS.
	DefaultWorkers = 8
	// DefaultSettlers is how many settlements and voidings run at once, apart
	// from the issuing, so that neither starves the other.
	DefaultSettlers = 4
	// DefaultPerKiosk is how many workers one kiosk may have: one in its
	// session and one of a session that broke off.
	DefaultPerKiosk = 2
	// DefaultWorkerLife is the longest life of a worker: the attestation of its
	// key ends with it.
	DefaultWorkerLife = 30 * time.Second
	// DefaultRetryAfter is what a kiosk is told when no worker is free: about
	// the time that one takes, and the resident's patience.
	DefaultRetryAfter = 10
	// DefaultMaxCalls bounds what one launcher has in hand, so that a flood of
	// opens is refused rather than kept.
	DefaultMaxCalls = 512
	// DefaultDial bounds the connection to VRS.
	DefaultDial = 3 * time.Second
	// DefaultState bounds one question to the shared memory.
	DefaultState = 3 * time.Second
)

// call is what a gateway asks a launcher.
type call struct {
	Kiosk []byte          `json:"kiosk"` // SHA-256 of the certificate that the TLS connection showed
	Body  json.RawMessage `json:"body"`
}

// result is what a launcher answers: Failed or Body.
type result struct {
	Failed *wire.Failed    `json:"failed,omitempty"`
	Body   json.RawMessage `json:"body,omitempty"`
}

// maxMessage bounds a message between the two: a frame and its wrapping.
const maxMessage = wire.DefaultMaxFrame + 64<<10

func succeed(v any) result {
	if v == nil {
		return result{}
	}
	return result{Body: wire.Encode(v)}
}

// fail maps an error to its pinned number; the text of any other stays here.
func fail(err error) result {
	f := wire.Failed{Code: wire.Internal}
	var c wire.Code
	if errors.As(err, &c) && c.Known() && c != wire.OK {
		f.Code = c
	}
	var r *channel.Refused
	if errors.As(err, &r) {
		f.RetryAfter = r.RetryAfter
	}
	return result{Failed: &f}
}

// err gives the refusal inside a result.
func (r result) err() error {
	if r.Failed == nil {
		return nil
	}
	return &channel.Refused{Code: r.Failed.Code, RetryAfter: r.Failed.RetryAfter}
}

// busy is overload: it is never told as "no record".
func busy() error { return &channel.Refused{Code: wire.Busy, RetryAfter: DefaultRetryAfter} }
