package defects

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha512"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"strings"

	"akashi/testkit/forge"
)

// sealForms are defects around a seal's data.
func (m *maker) sealForms() {
	good, data := m.SignSeal(forge.SealData), forge.SealData
	cer, sig := forge.Base64(m.Seal.Certificate.Raw), forge.Base64(forge.Raw(m.Seal.Key, data))
	swap := func(old, new string) string { return strings.Replace(good, old, new, 1) }
	long := sha512.Sum384([]byte(data))
	for _, c := range []struct{ name, description, expect, input string }{
		{"json-cut", "A seal without its last brace.", "vdsnc.json", good[:len(good)-1]}, {"data-twice", "Two data objects, the second of them signed.", "vdsnc.json", `{"data":{},` + good[1:]},
		{"trailing-object", "An object behind the seal.", "vdsnc.json", good + `{}`},
		{"white-space", "A space between two members.", "vdsnc.canonical", swap(`,"sig"`, `, "sig"`)}, {"two-line-ends", "Two line ends behind the seal.", "vdsnc.canonical", good + "\n\n"},
		{"member-extra", "A third member beside data and sig.", "vdsnc.form", swap(`,"sig"`, `,"ext":1,"sig"`)}, {"signature-missing", "No sig.", "vdsnc.form", `{"data":` + data + `}`},
		{"sig-extra", "A member of sig that a seal does not have.", "vdsnc.form", swap(`"cer"`, `"ca":1,"cer"`)},
		{"cer-missing", "No certificate.", "vdsnc.certificate", swap(`"cer":"`+cer+`",`, ``)}, {"cer-no-der", "A certificate that is none.", "vdsnc.certificate", forge.SealText(data, "AAAA", sig)},
		{"cer-tail", "A byte behind the certificate.", "vdsnc.certificate", forge.SealText(data, forge.Base64(append(m.Seal.Certificate.Raw[:len(m.Seal.Certificate.Raw):len(m.Seal.Certificate.Raw)], 0)), sig)},
		{"cer-padded-wrongly", "More padding than the certificate's length asks for.", "vdsnc.certificate", forge.SealText(data, cer+"====", sig)},
		{"alg-es384", "alg ES384.", "vdsnc.alg", swap("ES256", "ES384")}, {"alg-none", "alg none.", "vdsnc.alg", swap("ES256", "none")},
		{"signature-padded", "A signature with padding.", "vdsnc.signature-form", forge.SealText(data, cer, sig+"==")},
		{"signature-der", "A signature in ASN.1.", "vdsnc.signature-form", forge.SealText(data, cer, forge.Base64(forge.DER(m.Seal.Key, data)))},
		{"signature-zero", "A signature of zeros.", "vdsnc.signature", forge.SealText(data, cer, forge.Base64(make([]byte, 64)))},
		{"signature-of-another", "Signed by another key than the certificate's.", "vdsnc.signature", forge.SealText(data, cer, forge.Base64(forge.Raw(m.Key("another"), data)))},
		{"data-changed", "The name changed after signing.", "vdsnc.signature", swap("TARO", "JIRO")},
		{"digest-sha384", "Signed over SHA-384 instead of SHA-256.", "vdsnc.signature", forge.SealText(data, cer, forge.Base64(forge.RawOver(m.Seal.Key, long[:], crypto.SHA384)))},
	} {
		m.text("vdsnc/"+c.name, c.description, c.expect, c.input)
	}
	m.text("vdsnc/too-long", "A seal longer than the largest code holds.", "vdsnc.too-long", m.SignSeal(strings.Replace(data, "COMIRNATY", strings.Repeat("x", 3000), 1)))
}

// sealSigners are seals that a certificate of the wrong kind signed.
func (m *maker) sealSigners() error {
	critical := pkix.Extension{Id: asn1.ObjectIdentifier{1, 2, 3}, Critical: true, Value: []byte{5, 0}}
	for _, c := range []struct {
		name, description, expect string
		change                    func(*x509.Certificate)
	}{
		{"signer-no-usage", "A signer without an extended key usage.", "vdsnc.signer-profile", func(c *x509.Certificate) { c.UnknownExtKeyUsage = nil }},
		{"signer-usage-of-authority", "A signer with the extended key usage of a health CSCA.", "vdsnc.signer-profile", func(c *x509.Certificate) { c.UnknownExtKeyUsage[0][6] = 1 }},
		{"signer-usage-web", "A signer that may speak for a web server too.", "vdsnc.signer-profile", func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth} }},
		{"signer-key-agreement", "A signer whose key may not sign.", "vdsnc.signer-profile", func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageKeyAgreement }},
		{"signer-document-type", "A signer for test results.", "vdsnc.signer-profile", func(c *x509.Certificate) { c.ExtraExtensions[0].Value[10] = 'T' }},
		{"signer-critical", "A signer with an unknown critical extension.", "vdsnc.signer-profile", func(c *x509.Certificate) { c.ExtraExtensions = append(c.ExtraExtensions, critical) }},
		{"signer-authority", "A signer that is an authority.", "vdsnc.signer-profile", func(c *x509.Certificate) { c.IsCA, c.BasicConstraintsValid = true, true }},
		{"signer-expired", "A signer whose certificate ended a second ago.", "vdsnc.signer-expired", func(c *x509.Certificate) { c.NotAfter = forge.At.Add(-1e9) }},
		{"signer-not-yet", "A signer whose certificate begins in a second.", "vdsnc.signer-expired", func(c *x509.Certificate) { c.NotBefore = forge.At.Add(1e9) }},
	} {
		t := forge.SealProfile()
		c.change(t)
		p, err := m.Issue(c.name, t, m.CSCA)
		if err != nil {
			return err
		}
		m.text("vdsnc/"+c.name, c.description, c.expect, p.SignSeal(forge.SealData))
	}
	other, err := m.IssueFor("CSCA", forge.Authority(), nil, m.Key("another"))
	if err != nil {
		return err
	}
	p, err := m.Issue("BSC", forge.SealProfile(), other)
	if err != nil {
		return err
	}
	m.text("vdsnc/signer-of-namesake", "A signer under an authority of the listed one's name with another key.", "vdsnc.signer", p.SignSeal(forge.SealData))
	if p, err = m.Issue("self", forge.SealProfile(), nil); err != nil {
		return err
	}
	m.text("vdsnc/signer-self-signed", "A signer that signed its own certificate.", "vdsnc.signer", p.SignSeal(forge.SealData))
	wide, err := ecdsa.ParseRawPrivateKey(elliptic.P384(), append([]byte{1}, make([]byte, 47)...))
	if err != nil {
		return err
	}
	if p, err = m.IssueFor("P-384", forge.SealProfile(), m.CSCA, wide); err != nil {
		return err
	}
	m.text("vdsnc/signer-p384", "A signer with a key on P-384.", "vdsnc.signer-profile", (&forge.Party{Certificate: p.Certificate, Key: m.Seal.Key}).SignSeal(forge.SealData))
	return nil
}
