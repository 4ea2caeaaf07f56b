package verifier_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"encoding/asn1"
	"slices"
	"testing"
)

var (
	oidData   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1}
	oidSigned = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2}
	oidType   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 3}
	oidDigest = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 4}
	oidESS    = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 47}
	oidSHA256 = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}
	oidECDSA  = asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 2}
)

// tlv concatenates encodings under a tag.
func tlv(t testing.TB, class, tag int, parts ...[]byte) []byte {
	t.Helper()
	return der(t, asn1.RawValue{Class: class, Tag: tag, IsCompound: true, Bytes: slices.Concat(parts...)})
}

func der(t testing.TB, v any) []byte {
	t.Helper()
	b, err := asn1.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// cms signs a digest in the PAdES-B-B shape, with encoding/asn1.
func (i *issuer) cms(t testing.TB, digest [32]byte) []byte {
	t.Helper()
	seq := func(parts ...[]byte) []byte { return tlv(t, 0, asn1.TagSequence, parts...) }
	set := func(parts ...[]byte) []byte { return tlv(t, 0, asn1.TagSet, parts...) }
	id := sha256.Sum256(i.pdfLeaf.Raw)
	attrs := [][]byte{
		seq(der(t, oidType), set(der(t, oidData))),
		seq(der(t, oidDigest), set(der(t, digest[:]))),
		seq(der(t, oidESS), set(seq(seq(seq(der(t, id[:])))))),
	}
	slices.SortFunc(attrs, bytes.Compare)
	d := sha256.Sum256(set(attrs...))
	sig, err := ecdsa.SignASN1(rand.Reader, i.pdfKey, d[:])
	if err != nil {
		t.Fatal(err)
	}
	info := seq(der(t, 1), seq(i.pdfLeaf.RawIssuer, der(t, i.pdfLeaf.SerialNumber)), seq(der(t, oidSHA256)), tlv(t, asn1.ClassContextSpecific, 0, attrs...),
		seq(der(t, oidECDSA)), der(t, sig))
	data := seq(der(t, 1), set(seq(der(t, oidSHA256))), seq(der(t, oidData)), tlv(t, asn1.ClassContextSpecific, 0, i.pdfLeaf.Raw), set(info))
	return seq(der(t, oidSigned), tlv(t, asn1.ClassContextSpecific, 0, data))
}
