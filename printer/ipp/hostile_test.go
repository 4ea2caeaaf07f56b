package ipp_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/OpenPrinting/goipp"

	"akashi/printer"
	"akashi/printer/ipp"
)

// spoil is one way in which an answer is wrong on the line.
type spoil struct {
	name  string
	bytes func(w io.Writer, b []byte)
	want  error
}

func http200(w io.Writer, b []byte) { plainHTTP(0, w, b) }

func head(w io.Writer, length int, more string) {
	fmt.Fprintf(w, "HTTP/1.1 200 OK\r\nContent-Type: application/ipp\r\nContent-Length: %d\r\n%s\r\n", length, more)
}

// message gives a good answer one defect.
func message(f func(b []byte) []byte) func(io.Writer, []byte) {
	return func(w io.Writer, b []byte) { http200(w, f(bytes.Clone(b))) }
}

var spoils = []spoil{
	{"another request's id", message(func(b []byte) []byte { b[7]++; return b }), ipp.ErrAnswer},
	{"another version", message(func(b []byte) []byte { b[0] = 9; return b }), ipp.ErrAnswer},
	{"version 1.0", message(func(b []byte) []byte { b[1] = 0; return b }), ipp.ErrAnswer},
	{"cut in the middle", message(func(b []byte) []byte { return b[:len(b)/2] }), ipp.ErrMessage},
	{"without its end tag", message(func(b []byte) []byte { return b[:len(b)-1] }), ipp.ErrMessage},
	{"something behind the end tag", message(func(b []byte) []byte { return append(b, 0) }), ipp.ErrMessage},
	{"nothing", message(func([]byte) []byte { return nil }), ipp.ErrMessage},
	{"an attribute twice", message(func(b []byte) []byte { return append(b[:len(b)-1], 2, 0x44, 0, 1, 'x', 0, 0, 0x44, 0, 1, 'x', 0, 0, 3) }), ipp.ErrMessage},
	{"a group that nobody asked for", message(func(b []byte) []byte { return append(b[:len(b)-1], 6, 3) }), ipp.ErrAnswer},
	{"no operation attributes", message(func(b []byte) []byte { return append(b[:8], 3) }), ipp.ErrAnswer},
	{"collections without end", message(func(b []byte) []byte {
		b = append(b[:len(b)-1], 2, 0x34, 0, 1, 'x', 0, 0)
		for range 20_000 {
			b = append(b, 0x4a, 0, 0, 0, 1, 'm', 0x34, 0, 0, 0, 0)[:min(len(b)+11, 120_000)]
		}
		return b
	}), ipp.ErrMessage},
	{"collections too deep", message(func(b []byte) []byte {
		c := goipp.MakeAttrCollection("x", goipp.MakeAttr("m", goipp.TagInteger, goipp.Integer(1)))
		for range ipp.DefaultMaxDepth {
			c = goipp.MakeAttrCollection("x", c)
		}
		m := goipp.NewMessageWithGroups(0, 0, 0, goipp.Groups{{Tag: goipp.TagUnsupportedGroup, Attrs: goipp.Attributes{c}}})
		deep, err := m.EncodeBytes()
		if err != nil {
			panic(err)
		}
		return append(b[:len(b)-1], deep[8:]...)
	}), ipp.ErrMessage},
	{"more attributes than one answer can have", message(func(b []byte) []byte {
		return append(b[:len(b)-1], bytes.Repeat([]byte{0x44, 0, 1, 'x', 0, 0}, ipp.DefaultMaxAnswer)...)
	}), ipp.ErrSize},
	{"no end", func(w io.Writer, b []byte) {
		fmt.Fprint(w, "HTTP/1.1 200 OK\r\nContent-Type: application/ipp\r\nTransfer-Encoding: chunked\r\n\r\n")
		for chunk := strings.Repeat("x", 1<<10); ; {
			if _, err := fmt.Fprintf(w, "400\r\n%s\r\n", chunk); err != nil {
				return
			}
		}
	}, ipp.ErrSize},
	{"fields without end", func(w io.Writer, b []byte) {
		fmt.Fprint(w, "HTTP/1.1 200 OK\r\n")
		for line := "X: " + strings.Repeat("x", 1<<10) + "\r\n"; ; {
			if _, err := fmt.Fprint(w, line); err != nil {
				return
			}
		}
	}, ipp.ErrSize},
	{"interim answers without end", func(w io.Writer, b []byte) {
		for {
			if _, err := fmt.Fprint(w, "HTTP/1.1 100 Continue\r\n\r\n"); err != nil {
				return
			}
		}
	}, ipp.ErrSize},
	{"fewer bytes than said", func(w io.Writer, b []byte) { head(w, len(b)+1, ""); w.Write(b); w.(net.Conn).Close() }, ipp.ErrLine},
	{"more bytes than said", func(w io.Writer, b []byte) {
		var all bytes.Buffer // in one piece, as a bad printer's buffer goes out
		head(&all, len(b), "")
		all.Write(append(bytes.Clone(b), "HTTP/1.1 200 OK\r\n"...))
		w.Write(all.Bytes())
	}, ipp.ErrHTTP},
	{"a negative length", func(w io.Writer, b []byte) { head(w, -1, ""); w.Write(b) }, ipp.ErrHTTP},
	{"two lengths", func(w io.Writer, b []byte) { head(w, len(b), "Content-Length: 3\r\n"); w.Write(b) }, ipp.ErrHTTP},
	{"compressed", func(w io.Writer, b []byte) { head(w, len(b), "Content-Encoding: gzip\r\n"); w.Write(b) }, ipp.ErrHTTP},
	{"no IPP", func(w io.Writer, b []byte) {
		fmt.Fprintf(w, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n%s", len(b), b)
	}, ipp.ErrHTTP},
	{"no HTTP", func(w io.Writer, b []byte) { fmt.Fprint(w, "@PJL USTATUS DEVICE\r\nCODE=10001\r\n\r\n") }, ipp.ErrHTTP},
	{"HTTP's refusal around a good message", func(w io.Writer, b []byte) {
		fmt.Fprintf(w, "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/ipp\r\nContent-Length: %d\r\n\r\n%s", len(b), b)
	}, ipp.ErrHTTP},
	{"HTTP's own refusal", func(w io.Writer, b []byte) { fmt.Fprint(w, "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n") }, ipp.ErrHTTP},
	{"another printer's address", func(w io.Writer, b []byte) {
		fmt.Fprint(w, "HTTP/1.1 307 Temporary Redirect\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n")
	}, ipp.ErrHTTP},
	{"another protocol", func(w io.Writer, b []byte) {
		fmt.Fprint(w, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: TLS/1.0\r\nConnection: Upgrade\r\n\r\n")
	}, ipp.ErrHTTP},
	{"a line that breaks", func(w io.Writer, b []byte) { w.(net.Conn).Close() }, ipp.ErrLine},
}

// Until Print-Job a hostile printer gets nothing; afterwards whatever it says
// is unknown; and never does a document go out twice.
func TestHostilePrinter(t *testing.T) {
	for _, op := range []goipp.Op{goipp.OpGetPrinterAttributes, goipp.OpValidateJob, goipp.OpPrintJob, goipp.OpGetJobAttributes} {
		for _, s := range spoils {
			t.Run(op.String()+" "+s.name, func(t *testing.T) {
				f := newFake(t)
				f.Bytes = func(of goipp.Op, w io.Writer, b []byte) {
					if of == op {
						s.bytes(w, b)
					} else {
						plainHTTP(of, w, b)
					}
				}
				out, err := print(t, f.device(t, hasty), 1)
				want, prints := printer.NotPrinted, 0
				if op == goipp.OpPrintJob || op == goipp.OpGetJobAttributes {
					want, prints = printer.Unknown, 1
				}
				if out != want || !errors.Is(err, s.want) && !errors.Is(err, ipp.ErrGaveUp) {
					t.Errorf("%v, %v; want %v, %v", out, err, want, s.want)
				}
				if got := f.printed(); len(got) != prints {
					t.Errorf("the document went out %d times, want %d", len(got), prints)
				}
			})
		}
	}
}

// A printer that trickles is given up when its time is over, which here is
// when it has begun to.
func TestSlowTrickle(t *testing.T) {
	for _, op := range []goipp.Op{goipp.OpGetPrinterAttributes, goipp.OpPrintJob, goipp.OpGetJobAttributes} {
		f := newFake(t)
		trickles := make(chan struct{})
		var once sync.Once
		f.Bytes = func(of goipp.Op, w io.Writer, b []byte) {
			if of != op {
				plainHTTP(of, w, b)
				return
			}
			head(w, len(b), "")
			for i := 0; ; i++ {
				if _, err := w.Write(b[:1]); err != nil {
					return
				}
				if i == 3 {
					once.Do(func() { close(trickles) })
				}
				time.Sleep(time.Millisecond)
			}
		}
		over := make(chan time.Time)
		go func() { <-trickles; close(over) }()
		d := ipp.New(ipp.Options{Target: target(t, "ipp://"+f.Address+"/"), Dial: dialer(f.Address), After: func(w time.Duration) <-chan time.Time {
			if w == ipp.DefaultPoll {
				return time.After(time.Millisecond)
			}
			return over
		}})
		out, err := print(t, d, 1)
		want := printer.Unknown
		if op == goipp.OpGetPrinterAttributes {
			want = printer.NotPrinted
		}
		if out != want || err == nil || len(f.printed()) > 1 {
			t.Errorf("%v: %v, %v, %d documents", op, out, err, len(f.printed()))
		}
	}
}

// A printer that does not take what it is sent, but keeps the line: the
// document's time ends.
func TestPrinterThatStopsReading(t *testing.T) {
	f := newFake(t)
	over, gone := make(chan time.Time), make(chan struct{})
	var once sync.Once
	f.Stall = func(op goipp.Op) bool {
		if op == goipp.OpPrintJob {
			once.Do(func() { close(over) })
			<-gone
			return true
		}
		return false
	}
	d := ipp.New(ipp.Options{Target: target(t, "ipp://"+f.Address+"/"), Dial: dialer(f.Address), After: func(w time.Duration) <-chan time.Time {
		if w == ipp.DefaultPoll {
			return time.After(time.Millisecond)
		}
		return over
	}})
	big := append(bytes.Clone(document), make([]byte, printer.DefaultMaxPDF-len(document))...)
	out, err := d.Print(t.Context(), printer.Job{PDF: big, Copies: 1})
	close(gone)
	if out != printer.Unknown || faultOf(err) != printer.Left || !errors.Is(err, ipp.ErrSlow) {
		t.Errorf("%v, %v", out, err)
	}
	if len(f.printed()) != 0 {
		t.Error("it printed")
	}
}

func TestNoLine(t *testing.T) {
	d := ipp.New(ipp.Options{Target: target(t, "ipp://127.0.0.1:9/"), Dial: func(context.Context) (net.Conn, error) { return nil, errors.New("refused: 127.0.0.1:9") }})
	out, err := print(t, d, 1)
	if out != printer.NotPrinted || faultOf(err) != printer.Unreachable || strings.Contains(fmt.Sprintf("%v %+v", err, errors.Unwrap(err)), "127.0.0.1") {
		t.Errorf("%v, %v", out, err)
	}
}
