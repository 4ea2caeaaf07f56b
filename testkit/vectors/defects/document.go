package defects

import (
	"bytes"
	"crypto/x509"
	"slices"
	"strings"

	"akashi/testkit/forge"
	"akashi/verifier/pdfsig"
)

// document adds a PDF of which one part is changed before it is signed.
func (m *maker) document(name, description, expect string, change func(*forge.PDF)) {
	p := m.NewPDF()
	change(p)
	m.add("pdf/"+name, description, expect, p.Sign())
}

// documents are defects of a PDF's structure and of its signature field.
func (m *maker) documents() {
	good := m.NewPDF().Sign()
	contents := bytes.LastIndex(good, []byte("/Contents <")) + len("/Contents <")
	edit := func(old, new string) []byte { return bytes.Replace(good, []byte(old), []byte(new), 1) }
	flip := func(at int) []byte {
		b := bytes.Clone(good)
		b[at] ^= 1
		return b
	}
	m.add("pdf/too-large", "A PDF far larger than any certificate.", "pdf.too-large", []byte("%PDF-1.4\n")).Fill = pdfsig.DefaultMaxPDF
	for _, c := range []struct {
		name, description, expect string
		pdf                       []byte
	}{
		{"version-2", "A PDF of another major version.", "pdf.structure", edit("%PDF-1.4", "%PDF-2.0")}, {"appended", "A byte behind the end.", "pdf.structure", append(bytes.Clone(good), 'x')},
		{"two-line-ends", "Two more line ends behind the end.", "pdf.structure", append(bytes.Clone(good), "\n\n"...)}, {"cut", "The file lacks its last bytes.", "pdf.structure", good[:len(good)-20]},
		{"update", "An update behind the signature shows another page.", "pdf.structure", forge.Update(good)},
		{"changed-after", "A byte of the page changed after signing.", "pdf.digest", edit("595.28", "595.29")},
		{"digits-upper-case", "The signature's digits in upper case.", "pdf.signature-field", slices.Concat(good[:contents], bytes.ToUpper(good[contents:contents+40]), good[contents+40:])},
		{"padding", "A bit of the space behind the signature.", "pdf.cms", flip(contents + 2*forge.DefaultSpace - 3)},
		{"range-short", "A byte range that begins a byte late.", "pdf.coverage", edit("/ByteRange [0 ", "/ByteRange [1 ")},
	} {
		m.add("pdf/"+c.name, c.description, c.expect, c.pdf)
	}
	for _, c := range []struct {
		name, description, expect string
		change                    func(*forge.PDF)
	}{
		{"encrypted", "A trailer that says the file is encrypted.", "pdf.structure", func(p *forge.PDF) { p.Trailer = " /Encrypt 1 0 R" }},
		{"hybrid", "A trailer that names a second, hidden table.", "pdf.structure", func(p *forge.PDF) { p.Trailer = " /XRefStm 10" }},
		{"catalog-type", "A catalogue that is none.", "pdf.structure", func(p *forge.PDF) { p.Catalog = strings.Replace(p.Catalog, "/Catalog", "/Page", 1) }},
		{"no-form", "A catalogue without a form.", "pdf.unsigned", func(p *forge.PDF) { p.Catalog = strings.Replace(p.Catalog, "/AcroForm", "/Another", 1) }},
		{"no-value", "A signature field without a signature.", "pdf.unsigned", func(p *forge.PDF) { p.Widget = strings.Replace(p.Widget, "/V ", "/W ", 1) }},
		{"two-fields", "A form of two fields.", "pdf.signature-field", func(p *forge.PDF) { p.Form = "/Fields [6 0 R 6 0 R] /SigFlags 3" }},
		{"text-field", "A form whose field is no signature.", "pdf.signature-field", func(p *forge.PDF) { p.Widget = strings.Replace(p.Widget, "/FT /Sig", "/FT /Tx", 1) }},
		{"filter", "A signature for another handler.", "pdf.signature-field", func(p *forge.PDF) { p.Sig = strings.Replace(p.Sig, "Adobe.PPKLite", "Adobe.PPKMS", 1) }},
		{"sub-filter", "A signature of the older kind.", "pdf.signature-field", func(p *forge.PDF) { p.Sig = strings.Replace(p.Sig, "ETSI.CAdES.detached", "adbe.pkcs7.detached", 1) }},
		{"entry-unknown", "An entry of the signature that none has.", "pdf.signature-field", func(p *forge.PDF) { p.Sig += " /Cert (x)" }},
		{"time-without-zone", "A time of signing without its zone.", "pdf.signature-field", func(p *forge.PDF) { p.M = "D:20260331150000" }},
		{"range-of-three", "A byte range of three numbers.", "pdf.signature-field", func(p *forge.PDF) { p.Range = "[0 %d %d] %% %d" }},
		{"changes-allowed", "A signature that allows the filling of forms (P 2).", "pdf.permissions", func(p *forge.PDF) { p.Sig = strings.Replace(p.Sig, "/P 1", "/P 2", 1) }},
		{"not-certified", "A signature that does not certify the document.", "pdf.permissions", func(p *forge.PDF) { p.Catalog = strings.Replace(p.Catalog, "/DocMDP", "/UR3", 1) }},
		{"signed-tomorrow", "A time of signing in the future.", "pdf.signed-at", func(p *forge.PDF) { p.M = "D:20260401000001Z" }},
		{"signed-too-early", "A time of signing before the signer's certificate.", "pdf.signed-at", func(p *forge.PDF) { p.M = "D:20260228000000Z" }},
	} {
		m.document(c.name, c.description, c.expect, c.change)
	}
}

