// Package vrs is the reference VRS (ワクチン接種記録システム): a real service on
// a real database, for tests, demonstrations and whoever wants to see what the
// centre expects of VRS. It is a stand-in and says so.
//
// It verifies the card's evidence by itself, keeps every municipality's area
// apart in every query, reserves a certificate ID before it answers, signs
// the binding of answer to question, and keeps what became of each ID.
package vrs

import (
	"context"
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"time"

	"akashi/verifier/cardrecord"
	"akashi/verifier/credential"
)

// Config is what a VRS needs.
type Config struct {
	Database    string          // path of the SQLite file; "": in memory
	Certificate tls.Certificate // of the server
	Clients     *x509.CertPool  // root of the centre's client certificate
	Binding     crypto.Signer   // ECDSA P-256, of the binding certificate
	Cards       cardrecord.Authorities
	Now         func() time.Time // nil: time.Now
	Rand        io.Reader        // nil: crypto/rand
	PendingLife time.Duration    // after which a pending ID becomes unknown; 0: DefaultPendingLife
}

// DefaultPendingLife is longer than a session with eight requests and its
// reprints; after it, silence is taken for "unknown", never for "void".
const DefaultPendingLife = 30 * time.Minute

// VRS is one running service.
type VRS struct{}

// New opens the database and prepares the service.
func New(c Config) (*VRS, error) { return nil, errors.ErrUnsupported }

// Serve answers on ln, with mutual TLS 1.3, until ctx ends.
func (v *VRS) Serve(ctx context.Context, ln net.Listener) error { return errors.ErrUnsupported }

// Close closes the database.
func (v *VRS) Close() error { return nil }

// Faults gives the switches for tests and demonstrations.
func (v *VRS) Faults() *Faults { return nil }

// State is what became of a reserved certificate ID.
type State string

// The states. Delivered and void are final; unknown may still become either.
const (
	Pending   State = "pending"
	Delivered State = "delivered"
	Void      State = "void"
	Unknown   State = "unknown"
)

// Issue is one reserved certificate ID.
type Issue struct {
	Municipality string
	ID           credential.ID
	Kind         credential.Kind
	State        State
}

// Issues gives every ID that was ever reserved for a kiosk, oldest first.
func (v *VRS) Issues(ctx context.Context) ([]Issue, error) { return nil, errors.ErrUnsupported }

// Faults are the ways in which this VRS misbehaves on purpose.
type Faults struct{}

// Down makes VRS cut every connection.
func (f *Faults) Down(on bool) {}

// Busy makes VRS answer "busy" to the next n queries, -1 for all.
func (f *Faults) Busy(n int) {}

// Slow makes every answer wait.
func (f *Faults) Slow(d time.Duration) {}

// SwapRecord makes VRS answer with the record of another person of the same
// municipality, bound to the question as if it were right: the careless form.
func (f *Faults) SwapRecord(on bool) {}

// SwapAnswers makes VRS give each of two concurrent queries the other's whole
// answer, binding and all: the crude form.
func (f *Faults) SwapAnswers(on bool) {}
