package issue

import (
	"context"
	"io"
	"net"
	"time"

	"akashi/centre/vaccines"
	"akashi/centre/wire"
)

// Deps is what the worker takes from its own binary.
type Deps struct {
	Now      func() time.Time // nil: time.Now
	Vaccines *vaccines.Set
}

// Run is the worker's whole life: it reads its setup from the launcher, does
// the one thing it was started for, says how it ended and returns. The error
// is for the exit code only and tells no detail.
func Run(ctx context.Context, launcher io.ReadWriter, vrsConn, keysConn net.Conn, d Deps) error {
	return wire.Internal
}
