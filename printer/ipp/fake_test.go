package ipp_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/OpenPrinting/goipp"

	"akashi/printer/ipp"
)

// fake is a printer of our own for what a real one does not do: it answers
// well, except where a test changes the message or the bytes on the line.
type fake struct {
	Address string
	Message func(op goipp.Op, m *goipp.Message)      // changes a good answer; nil: none
	Bytes   func(op goipp.Op, w io.Writer, b []byte) // writes an answer itself; nil: as HTTP does
	Request func(op goipp.Op, q *goipp.Message)      // sees each request; nil: nobody
	Jobs    []goipp.Attributes                       // what Get-Job-Attributes says, one look after another; the last stays

	Stall func(op goipp.Op) bool // stops reading in the middle of a request; nil: never

	mu     sync.Mutex
	asked  map[goipp.Op]int
	prints [][]byte
}

func newFake(t *testing.T) *fake {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	f := &fake{Address: ln.Addr().String(), asked: map[goipp.Op]int{}, Jobs: []goipp.Attributes{jobSays(9, "job-completed-successfully")}}
	var served sync.WaitGroup
	t.Cleanup(func() { ln.Close(); served.Wait() })
	served.Go(func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			served.Go(func() { defer c.Close(); f.serve(c) })
		}
	})
	return f
}

func (f *fake) device(t *testing.T, l ipp.Limits) *ipp.Device {
	t.Helper()
	return ipp.New(ipp.Options{Target: target(t, "ipp://"+f.Address+"/ipp/print"), Dial: dialer(f.Address), Limits: l})
}

func (f *fake) serve(c net.Conn) {
	r := bufio.NewReader(c)
	for {
		q, err := http.ReadRequest(r)
		if err != nil {
			return
		}
		body := make([]byte, 4)
		if _, err := io.ReadFull(q.Body, body); err != nil || f.Stall != nil && f.Stall(goipp.Op(body[2])<<8|goipp.Op(body[3])) {
			return
		}
		rest, err := io.ReadAll(q.Body)
		if err != nil {
			return
		}
		body = append(body, rest...)
		var m goipp.Message
		b := bytes.NewReader(body)
		if m.Decode(b) != nil {
			return
		}
		document, _ := io.ReadAll(b)
		op := goipp.Op(m.Code)
		answer := f.answer(op, &m, document)
		if f.Bytes != nil {
			f.Bytes(op, c, answer)
		} else {
			plainHTTP(op, c, answer)
		}
	}
}

// plainHTTP is how an answer goes over the line.
func plainHTTP(_ goipp.Op, w io.Writer, b []byte) {
	fmt.Fprintf(w, "HTTP/1.1 200 OK\r\nContent-Type: application/ipp\r\nContent-Length: %d\r\n\r\n%s", len(b), b)
}

func (f *fake) answer(op goipp.Op, q *goipp.Message, document []byte) []byte {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.Request != nil {
		f.Request(op, q)
	}
	look := f.asked[op]
	f.asked[op]++
	m := goipp.NewResponse(q.Version, goipp.StatusOk, q.RequestID)
	m.Operation.Add(goipp.MakeAttr("attributes-charset", goipp.TagCharset, goipp.String("utf-8")))
	m.Operation.Add(goipp.MakeAttr("attributes-natural-language", goipp.TagLanguage, goipp.String("en")))
	switch op {
	case goipp.OpGetPrinterAttributes:
		m.Printer = goodPrinter()
	case goipp.OpPrintJob:
		f.prints = append(f.prints, document)
		m.Job = jobSays(5, "job-printing")
	case goipp.OpGetJobAttributes:
		m.Job = f.Jobs[min(look, len(f.Jobs)-1)].Clone()
	}
	if f.Message != nil {
		f.Message(op, m)
	}
	b, err := m.EncodeBytes()
	if err != nil {
		panic(err)
	}
	return b
}

// printed gives the documents that came with Print-Job.
func (f *fake) printed() [][]byte {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.prints
}

func (f *fake) times(op goipp.Op) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.asked[op]
}

func jobSays(state int, reason string) goipp.Attributes {
	return goipp.Attributes{
		goipp.MakeAttr("job-id", goipp.TagInteger, goipp.Integer(7)),
		goipp.MakeAttr("job-state", goipp.TagEnum, goipp.Integer(state)),
		goipp.MakeAttr("job-state-reasons", goipp.TagKeyword, goipp.String(reason)),
	}
}

func words(name string, tag goipp.Tag, all ...string) goipp.Attribute {
	a := goipp.Attribute{Name: name}
	for _, w := range all {
		a.Values.Add(tag, goipp.String(w))
	}
	return a
}

func numbers(name string, tag goipp.Tag, all ...int) goipp.Attribute {
	a := goipp.Attribute{Name: name}
	for _, n := range all {
		a.Values.Add(tag, goipp.Integer(n))
	}
	return a
}

func goodPrinter() goipp.Attributes {
	return goipp.Attributes{
		numbers("printer-state", goipp.TagEnum, 3),
		words("printer-state-reasons", goipp.TagKeyword, "none"),
		goipp.MakeAttr("printer-is-accepting-jobs", goipp.TagBoolean, goipp.Boolean(true)),
		words("ipp-versions-supported", goipp.TagKeyword, "1.0", "1.1", "2.0"),
		numbers("operations-supported", goipp.TagEnum, 2, 4, 8, 9, 10, 11),
		words("document-format-supported", goipp.TagMimeType, "application/octet-stream", "application/pdf"),
		words("media-supported", goipp.TagKeyword, "na_letter_8.5x11in", "iso_a4_210x297mm"),
		words("media-ready", goipp.TagKeyword, "iso_a4_210x297mm"),
		words("sides-supported", goipp.TagKeyword, "one-sided", "two-sided-long-edge"),
		goipp.MakeAttr("copies-supported", goipp.TagRange, goipp.Range{Lower: 1, Upper: 3}),
	}
}

// replace puts an attribute in the place of the one with its name; without
// values, it takes that away.
func replace(in goipp.Attributes, a goipp.Attribute) goipp.Attributes {
	var out goipp.Attributes
	for _, x := range in {
		if x.Name != a.Name {
			out.Add(x)
		}
	}
	if len(a.Values) > 0 {
		out.Add(a)
	}
	return out
}

// hasty are limits for a printer that never comes to an end.
var hasty = ipp.Limits{Poll: time.Millisecond, Job: 100 * time.Millisecond, Cancel: 20 * time.Millisecond, Busy: time.Millisecond}
