package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"akashi/centre/wire"
	"akashi/testkit/residents"
	"akashi/testkit/stack"
	"akashi/verifier/credential"
)

// certificates is the first act: every step of each session, and the papers in
// the hands of a relying party with the offline verifier.
func (d *demo) certificates(ctx context.Context) error {
	s, err := stack.Start(ctx, stack.Options{Bin: d.Bin, PCSC: d.pcsc, Strict: true})
	if err != nil {
		return err
	}
	// The list comes first: papers that a stopped showing leaves verify with it.
	err = s.Publish(d.Out)
	if err == nil {
		err = d.issueShown(ctx, s)
	}
	if err = errors.Join(err, s.Close()); err != nil {
		return err
	}
	return d.verify(ctx)
}

func (d *demo) issueShown(ctx context.Context, s *stack.Stack) error {
	papers := 0
	for _, c := range d.Shown {
		if err := d.clear(c); err != nil {
			return err
		}
		r, err := s.Resident(c.Resident)
		if err != nil {
			return err
		}
		at := s.Node.Said()
		v, err := s.Kiosks[0].Walk(ctx, s.Kiosks[0].Ask(ctx, r, c.Kind))
		if err != nil {
			return err
		}
		ended, err := s.Ended(at)
		if err != nil {
			return err
		}
		d.say("\n%s, %s: %s", c.Resident, c.Kind, r.Note)
		stack.TellSteps(d.Log, v, ended)
		stack.TellEnd(d.Log, v)
		if v.Outcome() != wire.OK || len(v.Papers) != 1 {
			continue
		}
		papers++
		if err := stack.KeepWith(d.scanner, v.Papers[0], d.folder(c)); err != nil {
			return err
		}
	}
	through := "real pcscd and vpcd"
	if !d.pcsc {
		through = "the card in process"
	}
	d.hold(papers == len(d.Shown), "certificates", "%d asked for through %s, %d papers", len(d.Shown), through, papers)
	return nil
}

func (d *demo) folder(c Shown) string { return filepath.Join(d.Out, c.Resident+"-"+c.Kind.String()) }

// clear removes what an earlier showing left of a certificate, so that nothing
// old is judged.
func (d *demo) clear(c Shown) error {
	old, err := filepath.Glob(filepath.Join(d.folder(c), "page-*.png"))
	for _, name := range files[credential.Overseas] {
		old = append(old, filepath.Join(d.folder(c), name))
	}
	for _, path := range old {
		if e := os.Remove(path); e != nil && !errors.Is(e, os.ErrNotExist) {
			err = errors.Join(err, e)
		}
	}
	return err
}

// files are what a relying party gets of each kind, no fewer and no more.
var files = map[credential.Kind][]string{
	credential.Domestic: {"certificate.pdf", "page-1.png", "shc.txt", "shc.jws"},
	credential.Overseas: {"certificate.pdf", "page-1.png", "shc.txt", "shc.jws", "vdsnc.json"},
}

// tally counts what the verifier made of the files.
type tally struct {
	files, valid, refused int             // of files, each also with one byte changed
	pictures, readable    int             // of pages as pictures, in which many bytes mean nothing
	codes                 map[string]bool // of the refusals
}

// verify runs the verifier's command on each file, and on each but the pictures
// with one byte changed, and holds what it reads there against the resident
// who asked.
func (d *demo) verify(ctx context.Context) error {
	t := tally{codes: map[string]bool{}}
	d.say("\nthe offline verifier, about a second a file, on what came out of the printer and on the same with one byte changed:")
	for _, c := range d.Shown {
		r, ok := residents.Find(c.Resident)
		if !ok {
			return fmt.Errorf("demo: no resident %q", c.Resident)
		}
		for _, name := range files[c.Kind] {
			said := d.judge(ctx, &t, filepath.Join(d.folder(c), name), r, c.Kind)
			d.say("  %-46s %s", filepath.Join(filepath.Base(d.folder(c)), name), said)
		}
	}
	d.hold(t.valid == t.files && t.files > 0, "verifier", "VALID, offline, and of the resident who asked: %d of %d files", t.valid, t.files)
	d.hold(t.readable == t.pictures && t.pictures > 0, "pictures", "VALID for %d of %d pages read from their picture at %d dpi", t.readable, t.pictures, stack.PageDPI)
	d.hold(t.refused == t.files && t.files > 0, "one byte", "REFUSED for %d of %d flipped files: %s", t.refused, t.files, list(t.codes))
	return d.showOne(ctx)
}

