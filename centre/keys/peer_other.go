//go:build !linux && !darwin

package keys

import (
	"errors"
	"net"
)

var errPlatform = errors.New("keys: the key process needs a system that names the user behind a socket; start it on Linux")

func peerUID(*net.UnixConn) (int, error) { return 0, errPlatform }

// Harden does not exist here.
func Harden() error { return errPlatform }
