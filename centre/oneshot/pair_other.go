//go:build !unix

package oneshot

import (
	"errors"
	"os"
)

// Sockets needs a Unix system.
func Sockets() (ours, theirs *os.File, err error) {
	return nil, nil, errors.New("oneshot: sockets to hand over need a Unix system")
}
