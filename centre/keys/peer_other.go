//go:build !linux

package keys

import (
	"errors"
	"net"
)

var errPlatform = errors.New("keys: the key process runs on Linux only (SO_PEERCRED); start it there")

func peerUID(*net.UnixConn) (int, error) { return 0, errPlatform }

// Harden is what only Linux can do.
func Harden() error { return errPlatform }
