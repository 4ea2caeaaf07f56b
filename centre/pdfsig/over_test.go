package pdfsig_test

import (
	"bytes"
	"testing"

	reader "akashi/verifier/pdfsig"
)

// What this package appends, the verifier writes anew to the byte: nothing
// else can stand behind a sheet.
func TestOver(t *testing.T) {
	for _, pages := range []int{1, 2} {
		original := page(t, pages)
		signed := sign(t, original)
		if !reader.Over(signed, original) {
			t.Errorf("%d pages: a signed file is not seen as its original", pages)
		}
		from, to := contents(t, signed)
		date := bytes.LastIndex(signed, []byte("/M (D:")) + len("/M (D:")
		for i := range signed {
			if i >= from && i < to || i >= date && i < date+14 {
				continue // another signature, another time: Verify's part
			}
			spoilt := bytes.Clone(signed)
			spoilt[i] ^= 1
			if reader.Over(spoilt, original) {
				t.Errorf("%d pages: byte %d, %q, became %q and passed", pages, i, signed[i], spoilt[i])
			}
		}
	}
}

// Updates that a verifier of signatures takes, because the signature covers
// them, but that change what the file shows.
func TestOverRefuses(t *testing.T) {
	original := page(t, 1)
	signed := sign(t, original)
	tail := signed[len(original):]
	swap := func(old, new string) []byte {
		if len(old) != len(new) || !bytes.Contains(tail, []byte(old)) {
			t.Fatalf("%q is not in the update, or %q is not as long", old, new)
		}
		return append(bytes.Clone(original), bytes.Replace(tail, []byte(old), []byte(new), 1)...)
	}
	for name, c := range map[string]struct{ signed, original []byte }{
		"another original":        {signed, page(t, 2)},
		"no original":             {signed, nil},
		"no update":               {original, original},
		"a face on the page":      {swap("/Rect [0 0 0 0]", "/Rect [0 0 9 9]"), original},
		"another page size":       {swap("/Annots [", "/Rotate ["), original},
		"other content":           {swap("/Contents 4", "/Contents 3"), original},
		"a comment":               {append(bytes.Clone(signed), "%x\n"...), original},
		"two updates":             {append(bytes.Clone(signed), tail...), original},
		"an update before it":     {signed, original[:len(original)-1]},
		"the original bent a bit": {signed, bytes.Replace(original, []byte("/Page"), []byte("/Pagf"), 1)},
	} {
		if reader.Over(c.signed, c.original) {
			t.Errorf("%s: passed", name)
		}
	}
}

func FuzzOver(f *testing.F) {
	original := page(f, 1)
	signed := sign(f, original)
	f.Add(signed[len(original):])
	f.Add(original)
	f.Add([]byte("%%EOF\n"))
	from, to := contents(f, signed)
	f.Fuzz(func(t *testing.T, tail []byte) {
		all := append(bytes.Clone(original), tail...)
		if !reader.Over(all, original) {
			return
		}
		if len(all) == len(signed) && !bytes.Equal(all[:from-300], signed[:from-300]) || len(all) == len(signed) && !bytes.Equal(all[to:], signed[to:]) {
			t.Errorf("another update passed: %q", tail)
		}
	})
}
