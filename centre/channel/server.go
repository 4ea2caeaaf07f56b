package channel

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"net"
	"time"

	"akashi/centre/wire"
)

// Peer is the client at the other end, as its certificate names it.
type Peer struct {
	ID     string   // from urn:akashi:kiosk:<id>
	Digest [32]byte // SHA-256 of the certificate (DER)
}

// ServerConfig is one gateway's end. Zero limits take the Default constants.
type ServerConfig struct {
	Certificate    tls.Certificate // with the role gateway
	Root           *x509.CertPool  // the centre root
	Now            func() time.Time
	Accept         func(Peer) bool // nil: every kiosk that the root vouches for
	MaxFrame       int64
	MaxOutstanding int
	MaxConns       int
	Rate, Burst    int
	Ping, Idle     time.Duration
	Drain          time.Duration
}

// Handler answers one ask. An error that is a *Refused or a wire.Code becomes
// TypeFailed with that code; any other becomes wire.Internal and nothing of
// its text leaves.
type Handler func(ctx context.Context, p Peer, t wire.Type, body json.RawMessage) (wire.Type, any, error)

// Serve answers kiosks on ln until ctx ends; then it takes no more asks, lets
// the outstanding ones finish within Drain and closes every connection.
func Serve(ctx context.Context, ln net.Listener, c ServerConfig, h Handler) error {
	return wire.Internal
}
