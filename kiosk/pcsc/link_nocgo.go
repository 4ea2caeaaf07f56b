//go:build !cgo

package pcsc

import "errors"

// Open says what is missing: this program was built without cgo.
func Open(string) (*Device, error) {
	return nil, errors.New("pcsc: built without cgo, so no card reader can be used; install libpcsclite-dev, pkg-config and a C compiler and build with CGO_ENABLED=1")
}
