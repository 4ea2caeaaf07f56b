package ipp_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"testing"

	"github.com/OpenPrinting/goipp"

	"akashi/printer"
	"akashi/printer/ipp"
	"akashi/testkit/ippprinter"
)

// cut is where a line breaks, within one operation.
type cut int

const (
	whole    cut = iota // it does not
	early               // nothing of the request arrives
	half                // a part of the request arrives
	answered            // the request arrives, and no answer comes back
)

// cutter stands between the device and a real printer.
type cutter struct {
	Address string
	at      func(op goipp.Op, nth int) cut
	printer string

	mu    sync.Mutex
	asked map[goipp.Op]int
}

func newCutter(t *testing.T, p *ippprinter.Printer, at func(op goipp.Op, nth int) cut) *cutter {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &cutter{Address: ln.Addr().String(), at: at, printer: p.Address, asked: map[goipp.Op]int{}}
	var served sync.WaitGroup
	t.Cleanup(func() { ln.Close(); served.Wait() })
	served.Go(func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			served.Go(func() { c.serve(conn) })
		}
	})
	return c
}

func (c *cutter) where(op goipp.Op) cut {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asked[op]++
	return c.at(op, c.asked[op])
}

func (c *cutter) serve(down net.Conn) {
	defer down.Close()
	up, err := net.Dial("tcp", c.printer)
	if err != nil {
		return
	}
	defer up.Close()
	in, back := bufio.NewReader(down), bufio.NewReader(up)
	for {
		q, err := http.ReadRequest(in)
		if err != nil {
			return
		}
		b, err := io.ReadAll(q.Body)
		if err != nil {
			return
		}
		where := c.where(goipp.Op(b[2])<<8 | goipp.Op(b[3]))
		if where == early {
			return
		}
		fmt.Fprintf(up, "POST %s HTTP/1.1\r\nHost: %s\r\nContent-Type: application/ipp\r\nContent-Length: %d\r\n\r\n", q.URL.Path, q.Host, len(b))
		if where == half {
			up.Write(b[:len(b)/2])
			return
		}
		up.Write(b)
		r, err := http.ReadResponse(back, q)
		if err != nil {
			return
		}
		answer, err := io.ReadAll(r.Body)
		if err != nil || where == answered {
			return
		}
		plainHTTP(0, down, answer)
	}
}

// The line to a real printer breaks at each stage. Nothing goes out twice, and
// only what cannot have been printed is called so.
func TestCutLine(t *testing.T) {
	p := ippprinter.Require(t)
	total := 0
	for _, c := range []struct {
		op    goipp.Op
		where cut
		nth   int // 0: each time
		want  printer.Outcome
		jobs  int // that the printer begins
	}{
		{goipp.OpGetPrinterAttributes, early, 1, printer.NotPrinted, 0},
		{goipp.OpGetPrinterAttributes, answered, 1, printer.NotPrinted, 0},
		{goipp.OpValidateJob, half, 1, printer.NotPrinted, 0},
		{goipp.OpValidateJob, answered, 1, printer.NotPrinted, 0},
		{goipp.OpPrintJob, early, 0, printer.Unknown, 0},
		{goipp.OpPrintJob, answered, 0, printer.Unknown, 1},
		{goipp.OpGetJobAttributes, early, 1, printer.Printed, 1},
		{goipp.OpGetJobAttributes, answered, 1, printer.Printed, 1},
		{goipp.OpGetJobAttributes, early, 0, printer.Unknown, 1},
		{goipp.OpCancelJob, early, 0, printer.Printed, 1}, // it is not asked to
	} {
		name := fmt.Sprintf("%v %d %d", c.op, c.where, c.nth)
		line := newCutter(t, p, func(op goipp.Op, nth int) cut {
			if op == c.op && (c.nth == 0 || nth == c.nth) {
				return c.where
			}
			return whole
		})
		l := quick
		l.Cancel = hasty.Cancel
		d := ipp.New(ipp.Options{Target: target(t, "ipp://"+line.Address+"/ipp/print"), Dial: dialer(line.Address), Limits: l})
		out, err := print(t, d, 1)
		if out != c.want || (err == nil) != (c.want == printer.Printed) {
			t.Errorf("%s: %v, %v; want %v", name, out, err, c.want)
		}
		once(t, name, line)
		total += c.jobs
		until(t, func() bool { jobs, _ := p.Jobs(); return len(jobs) >= total })
		until(t, func() bool { s, _, _ := device(t, p, quick).State(t.Context()); return s == printer.Ready })
		sent(t, p, total)
	}
	papers(t, p, total)
}

// once fails when a document went out more often.
func once(t *testing.T, name string, c *cutter) {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	if n := c.asked[goipp.OpPrintJob]; n > 1 {
		t.Errorf("%s: the document went out %d times", name, n)
	}
}

// Half a document is why a broken line is "maybe printed": this printer takes
// the end of the line for the end of the document, and prints what it has.
func TestHalfADocument(t *testing.T) {
	p := ippprinter.Require(t)
	line := newCutter(t, p, func(op goipp.Op, _ int) cut {
		if op == goipp.OpPrintJob {
			return half
		}
		return whole
	})
	d := ipp.New(ipp.Options{Target: target(t, "ipp://"+line.Address+"/ipp/print"), Dial: dialer(line.Address), Limits: quick})
	if out, err := print(t, d, 1); out != printer.Unknown || !errors.Is(err, ipp.ErrLine) {
		t.Errorf("%v, %v", out, err)
	}
	once(t, "half", line)
	until(t, func() bool { jobs, _ := p.Jobs(); return len(jobs) == 1 })
	until(t, func() bool { return p.Empty() == nil })
}
