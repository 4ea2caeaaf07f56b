// Package pki makes throw-away authorities: every certificate and key that a
// chain of kiosk, centre, VRS and verifier needs, fresh at each run.
//
// It is a stand-in and says so in every name that it writes.
package pki

import (
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"time"

	"akashi/verifier/credential"
)

// Authority is a certificate authority of the world.
type Authority struct {
	Certificate *x509.Certificate
	Key         *ecdsa.PrivateKey
}

// Identity is a key with its certificate chain, leaf first, without the root.
type Identity struct {
	Chain []*x509.Certificate
	Key   *ecdsa.PrivateKey
}

// CardAuthority signs what simulated cards hold.
type CardAuthority struct {
	ID  [16]byte // starts with 99
	Key *rsa.PrivateKey
}

// World is one set of authorities.
type World struct {
	Issuer credential.Issuer

	Centre                     *Authority
	Gateway, Launcher, NATS    *Identity
	Attest, Receipt            *Identity
	SHCRoot                    *Authority
	SHC                        *Identity
	CSCA                       *Authority
	VDSNC                      *Identity
	PDFRoot                    *Authority
	PDF                        *Identity
	VRSRoot                    *Authority
	VRS, VRSBinding, VRSClient *Identity // VRSClient is the centre's, for TLS to VRS
	TrustRoot                  *ecdsa.PrivateKey
	Cards                      *CardAuthority
}

// New makes a world.
func New(rand io.Reader, now func() time.Time) (*World, error) { return nil, errors.ErrUnsupported }

// Kiosk makes a kiosk's client certificate.
func (w *World) Kiosk(id string) (tls.Certificate, error) {
	return tls.Certificate{}, errors.ErrUnsupported
}

// WriteDir lays the world out in dir.
func (w *World) WriteDir(dir string) error { return errors.ErrUnsupported }

// WriteKiosk writes kiosk.pem and kiosk.key into dir.
func (w *World) WriteKiosk(dir, id string) error { return errors.ErrUnsupported }
