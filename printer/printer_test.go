package printer

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
)

func TestCheck(t *testing.T) {
	pdf := []byte("%PDF-1.7\n")
	for _, c := range []struct {
		job  Job
		want error
	}{
		{Job{pdf, 1}, nil},
		{Job{pdf, MaxCopies}, nil},
		{Job{pdf, 0}, ErrCopies},
		{Job{pdf, -1}, ErrCopies},
		{Job{pdf, MaxCopies + 1}, ErrCopies},
		{Job{nil, 1}, ErrPDF},
		{Job{[]byte("%!PS-Adobe"), 1}, ErrPDF},
		{Job{append(pdf, bytes.Repeat([]byte{' '}, DefaultMaxPDF)...), 1}, ErrPDF},
	} {
		if err := c.job.Check(); !errors.Is(err, c.want) {
			t.Errorf("%d bytes, %d copies: %v, want %v", len(c.job.PDF), c.job.Copies, err, c.want)
		}
	}
}

func TestSilenceIsUnknown(t *testing.T) {
	var o Outcome
	if o != Unknown || o.String() != "unknown" || Outcome(9).String() != "unknown" {
		t.Error("an outcome that nobody stated must read as unknown")
	}
	if NotPrinted.String() != "not-printed" || Printed.String() != "printed" {
		t.Error("names of the outcomes")
	}
}

func TestFaultTexts(t *testing.T) {
	seen := map[string]bool{}
	for f := NoFault; f <= Left; f++ {
		if seen[f.String()] {
			t.Errorf("fault %d has another's text", f)
		}
		seen[f.String()] = true
	}
	if Fault(200).String() != OtherFault.String() {
		t.Error("an unknown fault needs a text")
	}
	if NoFault.Stops() || TonerLow.Stops() || !PaperOut.Stops() || !Fault(200).Stops() {
		t.Error("which faults keep paper from coming out")
	}
	err := error(&Error{PaperJam, io.ErrUnexpectedEOF})
	if !errors.Is(err, io.ErrUnexpectedEOF) || !strings.Contains(err.Error(), "paper jam") {
		t.Error(err)
	}
}
