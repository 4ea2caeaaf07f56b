package vrs

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/x509"
	"time"

	"akashi/centre/wire"
	"akashi/verifier/cardrecord"
)

// RecordDigest is the digest of a record's exact JSON, as the binding and the
// receipt name it.
func RecordDigest(record []byte) [32]byte { return cardrecord.Digest("akashi/1 vrs record", record) }

// BindingDigest is what VRS signs over a found record: the question (session
// nonce, counter, card) and the answer (record, settle key and token). An
// answer that was given to another question does not pass.
func BindingDigest(nonce []byte, counter uint8, cardDigest, recordDigest, settleDigest [32]byte) [32]byte {
	return cardrecord.Digest("akashi/1 vrs binding", nonce, []byte{counter}, cardDigest[:], recordDigest[:], settleDigest[:])
}

// Digest is the BindingDigest of a's parts as the answer to q.
func (a Answer) Digest(q Query) [32]byte {
	return BindingDigest(q.Nonce, q.Counter, q.Files.Digest(), RecordDigest(a.Record),
		wire.SettleDigest(a.SettleKey, a.SettleToken))
}

// CheckBinding holds a found answer against the question that the caller
// asked, under VRS's binding key. Every failure is wire.VRSAnswer.
func CheckBinding(key *ecdsa.PublicKey, q Query, a Answer) error {
	if key == nil || a.Status != Found || a.Binding == nil {
		return wire.VRSAnswer
	}
	d := a.Digest(q)
	if !ecdsa.VerifyASN1(key, d[:], a.Binding.Signature) {
		return wire.VRSAnswer
	}
	return nil
}

// BindingKey gives the key of VRS's binding certificate: chain (DER, leaf
// first, without the root) must lead to VRS's root, be valid at now, and bear
// the role urn:akashi:role:vrs-binding. Every failure is wire.VRSAnswer.
func BindingKey(roots *x509.CertPool, chain [][]byte, now time.Time) (*ecdsa.PublicKey, error) {
	if len(chain) == 0 || roots == nil {
		return nil, wire.VRSAnswer
	}
	leaf, err := x509.ParseCertificate(chain[0])
	if err != nil || !hasRole(leaf, wire.RoleVRSBinding) {
		return nil, wire.VRSAnswer
	}
	between := x509.NewCertPool()
	for _, der := range chain[1:] {
		c, err := x509.ParseCertificate(der)
		if err != nil {
			return nil, wire.VRSAnswer
		}
		between.AddCert(c)
	}
	_, err = leaf.Verify(x509.VerifyOptions{
		Roots: roots, Intermediates: between, CurrentTime: now,
		KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny},
	})
	key, ok := leaf.PublicKey.(*ecdsa.PublicKey)
	if err != nil || !ok || key.Curve != elliptic.P256() {
		return nil, wire.VRSAnswer
	}
	return key, nil
}

// hasRole reports whether the certificate names this role and no other.
func hasRole(c *x509.Certificate, role string) bool {
	return len(c.URIs) == 1 && c.URIs[0].String() == role
}
