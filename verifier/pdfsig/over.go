package pdfsig

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Over reports whether signed is original, byte for byte, and behind it one
// incremental update (ISO 32000-1 section 7.5.6) that adds a signature without
// a face and shows nothing: the first page and the catalogue stand in it as
// they were, but for the entries that name the signature.
//
// The update must be the bytes that centre/pdfsig writes, so that no second
// reader can find anything else in it. Over says nothing of the signature
// itself: that is Verify's.
func Over(signed, original []byte) bool {
	if !bytes.HasPrefix(signed, original) {
		return false
	}
	f, err := open(signed)
	if err != nil {
		return false
	}
	field, err := f.signature()
	if err != nil || field.contents.to > len(signed) {
		return false
	}
	u := &appendix{original: original, rows: map[int]int{}}
	want, ok := u.write(field, signed)
	return ok && bytes.Equal(want, signed)
}

// appendix writes the update anew over a file that is known.
type appendix struct {
	bytes.Buffer
	original []byte
	before   *file
	rows     map[int]int // offset by object number
}

// rangeSpace is what /ByteRange takes, padded with spaces, in characters.
const rangeSpace = 48

func (u *appendix) write(d *field, signed []byte) (all []byte, ok bool) {
	var err error
	if u.before, err = open(u.original); err != nil {
		return nil, false
	}
	at, _ := startxref(u.original)
	trailer, _ := u.before.table(at)
	free, ok := trailer["Size"].value.(int)
	page, found := u.firstPage()
	if !ok || !found {
		return nil, false
	}
	from, to := d.contents.from, d.contents.to
	u.Write(u.original)
	u.object(free, fmt.Sprintf("/Type /Sig\n/Filter /Adobe.PPKLite\n/SubFilter /ETSI.CAdES.detached\n/M (%s)\n"+
		"/Reference [<</Type /SigRef /TransformMethod /DocMDP /TransformParams <</Type /TransformParams /P 1 /V /1.2>>>>]\n"+
		"/ByteRange %-*s\n/Contents %s", d.at.Format("D:20060102150405Z"), rangeSpace,
		fmt.Sprintf("[0 %d %d %d]", from, to, len(signed)-to), signed[from:to]))
	u.object(free+1, fmt.Sprintf("/Type /Annot\n/Subtype /Widget\n/FT /Sig\n/T (Signature1)\n/V %d 0 R\n/P %d 0 R\n/Rect [0 0 0 0]\n/F 132", free, page.number))
	ok = u.again(page, fmt.Sprintf("/Annots [%d 0 R]", free+1)) &&
		u.again(u.before.root, fmt.Sprintf("/AcroForm <</Fields [%d 0 R] /SigFlags 3>>\n/Perms <</DocMDP %d 0 R>>", free+1, free))
	u.table(trailer, free+2, at)
	return u.Bytes(), ok
}

func (u *appendix) object(n int, inside string) {
	u.rows[n] = u.Len()
	fmt.Fprintf(u, "%d 0 obj\n<<%s>>\nendobj\n", n, inside)
}

// again writes an object of the original with more behind its entries.
func (u *appendix) again(r ref, more string) bool {
	body, ok := bytes.CutPrefix(u.original[u.before.places[r.number].offset:], fmt.Appendf(nil, "%d 0 obj\n", r.number))
	body, _, ends := bytes.Cut(body, []byte("\nendobj\n"))
	body, opens := bytes.CutPrefix(bytes.TrimSpace(body), []byte("<<"))
	body, closes := bytes.CutSuffix(body, []byte(">>"))
	u.object(r.number, strings.TrimSpace(string(body))+"\n"+more)
	return ok && ends && opens && closes && r.generation == 0
}

func (u *appendix) firstPage() (ref, bool) {
	root, _ := u.before.dict(u.before.root)
	pages, _ := u.before.dict(root["Pages"].value)
	kids, _ := u.before.array(pages["Kids"].value)
	if len(kids) == 0 {
		return ref{}, false
	}
	r, ok := kids[0].(ref)
	return r, ok
}

// table writes the cross-reference table of the update and its trailer.
func (u *appendix) table(trailer dict, size, previous int) {
	start := u.Len()
	u.WriteString("xref\n")
	for _, n := range slices.Sorted(maps.Keys(u.rows)) {
		fmt.Fprintf(u, "%d 1\n%010d 00000 n \n", n, u.rows[n])
	}
	fmt.Fprintf(u, "trailer\n<<\n/Size %d\n/Root %d 0 R\n", size, u.before.root.number)
	if info, ok := trailer["Info"]; ok {
		fmt.Fprintf(u, "/Info %s\n", u.original[info.from:info.to])
	}
	fmt.Fprintf(u, "/Prev %d\n>>\nstartxref\n%d\n%%%%EOF\n", previous, start)
}
