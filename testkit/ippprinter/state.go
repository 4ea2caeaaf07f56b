package ippprinter

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"github.com/OpenPrinting/goipp"
)

// Reasons sets what an idle printer says of itself, e.g. "media-jam"; none
// clears it. For paper use Load and Unload: without paper this printer begins
// no job, and so not this one. It waits until the printer is idle again.
func (p *Printer) Reasons(ctx context.Context, words string) error {
	m := p.message(goipp.OpPrintJob)
	m.Operation.Add(goipp.MakeAttr("job-name", goipp.TagName, goipp.String("state:"+words)))
	m.Operation.Add(goipp.MakeAttr("document-format", goipp.TagMimeType, goipp.String("application/pdf")))
	a, err := p.post(ctx, m, []byte("%PDF-1.7\n"))
	if err != nil {
		return err
	}
	look := p.message(goipp.OpGetJobAttributes)
	look.Operation.Add(goipp.MakeAttr("job-id", goipp.TagInteger, goipp.Integer(value(a.Job, "job-id"))))
	return await(ctx, func() error {
		job, err := p.post(ctx, look, nil)
		if err != nil {
			return err
		}
		all, err := p.post(ctx, p.message(goipp.OpGetPrinterAttributes), nil)
		if err == nil && (value(job.Job, "job-state") < completed || value(all.Printer, "printer-state") != idle) {
			err = errors.New("the printer is not idle")
		}
		return err
	})
}

// Cancelling reports whether the job that the printer began last was cancelled
// and is not over yet.
func (p *Printer) Cancelling(ctx context.Context) bool {
	jobs, err := p.Jobs()
	if err != nil || len(jobs) == 0 {
		return false
	}
	id, err := strconv.Atoi(jobs[len(jobs)-1].ID)
	if err != nil {
		return false
	}
	look := p.message(goipp.OpGetJobAttributes)
	look.Operation.Add(goipp.MakeAttr("job-id", goipp.TagInteger, goipp.Integer(id)))
	m, err := p.post(ctx, look, nil)
	if err != nil {
		return false
	}
	return slices.ContainsFunc(m.Job, func(a goipp.Attribute) bool {
		return a.Name == "job-state-reasons" && a.Values.String() == "processing-to-stop-point"
	})
}

// States of a printer and of a job (RFC 8011 §5.4.11, §5.3.7).
const (
	idle      = 3
	completed = 9
)

// value gives an integer attribute; 0 when there is none.
func value(all goipp.Attributes, name string) int {
	for _, a := range all {
		if a.Name == name && len(a.Values) == 1 {
			n, _ := a.Values[0].V.(goipp.Integer)
			return int(n)
		}
	}
	return 0
}

func (p *Printer) message(op goipp.Op) *goipp.Message {
	m := goipp.NewRequest(goipp.MakeVersion(1, 1), op, 1)
	m.Operation.Add(goipp.MakeAttr("attributes-charset", goipp.TagCharset, goipp.String("utf-8")))
	m.Operation.Add(goipp.MakeAttr("attributes-natural-language", goipp.TagLanguage, goipp.String("en")))
	m.Operation.Add(goipp.MakeAttr("printer-uri", goipp.TagURI, goipp.String(p.URI)))
	return m
}

func (p *Printer) post(ctx context.Context, m *goipp.Message, document []byte) (*goipp.Message, error) {
	b, err := m.EncodeBytes()
	if err != nil {
		return nil, err
	}
	q, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+p.Address+"/ipp/print", bytes.NewReader(append(b, document...)))
	if err != nil {
		return nil, err
	}
	q.Header.Set("Content-Type", goipp.ContentType)
	q.Close = true
	r, err := http.DefaultClient.Do(q)
	if err != nil {
		return nil, err
	}
	defer r.Body.Close()
	var a goipp.Message
	if err := a.Decode(r.Body); err != nil {
		return nil, err
	}
	if a.Code > 0xff {
		return nil, fmt.Errorf("ippprinter: the printer answered %s", goipp.Status(a.Code))
	}
	return &a, nil
}
