// Package keys keeps the issuer's keys and the process that signs with them:
// digests only, a bounded number a session, for sessions that the launcher
// opened. Nothing here returns a private key.
package keys

import (
	"context"
	"crypto"
	"errors"
	"net"
	"os"
	"time"
)

// Purpose is what a key signs. Numbers on the wire are in protocol.go.
type Purpose string

// The purposes.
const (
	PurposeAttest  Purpose = "attest"
	PurposeReceipt Purpose = "receipt"
	PurposeSHC     Purpose = "shc"
	PurposeVDSNC   Purpose = "vdsnc"
	PurposePDF     Purpose = "pdf"
	PurposeVRSTLS  Purpose = "vrs-tls"
)

// Public is what anybody may know of the keys; the launcher hands it to
// workers as JSON.
type Public struct {
	Chains map[Purpose][][]byte `json:"chains"` // DER, leaf first
	KeyID  string               `json:"key_id"` // RFC 7638 thumbprint of the SHC key
}

// Custody holds opened keys.
type Custody struct{}

// Open reads and checks the keys in dir.
func Open(dir string) (*Custody, error) { return nil, errors.ErrUnsupported }

// Public gives the public side of the keys.
func (c *Custody) Public() Public { return Public{} }

// JWKS gives the issuer's key set as served at /.well-known/jwks.json.
func (c *Custody) JWKS() ([]byte, error) { return nil, errors.ErrUnsupported }

// Limits bound what the key process signs.
type Limits struct {
	UID         int              // the launcher's user; -1: this process's own
	PerSession  map[Purpose]int  // signatures a session may have; nil: DefaultPerSession
	MaxLife     time.Duration    // of a session; 0: DefaultMaxLife
	MaxSessions int              // at once; 0: DefaultMaxSessions
	Rate        int              // signatures a minute over all sessions; 0: DefaultRate
	Now         func() time.Time // nil: time.Now
}

// Serve is the key process: it answers the launcher on ln until ctx ends.
func Serve(ctx context.Context, ln *net.UnixListener, c *Custody, lim Limits) error {
	return errors.ErrUnsupported
}

// Control is the launcher's end of the key process.
type Control struct{}

// Dial connects to the key process's socket.
func Dial(path string) (*Control, error) { return nil, errors.ErrUnsupported }

// Close ends the connection; open sessions live on.
func (c *Control) Close() error { return nil }

// Open opens a session for one issuing worker and gives the worker's end.
func (c *Control) Open(ctx context.Context, id [16]byte) (session *os.File, err error) {
	return nil, errors.ErrUnsupported
}

// OpenRelay opens a session that may sign for the TLS to VRS only.
func (c *Control) OpenRelay(ctx context.Context, id [16]byte) (session *os.File, err error) {
	return nil, errors.ErrUnsupported
}

// Attest signs the attestation of the worker of an open session.
func (c *Control) Attest(ctx context.Context, id [16]byte, digest [32]byte) (der []byte, err error) {
	return nil, errors.ErrUnsupported
}

// Public asks for the public side of the keys.
func (c *Control) Public(ctx context.Context) (Public, error) {
	return Public{}, errors.ErrUnsupported
}

// Counts is what the key process has done since it started.
type Counts struct {
	Signed   map[Purpose]uint64 `json:"signed"`
	Refused  uint64             `json:"refused"`
	Sessions uint64             `json:"sessions"`
	Open     int                `json:"open"`
}

// Counts asks for the counts, for the audit.
func (c *Control) Counts(ctx context.Context) (Counts, error) { return Counts{}, errors.ErrUnsupported }

// Session is the issuing worker's end.
type Session struct{}

// NewSession speaks to the key process over the socket that Open gave.
func NewSession(conn net.Conn) *Session { return &Session{} }

// Sign asks for one signature.
func (s *Session) Sign(p Purpose, digest [32]byte) (der []byte, err error) {
	return nil, errors.ErrUnsupported
}

// Signer gives a crypto.Signer for TLS and jwx.
func (s *Session) Signer(p Purpose, pub crypto.PublicKey) crypto.Signer { return nil }
