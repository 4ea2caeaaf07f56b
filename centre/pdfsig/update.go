package pdfsig

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// rangeSpace is what /ByteRange's numbers may take, in characters.
const rangeSpace = 48

// update appends the incremental update (ISO 32000-1 section 7.5.6): the
// signature, its field without a face on the page, the first page and the
// catalogue that name it, and their cross-reference table. It gives the offset
// of the first of space hex digits, all zero.
func (d *document) update(at time.Time, space int) (pdf []byte, place int) {
	signature, field := d.size, d.size+1
	w := &writer{rows: map[int]int{}}
	w.Write(d.pdf)
	if !bytes.HasSuffix(d.pdf, []byte("\n")) {
		w.WriteByte('\n')
	}
	rangeAt, place := w.signature(signature, at, space)
	w.object(field, "/Type /Annot\n/Subtype /Widget\n/FT /Sig\n/T (Signature1)\n/V %d 0 R\n/P %d 0 R\n/Rect [0 0 0 0]\n/F 132", signature, d.page.number)
	w.object(d.page.number, "%s\n/Annots [%d 0 R]", bytes.TrimSpace(d.page.inside), field)
	w.object(d.root.number, "%s\n/AcroForm <</Fields [%d 0 R] /SigFlags 3>>\n/Perms <</DocMDP %d 0 R>>", bytes.TrimSpace(d.root.inside), field, signature)
	w.table(d)
	pdf = w.Bytes()
	behind := place + space + 1
	copy(pdf[rangeAt:], fmt.Sprintf("[0 %d %d %d]", place-1, behind, len(pdf)-behind))
	return pdf, place
}

// writer appends objects and remembers where they stand.
type writer struct {
	bytes.Buffer
	rows map[int]int // offset by object number
}

func (w *writer) begin(n int) {
	w.rows[n] = w.Len()
	fmt.Fprintf(w, "%d 0 obj\n<<", n)
}

func (w *writer) object(n int, format string, args ...any) {
	w.begin(n)
	fmt.Fprintf(w, format, args...)
	w.WriteString(">>\nendobj\n")
}

// signature writes the signature dictionary (ISO 32000-1 section 12.8.1) and
// tells where its byte range and its hex digits go.
func (w *writer) signature(n int, at time.Time, space int) (rangeAt, place int) {
	w.begin(n)
	w.WriteString("/Type /Sig\n/Filter /Adobe.PPKLite\n/SubFilter /ETSI.CAdES.detached\n")
	fmt.Fprintf(w, "/M (%s)\n", at.Format("D:20060102150405Z"))
	w.WriteString("/Reference [<</Type /SigRef /TransformMethod /DocMDP /TransformParams <</Type /TransformParams /P 1 /V /1.2>>>>]\n")
	w.WriteString("/ByteRange ")
	rangeAt = w.Len()
	w.WriteString(strings.Repeat(" ", rangeSpace))
	w.WriteString("\n/Contents <")
	place = w.Len()
	w.WriteString(strings.Repeat("0", space))
	w.WriteString(">>>\nendobj\n")
	return rangeAt, place
}

// table writes the cross-reference table of the update and its trailer.
func (w *writer) table(d *document) {
	start := w.Len()
	w.WriteString("xref\n")
	for _, n := range slices.Sorted(maps.Keys(w.rows)) {
		fmt.Fprintf(w, "%d 1\n%010d 00000 n \n", n, w.rows[n])
	}
	fmt.Fprintf(w, "trailer\n<<\n/Size %d\n/Root %d 0 R\n", d.size+2, d.root.number)
	if d.info != "" {
		w.WriteString(d.info + "\n")
	}
	fmt.Fprintf(w, "/Prev %d\n>>\nstartxref\n%d\n%%%%EOF\n", d.table, start)
}
