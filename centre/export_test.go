package centre

import (
	"context"

	"akashi/centre/wire"
)

// CloseLog takes the audit away from a running launcher.
func (l *Launcher) CloseLog() { l.log.Close() }

// Uses gives the marking of uses over a connection of its own, and a way to
// lose that connection.
func Uses(ctx context.Context, d DialConfig) (use func([]byte, uint8) error, lose func(), err error) {
	nc, err := dial(ctx, d, wire.RoleLauncher)
	if err != nil {
		return nil, nil, err
	}
	s, err := openSessions(ctx, nc, true)
	if err != nil {
		return nil, nil, err
	}
	return func(n []byte, c uint8) error { return s.use(ctx, n, c, "n1") }, nc.Close, nil
}
