package channel

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"time"

	"akashi/centre/wire"
)

// ClientConfig says where the gateway is and who this client is.
type ClientConfig struct {
	Address     string          // host:port
	ServerName  string          // name in the gateway's certificate; empty: the host of Address
	Root        *x509.CertPool  // the pinned centre root
	Certificate tls.Certificate // with the role kiosk
	Now         func() time.Time
}

// Conn is one connection to a gateway. Its methods may be called
// concurrently. It does not reconnect: the caller does, when Done is closed.
type Conn struct{}

// Dial connects and shakes hands. It fails with wire.LineDown when there is no
// way to a gateway that the root vouches for.
func Dial(ctx context.Context, c ClientConfig) (*Conn, error) { return nil, wire.LineDown }

// Ask sends one frame and waits for its one answer. A TypeFailed answer is a
// *Refused; a lost connection is wire.LineDown; an answer after ctx has ended
// has no receiver and is dropped.
func (c *Conn) Ask(ctx context.Context, t wire.Type, body any) (wire.Frame, error) {
	return wire.Frame{}, wire.LineDown
}

// Done is closed when the connection has ended.
func (c *Conn) Done() <-chan struct{} { return nil }

// Close ends the connection; waiting asks get wire.LineDown.
func (c *Conn) Close() error { return nil }