// signatures are defects of the signature's data.
func (m *maker) signatures() {
	attributes := func(change func(all [][]byte, digest [32]byte) [][]byte) func(*forge.PDF) {
		return func(p *forge.PDF) {
			standard := p.CMS.Attributes
			p.CMS.Attributes = func(digest [32]byte) [][]byte { return change(standard(digest), digest) }
		}
	}
	for _, c := range []struct {
		name, description, expect string
		change                    func(*forge.PDF)
	}{
		{"cms-none", "No signature data.", "pdf.cms", func(p *forge.PDF) { p.Patch = func([]byte) []byte { return nil } }},
		{"cms-version-3", "SignedData of version 3.", "pdf.cms", func(p *forge.PDF) { p.CMS.Version = []byte{2, 1, 3} }},
		{"cms-sha1", "A digest by SHA-1.", "pdf.cms", func(p *forge.PDF) { p.CMS.Digest = forge.AlgSHA1 }},
		{"cms-sha384", "An algorithm that is not the key's.", "pdf.cms", func(p *forge.PDF) { p.CMS.Algorithm = forge.AlgECDSA384 }},
		{"cms-content", "The content is inside the signature.", "pdf.cms", func(p *forge.PDF) {
			p.CMS.Content = forge.TLV(0x30, forge.OIDData, forge.TLV(0xa0, forge.TLV(0x04, []byte("x"))))
		}},
		{"cms-unsigned-attribute", "An attribute that is not signed.", "pdf.cms", func(p *forge.PDF) { p.CMS.Unsigned = forge.TLV(0xa1, forge.Attribute(forge.OIDTime, []byte{5, 0})) }},
		{"cms-no-certificate", "No certificate of the signer.", "pdf.cms", func(p *forge.PDF) { p.Bag = nil }},
		{"cms-certificate-twice", "The signer's certificate twice.", "pdf.cms", func(p *forge.PDF) { p.Bag = append(p.Bag, p.Bag[0]) }},
		{"cms-stranger", "A certificate that is not in the chain.", "pdf.cms", func(p *forge.PDF) { p.Bag = append(p.Bag, m.CSCA.Certificate) }},
		{"cms-long-length", "A length in more bytes than it needs.", "pdf.cms", func(p *forge.PDF) {
			p.Patch = func(b []byte) []byte { return append([]byte{0x30, 0x83, 0}, b[2:]...) }
		}},
		{"attribute-missing", "No attribute that names the certificate.", "pdf.attributes", attributes(func(all [][]byte, _ [32]byte) [][]byte { return all[:2] })},
		{"attribute-extra", "A signing time among the attributes.", "pdf.attributes", attributes(func(all [][]byte, _ [32]byte) [][]byte {
			return append(all, forge.Attribute(forge.OIDTime, forge.TLV(0x17, []byte("260331150000Z"))))
		})},
		{"attribute-another-certificate", "An attribute that names another certificate.", "pdf.attributes", attributes(func(all [][]byte, _ [32]byte) [][]byte {
			return append(all[:2], forge.Names(m.CSCA.Certificate.Raw))
		})},
		{"attribute-another-type", "An attribute with another content type.", "pdf.attributes", attributes(func(all [][]byte, _ [32]byte) [][]byte {
			return append(all[1:], forge.Attribute(forge.OIDType, forge.OIDDigest))
		})},
		{"attribute-two-values", "An attribute with two digests.", "pdf.attributes", attributes(func(all [][]byte, d [32]byte) [][]byte {
			return append([][]byte{all[0], all[2]}, forge.Attribute(forge.OIDDigest, forge.TLV(0x04, d[:]), forge.TLV(0x04, make([]byte, 32))))
		})},
		{"attributes-unsorted", "Attributes in another order than DER's.", "pdf.attributes", func(p *forge.PDF) {
			p.CMS.Unsorted = true
			attributes(func(all [][]byte, _ [32]byte) [][]byte { return [][]byte{all[2], all[1], all[0]} })(p)
		}},
		{"digest-of-another", "The digest of another document.", "pdf.digest", attributes(func(all [][]byte, _ [32]byte) [][]byte {
			return [][]byte{all[0], all[2], forge.Attribute(forge.OIDDigest, forge.TLV(0x04, make([]byte, 32)))}
		})},
		{"signature-of-another", "Signed by another key than the certificate's.", "pdf.signature", func(p *forge.PDF) {
			p.Signer = &forge.Party{Certificate: p.Signer.Certificate, Key: m.Key("another")}
		}},
		{"signature-bit", "The last bit of the signature.", "pdf.signature", func(p *forge.PDF) {
			p.Patch = func(b []byte) []byte { return append(b[:len(b)-1:len(b)-1], b[len(b)-1]^1) }
		}},
	} {
		m.document(c.name, c.description, c.expect, c.change)
	}
}

