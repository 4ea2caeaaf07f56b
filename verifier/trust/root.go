package trust

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/x509"
	"encoding/pem"
)

// ParseRoot reads a root from PEM: a public key on P-256, or a certificate of
// one. What stands behind the first block is not looked at. The error is
// ErrRoot.
func ParseRoot(b []byte) (*ecdsa.PublicKey, error) {
	block, _ := pem.Decode(b)
	if block == nil {
		return nil, ErrRoot
	}
	var key any
	if block.Type == "CERTIFICATE" {
		if c, err := x509.ParseCertificate(block.Bytes); err == nil {
			key = c.PublicKey
		}
	} else if k, err := x509.ParsePKIXPublicKey(block.Bytes); err == nil {
		key = k
	}
	if pub, ok := key.(*ecdsa.PublicKey); ok && pub.Curve == elliptic.P256() {
		return pub, nil
	}
	return nil, ErrRoot
}
