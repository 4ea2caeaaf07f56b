// Package demo is the main job, shown and judged: certificates through the
// whole chain, what a relying party makes of them, and the three proofs (a
// changed byte is refused, swapped answers do not print, nothing stays), each
// beside a control that must be caught.
package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"akashi/centre/oneshot"
	"akashi/testkit/canary"
	"akashi/testkit/pki"
	"akashi/testkit/stack"
	"akashi/verifier/credential"
	"akashi/verifier/scan"
)

// Options say what to show.
type Options struct {
	Bin       string    // folder of the programs; empty: build them into one of the demo's own
	Out       string    // folder for what a relying party gets
	Residues  int       // residents issued before the residue scan
	Log       io.Writer // what a person reads
	Shown     []Shown   // nil: All
	InProcess bool      // cards in process even where a real pcscd could serve them
	Verbose   bool      // every step and every file on a line of its own
}

// Shown is one certificate of the first act.
type Shown struct {
	Resident string
	Kind     credential.Kind
}

// All are the certificates of the first act: names that hurt, both kinds, one
// to seven doses.
var All = []Shown{
	{"yoshida", credential.Domestic}, {"yoshida", credential.Overseas}, {"takasaki", credential.Domestic},
	{"watanabe", credential.Domestic}, {"hokke", credential.Domestic}, {"dakuten", credential.Domestic},
	{"unknownday", credential.Domestic}, {"longroman", credential.Overseas}, {"idot", credential.Overseas},
}

// ErrNotShown says that something did not come out as promised; the block at
// the end says what.
var ErrNotShown = errors.New("demo: not everything was so; see the lines marked NO")

// ErrStopped says that a person ended the showing before it was over. What it
// had started has ended by then.
var ErrStopped = errors.New("demo: stopped; nothing that it started is left running, and nothing was judged")

// demo is one showing.
type demo struct {
	Options
	pcsc    bool
	scanner *scan.Scanner
	lines   []line
}

// line is one line of the closing block.
type line struct {
	what, came string
	ok         bool
}

func (d *demo) say(format string, args ...any) { fmt.Fprintf(d.Log, format+"\n", args...) }

// hold adds a line to the closing block.
func (d *demo) hold(ok bool, what, format string, args ...any) {
	d.lines = append(d.lines, line{what, fmt.Sprintf(format, args...), ok})
}

// Run shows everything and comes back with nil only if all of it was so.
func Run(ctx context.Context, o Options) error {
	d := &demo{Options: o}
	if d.Shown == nil {
		d.Shown = All
	}
	err := d.run(ctx)
	if err != nil && ctx.Err() != nil {
		return ErrStopped // what broke off then says nothing of the chain
	}
	return err
}

func (d *demo) run(ctx context.Context) error {
	began := time.Now()
	d.say("%s", pki.Notice)
	if !oneshot.Fences {
		d.say("%s", oneshot.UnfencedNotice)
		d.hold(false, "fence", "%s", oneshot.UnfencedNotice)
	}
	if err := d.prepare(ctx); err != nil {
		return err
	}
	defer d.scanner.Close()
	for _, act := range []func(context.Context) error{d.certificates, d.swapped, d.residues, d.control} {
		if err := act(ctx); err != nil {
			return err
		}
	}
	return d.close(time.Since(began))
}

// start starts a chain for one act.
func (d *demo) start(ctx context.Context, o stack.Options) (*stack.Stack, error) {
	d.say("  starting kiosk, centre, keys and VRS …")
	o.Bin = d.Bin
	return stack.Start(ctx, o)
}

func oneLine(err error) string {
	return strings.Join(strings.FieldsFunc(err.Error(), func(r rune) bool { return r == '\n' }), "; ")
}

// prepare builds, and says once what the machine lacks.
func (d *demo) prepare(ctx context.Context) error {
	var err error
	if d.Bin == "" {
		d.Bin = filepath.Join(d.Out, ".bin")
		d.say("building the programs …")
		if err := stack.Build(ctx, d.Bin); err != nil {
			return err
		}
	}
	if d.Bin, err = filepath.Abs(d.Bin); err != nil {
		return err
	}
	if d.pcsc, err = stack.CanPCSC(ctx, d.Bin); err != nil {
		d.say("this machine lacks something, so the simulated card is in process: %s", oneLine(err))
	}
	d.pcsc = d.pcsc && !d.InProcess
	if err := canary.Permitted(); err != nil {
		d.say("this machine does not let memory be searched, so the proofs that need it will say NO: %s", oneLine(err))
	}
	if err := os.MkdirAll(d.Out, 0o755); err != nil {
		return err
	}
	d.say("preparing the reader of pages (PDFium, compiled once on a machine) …")
	d.scanner, err = scan.Shared(ctx)
	return err
}

// papers names every PDF and the picture of each of its pages.
func (d *demo) papers() {
	d.say("\nThe papers, and a picture of each page:")
	for _, c := range d.Shown {
		pictures, _ := filepath.Glob(filepath.Join(d.folder(c), "page-*.png")) // the pattern is well formed
		for i, p := range pictures {
			pictures[i] = filepath.Base(p)
		}
		d.say("  %s  %s", filepath.Join(d.folder(c), "certificate.pdf"), strings.Join(pictures, " "))
	}
}

// close prints the block that an evaluator judges by.
func (d *demo) close(took time.Duration) error {
	d.papers()
	d.say("────────────────────────────────────────────────────────────────────────")
	all := true
	for _, l := range d.lines {
		mark := "yes"
		if !l.ok {
			mark, all = "NO ", false
		}
		d.say(" %s  %-14s %s", mark, l.what, l.came)
	}
	d.say("────────────────────────────────────────────────────────────────────────")
	if !all {
		return ErrNotShown
	}
	d.say("All of it is so. %d s on this machine, without the build. Pictures: %s", int(took.Seconds()), filepath.Join(d.Out, "*", "page-1.png"))
	return nil
}