// documentSigners are PDFs that a certificate of the wrong kind signed.
func (m *maker) documentSigners() error {
	for _, c := range []struct {
		name, description, expect string
		under                     *forge.Party
		change                    func(*x509.Certificate)
	}{
		{"signer-unknown", "A signer under no listed authority.", "pdf.signer", m.CSCA, func(*x509.Certificate) {}},
		{"signer-self-signed", "A signer that signed its own certificate.", "pdf.signer", nil, func(*x509.Certificate) {}},
		{"signer-web", "A signer for web servers.", "pdf.signer-profile", m.PDFCA, func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth} }},
		{"signer-any-usage", "A signer without an extended key usage.", "pdf.signer-profile", m.PDFCA, func(c *x509.Certificate) { c.ExtKeyUsage = nil }},
		{"signer-key-agreement", "A signer whose key may not sign.", "pdf.signer-profile", m.PDFCA, func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageKeyAgreement }},
		{"signer-authority", "A signer that is an authority.", "pdf.signer-profile", m.PDFCA, func(c *x509.Certificate) { c.IsCA, c.BasicConstraintsValid = true, true }},
		{"signer-expired", "A signer whose certificate ended a second ago.", "pdf.signer-expired", m.PDFCA, func(c *x509.Certificate) { c.NotAfter = forge.At.Add(-1e9) }},
	} {
		t := forge.SignerProfile()
		c.change(t)
		p, err := m.Issue(c.name, t, c.under)
		if err != nil {
			return err
		}
		m.document(c.name, c.description, c.expect, func(d *forge.PDF) {
			d.Signer, d.Bag, d.CMS = p, []*x509.Certificate{p.Certificate}, forge.Standard(p)
		})
	}
	return nil
}
