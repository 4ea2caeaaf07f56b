//go:build !unix

package centre

import (
	"errors"
	"net"
	"os"
)

func socketPair() (net.Conn, *os.File, error) {
	return nil, nil, errors.New("centre: workers need a Unix system")
}
