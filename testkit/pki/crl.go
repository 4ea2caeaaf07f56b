package pki

import (
	"crypto/x509"
	"math/big"
	"time"
)

// crlLife is how long an authority's revocation list is dated for.
const crlLife = 90 * 24 * time.Hour

// CRL signs the authority's revocation list with these serial numbers; lists
// of later times have higher numbers.
func (a *Authority) CRL(at time.Time, revoked ...*big.Int) ([]byte, error) {
	at = at.UTC().Truncate(time.Second)
	t := &x509.RevocationList{Number: big.NewInt(at.Unix()), ThisUpdate: at, NextUpdate: at.Add(crlLife)}
	for _, n := range revoked {
		t.RevokedCertificateEntries = append(t.RevokedCertificateEntries, x509.RevocationListEntry{SerialNumber: n, RevocationTime: at})
	}
	return x509.CreateRevocationList(nil, t, a.Certificate, a.Key)
}
