package conformance

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"akashi/printer/glyph"
	"akashi/printer/sheet"
	"akashi/testkit/names"
	"akashi/testkit/paper"
	"akashi/verifier"
	"akashi/verifier/credential"
)

// Of the corpus, one name of so many is signed, rendered and verified from its
// pixels too.
const verifiedOneOf = 20

// The name's box on the sheet, in millimetres of the page, and how far around
// it nothing else is printed.
var nameBox, nameRoom = [4]float64{15, 47.1, 137, 59.8}, [4]float64{10, 46.9, 142, 60.6}

// names lays each name of the corpus out on a real sheet, and has others'
// tools read and render it.
func (b *bench) names(ctx context.Context) ([]Figure, error) {
	if err := b.start(); err != nil {
		return nil, err
	}
	if lack := lacking("pdftotext", "pdftoppm"); lack != "" {
		return []Figure{{Name: "names", State: Unmeasured, Told: lack}}, nil
	}
	dir, err := b.folder("names")
	if err != nil {
		return nil, err
	}
	c, err := paper.Certificate(b.world.Issuer, b.people[0], credential.Domestic, time.Now())
	if err != nil {
		return nil, err
	}
	c.Doses = c.Doses[:1]
	var all []names.Name
	for i, n := range names.All() {
		if i%b.Names == 0 {
			all = append(all, n)
		}
	}
	var wrong []string
	var mu sync.Mutex
	var wg sync.WaitGroup
	work := make(chan int)
	for w := range runtime.NumCPU() {
		file := filepath.Join(dir, fmt.Sprintf("%d.pdf", w))
		wg.Go(func() {
			for i := range work {
				if err := b.named(ctx, c, all[i].Text, file); err != nil {
					mu.Lock()
					wrong = append(wrong, fmt.Sprintf("%s: %+q: %v", all[i].Class, all[i].Text, err))
					mu.Unlock()
				}
			}
		})
	}
	of, longest := map[names.Class]int{}, 0
	for i, n := range all {
		work <- i
		of[n.Class]++
		longest = max(longest, utf8.RuneCountInString(n.Text))
	}
	close(work)
	wg.Wait()
	for i := 0; i < len(all); i += verifiedOneOf {
		c.Holder.Name = all[i].Text
		if err := b.verifies(ctx, c); err != nil {
			wrong = append(wrong, fmt.Sprintf("%s: %+q: the verifier: %v", all[i].Class, all[i].Text, err))
		}
	}
	f := figure("names", len(wrong) == 0 && (len(all) >= MinNames || b.Names > 1), wrong,
		"%d of %d on the sheet as they are: by pdftotext to the character, in their box in pixels (up to %d characters); 1 of %d verified from pixels", len(all)-len(wrong), len(all), longest, verifiedOneOf)
	if f.State == Met {
		for _, class := range slices.Sorted(maps.Keys(of)) {
			f.Detail = append(f.Detail, fmt.Sprintf("%4d %s", of[class], class))
		}
	}
	return []Figure{f, refusedNames()}, nil
}

// refusedNames has every name that no paper can show refused, and tells why.
func refusedNames() Figure {
	fonts, err := glyph.Load()
	if err != nil {
		return Figure{Name: "names refused", State: Unmeasured, Told: err.Error()}
	}
	var wrong []string
	why := map[glyph.Class]int{}
	for _, u := range names.Refused() {
		err := fonts.Check(u.Text)
		var missing *glyph.Missing
		var refused *glyph.Refused
		if !errors.As(err, &missing) && !errors.As(err, &refused) {
			wrong = append(wrong, fmt.Sprintf("%+q: %v", u.Text, err))
		}
		why[u.Missing+u.Refused]++
	}
	n := len(names.Refused())
	f := figure("names refused", len(wrong) == 0, wrong, "%d of %d that no paper can show, before anything is signed or paid", n-len(wrong), n)
	for _, class := range slices.Sorted(maps.Keys(why)) {
		f.Detail = append(f.Detail, fmt.Sprintf("%4d %s", why[class], class))
	}
	return f
}

