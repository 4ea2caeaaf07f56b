package pki

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"time"
)

// Object identifiers of the VDS-NC signer profile (facts: certificates §2,
// VDS-NC content).
var (
	oidPrivateKeyUsagePeriod = asn1.ObjectIdentifier{2, 5, 29, 16}
	oidIssuerAltName         = asn1.ObjectIdentifier{2, 5, 29, 18}
	oidSubjectAltName        = asn1.ObjectIdentifier{2, 5, 29, 17}
	oidExtKeyUsage           = asn1.ObjectIdentifier{2, 5, 29, 37}
	oidDocumentTypeList      = asn1.ObjectIdentifier{2, 23, 136, 1, 1, 6, 2}
	oidVDSNC                 = asn1.ObjectIdentifier{2, 23, 136, 1, 1, 14, 2}
	oidLocality              = asn1.ObjectIdentifier{2, 5, 4, 7}
)

// Lives of the barcode signer, as Japan set them: the certificate 10 years,
// its private key 15 months.
const (
	bscLife    = 10*365*24*time.Hour - 2*clockSlack // inside its CSCA's
	bscKeyLife = 456 * 24 * time.Hour
)

func (w *World) makeSigners() (err error) {
	w.SHC, err = w.leaf(w.SHCRoot, "SHC issuer", leafLife, uri(w.Issuer.URL))
	if err != nil {
		return err
	}
	w.SHC.Chain = append(w.SHC.Chain, w.SHCRoot.Certificate)
	w.PDF, err = w.leaf(w.PDFRoot, "PDF signer SPECIMEN", leafLife, paperSigner)
	if err != nil {
		return err
	}
	w.VDSNC, err = w.leaf(w.CSCA, "BSC", bscLife, w.barcodeSigner)
	return err
}

func paperSigner(t *x509.Certificate) {
	t.KeyUsage |= x509.KeyUsageContentCommitment
	t.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageEmailProtection} // what NSS asks of a signer
}

// barcodeSigner completes a barcode signer certificate (BSC).
func (w *World) barcodeSigner(t *x509.Certificate) {
	start := w.now().UTC().Truncate(time.Second)
	t.ExtraExtensions = []pkix.Extension{
		{Id: oidPrivateKeyUsagePeriod, Value: usagePeriod(start, start.Add(bscKeyLife))},
		{Id: oidIssuerAltName, Value: altName("csca@specimen.akashi.invalid")},
		{Id: oidSubjectAltName, Value: altName("bsc@specimen.akashi.invalid")},
		{Id: oidExtKeyUsage, Critical: true, Value: der([]asn1.ObjectIdentifier{oidVDSNC})},
		{Id: oidDocumentTypeList, Value: documentTypes("NV")},
	}
}

// der encodes a value of this file, which always encodes.
func der(v any) []byte {
	b, err := asn1.Marshal(v)
	if err != nil {
		panic("pki: " + err.Error())
	}
	return b
}

func usagePeriod(from, to time.Time) []byte {
	return der(struct {
		NotBefore time.Time `asn1:"generalized,tag:0"`
		NotAfter  time.Time `asn1:"generalized,tag:1"`
	}{from, to})
}

// documentTypes is SEQUENCE { INTEGER 0, SET OF PrintableString }.
func documentTypes(types ...string) []byte {
	return der(struct {
		Version int
		Types   []string `asn1:"set"` // encoded as PrintableString, which they fit
	}{0, types})
}

// altName is an e-mail address and a directory name L=UTO, the form that ICAO
// asks of both alternative names.
func altName(mail string) []byte {
	name := der(pkix.RDNSequence{{{Type: oidLocality, Value: "UTO"}}})
	return der([]asn1.RawValue{
		{Class: asn1.ClassContextSpecific, Tag: 1, Bytes: []byte(mail)},
		{Class: asn1.ClassContextSpecific, Tag: 4, IsCompound: true, Bytes: name},
	})
}
