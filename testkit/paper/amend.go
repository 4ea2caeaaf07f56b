package paper

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// ErrAmend says that a sheet has another shape than Amend knows.
var ErrAmend = errors.New("paper: not a sheet as printer/sheet writes it")

var (
	reObject  = regexp.MustCompile(`(?m)^([0-9]+) 0 obj\n`)
	reTrailer = regexp.MustCompile(`/Size [0-9]+`)
)

// Amend changes an unsigned sheet as somebody would who can have it signed: old
// becomes new in the first object that has it, and objects are added. @1, @2 …
// in new and in the objects stand for the numbers of the added ones.
func Amend(pdf []byte, old, new string, objects ...string) ([]byte, error) {
	head, rest, ok := bytes.Cut(pdf, []byte("xref\n0 "))
	_, trailer, found := bytes.Cut(rest, []byte("trailer\n"))
	if !ok || !found || !bytes.Contains(head, []byte(old)) {
		return nil, ErrAmend
	}
	size := len(reObject.FindAll(head, -1)) + 1
	number := func(s string) string {
		for i := range objects {
			s = strings.ReplaceAll(s, "@"+strconv.Itoa(i+1), strconv.Itoa(size+i))
		}
		return s
	}
	out := bytes.Replace(head, []byte(old), []byte(number(new)), 1)
	for i, o := range objects {
		out = fmt.Appendf(out, "%d 0 obj\n%s\nendobj\n", size+i, number(o))
	}
	at := reObject.FindAllSubmatchIndex(out, -1)
	table := fmt.Appendf(nil, "xref\n0 %d\n0000000000 65535 f \n", len(at)+1)
	for i, m := range at {
		if string(out[m[2]:m[3]]) != strconv.Itoa(i+1) {
			return nil, ErrAmend
		}
		table = fmt.Appendf(table, "%010d 00000 n \n", m[0])
	}
	trailer = reTrailer.ReplaceAll(trailer, fmt.Appendf(nil, "/Size %d", len(at)+1))
	trailer, _, _ = bytes.Cut(trailer, []byte("startxref\n"))
	table = append(append(table, "trailer\n"...), trailer...)
	return fmt.Appendf(append(out, table...), "startxref\n%d\n%%%%EOF\n", len(out)), nil
}

// Stream writes a stream object.
func Stream(dict, content string) string {
	return fmt.Sprintf("<<%s /Length %d>>\nstream\n%s\nendstream", dict, len(content), content)
}

// Paint adds a content stream behind that of the first page: its operators
// paint over all that is there.
func Paint(pdf []byte, operators string) ([]byte, error) {
	m := regexp.MustCompile(`/Contents ([0-9]+ 0 R)`).FindSubmatch(pdf)
	if m == nil {
		return nil, ErrAmend
	}
	return Amend(pdf, string(m[0]), fmt.Sprintf("/Contents [%s @1 0 R]", m[1]), Stream("", "q\n"+operators+"\nQ"))
}
