package canary

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/unicode/norm"
)

// pieces cuts a long value, a text between characters.
func pieces(v Value) []Value {
	all := []Value{}
	for len(v.Bytes) >= 2*DefaultPiece {
		all = append(all, Value{Label: v.Label, Bytes: v.Bytes[:DefaultPiece]})
		v.Bytes = v.Bytes[DefaultPiece:]
	}
	for len(v.Text) >= 2*DefaultPiece {
		at := DefaultPiece
		for !utf8.RuneStart(v.Text[at]) {
			at--
		}
		all = append(all, Value{Label: v.Label, Text: v.Text[:at]})
		v.Text = v.Text[at:]
	}
	return append(all, v)
}

// collector gathers the forms of one value.
type collector struct {
	label  string
	prefix string // names a normalisation
	forms  []pattern
}

func (c *collector) add(encoding string, b []byte) {
	if len(b) >= shortestForm {
		c.forms = append(c.forms, pattern{b, c.label, c.prefix + encoding})
	}
}

// forms gives every form of a value.
func forms(v Value) []pattern {
	c := &collector{label: v.Label}
	if v.Bytes != nil {
		c.bytes("bytes", v.Bytes)
		return c.forms
	}
	c.text(v.Text)
	for _, n := range []struct {
		name string
		form norm.Form
	}{{"nfc ", norm.NFC}, {"nfd ", norm.NFD}, {"nfkc ", norm.NFKC}} {
		if t := n.form.String(v.Text); t != v.Text {
			c.prefix = n.name
			c.text(t)
		}
	}
	return c.forms
}

// bytes adds what transports make of bytes.
func (c *collector) bytes(name string, b []byte) {
	c.add(name, b)
	c.add(name+" hex", []byte(hex.EncodeToString(b)))
	c.add(name+" HEX", []byte(strings.ToUpper(hex.EncodeToString(b))))
	for offset := range 3 {
		c.add(fmt.Sprintf("%s base64+%d", name, offset), shifted(base64.RawStdEncoding, b, offset))
		c.add(fmt.Sprintf("%s base64url+%d", name, offset), shifted(base64.RawURLEncoding, b, offset))
	}
}

// shifted gives the characters that b yields, whatever stands around it, when
// it begins offset bytes after a multiple of 3.
func shifted(e *base64.Encoding, b []byte, offset int) []byte {
	text := e.EncodeToString(append(make([]byte, offset), b...))
	first := (offset*8 + 5) / 6       // the first character made of b's bits alone
	last := (offset + len(b)) * 8 / 6 // one past the last
	return []byte(text[first:max(first, last)])
}

// text adds every encoding of a text.
func (c *collector) text(t string) {
	c.bytes("utf-8", []byte(t))
	be := wide(t, binary.BigEndian)
	c.add("utf-16le", wide(t, binary.LittleEndian))
	c.bytes("utf-16be", be)
	c.add("pdf string", pdfString(be))
	c.add("utf-32le", wider(t, binary.LittleEndian))
	c.add("utf-32be", wider(t, binary.BigEndian))
	for name, e := range map[string]encoding.Encoding{
		"shift_jis": japanese.ShiftJIS, "euc-jp": japanese.EUCJP, "iso-2022-jp": japanese.ISO2022JP,
	} {
		if b, err := e.NewEncoder().Bytes([]byte(t)); err == nil && !bytes.Equal(b, []byte(t)) {
			c.bytes(name, b)
		}
	}
	c.add("json", escape(t, `\u%04x`))
	c.add("JSON", escape(t, `\u%04X`))
	c.add("html", entities(t, "&#%d;"))
	c.add("html hex", entities(t, "&#x%x;"))
	c.add("percent", []byte(url.QueryEscape(t)))
	c.add("percent path", []byte(url.PathEscape(t)))
	c.digits(t)
	c.numeric(t)
}

func wide(t string, order binary.AppendByteOrder) (b []byte) {
	for _, u := range utf16.Encode([]rune(t)) {
		b = order.AppendUint16(b, u)
	}
	return b
}

func wider(t string, order binary.AppendByteOrder) (b []byte) {
	for _, r := range t {
		b = order.AppendUint32(b, uint32(r))
	}
	return b
}

// pdfString escapes what a PDF literal string must.
func pdfString(b []byte) []byte {
	r := strings.NewReplacer(`\`, `\\`, "(", `\(`, ")", `\)`, "\r", `\r`)
	return []byte(r.Replace(string(b)))
}

// escape writes every character beyond ASCII by its UTF-16 units.
func escape(t, format string) (b []byte) {
	for _, r := range t {
		if r < utf8.RuneSelf {
			b = append(b, byte(r))
			continue
		}
		for _, u := range utf16.Encode([]rune{r}) {
			b = fmt.Appendf(b, format, u)
		}
	}
	return b
}

func entities(t, format string) (b []byte) {
	for _, r := range t {
		if r < utf8.RuneSelf {
			b = append(b, byte(r))
			continue
		}
		b = fmt.Appendf(b, format, r)
	}
	return b
}

// digits adds the forms of a number: packed two digits to a byte either way
// round, and as a 64-bit integer.
func (c *collector) digits(t string) {
	if len(t) < 12 || len(t) > 18 || len(t)%2 != 0 || strings.Trim(t, "0123456789") != "" {
		return
	}
	packed, err := hex.DecodeString(t)
	if err != nil {
		return
	}
	c.add("bcd", packed)
	swapped := make([]byte, len(packed))
	for i, b := range packed {
		swapped[i] = b<<4 | b>>4
	}
	c.add("bcd swapped", swapped)
	n, err := strconv.ParseUint(t, 10, 64)
	if err != nil || n>>36 == 0 { // smaller ones have more zeros than number
		return
	}
	c.add("uint64le", binary.LittleEndian.AppendUint64(nil, n))
	c.add("uint64be", binary.BigEndian.AppendUint64(nil, n))
}

// numeric adds the digit pairs of a SMART Health Card's QR code.
func (c *collector) numeric(t string) {
	var b []byte
	for _, r := range t {
		if r < 45 || r > 122 {
			return
		}
		b = fmt.Appendf(b, "%02d", r-45)
	}
	c.add("shc digits", b)
}
