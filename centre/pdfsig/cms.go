package pdfsig

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"math/big"
	"slices"
)

// DER is written by hand here: encoding/asn1 can neither sort a SET nor tag a
// raw value, and the bytes that are signed are not the bytes that are stored.
const (
	tagInteger    = 0x02
	tagOctets     = 0x04
	tagSequence   = 0x30
	tagSet        = 0x31
	tagContext0   = 0xa0
	tagContext4   = 0xa4
	shortLength   = 0x80 // lengths from here on take bytes of their own
	bytesOfLength = 0x80
)

// Whole DER encodings of the identifiers (RFC 5652, 5035, 5754, 5758).
var (
	oidSignedData    = []byte{0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 2}
	oidData          = []byte{0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 1}
	oidContentType   = []byte{0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 3}
	oidMessageDigest = []byte{0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 4}
	oidSigningCertV2 = []byte{0x06, 11, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 16, 2, 47}
	oidSHA256        = []byte{0x06, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1}
	oidECDSAWithSHA2 = []byte{0x06, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2}
)

// tlv encodes one value: tag, minimal length, the parts one behind the other.
func tlv(tag byte, parts ...[]byte) []byte {
	content := bytes.Join(parts, nil)
	n := len(content)
	if n < shortLength {
		return append([]byte{tag, byte(n)}, content...)
	}
	length := big.NewInt(int64(n)).Bytes()
	out := append([]byte{tag, bytesOfLength | byte(len(length))}, length...)
	return append(out, content...)
}

// setOf joins elements in the order that DER asks of a SET OF (X.690 section
// 11.6), without the tag.
func setOf(elements ...[]byte) []byte {
	slices.SortFunc(elements, bytes.Compare)
	return bytes.Join(elements, nil)
}

func integer(n *big.Int) []byte {
	b := n.Bytes()
	if len(b) == 0 || b[0] >= 0x80 { // positive: serial numbers are
		b = append([]byte{0}, b...)
	}
	return tlv(tagInteger, b)
}

// attributes gives the signed attributes of PAdES-B-B (EN 319 142-1 section
// 6.3): content type, message digest, signing certificate. There is no signing
// time among them: /M has it.
func attributes(digest [32]byte, signer *x509.Certificate) []byte {
	attribute := func(oid, value []byte) []byte { return tlv(tagSequence, oid, tlv(tagSet, value)) }
	return setOf(
		attribute(oidContentType, oidData),
		attribute(oidMessageDigest, tlv(tagOctets, digest[:])),
		attribute(oidSigningCertV2, signingCertificate(signer)),
	)
}

// signingCertificate is SigningCertificateV2 with one ESSCertIDv2 (RFC 5035
// section 3); its hash algorithm is the default, SHA-256, and left out.
func signingCertificate(c *x509.Certificate) []byte {
	hash := sha256.Sum256(c.Raw)
	issuer := tlv(tagSequence, tlv(tagContext4, c.RawIssuer))
	id := tlv(tagSequence, tlv(tagOctets, hash[:]), tlv(tagSequence, issuer, integer(c.SerialNumber)))
	return tlv(tagSequence, tlv(tagSequence, id))
}

// cms is the ContentInfo with SignedData of one signer and no content (RFC
// 5652 sections 3 and 5).
func (u *Unsigned) cms(signature []byte) []byte {
	var certs [][]byte
	for _, c := range u.chain {
		certs = append(certs, c.Raw)
	}
	version1 := integer(big.NewInt(1))
	sha := tlv(tagSequence, oidSHA256)
	signer := tlv(tagSequence,
		version1,
		tlv(tagSequence, u.chain[0].RawIssuer, integer(u.chain[0].SerialNumber)),
		sha,
		tlv(tagContext0, u.attrs),
		tlv(tagSequence, oidECDSAWithSHA2),
		tlv(tagOctets, signature))
	data := tlv(tagSequence,
		version1,
		tlv(tagSet, sha),
		tlv(tagSequence, oidData),
		tlv(tagContext0, setOf(certs...)),
		tlv(tagSet, signer))
	return tlv(tagSequence, oidSignedData, tlv(tagContext0, data))
}
