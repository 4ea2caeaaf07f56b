package pdfsig

import (
	"bytes"
	"regexp"
	"strconv"
)

// document is an unsigned PDF as printer/sheet lays it out, with the three
// places that an update touches.
type document struct {
	pdf     []byte
	size    int    // objects, the free one included: the next free number
	table   int    // offset of the cross-reference table
	info    string // of the trailer, as it stands there; may be empty
	root    object // the catalogue
	page    object // the first page
	offsets []int  // by object number
}

// object is a dictionary object without a stream.
type object struct {
	number int
	inside []byte // between << and >>
}

var (
	endForm   = regexp.MustCompile(`\nstartxref\n([1-9][0-9]{0,9})\n%%EOF\n?$`)
	tableForm = regexp.MustCompile(`^xref\n0 ([1-9][0-9]{0,4})\n`)
	sizeForm  = regexp.MustCompile(`/Size ([1-9][0-9]{0,4})\b`)
	rootForm  = regexp.MustCompile(`/Root ([1-9][0-9]{0,4}) 0 R\b`)
	infoForm  = regexp.MustCompile(`/Info [1-9][0-9]{0,4} 0 R\b`)
	pagesForm = regexp.MustCompile(`/Pages ([1-9][0-9]{0,4}) 0 R\b`)
	kidsForm  = regexp.MustCompile(`/Kids \[ ?([1-9][0-9]{0,4}) 0 R\b`)
	rowForm   = regexp.MustCompile(`^([0-9]{10}) ([0-9]{5}) ([nf]) \n$`)
)

// rowSize is the length of an entry of a cross-reference table.
const rowSize = 20

// maxTail bounds what is searched for the file's end, in bytes.
const maxTail = 1 << 10

// number gives the one number that form finds in b, and how often it matched.
func number(form *regexp.Regexp, b []byte) (n, times int) {
	all := form.FindAllSubmatch(b, 2)
	if len(all) == 1 {
		n, _ = strconv.Atoi(string(all[0][1])) // digits, and few of them
	}
	return n, len(all)
}

// read finds its way from the end of the file to the first page.
func read(pdf []byte) (*document, error) {
	if !bytes.HasPrefix(pdf, []byte("%PDF-1.")) {
		return nil, ErrLayout
	}
	d := &document{pdf: pdf}
	tail := pdf[max(0, len(pdf)-maxTail):]
	var found int
	if d.table, found = number(endForm, tail); found != 1 || d.table >= len(pdf) {
		return nil, ErrLayout
	}
	if err := d.readTable(pdf[d.table:]); err != nil {
		return nil, err
	}
	pages, err := d.follow(pagesForm, d.root)
	if err != nil {
		return nil, err
	}
	if d.page, err = d.follow(kidsForm, pages); err != nil {
		return nil, err
	}
	if bytes.Contains(d.page.inside, []byte("/Annots")) || bytes.Contains(d.root.inside, []byte("/AcroForm")) || bytes.Contains(d.root.inside, []byte("/Perms")) {
		return nil, ErrSigned
	}
	return d, nil
}

// readTable reads the one cross-reference table and its trailer.
func (d *document) readTable(b []byte) error {
	rows, found := number(tableForm, b)
	if found != 1 || rows > DefaultMaxObjects {
		return ErrLayout
	}
	b = b[len(tableForm.Find(b)):]
	if len(b) < rows*rowSize {
		return ErrLayout
	}
	for i := range rows {
		m := rowForm.FindSubmatch(b[i*rowSize : (i+1)*rowSize])
		if m == nil || (string(m[3]) == "f") != (i == 0) {
			return ErrLayout
		}
		at, _ := strconv.Atoi(string(m[1]))
		d.offsets = append(d.offsets, at)
	}
	trailer, ok := bytes.CutPrefix(b[rows*rowSize:], []byte("trailer\n"))
	end := bytes.Index(trailer, []byte("\nstartxref\n"))
	if !ok || end < 0 {
		return ErrLayout
	}
	return d.readTrailer(trailer[:end], rows)
}

func (d *document) readTrailer(trailer []byte, rows int) error {
	for _, key := range []string{"/Prev", "/Encrypt", "/XRefStm"} {
		if bytes.Contains(trailer, []byte(key)) {
			return ErrSigned
		}
	}
	size, found := number(sizeForm, trailer)
	if found != 1 || size != rows {
		return ErrLayout
	}
	d.size, d.info = size, string(infoForm.Find(trailer))
	root, found := number(rootForm, trailer)
	if found != 1 {
		return ErrLayout
	}
	var err error
	d.root, err = d.get(root)
	return err
}

// follow gets the object that form finds the number of inside another.
func (d *document) follow(form *regexp.Regexp, from object) (object, error) {
	n, found := number(form, from.inside)
	if found != 1 {
		return object{}, ErrLayout
	}
	return d.get(n)
}

// get reads a dictionary object. A dictionary of ours holds no string with
// "endobj" in it: texts are in UTF-16 there.
func (d *document) get(n int) (object, error) {
	if n <= 0 || n >= len(d.offsets) || d.offsets[n] >= len(d.pdf) {
		return object{}, ErrLayout
	}
	b, ok := bytes.CutPrefix(d.pdf[d.offsets[n]:], []byte(strconv.Itoa(n)+" 0 obj\n"))
	end := bytes.Index(b, []byte("\nendobj\n"))
	if !ok || end < 0 {
		return object{}, ErrLayout
	}
	b = bytes.TrimSpace(b[:end])
	inside, opens := bytes.CutPrefix(b, []byte("<<"))
	inside, closes := bytes.CutSuffix(inside, []byte(">>"))
	if !opens || !closes || bytes.Contains(inside, []byte("stream")) {
		return object{}, ErrLayout
	}
	return object{n, inside}, nil
}
