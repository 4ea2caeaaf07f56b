package forge

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"strings"
)

// PDF is a file that waits for its signature, in parts that a test may change.
// It has one blank page: what it shows is not its matter.
type PDF struct {
	Signer  *Party
	Bag     []*x509.Certificate
	Header  string
	Catalog string // each is the inside of a dictionary
	Form    string
	Widget  string
	Sig     string // but for M, ByteRange and Contents
	M       string
	Range   string // the numbers, with %d for gap, behind and rest
	Trailer string // more for the update's trailer
	Tail    string // behind the last table's offset
	Space   int    // bytes for the signature
	CMS     CMS
	Patch   func(cms []byte) []byte // nil: as it is
}

// NewPDF gives the parts of a good file.
func (w *World) NewPDF() *PDF {
	return &PDF{
		Signer: w.Signer, Bag: []*x509.Certificate{w.Signer.Certificate}, Header: "%PDF-1.4\n",
		Catalog: "/Type /Catalog /Pages 2 0 R /AcroForm 5 0 R /Perms << /DocMDP 7 0 R >>",
		Form:    "/Fields [6 0 R] /SigFlags 3", Widget: "/Type /Annot /Subtype /Widget /FT /Sig /Rect [0 0 0 0] /T (Signature) /V 7 0 R",
		Sig: "/Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached " +
			"/Reference [<< /Type /SigRef /TransformMethod /DocMDP /TransformParams << /Type /TransformParams /P 1 /V /1.2 >> >>]",
		M: "D:20260331150000Z", Range: "[0 %d %d %d]", Tail: "%%EOF\n", Space: DefaultSpace, CMS: Standard(w.Signer),
	}
}

// DefaultSpace is what a file reserves for its signature in bytes: two
// certificates fit.
const DefaultSpace = 1300

// rangeSpace is what ByteRange takes, padded with spaces.
const rangeSpace = 40

// Sign lays the file out and signs it.
func (p *PDF) Sign() []byte {
	b, place := p.layout()
	gap, behind := place-1, place+2*p.Space+1
	h := sha256.New()
	h.Write(b[:gap])
	h.Write(b[behind:])
	cms := p.CMS.Encode([32]byte(h.Sum(nil)), p.Signer, p.Bag)
	if p.Patch != nil {
		cms = p.Patch(cms)
	}
	if len(cms) > p.Space {
		panic(fmt.Sprintf("forge: a signature of %d bytes in a space of %d", len(cms), p.Space))
	}
	hex.Encode(b[place:], cms)
	return b
}

// layout writes the file with zeros for the signature, whose first digit it
// tells.
func (p *PDF) layout() (b []byte, place int) {
	b = objects([]byte(p.Header), 1, "", "/Root 1 0 R", "%%EOF\n", "/Type /Catalog /Pages 2 0 R",
		"/Type /Pages /Kids [3 0 R] /Count 1", "/Type /Page /Parent 2 0 R /MediaBox [0 0 595.28 841.89]")
	prev := fmt.Sprintf("/Prev %d ", bytes.LastIndex(b, []byte("xref\n0 1")))
	hole := strings.Repeat("*", rangeSpace)
	sig := p.Sig + " /M (" + p.M + ") /ByteRange " + hole + " /Contents <" + strings.Repeat("0", 2*p.Space) + ">"
	b = objects(b, 5, prev, "/Root 8 0 R"+p.Trailer, p.Tail, p.Form, p.Widget, sig, p.Catalog)
	place = bytes.LastIndex(b, []byte("/Contents <")) + len("/Contents <")
	behind := place + 2*p.Space + 1
	numbers := fmt.Sprintf("%-*s", rangeSpace, fmt.Sprintf(p.Range, place-1, behind, len(b)-behind))
	return bytes.Replace(b, []byte(hole), []byte(numbers), 1), place
}

// objects appends numbered dictionaries, their table and a trailer.
func objects(b []byte, first int, prev, trailer, tail string, insides ...string) []byte {
	var rows strings.Builder
	for i, inside := range insides {
		fmt.Fprintf(&rows, "%010d 00000 n \n", len(b))
		b = fmt.Appendf(b, "%d 0 obj\n<< %s >>\nendobj\n", first+i, inside)
	}
	at := len(b)
	b = fmt.Appendf(b, "xref\n0 1\n0000000000 65535 f \n%d %d\n%s", first, len(insides), rows.String())
	return fmt.Appendf(b, "trailer\n<< /Size %d %s%s >>\nstartxref\n%d\n%s", first+len(insides), prev, trailer, at, tail)
}

// Update appends an update that shows another page: the classic attack on
// signed files.
func Update(b []byte) []byte {
	prev := fmt.Sprintf("/Prev %d ", bytes.LastIndex(b, []byte("xref\n0 1")))
	return objects(bytes.Clone(b), 3, prev, "/Root 8 0 R", "%%EOF\n", "/Type /Page /Parent 2 0 R /MediaBox [0 0 100 100]")
}
