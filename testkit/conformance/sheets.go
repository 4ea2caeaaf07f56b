package conformance

import (
	"bytes"
	"compress/flate"
	"context"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"akashi/printer/sheet"
	"akashi/testkit/paper"
	"akashi/verifier/credential"
)

// firstPage is how many doses the first page holds.
const firstPage = 7

// sheets makes the paper of every kind and number of doses that there can be,
// and has it looked at with tools of others: its pages, its codes against its
// text, its signature.
func (b *bench) sheets(ctx context.Context) ([]Figure, error) {
	if err := b.start(); err != nil {
		return nil, err
	}
	if lack := lacking("pdftotext", "pdftoppm", "pdfinfo", "pdfsig", "certutil", "qpdf", "openssl", "zbarimg"); lack != "" {
		return []Figure{{Name: "sheets", State: Unmeasured, Told: lack}}, nil
	}
	dir, err := b.folder("sheets")
	if err != nil {
		return nil, err
	}
	l := &looker{b: b, openssl: &openssl{dir: dir}, dir: dir}
	if err := errors.Join(l.openssl.keys(b), l.nss(ctx)); err != nil {
		return nil, err
	}
	var wrong, told []string
	n := 0
	for _, kind := range kinds {
		most := 0
		for doses := 1; doses <= sheet.DefaultMaxDoses; doses += b.Doses {
			c, err := b.dosed(kind, doses)
			if err != nil {
				return nil, err
			}
			pdf, texts, err := b.issue(c)
			if err != nil && doses > firstPage+1 {
				told = append(told, fmt.Sprintf("%s: %d doses are refused before anything is signed: %v", kind, doses, err))
				break // no code holds more
			}
			if err == nil {
				err = l.look(ctx, c, pdf, texts)
			}
			if n, most = n+1, doses; err != nil {
				wrong = append(wrong, fmt.Sprintf("%s, %d doses: %v", kind, doses, err))
			}
		}
		told = append(told, fmt.Sprintf("%s: 1 to %d doses", kind, most))
	}
	if l.trusts(ctx) == nil {
		wrong = append(wrong, "pdfsig trusts a signature of nobody")
	}
	f := figure("sheets", len(wrong) == 0, wrong, "%d of %d as they must be: one page up to %d doses, else two, each with its number; print and codes agree (pdftotext, zbarimg); pdfsig valid and trusted, openssl CAdES, qpdf clean; the verifier takes them from pixels", n-len(wrong), n, firstPage)
	if f.State == Met {
		f.Detail = told
	}
	return []Figure{f}, nil
}

// dosed is a certificate of so many doses.
func (b *bench) dosed(kind credential.Kind, doses int) (credential.Certificate, error) {
	c, err := paper.Certificate(b.world.Issuer, b.people[0], kind, time.Now())
	if err != nil {
		return c, err
	}
	usual := c.Doses
	c.Doses = nil
	for i := range doses {
		d := usual[i%len(usual)]
		d.Number, d.Lot = i+1, fmt.Sprintf("AK%04d", 100+i)
		d.Date = credential.Date{Year: 2021 + i/4, Month: 1 + i%4*3, Day: 2 + i}
		c.Doses = append(c.Doses, d)
	}
	return c, nil
}

// looker looks at papers with others' tools.
type looker struct {
	b       *bench
	openssl *openssl
	dir     string
}

// nss makes pdfsig's store of authorities, with the PDF's in it, and one
// without.
func (l *looker) nss(ctx context.Context) error {
	ca := filepath.Join(l.dir, "ca.pem")
	pemCA := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: l.b.world.PDFRoot.Certificate.Raw})
	err := os.WriteFile(ca, pemCA, 0o600)
	for _, store := range []string{"nss", "none"} {
		at := filepath.Join(l.dir, store)
		err = errors.Join(err, os.Mkdir(at, 0o700), l.run(ctx, nil, "certutil", "-N", "-d", "sql:"+at, "--empty-password"))
	}
	return errors.Join(err, l.run(ctx, nil, "certutil", "-A", "-d", "sql:"+filepath.Join(l.dir, "nss"), "-n", "ca", "-t", "C,C,C", "-i", ca))
}

