package ipp

import (
	"bytes"

	"github.com/OpenPrinting/goipp"
)

// version is what we speak: every printer must (RFC 8011 §4.1.8), and what is
// newer we do not need.
var version = goipp.MakeVersion(1, 1)

// user is all that a printer learns of who prints.
const user = "kiosk"

// DefaultMaxDepth bounds collections inside collections; 'media-col', which
// nobody asked for, has three levels.
const DefaultMaxDepth = 4

// request begins a message with the attributes that each must have, in the
// order that RFC 8011 §4.1.4 and §4.1.5 demand.
func request(op goipp.Op, id uint32, uri string) *goipp.Message {
	m := goipp.NewRequest(version, op, id)
	m.Operation.Add(goipp.MakeAttr("attributes-charset", goipp.TagCharset, goipp.String("utf-8")))
	m.Operation.Add(goipp.MakeAttr("attributes-natural-language", goipp.TagLanguage, goipp.String("en")))
	m.Operation.Add(goipp.MakeAttr("printer-uri", goipp.TagURI, goipp.String(uri)))
	return m
}

// named adds who asks, after the target and job-id, where it belongs.
func named(m *goipp.Message) {
	m.Operation.Add(goipp.MakeAttr("requesting-user-name", goipp.TagName, goipp.String(user)))
}

// asking adds the attributes that the answer shall have.
func asking(m *goipp.Message, names []string) {
	a := goipp.Attribute{Name: "requested-attributes"}
	for _, n := range names {
		a.Values.Add(goipp.TagKeyword, goipp.String(n))
	}
	m.Operation.Add(a)
}

// parse reads an answer in its one form: what the encoder makes of it must be
// the very bytes that came, and no group may have an attribute twice.
func parse(b []byte) (*goipp.Message, error) {
	if !shallow(b) {
		return nil, ErrMessage
	}
	var m goipp.Message
	if err := m.DecodeBytes(b); err != nil {
		return nil, ErrMessage
	}
	again, err := m.EncodeBytes()
	if err != nil || !bytes.Equal(again, b) {
		return nil, ErrMessage
	}
	for _, g := range m.Groups {
		seen := map[string]bool{}
		for _, a := range g.Attrs {
			if seen[a.Name] {
				return nil, ErrMessage
			}
			seen[a.Name] = true
		}
	}
	return &m, nil
}

// shallow walks the tags of a message, without a stack, before the decoder
// follows its collections with one.
func shallow(b []byte) bool {
	depth := 0
	for i := 8; i < len(b); {
		tag := goipp.Tag(b[i])
		i++
		if tag.IsDelimiter() {
			if depth > 0 {
				return false
			}
			continue
		}
		for range 2 { // name, value
			if i+2 > len(b) {
				return false
			}
			i += 2 + int(b[i])<<8 + int(b[i+1])
		}
		switch tag {
		case goipp.TagBeginCollection:
			depth++
		case goipp.TagEndCollection:
			depth--
		}
		if depth < 0 || depth > DefaultMaxDepth {
			return false
		}
	}
	return len(b) > 8 && depth == 0
}

// refusal is a status that is not successful-ok; it is an ErrRefused.
type refusal struct{ status goipp.Status }

func (*refusal) Error() string { return ErrRefused.Error() }

func (*refusal) Unwrap() error { return ErrRefused }

// answered reads the answer to a request and holds it against the request. A
// refusal comes with its message: it may name a job.
func answered(q *goipp.Message, b []byte) (*goipp.Message, error) {
	m, err := parse(b)
	if err != nil {
		return nil, err
	}
	if m.Version != q.Version || m.RequestID != q.RequestID || len(m.Groups) == 0 || m.Groups[0].Tag != goipp.TagOperationGroup {
		return nil, ErrAnswer
	}
	head := m.Groups[0].Attrs
	if len(head) < 2 || head[0].Name != "attributes-charset" || head[1].Name != "attributes-natural-language" {
		return nil, ErrAnswer
	}
	for _, g := range m.Groups[1:] {
		if g.Tag != goipp.TagJobGroup && g.Tag != goipp.TagPrinterGroup && g.Tag != goipp.TagUnsupportedGroup {
			return nil, ErrAnswer
		}
	}
	if m.Code > 0xff { // RFC 8011 appendix B.1: 0x0000 to 0x00ff are successful
		return m, &refusal{goipp.Status(m.Code)}
	}
	return m, nil
}

// only gives the one group of a kind.
func only(m *goipp.Message, tag goipp.Tag) (attributes, error) {
	var got []goipp.Group
	for _, g := range m.Groups {
		if g.Tag == tag {
			got = append(got, g)
		}
	}
	if len(got) != 1 {
		return nil, ErrAnswer
	}
	return attributes(got[0].Attrs), nil
}