// judge counts one file and gives the line that tells of it. A file that is
// missing counts as one that is not valid.
func (d *demo) judge(ctx context.Context, t *tally, path string, r residents.Resident, kind credential.Kind) string {
	all, good := &t.files, &t.valid
	picture := filepath.Ext(path) == ".png"
	if picture {
		all, good = &t.pictures, &t.readable
	}
	*all++
	b, err := os.ReadFile(path)
	if err != nil {
		return "missing"
	}
	ok, why := d.holds(ctx, b, r, kind)
	if ok {
		*good++
	}
	if picture {
		return why
	}
	exit, said := d.ask(ctx, flip(b))
	if exit == 1 && strings.HasPrefix(said, "REFUSED ") {
		t.refused++
		t.codes[strings.TrimSpace(strings.TrimPrefix(firstLine(said), "REFUSED "))] = true
	}
	return fmt.Sprintf("%-10s flipped: %s", why, firstLine(said))
}

// showOne prints what the verifier tells a person of the first paper.
func (d *demo) showOne(ctx context.Context) error {
	b, err := os.ReadFile(filepath.Join(d.folder(d.Shown[0]), "certificate.pdf"))
	if err != nil {
		return nil // the line above has said so
	}
	_, said := d.ask(ctx, b)
	d.say("\n%s", said)
	return nil
}

// verdict is what the demo reads of the verifier's answer in JSON.
type verdict struct {
	Valid        bool `json:"valid"`
	Certificates []struct {
		Name  string `json:"name"`
		Birth string `json:"birth"`
		Doses []struct {
			Date string `json:"date"`
			Lot  string `json:"lot"`
		} `json:"doses"`
	} `json:"certificates"`
}

// holds reports whether the verifier takes a file and reads this resident in
// every certificate on it; if not, it says what is otherwise.
func (d *demo) holds(ctx context.Context, b []byte, r residents.Resident, kind credential.Kind) (bool, string) {
	exit, said := d.ask(ctx, b, "-json")
	var v verdict
	if err := json.Unmarshal([]byte(said), &v); err != nil || exit != 0 || !v.Valid || len(v.Certificates) == 0 {
		return false, "not VALID"
	}
	record := r.VRS[0]
	name := r.Card.Name
	if kind == credential.Overseas {
		name = record.Passport.RomanName
	}
	for _, c := range v.Certificates {
		if strings.Join(strings.Fields(c.Name), " ") != strings.Join(strings.Fields(name), " ") || c.Birth != record.Birth || len(c.Doses) != len(record.Doses) {
			return false, "VALID, but of another resident"
		}
		for i, dose := range c.Doses {
			if dose.Date != record.Doses[i].Date || dose.Lot != record.Doses[i].Lot {
				return false, "VALID, but with other doses"
			}
		}
	}
	return true, "VALID"
}

// ask runs the verifier's command on the standard input.
func (d *demo) ask(ctx context.Context, b []byte, flags ...string) (exit int, said string) {
	args := append(flags, "-trust", filepath.Join(d.Out, "trust.json"), "-root", filepath.Join(d.Out, "trust-root.pem"), "-")
	cmd := exec.CommandContext(ctx, filepath.Join(d.Bin, "verify"), args...)
	cmd.Stdin = bytes.NewReader(b)
	out, err := cmd.CombinedOutput()
	var e *exec.ExitError
	switch {
	case errors.As(err, &e):
		return e.ExitCode(), string(out)
	case err != nil:
		return -1, err.Error()
	}
	return 0, string(out)
}

// flip changes one byte in the middle of a file, and leaves a text a text.
func flip(b []byte) []byte {
	c := bytes.Clone(b)
	i := len(c) / 2
	if c[i] >= '0' && c[i] <= '9' {
		c[i] = '0' + (c[i]-'0'+1)%10
	} else {
		c[i] ^= 1
	}
	return c
}

func firstLine(s string) string { l, _, _ := strings.Cut(s, "\n"); return l }
