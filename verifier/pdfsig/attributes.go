package pdfsig

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
)

// readAttributes takes the three signed attributes of PAdES-B-B (EN 319 142-1
// section 6.3), which stand in DER order: content type, message digest,
// signing certificate. A signing time is not among them; /M holds it.
func (s *signed) readAttributes(b der) error {
	elements, ok := b.sorted()
	if !ok || len(elements) != 3 {
		return ErrAttributes
	}
	contentType, ok := find(elements, oidContentType)
	if !ok || !bytes.Equal(contentType, oidData) {
		return ErrAttributes
	}
	value, ok := find(elements, oidDigest)
	if !ok {
		return ErrAttributes
	}
	digest, ok := value.only(tagOctets)
	if !ok || len(digest) != len(s.messageDigest) {
		return ErrAttributes
	}
	s.messageDigest = [32]byte(digest)
	value, ok = find(elements, oidSigningV2)
	if !ok || !names(value, s.signer) {
		return ErrAttributes
	}
	return nil
}

// find gives the one value of the attribute with that identifier.
func find(elements []der, oid []byte) (value der, ok bool) {
	for _, e := range elements {
		attribute, ok := e.only(tagSequence)
		if !ok || !attribute.is(oid) {
			continue
		}
		values, ok := attribute.only(tagSet)
		if !ok {
			return nil, false
		}
		_, whole, _, ok := values.next()
		return whole, ok && len(values) == 0
	}
	return nil, false
}

// names reports whether a SigningCertificateV2 (RFC 5035 section 3) names c,
// and c alone: SHA-256, the default, left out; issuer and serial right or left
// out.
func names(value der, c *x509.Certificate) bool {
	list, ok := value.only(tagSequence)
	if !ok {
		return false
	}
	certs, ok := list.only(tagSequence)
	if !ok {
		return false
	}
	id, ok := certs.only(tagSequence)
	if !ok {
		return false
	}
	hash, ok := id.take(tagOctets)
	want := sha256.Sum256(c.Raw)
	if !ok || !bytes.Equal(hash, want[:]) {
		return false
	}
	if len(id) == 0 {
		return true
	}
	general := wrap(tagSequence, wrap(tagContext4, c.RawIssuer))
	return bytes.Equal(id, wrap(tagSequence, append(general, serial(c)...)))
}