// run runs a program, which must say each of some things.
func (l *looker) run(ctx context.Context, says []string, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = l.dir
	out, err := cmd.CombinedOutput()
	for _, s := range says {
		if err == nil && !bytes.Contains(out, []byte(s)) {
			err = fmt.Errorf("it does not say %q", s)
		}
	}
	if err != nil {
		return fmt.Errorf("%s: %w: %s", name, err, tail(string(out)))
	}
	return nil
}

func (l *looker) pdfsig(ctx context.Context, store string) error {
	return l.run(ctx, []string{"Signature is Valid.", "Certificate is Trusted.", "Total document signed", "ETSI.CAdES.detached"}, "pdfsig", "-nssdir", "sql:"+filepath.Join(l.dir, store), "paper.pdf")
}

// trusts asks pdfsig about the last paper without the authority: a check that
// cannot fail proves nothing.
func (l *looker) trusts(ctx context.Context) error { return l.pdfsig(ctx, "none") }

// look looks at one paper in every way.
func (l *looker) look(ctx context.Context, c credential.Certificate, pdf []byte, texts []string) error {
	pages := 1
	if len(c.Doses) > firstPage {
		pages = 2
	}
	file := filepath.Join(l.dir, "paper.pdf")
	if err := os.WriteFile(file, pdf, 0o600); err != nil {
		return err
	}
	return errors.Join(
		l.same(c, texts, pdf),
		l.run(ctx, []string{fmt.Sprintf("Pages:           %d\n", pages), "Title:           " + c.Disease.NameJA, "(A4)"}, "pdfinfo", file),
		l.run(ctx, []string{"No syntax or stream encoding errors found"}, "qpdf", "--check", file),
		l.run(ctx, []string{`"/Lang": "u:ja"`}, "qpdf", "--json=2", "--json-key=qpdf", file),
		l.pdfsig(ctx, "nss"),
		l.openssl.pdf(ctx, pdf),
		l.numbered(ctx, c, file, pages),
		l.codes(ctx, c, file, texts),
		l.b.verify(ctx, pdf, l.b.trust),
	)
}

// same lays the sheet out again: what was signed begins with the same bytes.
func (l *looker) same(c credential.Certificate, texts []string, pdf []byte) error {
	in := sheet.Input{Certificate: c, SessionCode: sessionCode}
	for i, text := range texts {
		in.Codes = append(in.Codes, sheet.Code{Label: []string{sheet.LabelSHC, sheet.LabelVDSNC}[i], Text: text})
	}
	again, err := sheet.Render(in)
	if err == nil && !bytes.HasPrefix(pdf, again) {
		err = errors.New("laid out again, the sheet has other bytes")
	}
	return err
}

// numbered holds each page to its number and to what must stand on it, the
// doses to their page.
func (l *looker) numbered(ctx context.Context, c credential.Certificate, file string, pages int) error {
	out, err := exec.CommandContext(ctx, "pdftotext", "-raw", "-enc", "UTF-8", file, "-").Output()
	if err != nil {
		return err
	}
	all := strings.Split(strings.TrimSuffix(string(out), "\f"), "\f")
	if len(all) != pages {
		return fmt.Errorf("pdftotext gives %d pages", len(all))
	}
	for i, text := range all {
		want := []string{fmt.Sprintf("%d / %d ページ", i+1, pages), fmt.Sprintf("Page %d of %d", i+1, pages), c.Holder.Name, c.Holder.Birth.String(), string(c.ID), sessionCode, "予防接種証明書", "Vaccination Certificate of " + c.Disease.NameEN}
		for j, d := range c.Doses {
			if here := min(j/firstPage, 1) == i; here {
				want = append(want, d.Lot, d.Date.String())
			} else if strings.Contains(text, d.Lot) {
				return fmt.Errorf("page %d holds dose %d", i+1, j+1)
			}
		}
		for _, w := range want {
			if !strings.Contains(text, w) {
				return fmt.Errorf("page %d lacks %q", i+1, w)
			}
		}
	}
	return nil
}

