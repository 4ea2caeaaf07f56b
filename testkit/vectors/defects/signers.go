package defects

import (
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"strings"
	"time"

	"akashi/testkit/forge"
	"akashi/testkit/vectors"
	"akashi/verifier/trust"
)

// revoking is an authority that has revoked some of its signers.
type revoking struct {
	list             *trust.List
	good, seal, file *forge.Party
	older, newer     []byte // its CRLs before and after that of the list
	other            []byte // a CRL of an authority that is on no list
}

// signersRevoked makes the authority and the trust list that has its CRL.
func (m *maker) signersRevoked() (r revoking, err error) {
	shape := forge.Authority()
	shape.KeyUsage |= x509.KeyUsageCRLSign
	ca, err := m.Issue("revoking CA", shape, nil)
	if err != nil {
		return r, err
	}
	for _, p := range []struct {
		to    **forge.Party
		name  string
		shape *x509.Certificate
	}{
		{&r.good, "BSC not revoked", forge.SealProfile()}, {&r.seal, "BSC revoked", forge.SealProfile()}, {&r.file, "PDF signer revoked", forge.SignerProfile()},
	} {
		if *p.to, err = m.Issue(p.name, p.shape, ca); err != nil {
			return r, err
		}
	}
	r.list = m.List()
	r.list.Version = 5
	r.list.VDSNC = append(r.list.VDSNC, trust.CSCA{Country: forge.Country, Certificate: ca.Certificate})
	r.list.PDF = append(r.list.PDF, ca.Certificate)
	day := forge.At.AddDate(0, 0, -2)
	crl, err := m.CRL(ca, 2, day, r.seal, r.file)
	if err != nil {
		return r, err
	}
	parsed, err := x509.ParseRevocationList(crl)
	if err != nil {
		return r, err
	}
	r.list.CRLs = []*x509.RevocationList{parsed}
	if r.older, err = m.CRL(ca, 1, day.Add(-time.Hour)); err != nil {
		return r, err
	}
	if r.newer, err = m.CRL(ca, 3, day.Add(time.Hour), r.seal, r.file, r.good); err != nil {
		return r, err
	}
	stranger, err := m.IssueFor("revoking CA", shape, nil, m.Key("another"))
	if err != nil {
		return r, err
	}
	r.other, err = m.CRL(stranger, 3, day.Add(time.Hour), r.good)
	return r, err
}

// revokedSigners are seals and files of signers that their authority has
// revoked, and revocation lists that come after the trust list.
func (m *maker) revokedSigners() error {
	r, err := m.signersRevoked()
	if err != nil {
		return err
	}
	const list = "signers-revoked.json"
	m.text("vdsnc/signer-not-revoked", "A signer whose authority has revoked others.", vectors.Valid, r.good.SignSeal(forge.SealData)).Trust = list
	m.text("vdsnc/signer-revoked", "A signer whose certificate its authority has revoked.", "vdsnc.signer-revoked", r.seal.SignSeal(forge.SealData)).Trust = list
	p := m.NewPDF()
	p.Signer, p.Bag, p.CMS = r.file, []*x509.Certificate{r.file.Certificate}, forge.Standard(r.file)
	m.add("pdf/signer-revoked", "A signer whose certificate its authority has revoked.", "pdf.signer-revoked", p.Sign()).Trust = list
	kid := trust.Thumbprint(&m.Card.PublicKey)
	cards := `{"kid":"` + kid + `","method":"rid","ctr":9,"rids":["c29tZS1yaWQ"]}`
	inPEM := pem.EncodeToMemory(&pem.Block{Type: "X509 CRL", Bytes: r.newer})
	for _, c := range []struct{ name, description, expect, trust, input string }{
		{"later-good", "A key's list with what the trust list has revoked.", vectors.Valid, "revoked.json", cards},
		{"later-wider", "A key's list that revokes more of one card than the trust list.", vectors.Valid, "revoked-by-time.json", cards},
		{"later-older", "A key's list that lacks what the trust list has revoked.", "trust.crl-older", "revoked.json", strings.Replace(cards, "c29", "d29", 1)},
		{"later-narrower", "A key's list that revokes less of one card than the trust list.", "trust.crl-older", "revoked-by-time.json", strings.Replace(cards, `WQ"`, `WQ.1774000000"`, 1)},
		{"later-of-nobody", "A list of a key that is not on the trust list.", "trust.crl-issuer", "trust.json", strings.Replace(cards, kid[:8], "AAAAAAAA", 1)},
		{"later-rid", "A key's list with a revocation ID that is none.", "trust.crl-rid", "trust.json", strings.Replace(cards, "c29", "=29", 1)},
		{"later-crl-good", "A newer CRL of a listed authority.", vectors.Valid, list, string(r.newer)},
		{"later-crl-pem", "The same in PEM.", vectors.Valid, list, string(inPEM)},
		{"later-crl-older", "An older CRL than the one on the list.", "trust.crl-older", list, string(r.older)},
		{"later-crl-of-namesake", "A CRL of an authority of the listed one's name with another key.", "trust.crl-issuer", list, string(r.other)},
		{"later-crl-changed", "A CRL of which a byte of the signature was changed.", "trust.crl-issuer", list, string(r.newer[:len(r.newer)-1]) + string(r.newer[len(r.newer)-1]^1)},
		{"later-crl-cut", "A CRL without its end.", "trust.crl", list, string(r.newer[:len(r.newer)-1])},
		{"later-pem-of-a-certificate", "A certificate in the place of a CRL.", "trust.crl", list, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: r.good.Certificate.Raw}))},
	} {
		v := m.text("trust/"+c.name, c.description, c.expect, c.input)
		v.Kind, v.Trust = vectors.KindCRL, c.trust
	}
	return nil
}

// serials gives the entries of a CRL.
func serials(at time.Time, of []*forge.Party) (all []x509.RevocationListEntry) {
	for _, p := range of {
		all = append(all, x509.RevocationListEntry{SerialNumber: new(big.Int).Set(p.Certificate.SerialNumber), RevocationTime: at})
	}
	return all
}

// CRL signs an authority's revocation list.
func (m *maker) CRL(ca *forge.Party, number int64, at time.Time, revoked ...*forge.Party) ([]byte, error) {
	return ca.SignCRL(&x509.RevocationList{
		Number: big.NewInt(number), ThisUpdate: at, NextUpdate: at.AddDate(30, 0, 0), RevokedCertificateEntries: serials(at, revoked),
	})
}
