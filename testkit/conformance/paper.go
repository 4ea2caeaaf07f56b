package conformance

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"akashi/printer/sheet"
	"akashi/testkit/paper"
	"akashi/testkit/residents"
	"akashi/verifier/credential"
	"akashi/verifier/rule"
	"akashi/verifier/trust"
)

// forgery makes one paper that must be refused: what is changed before its PDF
// is signed, so that nothing but what the pages show speaks against it.
type forgery struct {
	name  string
	kind  credential.Kind
	codes string // it must be refused with one of these; empty: with any
	bend  func(*sheet.Input)
	texts func(texts []string, other []string) []string
	draw  func([]byte) ([]byte, error)
	list  func(*trust.List)
}

// forgeries are those of every resident; the attacks on the drawing come
// besides.
func forgeries() []forgery {
	text := func(name string, kind credential.Kind, codes string, change func(texts, other []string)) forgery {
		return forgery{name: name, kind: kind, codes: codes, texts: func(texts, other []string) []string {
			texts = slices.Clone(texts)
			change(texts, other)
			return texts
		}}
	}
	dose := func(change func(*credential.Dose)) func(*sheet.Input) {
		return func(in *sheet.Input) {
			in.Certificate.Doses = slices.Clone(in.Certificate.Doses)
			change(&in.Certificate.Doses[len(in.Certificate.Doses)-1])
		}
	}
	const d, o = credential.Domestic, credential.Overseas
	return []forgery{
		text("the code of another person", d, "paper.name paper.birth-date paper.dose", func(texts, other []string) { texts[0] = other[0] }),
		text("one of two codes of another person", o, "paper.codes-differ", func(texts, other []string) { texts[1] = other[1] }),
		text("both codes of another person", o, "paper.name paper.birth-date paper.dose", func(texts, other []string) { copy(texts, other) }),
		text("a digit of the code", d, "", func(texts, _ []string) { texts[0] = turn(texts[0], len(texts[0])/2) }),
		text("the last digit of the signature", d, "shc.signature shc.base64 shc.digits", func(texts, _ []string) { texts[0] = turn(texts[0], len(texts[0])-1) }),
		text("a name in the seal", o, "vdsnc.signature", func(texts, _ []string) { texts[1] = strings.Replace(texts[1], "SPECIMEN ", "SPECIMAN ", 1) }),
		text("a code that leads elsewhere", d, "input.unknown", func(texts, _ []string) { texts[0] = "https://example.invalid/" + strings.Repeat("a", 700) }),
		text("a part of a code", d, "shc.chunked", func(texts, _ []string) { texts[0] = "shc:/1/2/" + texts[0][5:] }),
		{name: "another name in print", kind: d, codes: "paper.name", bend: func(in *sheet.Input) { in.Certificate.Holder.Name += "丸" }},
		{name: "another birth date in print", kind: d, codes: "paper.birth-date", bend: func(in *sheet.Input) { in.Certificate.Holder.Birth.Year-- }},
		{name: "another lot in print", kind: d, codes: "paper.dose", bend: dose(func(x *credential.Dose) { x.Lot += "9" })},
		{name: "another date in print", kind: o, codes: "paper.dose", bend: dose(func(x *credential.Dose) { x.Date.Year++ })},
		{name: "a dose more in print", kind: d, codes: "paper.dose", bend: func(in *sheet.Input) {
			more := in.Certificate.Doses[len(in.Certificate.Doses)-1]
			more.Number, more.Lot = more.Number+1, more.Lot+"9"
			more.Date.Year++
			in.Certificate.Doses = append(slices.Clone(in.Certificate.Doses), more)
		}},
		{name: "another product in print", kind: o, codes: "paper.dose", bend: dose(func(x *credential.Dose) { x.Vaccine.ProductEN += " X" })},
		{name: "another certificate ID in print", kind: o, codes: "paper.id", bend: func(in *sheet.Input) { in.Certificate.ID = "ANOTHER" }},
		{name: "another passport in print", kind: o, codes: "paper.passport", bend: func(in *sheet.Input) {
			t := *in.Certificate.Holder.Travel
			t.Passport = "ZZ0000000"
			in.Certificate.Holder.Travel = &t
		}},
		{name: "another Roman name in print", kind: o, codes: "paper.name", bend: func(in *sheet.Input) {
			t := *in.Certificate.Holder.Travel
			t.RomanName += "X"
			in.Certificate.Holder.Travel = &t
		}},
		{name: "an issuer no longer trusted", kind: d, codes: "shc.issuer", list: func(l *trust.List) { l.SHC = nil }},
		{name: "a country no longer trusted", kind: o, codes: "vdsnc.country", list: func(l *trust.List) { l.VDSNC = nil }},
	}
}

// turn changes the digit at a place.
func turn(s string, at int) string {
	return s[:at] + string('0'+(s[at]-'0'+1)%10) + s[at+1:]
}

// onPaper has forged papers signed, rendered and read from their pixels.
func (b *bench) onPaper(ctx context.Context) ([]Figure, error) {
	if err := b.start(); err != nil {
		return nil, err
	}
	all := forgeries()
	for _, a := range paper.Attacks() {
		all = append(all, forgery{name: a.Name, kind: credential.Domestic, draw: a.Draw})
	}
	var bad []string
	codes, n, good := map[string]bool{}, 0, 0
	for i := 0; n < b.Pixels; i++ {
		r, other := b.people[i%len(b.people)], b.people[(i+1)%len(b.people)]
		if len(r.VRS[0].Doses) == 0 {
			continue
		}
		for _, kind := range kinds {
			if err := b.forged(ctx, r, other, forgery{kind: kind}); err != nil {
				return nil, fmt.Errorf("%s's good paper: %w", r.ID, err)
			}
			good++
		}
		for _, f := range all {
			if n == b.Pixels {
				break
			}
			n++
			err := b.forged(ctx, r, other, f)
			var refusal *rule.Refusal
			switch {
			case !errors.As(err, &refusal):
				bad = append(bad, fmt.Sprintf("%s, %s: %v", r.ID, f.name, err))
			case f.codes != "" && !slices.Contains(strings.Fields(f.codes), refusal.Code):
				bad = append(bad, fmt.Sprintf("%s, %s: %s, want %s", r.ID, f.name, refusal.Code, f.codes))
			default:
				codes[refusal.Code] = true
			}
		}
	}
	return []Figure{figure("mutants on paper", len(bad) == 0, bad,
		"%d of %d refused after PDF, rendering and pixels, with %d codes; %d of %d good ones accepted", n-len(bad), n, len(codes), good, good)}, nil
}

// forged makes a paper with a forgery and verifies it; the zero forgery is
// none.
func (b *bench) forged(ctx context.Context, r, other residents.Resident, f forgery) error {
	o := b.order(r, f.kind)
	o.Bend, o.Draw = f.bend, f.draw
	if f.texts != nil {
		d, err := paper.Delivery(b.order(other, f.kind))
		if err != nil {
			return err
		}
		o.Codes = func(texts []string) []string { return f.texts(texts, d.Codes) }
	}
	d, err := paper.Delivery(o)
	if err != nil {
		return fmt.Errorf("it was not made: %w", err)
	}
	l := *b.trust
	if f.list != nil {
		f.list(&l)
	}
	return b.verify(ctx, d.PDF, &l)
}