// named lays out one name, with a signed code, and looks at the page with
// poppler. No specimen's mark lies over it, which would be taken for ink.
func (b *bench) named(ctx context.Context, c credential.Certificate, name, file string) error {
	c.Holder.Name, c.Issuer.Specimen = name, false
	codes, err := paper.Codes(b.world, c, time.Now())
	if err != nil {
		return err
	}
	if _, err := verifier.Verify(codes[0].Text, b.trust, time.Now()); err != nil {
		return err
	}
	pdf, err := sheet.Render(sheet.Input{Certificate: c, Codes: codes, SessionCode: sessionCode})
	if err = errors.Join(err, os.WriteFile(file, pdf, 0o600)); err != nil {
		return err
	}
	out, err := exec.CommandContext(ctx, "pdftotext", "-raw", "-enc", "UTF-8", file, "-").Output()
	if err != nil {
		return err
	}
	_, below, _ := strings.Cut(string(out), "\n氏名 Name\n")
	printed, _, ok := strings.Cut(below, "\n生年月日 ")
	if !ok || !extracted(printed, name) {
		return fmt.Errorf("pdftotext gives %+q", printed)
	}
	return inBox(ctx, file)
}

// extracted reports whether a printed text is a name: a line's end stands for
// nothing, or for the space at which the line was broken.
func extracted(printed, name string) bool {
	for {
		line, rest, more := strings.Cut(printed, "\n")
		after, ok := strings.CutPrefix(name, line)
		if !ok || !more {
			return ok && after == ""
		}
		printed, name = rest, strings.TrimPrefix(after, " ")
	}
}

// inBox renders the name and what is around it: there is ink, and none outside
// its box.
func inBox(ctx context.Context, file string) error {
	const dpi = 100
	px := func(mm float64) int { return int(mm * dpi / 25.4) }
	at := fmt.Sprintf("-r %d -gray -x %d -y %d -W %d -H %d", dpi, px(nameRoom[0]), px(nameRoom[1]), px(nameRoom[2])-px(nameRoom[0]), px(nameRoom[3])-px(nameRoom[1]))
	out, err := exec.CommandContext(ctx, "pdftoppm", append(strings.Fields(at), file)...).Output()
	if err != nil {
		return err
	}
	var w, h, most int
	if _, err := fmt.Sscanf(string(out[:min(len(out), 20)]), "P5\n%d %d\n%d\n", &w, &h, &most); err != nil || len(out) < w*h {
		return fmt.Errorf("pdftoppm gives no picture: %v", err)
	}
	pixels, ink := out[len(out)-w*h:], 0
	left, top, right, bottom := px(nameBox[0])-px(nameRoom[0])-1, px(nameBox[1])-px(nameRoom[1])-1, px(nameBox[2])-px(nameRoom[0])+1, px(nameBox[3])-px(nameRoom[1])+1
	for i, p := range pixels {
		if p > 128 {
			continue
		}
		if ink++; i%w < left || i%w > right || i/w < top || i/w > bottom {
			return fmt.Errorf("ink outside the box, at %d,%d of %dx%d", i%w, i/w, w, h)
		}
	}
	if ink < 40 {
		return errors.New("the box is empty")
	}
	return nil
}

// verifies signs a certificate's paper and has the verifier read it from
// pixels.
func (b *bench) verifies(ctx context.Context, c credential.Certificate) error {
	pdf, _, err := b.issue(c)
	if err != nil {
		return err
	}
	return b.verify(ctx, pdf, b.trust)
}

// lacking says which of some programs is not here; "" for none.
func lacking(programs ...string) string {
	var lack bytes.Buffer
	for _, p := range programs {
		if _, err := exec.LookPath(p); err != nil {
			fmt.Fprintf(&lack, "%s is not installed: make testdeps; ", p)
		}
	}
	return strings.TrimSuffix(lack.String(), "; ")
}