// codes has zbarimg read the rendered codes, takes what they say apart without
// the verifier, and looks for it in the extracted text, in the codes' order.
func (l *looker) codes(ctx context.Context, c credential.Certificate, file string, texts []string) error {
	if err := l.run(ctx, nil, "pdftoppm", "-r", "300", "-gray", "-png", "-l", "1", file, "page"); err != nil {
		return err
	}
	found, err := filepath.Glob(filepath.Join(l.dir, "page*.png"))
	if err != nil || len(found) != 1 {
		return fmt.Errorf("pdftoppm makes %d pages, %v", len(found), err)
	}
	defer os.Remove(found[0])
	read, err := l.b.zbar(ctx, found[0])
	if err != nil {
		return err
	}
	text, err := exec.CommandContext(ctx, "pdftotext", "-raw", "-enc", "UTF-8", file, "-").Output()
	if err != nil {
		return err
	}
	for _, want := range texts {
		if !slices.Contains(read, want) {
			return fmt.Errorf("zbarimg does not read the code that begins with %.9s", want)
		}
		said, err := says(want)
		if err != nil {
			return err
		}
		if said.doses != len(c.Doses) {
			return fmt.Errorf("a code says %d doses", said.doses)
		}
		for _, p := range said.person {
			if !strings.Contains(string(text), p) {
				return fmt.Errorf("%q of a code is not printed", p)
			}
		}
		for rest := string(text); len(said.inOrder) > 0; said.inOrder = said.inOrder[1:] {
			_, after, ok := strings.Cut(rest, said.inOrder[0])
			if !ok {
				return fmt.Errorf("%q of a code is not printed, or not in its order", said.inOrder[0])
			}
			rest = after
		}
	}
	return nil
}

// spoken is what a code says: of the person, and of the doses in the order in
// which paper prints it.
type spoken struct {
	person, inOrder []string
	doses           int
}

// says takes a code apart with encoding/json alone.
func says(text string) (s spoken, err error) {
	if !strings.HasPrefix(text, "shc:/") {
		return sealSays(text)
	}
	signed, _, _, err := parts(text)
	if err != nil {
		return s, err
	}
	_, packed, _ := strings.Cut(string(signed), ".")
	raw, err := base64.RawURLEncoding.DecodeString(packed)
	if err != nil {
		return s, err
	}
	raw, err = io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(raw)), 1<<20))
	if err != nil {
		return s, err
	}
	var card struct {
		VC struct {
			CredentialSubject struct {
				FHIRBundle struct {
					Entry []struct {
						Resource struct {
							Name []struct {
								Family, Text string
								Given        []string
							}
							BirthDate, OccurrenceDateTime, LotNumber string
						}
					}
				}
			}
		}
	}
	if err := json.Unmarshal(raw, &card); err != nil {
		return s, err
	}
	for i, e := range card.VC.CredentialSubject.FHIRBundle.Entry {
		if r := e.Resource; i == 0 {
			s.person = append(s.person, r.Name[0].Family+r.Name[0].Text, strings.Join(r.Name[0].Given, ""), r.BirthDate)
		} else {
			s.doses++
			s.inOrder = append(s.inOrder, r.OccurrenceDateTime, r.LotNumber)
		}
	}
	return s, nil
}

func sealSays(text string) (s spoken, err error) {
	var seal struct {
		Data struct {
			Msg struct {
				Pid  struct{ N, Dob, I string }
				UVCI string
				Ve   []struct {
					Nam string
					Vd  []struct{ Dvc, Lot, Ctr string }
				}
			}
		}
	}
	err = json.Unmarshal([]byte(text), &seal)
	m := seal.Data.Msg
	s.person = []string{m.Pid.Dob, m.Pid.N, m.Pid.I}
	for _, v := range m.Ve {
		for _, d := range v.Vd {
			s.doses++
			s.inOrder = append(s.inOrder, d.Dvc, v.Nam, d.Lot, d.Ctr)
		}
	}
	return s, err
}
