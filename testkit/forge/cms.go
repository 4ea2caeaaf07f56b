package forge

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"math/big"
	"slices"
)

// CMS is the shape of a signature's data (RFC 5652), in parts that a test may
// change. Every part is a whole DER value.
type CMS struct {
	Version, Digest, Content, Algorithm []byte
	Attributes                          func(digest [32]byte) [][]byte
	Unsorted                            bool                           // leave the attributes as given
	Sign                                func(attributes string) []byte // nil: as the signer's key does
	Unsigned                            []byte                         // unsigned attributes of the SignerInfo
}

// The values of a good signature, and some of bad ones.
var (
	oidSignedData = oid(1, 2, 840, 113549, 1, 7, 2)
	OIDData       = oid(1, 2, 840, 113549, 1, 7, 1)
	OIDType       = oid(1, 2, 840, 113549, 1, 9, 3)
	OIDDigest     = oid(1, 2, 840, 113549, 1, 9, 4)
	OIDTime       = oid(1, 2, 840, 113549, 1, 9, 5)
	OIDSigning    = oid(1, 2, 840, 113549, 1, 9, 16, 2, 47)
	AlgSHA256     = TLV(0x30, oid(2, 16, 840, 1, 101, 3, 4, 2, 1))
	AlgSHA1       = TLV(0x30, oid(1, 3, 14, 3, 2, 26))
	AlgECDSA      = TLV(0x30, oid(1, 2, 840, 10045, 4, 3, 2))
	AlgECDSA384   = TLV(0x30, oid(1, 2, 840, 10045, 4, 3, 3))
)

func oid(n ...int) []byte {
	b, err := asn1.Marshal(asn1.ObjectIdentifier(n))
	if err != nil {
		panic("forge: " + err.Error()) // constants
	}
	return b
}

// TLV encodes contents under a tag, the length in its least form.
func TLV(tag byte, contents ...[]byte) []byte {
	content := slices.Concat(contents...)
	out := []byte{tag}
	switch n := len(content); {
	case n < 0x80:
		out = append(out, byte(n))
	case n < 0x100:
		out = append(out, 0x81, byte(n))
	default:
		out = append(out, 0x82, byte(n>>8), byte(n))
	}
	return append(out, content...)
}

// Attribute is one signed attribute.
func Attribute(id []byte, values ...[]byte) []byte {
	return TLV(0x30, id, TLV(0x31, values...))
}

// Names is the attribute that names the signer's certificate by its digest.
func Names(certificate []byte) []byte {
	id := sha256.Sum256(certificate)
	return Attribute(OIDSigning, TLV(0x30, TLV(0x30, TLV(0x30, TLV(0x04, id[:])))))
}

// Standard is the shape of a good signature of p.
func Standard(p *Party) CMS {
	return CMS{
		Version: []byte{2, 1, 1}, Digest: AlgSHA256, Content: TLV(0x30, OIDData), Algorithm: AlgECDSA,
		Attributes: func(digest [32]byte) [][]byte {
			return [][]byte{Attribute(OIDType, OIDData), Attribute(OIDDigest, TLV(0x04, digest[:])), Names(p.Certificate.Raw)}
		},
	}
}

// Encode signs the digest of a document as p does.
func (c CMS) Encode(digest [32]byte, p *Party, bag []*x509.Certificate) []byte {
	attributes := c.Attributes(digest)
	if !c.Unsorted {
		slices.SortFunc(attributes, bytes.Compare)
	}
	signed := string(TLV(0x31, attributes...))
	signature := DER(p.Key, signed)
	if c.Sign != nil {
		signature = c.Sign(signed)
	}
	var certificates [][]byte
	for _, one := range bag {
		certificates = append(certificates, one.Raw)
	}
	sid := TLV(0x30, p.Certificate.RawIssuer, integer(p.Certificate.SerialNumber))
	info := TLV(0x30, []byte{2, 1, 1}, sid, c.Digest, TLV(0xa0, attributes...), c.Algorithm, TLV(0x04, signature), c.Unsigned)
	data := TLV(0x30, c.Version, TLV(0x31, c.Digest), c.Content, TLV(0xa0, certificates...), TLV(0x31, info))
	return TLV(0x30, oidSignedData, TLV(0xa0, data))
}

func integer(n *big.Int) []byte {
	b, err := asn1.Marshal(n)
	if err != nil {
		panic("forge: " + err.Error()) // every integer encodes
	}
	return b
}
