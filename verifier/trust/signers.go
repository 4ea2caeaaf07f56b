package trust

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
)

// SignerRevoked reports whether ca, which issued the signer's certificate c,
// has revoked it. What such a signer signed is refused whenever it was signed:
// a time that the signer itself wrote is no evidence.
func (l *List) SignerRevoked(c, ca *x509.Certificate) bool {
	for _, r := range l.CRLs {
		for i := range r.RevokedCertificateEntries {
			if r.RevokedCertificateEntries[i].SerialNumber.Cmp(c.SerialNumber) == 0 && revokes(ca, r) {
				return true
			}
		}
	}
	return false
}

// revokes reports whether r is ca's: by its name and its key.
func revokes(ca *x509.Certificate, r *x509.RevocationList) bool {
	return bytes.Equal(ca.RawSubject, r.RawIssuer) && r.CheckSignatureFrom(ca) == nil
}

// authorityOf gives the list's authority that signed r, or nil.
func (l *List) authorityOf(r *x509.RevocationList) *x509.Certificate {
	for _, c := range l.VDSNC {
		if revokes(c.Certificate, r) {
			return c.Certificate
		}
	}
	for _, c := range l.PDF {
		if revokes(c, r) {
			return c
		}
	}
	return nil
}

// usableCRLs reports whether every CRL is whole, by an authority of the list,
// and the only one of that authority.
func (l *List) usableCRLs() bool {
	seen := map[*x509.Certificate]bool{}
	for _, r := range l.CRLs {
		if r == nil {
			return false
		}
		ca := l.authorityOf(r)
		if ca == nil || seen[ca] || !whatItSays(r) {
			return false
		}
		seen[ca] = true
	}
	return true
}

// whatItSays reports whether nothing critical is in r that is not understood
// here: a partial or an indirect list would be read as another one.
func whatItSays(r *x509.RevocationList) bool {
	for _, e := range r.Extensions {
		if e.Critical {
			return false
		}
	}
	for i := range r.RevokedCertificateEntries {
		for _, e := range r.RevokedCertificateEntries[i].Extensions {
			if e.Critical {
				return false
			}
		}
	}
	return true
}

// Amend adds what an issuer or an authority has revoked since the list was
// signed: a revocation list of an SHC key of the list, or a CRL (DER or PEM) of
// a CSCA or a PDF authority of it. It can only make more be refused, so that an
// SHC key's list, which nobody signs, can be taken from anywhere. What takes
// back a revocation that is known already is refused as older. The error is a
// *rule.Refusal.
func (l *List) Amend(b []byte) error {
	if len(b) > DefaultMaxCRL {
		return ErrCRL
	}
	if bytes.HasPrefix(bytes.TrimLeft(b, " \t\r\n"), []byte("{")) {
		return l.amendCards(b)
	}
	if block, rest := pem.Decode(b); block != nil {
		if block.Type != "X509 CRL" || len(bytes.TrimSpace(rest)) > 0 {
			return ErrCRL
		}
		b = block.Bytes
	}
	r, err := x509.ParseRevocationList(b)
	if err != nil || !whatItSays(r) {
		return ErrCRL
	}
	return l.amendSigners(r)
}

func (l *List) amendCards(b []byte) error {
	kid, _, entries, err := parseCRL(b)
	if err != nil {
		return err
	}
	for i := range l.SHC {
		s := &l.SHC[i]
		if s.Key(kid) == nil {
			continue
		}
		next := SHCIssuer{Revoked: map[string][]string{kid: entries}}
		if !next.covers(kid, s.Revoked[kid]) {
			return ErrCRLOlder
		}
		all := map[string][]string{kid: entries}
		for other, rids := range s.Revoked {
			if other != kid {
				all[other] = rids
			}
		}
		s.Revoked = all
		return nil
	}
	return ErrCRLIssuer
}

// amendSigners takes an authority's CRL in place of the one that was known.
func (l *List) amendSigners(r *x509.RevocationList) error {
	ca := l.authorityOf(r)
	if ca == nil {
		return ErrCRLIssuer
	}
	next := []*x509.RevocationList{r}
	for _, known := range l.CRLs {
		if !revokes(ca, known) {
			next = append(next, known)
		} else if r.ThisUpdate.Before(known.ThisUpdate) {
			return ErrCRLOlder
		}
	}
	l.CRLs = next
	return nil
}
