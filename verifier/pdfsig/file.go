package pdfsig

import "bytes"

// Limits of the file's structure.
const (
	DefaultMaxRevisions = 2      // the original and the update that signs it
	DefaultMaxObjects   = 10_000 // a certificate has fewer than 100
)

// file is a PDF by its cross-reference tables.
type file struct {
	b      []byte
	places map[int]place // by object number
	root   ref
}

// place is where an object stands; offset 0 is a freed one's.
type place struct{ generation, offset int }

// tail is what must end the file; nothing may follow but one line end.
const tail = "%%EOF"

// open reads the cross-reference tables from the end of the file backwards.
func open(b []byte) (*file, error) {
	if !bytes.HasPrefix(b, []byte("%PDF-1.")) {
		return nil, ErrStructure
	}
	at, ok := startxref(b)
	if !ok {
		return nil, ErrStructure
	}
	f := &file{b: b, places: map[int]place{}}
	for i := range DefaultMaxRevisions {
		trailer, ok := f.table(at)
		if !ok || !f.keepRoot(trailer, i) {
			return nil, ErrStructure
		}
		prev, more := trailer["Prev"]
		if !more {
			return f, nil
		}
		before, ok := prev.value.(int)
		if !ok || before >= at {
			return nil, ErrStructure
		}
		at = before
	}
	return nil, ErrStructure
}

// startxref finds the offset of the last table.
func startxref(b []byte) (int, bool) {
	end := bytes.TrimSuffix(bytes.TrimSuffix(b, []byte("\n")), []byte("\r"))
	if !bytes.HasSuffix(end, []byte("\n"+tail)) {
		return 0, false
	}
	word := bytes.LastIndex(end, []byte("startxref"))
	if word < 0 {
		return 0, false
	}
	x := newLexer(end, word+len("startxref"))
	at, ok := x.number()
	x.space()
	return at, ok && x.at == len(end)-len(tail)
}

// keepRoot takes the newest trailer's catalogue. An encrypted file and a
// hybrid one have a second reading, and are not ours.
func (f *file) keepRoot(trailer dict, revision int) bool {
	for _, k := range []name{"Encrypt", "XRefStm"} {
		if _, has := trailer[k]; has {
			return false
		}
	}
	root, ok := trailer["Root"].value.(ref)
	if revision == 0 {
		f.root = root
	}
	return ok
}

// table reads one cross-reference table and its trailer; entries of newer
// tables, read before, stand.
func (f *file) table(at int) (trailer dict, ok bool) {
	if at >= len(f.b) {
		return nil, false
	}
	x := newLexer(f.b, at)
	if !x.keyword("xref") {
		return nil, false
	}
	for {
		w := x.word()
		if w == "trailer" {
			v, ok := x.object(0)
			trailer, isDict := v.(dict)
			return trailer, ok && isDict
		}
		first, ok := natural(w)
		if !ok || !f.section(x, first) {
			return nil, false
		}
	}
}

// section reads the entries of one subsection.
func (f *file) section(x *lexer, first int) bool {
	count, ok := x.number()
	if !ok || first+count > DefaultMaxObjects {
		return false
	}
	for i := range count {
		offset, ok1 := parseTen(x.word())
		generation, ok2 := x.number()
		kind := x.word()
		if !ok1 || !ok2 || kind != "n" && kind != "f" || offset >= len(f.b) {
			return false
		}
		if _, newer := f.places[first+i]; newer {
			continue
		}
		if kind == "f" {
			offset = 0
		}
		f.places[first+i] = place{generation, offset}
	}
	return true
}

// parseTen reads the ten digits of an offset.
func parseTen(w string) (int, bool) {
	if len(w) != 10 || w[0] != '0' {
		return 0, false
	}
	return natural(w[1:])
}

// get reads the object that r names. What follows a stream's dictionary is of
// no interest here.
func (f *file) get(r ref) (any, bool) {
	p := f.places[r.number]
	if p.offset == 0 || p.generation != r.generation {
		return nil, false
	}
	x := newLexer(f.b, p.offset)
	n, ok1 := x.number()
	g, ok2 := x.number()
	if !ok1 || !ok2 || (ref{n, g}) != r || !x.keyword("obj") {
		return nil, false
	}
	v, ok := x.object(0)
	return v, ok && x.keyword("endobj")
}

// dict gives a dictionary that stands there itself or by reference.
func (f *file) dict(v any) (dict, bool) {
	if r, ok := v.(ref); ok {
		v, _ = f.get(r)
	}
	d, ok := v.(dict)
	return d, ok
}

// array gives an array that stands there itself or by reference.
func (f *file) array(v any) (array, bool) {
	if r, ok := v.(ref); ok {
		v, _ = f.get(r)
	}
	a, ok := v.(array)
	return a, ok
}
