package pdfsig

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"time"

	"akashi/verifier/trust"
)

// oidDocumentSigning is the extended key usage of RFC 9336.
var oidDocumentSigning = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 36}

// check finds the signer under an authority of the list and verifies the
// signature over the attributes.
func (s *signed) check(l *trust.List, at time.Time) error {
	if err := s.chain(l, at); err != nil {
		return err
	}
	key, ok := s.signer.PublicKey.(*ecdsa.PublicKey)
	if !ok || key.Curve != elliptic.P256() || !forDocuments(s.signer) {
		return ErrSignerProfile
	}
	digest := sha256.Sum256(s.attributes)
	if !ecdsa.VerifyASN1(key, digest[:], s.signature) {
		return ErrSignature
	}
	return nil
}

// forDocuments holds a certificate against the profile of a document signer:
// no authority; signs or commits; usage for e-mail (what NSS asks of a PDF
// signer) or for documents, and nothing else.
func forDocuments(c *x509.Certificate) bool {
	const sign = x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment
	if c.IsCA || c.KeyUsage == 0 || c.KeyUsage&^sign != 0 {
		return false
	}
	for _, u := range c.ExtKeyUsage {
		if u != x509.ExtKeyUsageEmailProtection {
			return false
		}
	}
	for _, u := range c.UnknownExtKeyUsage {
		if !u.Equal(oidDocumentSigning) {
			return false
		}
	}
	return len(c.ExtKeyUsage)+len(c.UnknownExtKeyUsage) > 0
}

// chain verifies the signer's certificate under the list's PDF authorities.
// Every certificate of the bag must be in the chain: none is there for show.
// One that its authority has revoked spoils every chain.
func (s *signed) chain(l *trust.List, at time.Time) error {
	roots, between := x509.NewCertPool(), x509.NewCertPool()
	for _, c := range l.PDF {
		roots.AddCert(c)
	}
	for _, c := range s.others {
		between.AddCert(c)
	}
	chains, err := s.signer.Verify(x509.VerifyOptions{
		Roots: roots, Intermediates: between, CurrentTime: at,
		KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}, // forDocuments looks at them
	})
	var invalid x509.CertificateInvalidError
	switch {
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return ErrSignerExpired
	case errors.As(err, new(x509.UnhandledCriticalExtension)):
		return ErrSignerProfile
	case err != nil:
		return ErrSigner
	}
	for _, c := range s.others {
		if !contains(chains, c) {
			return ErrCMS
		}
	}
	for _, chain := range chains {
		for i, c := range chain[:len(chain)-1] {
			if l.SignerRevoked(c, chain[i+1]) {
				return ErrSignerRevoked
			}
		}
	}
	return nil
}

func contains(chains [][]*x509.Certificate, c *x509.Certificate) bool {
	for _, chain := range chains {
		for _, in := range chain {
			if in.Equal(c) {
				return true
			}
		}
	}
	return false
}
