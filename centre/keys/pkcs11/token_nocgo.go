//go:build !cgo

package pkcs11

import (
	"crypto"
	"errors"
)

// errNoCgo says what is missing.
var errNoCgo = errors.New("pkcs11: built without cgo, so no token can be used; install a C compiler (gcc, libc6-dev) and build keys with CGO_ENABLED=1, or keep the keys in files")

// Token cannot be had: this program was built without cgo.
type Token struct{}

// Open says what is missing.
func Open(Config) (*Token, error) { return nil, errNoCgo }

// Try says what is missing.
func Try(Config) (*Token, error) { return nil, errNoCgo }

// Create says what is missing.
func (*Token) Create(string) (string, crypto.Signer, error) { return "", nil, errNoCgo }

// Open says what is missing.
func (*Token) Open(string, string) (crypto.Signer, error) { return nil, errNoCgo }

// Destroy says what is missing.
func (*Token) Destroy(string, string) error { return errNoCgo }

// Close does nothing.
func (*Token) Close() error { return nil }
