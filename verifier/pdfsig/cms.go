package pdfsig

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
)

// The values that a signature of this shape has and no others (RFC 5652, RFC
// 5758 section 3.2: ECDSA has no parameters; RFC 5754 section 2: SHA-256 has
// none). They are whole DER encodings.
var (
	oidSignedData  = []byte{0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 2}
	oidData        = []byte{0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 1}
	oidContentType = []byte{0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 3}
	oidDigest      = []byte{0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 4}
	oidSigningV2   = []byte{0x06, 11, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 16, 2, 47}
	version1       = []byte{tagInteger, 1, 1}
	algSHA256      = []byte{0x30, 11, 0x06, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1}
	algECDSA       = []byte{0x30, 10, 0x06, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2}
)

// maxCertificates: the signer, one authority between, the authority.
const maxCertificates = 3

// signed is a CMS signature in its parts.
type signed struct {
	signer        *x509.Certificate
	others        []*x509.Certificate
	attributes    []byte // as signed: under the tag of a SET
	messageDigest [32]byte
	signature     []byte // ASN.1
}

// parseCMS reads ContentInfo, SignedData and the one SignerInfo (RFC 5652
// sections 3 and 5), followed by zeros up to the end of the reserved space.
func parseCMS(b der) (*signed, error) {
	info, ok := b.take(tagSequence)
	if !ok || len(bytes.TrimLeft(b, "\x00")) > 0 {
		return nil, ErrCMS
	}
	if !info.is(oidSignedData) {
		return nil, ErrCMS
	}
	explicit, ok := info.only(tagContext0)
	if !ok {
		return nil, ErrCMS
	}
	data, ok := explicit.only(tagSequence)
	if !ok || !data.is(version1) || !data.is(wrap(tagSet, algSHA256)) || !data.is(wrap(tagSequence, oidData)) {
		return nil, ErrCMS
	}
	bag, ok := data.take(tagContext0)
	if !ok {
		return nil, ErrCMS
	}
	infos, ok := data.only(tagSet)
	if !ok {
		return nil, ErrCMS
	}
	signer, ok := infos.only(tagSequence)
	if !ok {
		return nil, ErrCMS
	}
	s := &signed{}
	return s, s.read(bag, signer)
}

// read takes the SignerInfo, and from the bag the certificate that it names.
func (s *signed) read(bag, info der) error {
	if !info.is(version1) {
		return ErrCMS
	}
	sid, ok := info.take(tagSequence)
	if !ok || !info.is(algSHA256) {
		return ErrCMS
	}
	attributes, ok := info.take(tagContext0)
	if !ok || !info.is(algECDSA) {
		return ErrCMS
	}
	signature, ok := info.only(tagOctets)
	if !ok {
		return ErrCMS
	}
	if err := s.certificates(bag, sid); err != nil {
		return err
	}
	s.signature, s.attributes = signature, wrap(tagSet, attributes)
	return s.readAttributes(attributes)
}

// certificates reads the bag: each certificate once, one of them the signer's.
func (s *signed) certificates(bag, sid der) error {
	seen := map[[32]byte]bool{}
	for len(bag) > 0 {
		_, whole, _, ok := bag.next()
		if !ok || seen[sha256.Sum256(whole)] || len(seen) == maxCertificates {
			return ErrCMS
		}
		seen[sha256.Sum256(whole)] = true
		c, err := x509.ParseCertificate(whole)
		if err != nil {
			return ErrCMS
		}
		if !bytes.Equal(sid, issuerAndSerial(c)) {
			s.others = append(s.others, c)
			continue
		}
		if s.signer != nil { // two of one name: which one is meant would be a choice
			return ErrCMS
		}
		s.signer = c
	}
	if s.signer == nil {
		return ErrCMS
	}
	return nil
}

// issuerAndSerial encodes the two as they stand in the certificate.
func issuerAndSerial(c *x509.Certificate) []byte {
	return append(bytes.Clone(c.RawIssuer), serial(c)...)
}

func serial(c *x509.Certificate) []byte {
	b := c.SerialNumber.Bytes()
	if len(b) == 0 || b[0]&0x80 != 0 {
		b = append([]byte{0}, b...)
	}
	return wrap(tagInteger, b)
}
