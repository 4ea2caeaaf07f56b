package sheet

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strconv"

	"akashi/printer/glyph"
)

// errShape says that fpdf wrote another file than the one that finish knows.
var errShape = errors.New("sheet: fpdf's output has another shape than expected; the pinned version was changed")

var (
	reStart = regexp.MustCompile(`startxref\n(\d+)\n%%EOF\n$`)
	reFont  = regexp.MustCompile(`/BaseFont /utf8face(\d+)\n/Encoding /Identity-H\n/DescendantFonts \[\d+ 0 R\]\n/ToUnicode (\d+) 0 R`)
)

// finish rewrites fpdf's file: fpdf gives every font one identity ToUnicode
// map, which cannot say characters beyond the basic plane or sequences. Each
// font gets its own map and its subset's name; nothing else changes, and the
// cross-reference table is written again.
func finish(pdf []byte, cuts []glyph.Cut) ([]byte, error) {
	objects, trailer, err := parse(pdf)
	if err != nil {
		return nil, err
	}
	byFont := map[string]glyph.Cut{}
	for _, c := range cuts {
		byFont[strconv.Itoa(c.Font)] = c
	}
	seen := 0
	for _, o := range objects {
		m := reFont.FindSubmatch(o)
		if m == nil {
			continue
		}
		cut, ok := byFont[string(m[1])]
		n, _ := strconv.Atoi(string(m[2]))
		if !ok || n < 1 || n > len(objects) {
			return nil, errShape
		}
		objects[n-1] = fmt.Appendf(nil, "%d 0 obj\n<</Length %d>>\nstream\n%s\nendstream\nendobj\n", n, len(cut.ToUnicode), cut.ToUnicode)
		seen++
	}
	if seen != len(cuts) {
		return nil, errShape
	}
	for i, o := range objects {
		objects[i] = rename(o, cuts)
	}
	return assemble(objects, trailer), nil
}

// rename puts the subset's name in place of fpdf's in dictionaries.
func rename(object []byte, cuts []glyph.Cut) []byte {
	if !bytes.Contains(object, []byte("/utf8face")) || bytes.Contains(object, []byte("stream\n")) {
		return object
	}
	for _, c := range cuts {
		tag := []byte("AKASH" + string(rune('A'+c.Font)) + "+" + c.Name)
		object = bytes.ReplaceAll(object, []byte("utf8"+family(c.Font)), tag)
	}
	return object
}

// parse cuts the file at its cross-reference table's offsets into objects 1,
// 2, … and gives the trailer's dictionary.
func parse(pdf []byte) (objects [][]byte, trailer []byte, err error) {
	m := reStart.FindSubmatch(pdf)
	if m == nil {
		return nil, nil, errShape
	}
	at, err := strconv.Atoi(string(m[1]))
	if err != nil || at > len(pdf) {
		return nil, nil, errShape
	}
	table, trailer, ok := bytes.Cut(pdf[at:], []byte("trailer\n"))
	rows := bytes.Split(bytes.TrimSuffix(table, []byte("\n")), []byte("\n"))
	if !ok || len(rows) < 4 || string(rows[0]) != "xref" {
		return nil, nil, errShape
	}
	trailer = trailer[:bytes.Index(trailer, []byte("startxref"))]
	starts := map[int]int{}
	for i, row := range rows[3:] {
		if len(row) < 10 {
			return nil, nil, errShape
		}
		if starts[i+1], err = strconv.Atoi(string(row[:10])); err != nil {
			return nil, nil, errShape
		}
	}
	return slice(pdf[:at], starts, trailer)
}

// slice gives each object's bytes, from its start to the next start in the
// file, whose order is not that of the numbers.
func slice(body []byte, starts map[int]int, trailer []byte) ([][]byte, []byte, error) {
	objects := make([][]byte, len(starts))
	for n, from := range starts {
		to := len(body)
		for _, s := range starts {
			if s > from && s < to {
				to = s
			}
		}
		if from > to || !bytes.HasPrefix(body[from:to], fmt.Appendf(nil, "%d 0 obj\n", n)) || !bytes.HasSuffix(body[from:to], []byte("endobj\n")) {
			return nil, nil, errShape
		}
		objects[n-1] = body[from:to]
	}
	return objects, trailer, nil
}

// assemble writes the objects in the order of their numbers.
func assemble(objects [][]byte, trailer []byte) []byte {
	out := []byte("%PDF-1.7\n%\xE8\xA8\xBC\xE2\n") // a comment of high bytes marks a binary file
	table := fmt.Appendf(nil, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, o := range objects {
		table = fmt.Appendf(table, "%010d 00000 n \n", len(out))
		out = append(out, o...)
	}
	start := len(out)
	out = append(append(out, table...), "trailer\n"...)
	return fmt.Appendf(append(out, trailer...), "startxref\n%d\n%%%%EOF\n", start)
}
