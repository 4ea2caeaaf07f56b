package ipp

import (
	"bytes"
	"context"
	"io"
	"net"
	"strconv"
	"testing"
	"time"

	"github.com/OpenPrinting/goipp"

	"akashi/printer"
)

// canned is a printer whose whole side of the conversation is written down.
type canned struct {
	net.Conn
	in io.Reader
}

func (c canned) Read(b []byte) (int, error)  { return c.in.Read(b) }
func (c canned) Write(b []byte) (int, error) { return len(b), nil }
func (c canned) Close() error                { return nil }
func (c canned) SetDeadline(time.Time) error { return nil }

func say(more ...goipp.Group) []byte {
	m := goipp.NewMessageWithGroups(version, goipp.Code(goipp.StatusOk), 1, append(goipp.Groups{{Tag: goipp.TagOperationGroup, Attrs: goipp.Attributes{
		goipp.MakeAttr("attributes-charset", goipp.TagCharset, goipp.String("utf-8")),
		goipp.MakeAttr("attributes-natural-language", goipp.TagLanguage, goipp.String("en")),
	}}}, more...))
	b, err := m.EncodeBytes()
	if err != nil {
		panic(err)
	}
	return b
}

func jobGroup() goipp.Group {
	return goipp.Group{Tag: goipp.TagJobGroup, Attrs: goipp.Attributes{
		goipp.MakeAttr("job-id", goipp.TagInteger, goipp.Integer(1)), goipp.MakeAttr("job-state", goipp.TagEnum, goipp.Integer(9)),
		goipp.MakeAttr("job-state-reasons", goipp.TagKeyword, goipp.String("none")), goipp.MakeAttr("time-at-processing", goipp.TagNoValue, goipp.Void{}),
	}}
}

func printerGroup() goipp.Group {
	return goipp.Group{Tag: goipp.TagPrinterGroup, Attrs: goipp.Attributes{
		goipp.MakeAttr("printer-state", goipp.TagEnum, goipp.Integer(3)), goipp.MakeAttr("printer-state-reasons", goipp.TagKeyword, goipp.String("none")),
		goipp.MakeAttr("printer-is-accepting-jobs", goipp.TagBoolean, goipp.Boolean(true)),
		goipp.MakeAttr("copies-supported", goipp.TagRange, goipp.Range{Lower: 1, Upper: 9}),
		goipp.MakeAttrCollection("media-col-ready", goipp.MakeAttr("media-type", goipp.TagKeyword, goipp.String("stationery"))),
	}}
}

// FuzzAnswer reads any message as every answer. What is accepted has one
// encoding, and none is a promise that the message does not make.
func FuzzAnswer(f *testing.F) {
	f.Add(say())
	f.Add(say(jobGroup()))
	f.Add(say(printerGroup()))
	f.Add(append(say(), 0))
	f.Add([]byte{1, 1, 4, 6, 0, 0, 0, 1, 3})
	f.Add(append(say()[:60], bytes.Repeat([]byte{0x34, 0, 1, 'x', 0, 0}, 50)...))
	f.Add(append(say()[:len(say())-1], 2, 0x35, 0, 1, 'x', 0, 6, 0, 1, 'e', 0, 1, 'x', 0x7f, 0, 1, 'y', 0, 4, 0, 0, 0, 9, 3))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := parse(b)
		if err != nil {
			return
		}
		if again, err := m.EncodeBytes(); err != nil || !bytes.Equal(again, b) {
			t.Fatal("two encodings of one message")
		}
		q := request(goipp.OpGetJobAttributes, 1, "ipp://127.0.0.1/")
		m, err = answered(q, b)
		if err == nil && (m.RequestID != 1 || m.Version != version || m.Code > 0xff) {
			t.Fatal("an answer to something else")
		}
		if err != nil {
			return
		}
		if j, err := readJob(m, 1); err == nil {
			if j.whole(1) && j.state != jobCompleted || j.untouched() && (!j.over() || j.state == jobCompleted || j.sheets > 0) {
				t.Fatalf("a promise that nobody made: %+v", j)
			}
		}
		if a, err := only(m, goipp.TagPrinterGroup); err == nil {
			if s, fault, err := status(a); err == nil && s == printer.Ready && fault.Stops() {
				t.Fatal("ready with a fault")
			}
			_ = suits(a, 1)
			_ = template(a, 1)
		}
	})
}

// FuzzLine reads any bytes as the printer's side of a line.
func FuzzLine(f *testing.F) {
	for _, body := range [][]byte{say(), say(jobGroup())} {
		f.Add(append([]byte("HTTP/1.1 200 OK\r\nContent-Type: application/ipp\r\nContent-Length: "+strconv.Itoa(len(body))+"\r\n\r\n"), body...))
		f.Add(append([]byte("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.0 200 OK\r\nContent-Type: application/ipp\r\n\r\n"), body...))
	}
	f.Add([]byte("HTTP/1.1 200 OK\r\nContent-Type: application/ipp\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n"))
	f.Add([]byte("HTTP/1.1 101 Switching Protocols\r\n\r\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		l, err := open(context.Background(), canned{in: bytes.NewReader(b)}, Target{path: "/", Address: "x"}, time.Now)
		if err != nil {
			t.Fatal(err)
		}
		answer, began, err := l.exchange(context.Background(), []byte("message"), []byte("document"))
		if !began || err == nil && len(answer) > DefaultMaxAnswer || err != nil && answer != nil {
			t.Fatalf("%d bytes, began %v, %v", len(answer), began, err)
		}
		if err != nil && faulty(err).(*printer.Error).Fault == printer.OtherFault {
			t.Fatalf("a fault without a kind: %v", err)
		}
	})
}
