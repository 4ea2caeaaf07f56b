package demo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"akashi/centre/wire"
	"akashi/testkit/stack"
)

// certificates is the first act: every step of each session, and the papers in
// the hands of a relying party with the offline verifier.
func (d *demo) certificates(ctx context.Context) error {
	s, err := stack.Start(ctx, stack.Options{Bin: d.Bin, PCSC: d.pcsc, Strict: true})
	if err != nil {
		return err
	}
	err = d.issueShown(ctx, s)
	if err == nil {
		err = d.publish(s)
	}
	if err = errors.Join(err, s.Close()); err != nil {
		return err
	}
	return d.verify(ctx)
}

func (d *demo) issueShown(ctx context.Context, s *stack.Stack) error {
	papers := 0
	for _, c := range d.Shown {
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

// publish lays out what a verifier needs beforehand.
func (d *demo) publish(s *stack.Stack) error {
	for _, name := range []string{"jwks.json", "trust.json", "csca.pem", "trust-root.pem"} {
		b, err := os.ReadFile(filepath.Join(s.PKI(), name))
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(d.Out, name), b, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// verify runs the verifier's command on each paper and each code, and on each
// with one byte changed.
func (d *demo) verify(ctx context.Context) error {
	var valid, refused, all int
	var first string
	codes := map[string]bool{}
	d.say("\nthe offline verifier, on what came out of the printer and on the same with one byte changed:")
	for _, c := range d.Shown {
		for _, name := range []string{"certificate.pdf", "shc.txt", "shc.jws", "vdsnc.json"} {
			path := filepath.Join(d.folder(c), name)
			b, err := os.ReadFile(path)
			if errors.Is(err, os.ErrNotExist) {
				continue
			}
			if err != nil {
				return err
			}
			all++
			good, said := d.ask(ctx, b, name)
			if good == 0 {
				valid++
				if first == "" {
					first = said
				}
			}
			bad, saidBad := d.ask(ctx, flip(b), name)
			if bad == 1 && strings.HasPrefix(saidBad, "REFUSED") {
				refused++
				code, _, _ := strings.Cut(strings.TrimPrefix(saidBad, "REFUSED "), "\n")
				codes[strings.TrimSpace(code)] = true
			}
			d.say("  %-46s %-10s flipped: %s", strings.TrimPrefix(path, d.Out+"/"), firstLine(said), firstLine(saidBad))
		}
	}
	d.hold(valid == all && all > 0, "verifier", "VALID for %d of %d files, offline", valid, all)
	d.hold(refused == all && all > 0, "one byte", "REFUSED for %d of %d flipped files: %s", refused, all, list(codes))
	d.say("\n%s", first)
	return nil
}

// ask runs the verifier's command on the standard input.
func (d *demo) ask(ctx context.Context, b []byte, name string) (exit int, said string) {
	cmd := exec.CommandContext(ctx, filepath.Join(d.Bin, "verify"), "-trust", filepath.Join(d.Out, "trust.json"), "-root", filepath.Join(d.Out, "trust-root.pem"), "-")
	cmd.Stdin = bytes.NewReader(b)
	out, err := cmd.CombinedOutput()
	var e *exec.ExitError
	switch {
	case errors.As(err, &e):
		return e.ExitCode(), string(out)
	case err != nil:
		return -1, fmt.Sprintf("%s: %v", name, err)
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
