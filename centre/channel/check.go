package channel

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/x509"
	"errors"
	"time"

	"akashi/centre/wire"
)

const (
	// DefaultMaxAttested bounds how far an attestation may reach ahead: no
	// further than the session nonce that it names lives.
	DefaultMaxAttested = 10 * time.Minute
	// DefaultSkew is how far the two ends' clocks may be apart; a kiosk holds
	// its clock against Opened.Now.
	DefaultSkew = 2 * time.Minute
	// DefaultMaxReceiptAge bounds a receipt's age at the last look: a session
	// that prints later than this has been ended by its own limits.
	DefaultMaxReceiptAge = 15 * time.Minute

	maxChain = 3 // certificates below the root: leaf and at most two authorities
)

// CheckAttested holds a worker's key against the pinned centre root: role
// attest, valid now, and signed for exactly this header. It fails with
// wire.AttestationInvalid.
func CheckAttested(root *x509.CertPool, h wire.Header, a wire.Attested, now time.Time) error {
	left := time.Unix(a.Expires, 0).Sub(now)
	if left <= 0 || left > DefaultMaxAttested+DefaultSkew {
		return wire.AttestationInvalid
	}
	if _, err := kem.NewPublicKey(a.Key); err != nil {
		return wire.AttestationInvalid
	}
	d := wire.AttestationDigest(h, a.Key, a.Expires)
	if !signedBy(root, wire.RoleAttest, a.Chain, d, a.Signature, now) {
		return wire.AttestationInvalid
	}
	return nil
}

// CheckReceipt holds a receipt against the pinned centre root: role receipt,
// valid now, issued near now. It fails with wire.LastLook. What the receipt
// says is for the caller to compare.
func CheckReceipt(root *x509.CertPool, r wire.Receipt, now time.Time) error {
	age := now.Sub(time.Unix(r.Issued, 0))
	if r.Version != wire.Version || age < -DefaultSkew || age > DefaultMaxReceiptAge {
		return wire.LastLook
	}
	if !signedBy(root, wire.RoleReceipt, r.Chain, wire.ReceiptDigest(r), r.Signature, now) {
		return wire.LastLook
	}
	return nil
}

func signedBy(root *x509.CertPool, role string, chain [][]byte, digest [32]byte, sig []byte, now time.Time) bool {
	leaf, err := Vouched(root, chain, now)
	if err != nil || RoleOf(leaf) != role {
		return false
	}
	pub, ok := leaf.PublicKey.(*ecdsa.PublicKey)
	return ok && pub.Curve == elliptic.P256() && ecdsa.VerifyASN1(pub, digest[:], sig)
}

var errChain = errors.New("channel: certificates that the root does not vouch for")

// Vouched gives the leaf of a chain (DER, leaf first, without the root) that the
// root vouches for at a time. Its role is for the caller to hold.
func Vouched(root *x509.CertPool, chain [][]byte, now time.Time) (*x509.Certificate, error) {
	if root == nil || len(chain) == 0 || len(chain) > maxChain {
		return nil, errChain
	}
	o := x509.VerifyOptions{
		Roots: root, Intermediates: x509.NewCertPool(), CurrentTime: now,
		KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny},
	}
	certs := make([]*x509.Certificate, len(chain))
	for i, der := range chain {
		c, err := x509.ParseCertificate(der)
		if err != nil {
			return nil, errChain
		}
		if certs[i] = c; i > 0 {
			o.Intermediates.AddCert(c)
		}
	}
	if certs[0].IsCA {
		return nil, errChain
	}
	if _, err := certs[0].Verify(o); err != nil {
		return nil, errChain
	}
	return certs[0], nil
}
