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
	d.say("\n%d certificates, one session each:", len(d.Shown))
	s, err := d.start(ctx, stack.Options{PCSC: d.pcsc, Strict: true})
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
	var sessions []timing
	for i, c := range d.Shown {
		v, t, err := d.issueOne(ctx, s, i, c)
		if err != nil {
			return err
		}
		sessions = append(sessions, t)
		if v.Outcome() != wire.OK || len(v.Papers) != 1 {
			continue
		}
		papers++
		if err := stack.KeepWith(d.scanner, v.Papers[0], d.folder(c)); err != nil {
			return err
		}
	}
	table(d.Log, sessions)
	through := "real pcscd and vpcd"
	if !d.pcsc {
		through = "the card in process"
	}
	d.hold(papers == len(d.Shown), "certificates", "%d asked for through %s, %d papers", len(d.Shown), through, papers)
	return nil
}

// issueOne walks one resident and tells of it in one line, or at length when it
// did not end as it should.
func (d *demo) issueOne(ctx context.Context, s *stack.Stack, i int, c Shown) (v stack.Visit, t timing, err error) {
	if err := d.clear(c); err != nil {
		return v, t, err
	}
	r, err := s.Resident(c.Resident)
	if err != nil {
		return v, t, err
	}
	at := s.Node.Said()
	if v, err = s.Kiosks[0].Walk(ctx, s.Kiosks[0].Ask(ctx, r, c.Kind)); err != nil {
		return v, t, err
	}
	ended, err := s.Ended(at)
	if err != nil {
		return v, t, err
	}
	t = timed(v, ended)
	d.say("%2d  %-10s %-8s  %s, %d paper, %d yen, %.1f s: %s", i+1, c.Resident, c.Kind, v.Outcome().Name(), len(v.Papers), v.Charged, float64(t.total())/1e6, t.slowest(3))
	if d.Verbose {
		d.say("      %s", r.Note)
		stack.TellSteps(d.Log, v, ended)
	}
	if v.Outcome() != wire.OK {
		stack.TellEnd(d.Log, v)
	}
	return v, t, nil
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
	for i, c := range d.Shown {
		r, ok := residents.Find(c.Resident)
		if !ok {
			return fmt.Errorf("demo: no resident %q", c.Resident)
		}
		before := t
		for _, name := range files[c.Kind] {
			said, ok := d.judge(ctx, &t, filepath.Join(d.folder(c), name), r, c.Kind)
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if d.Verbose || !ok {
				d.say("      %-46s %s", filepath.Join(filepath.Base(d.folder(c)), name), said)
			}
		}
		d.say("%2d  %-19s  %d of %d VALID, %d of %d with one byte changed REFUSED", i+1, c.Resident+" "+c.Kind.String(),
			t.valid+t.readable-before.valid-before.readable, len(files[c.Kind]), t.refused-before.refused, t.files-before.files)
	}
	d.hold(t.valid == t.files && t.files > 0, "verifier", "VALID, offline, and of the resident who asked: %d of %d files", t.valid, t.files)
	d.hold(t.readable == t.pictures && t.pictures > 0, "pictures", "VALID for %d of %d pages read from their picture at %d dpi", t.readable, t.pictures, stack.PageDPI)
	d.hold(t.refused == t.files && t.files > 0, "one byte", "REFUSED for %d of %d flipped files: %s", t.refused, t.files, list(t.codes))
	return d.showOne(ctx)
}

// judge counts one file and gives the line that tells of it, and whether all
// was as it should be. A file that is missing counts as one that is not valid.
func (d *demo) judge(ctx context.Context, t *tally, path string, r residents.Resident, kind credential.Kind) (string, bool) {
	all, good := &t.files, &t.valid
	picture := filepath.Ext(path) == ".png"
	if picture {
		all, good = &t.pictures, &t.readable
	}
	*all++
	b, err := os.ReadFile(path)
	if err != nil {
		return "missing", false
	}
	ok, why := d.holds(ctx, b, r, kind)
	if ok {
		*good++
	}
	if picture {
		return why, ok
	}
	exit, said := d.ask(ctx, flip(b))
	refused := exit == 1 && strings.HasPrefix(said, "REFUSED ")
	if refused {
		t.refused++
		t.codes[strings.TrimSpace(strings.TrimPrefix(firstLine(said), "REFUSED "))] = true
	}
	return fmt.Sprintf("%-10s flipped: %s", why, firstLine(said)), ok && refused
}

// showOne prints what the verifier tells a person of the first paper.
func (d *demo) showOne(ctx context.Context) error {
	b, err := os.ReadFile(filepath.Join(d.folder(d.Shown[0]), "certificate.pdf"))
	if err != nil {
		return nil // the line above has said so
	}
	_, said := d.ask(ctx, b)
	d.say("\nwhat it tells a person of the first one:\n%s", said)
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
