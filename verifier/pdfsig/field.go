package pdfsig

import (
	"crypto/sha256"
	"slices"
	"time"
)

// field is the signature dictionary, as far as it matters.
type field struct {
	byteRange [4]int
	contents  entry
	at        time.Time
}

// signature follows catalogue, form and field to the one signature, which must
// certify the document too.
func (f *file) signature() (*field, error) {
	root, ok := f.dict(f.root)
	if !ok || root["Type"].value != name("Catalog") {
		return nil, ErrStructure
	}
	form, ok := f.dict(root["AcroForm"].value)
	if !ok {
		return nil, ErrUnsigned
	}
	fields, ok := f.array(form["Fields"].value)
	if !ok || len(fields) != 1 {
		return nil, ErrField
	}
	widget, ok := f.dict(fields[0])
	if !ok || widget["FT"].value != name("Sig") {
		return nil, ErrField
	}
	at, ok := widget["V"].value.(ref)
	if !ok {
		return nil, ErrUnsigned
	}
	d, ok := f.dict(at)
	if !ok {
		return nil, ErrField
	}
	perms, _ := f.dict(root["Perms"].value)
	if perms["DocMDP"].value != at || !f.noChanges(d) {
		return nil, ErrPermissions
	}
	return parseField(d)
}

// noChanges reports whether the signature certifies the document and allows no
// change: DocMDP with P 1 (ISO 32000-1 section 12.8.2.2).
func (f *file) noChanges(d dict) bool {
	list, ok := f.array(d["Reference"].value)
	if !ok || len(list) != 1 {
		return false
	}
	r, _ := f.dict(list[0])
	params, _ := f.dict(r["TransformParams"].value)
	return r["TransformMethod"].value == name("DocMDP") && params["P"].value == 1 && params["V"].value == name("1.2")
}

var fieldKeys = []name{"Type", "Filter", "SubFilter", "ByteRange", "Contents", "M", "Reference",
	"Name", "Reason", "Location", "ContactInfo", "Prop_Build"}

func parseField(d dict) (*field, error) {
	for k := range d {
		if !slices.Contains(fieldKeys, k) {
			return nil, ErrField
		}
	}
	if d["Type"].value != name("Sig") || d["Filter"].value != name("Adobe.PPKLite") || d["SubFilter"].value != name("ETSI.CAdES.detached") {
		return nil, ErrField
	}
	out := &field{contents: d["Contents"]}
	numbers, ok := d["ByteRange"].value.(array)
	if !ok || len(numbers) != 4 {
		return nil, ErrField
	}
	for i, n := range numbers {
		if out.byteRange[i], ok = n.(int); !ok {
			return nil, ErrField
		}
	}
	m, _ := d["M"].value.(text)
	if out.at, ok = date(string(m)); !ok {
		return nil, ErrField
	}
	return out, nil
}

// date reads D:YYYYMMDDHHmmSS with Z or whole hours +HH'00' (ISO 32000-1
// section 7.9.4; seconds and zone are required here).
func date(s string) (time.Time, bool) {
	for _, layout := range []string{"D:20060102150405Z", "D:20060102150405-07'00'", "D:20060102150405-07'00"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}

// covered gives the signature's data and the digest of all other bytes. The
// signed bytes must be the whole file but the one string that holds the
// signature (ISO 32000-1 section 12.8.1, EN 319 142-1 section 5.2).
func (d *field) covered(pdf []byte) (cms []byte, digest [32]byte, err error) {
	first, gap, behind, rest := d.byteRange[0], d.byteRange[1], d.byteRange[2], d.byteRange[3]
	cms, ok := d.contents.value.(text)
	if first != 0 || gap != d.contents.from || behind != d.contents.to || behind+rest != len(pdf) ||
		!ok || pdf[gap] != '<' {
		return nil, digest, ErrCoverage
	}
	h := sha256.New()
	h.Write(pdf[:gap])
	h.Write(pdf[behind:])
	return cms, [32]byte(h.Sum(nil)), nil
}
