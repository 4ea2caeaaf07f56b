package demo

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"akashi/centre/wire"
	"akashi/testkit/canary"
	"akashi/testkit/residents"
	"akashi/testkit/stack"
	"akashi/testkit/users"
	"akashi/verifier/credential"
)

// residues is the third act: after many residents, nothing of any of them is
// in a long-lived process, a file or a log of kiosk and centre.
func (d *demo) residues(ctx context.Context) error {
	d.say("\n%d residents, then a search for what stayed of them:", d.Residues)
	people, err := residents.Generate(rand.Reader, d.Residues)
	if err != nil {
		return err
	}
	s, err := d.start(ctx, stack.Options{PCSC: d.pcsc, People: people})
	if err != nil {
		return err
	}
	err = d.issueAndScan(ctx, s, people)
	return errors.Join(err, s.Close())
}

func (d *demo) issueAndScan(ctx context.Context, s *stack.Stack, people []residents.Resident) error {
	var values []canary.Value
	issued := 0
	for i, r := range people {
		kind := credential.Domestic
		if i%3 == 2 {
			kind = credential.Overseas
		}
		v, err := s.Kiosks[0].Walk(ctx, s.Kiosks[0].Ask(ctx, r, kind))
		if err != nil {
			return err
		}
		values = append(values, canary.Resident(r)...)
		if v.Outcome() == wire.OK && len(v.Papers) == 1 {
			issued++
			of, err := d.onPaper(r.ID, v.Papers[0])
			if err != nil {
				return err
			}
			values = append(values, of...)
		}
		if (i+1)%5 == 0 {
			d.say("  %d of %d issued", i+1, len(people))
		}
	}
	d.say("  searching memory, files and logs for %d values …", len(values))
	found, what, err := Search(s, values)
	if errors.Is(err, canary.ErrNotPermitted) {
		d.hold(false, "residues", "cannot look into the processes: %v", err)
		return nil
	}
	if err != nil {
		return err
	}
	d.tell(found)
	d.hold(issued == len(people) && len(found) == 0, "residues", "%d residents issued, %d residues in %s", issued, len(found), what)
	return nil
}

// onPaper gives what only the finished paper knows: its codes, its session
// code and its certificate ID.
func (d *demo) onPaper(id, path string) ([]canary.Value, error) {
	pdf, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	pages, err := d.scanner.PDF(pdf)
	if err != nil {
		return nil, err
	}
	var all []canary.Value
	for _, p := range pages {
		for _, code := range p.Codes {
			all = append(all, canary.Value{Label: id + " code", Text: own(code)})
		}
		for _, w := range strings.Fields(p.Text) {
			if len(w) == 9 && w[4] == '-' || len(w) == 12 && credential.ID(w).Valid() {
				all = append(all, canary.Value{Label: id + " session code or certificate ID", Text: w})
			}
		}
	}
	return all, nil
}

// own gives the part of a code that no other certificate has: its signature.
// Headers, issuer and signer's certificate are public and stand in every
// process that signs or verifies.
func own(code string) string {
	const characters = 86 // 64 bytes in base64url
	if _, sig, ok := strings.Cut(code, `"sigvl":"`); ok {
		return sig[:characters]
	}
	return code[len(code)-2*characters:]
}

// Search looks for values in the memory of every long-lived process of a
// chain, in every file outside the print folders and VRS's database, and in what
// its users left in the machine's shared folders. It says in words where it
// looked.
func Search(s *stack.Stack, values []canary.Value) (found []canary.Finding, where string, err error) {
	set, err := canary.New(values)
	if err != nil {
		return nil, "", err
	}
	names := map[string]bool{}
	for _, p := range s.Processes() {
		f, err := set.ScanPID(p.PID)
		if err != nil {
			return nil, "", fmt.Errorf("%s: %w", p.Name, err)
		}
		names[p.Name] = true
		found = append(found, f...)
	}
	skip := append(s.Code(), filepath.Join(s.Dir, "vrs"))
	for _, k := range s.Kiosks {
		skip = append(skip, k.Papers)
	}
	f, err := set.ScanTree(s.Dir, skip...)
	if err != nil {
		return nil, "", err
	}
	found = append(found, f...)
	if f, err = shared(s, set); err != nil {
		return nil, "", err
	}
	return append(found, f...), fmt.Sprintf("%d processes (%s), files and logs: %d MB searched for %d values", len(names), list(names), set.Scanned()>>20, len(values)), nil
}

// shared searches the folders that all programs of a machine share, for what
// the chain's users wrote since it began. Memory of all users includes ours; in
// the folders for temporary files ours are those of whoever started this.
func shared(s *stack.Stack, set *canary.Set) ([]canary.Finding, error) {
	since := s.Began.Add(-time.Second) // clocks of file systems are coarse
	var its []int
	for id := users.Keys; id <= users.Print; id++ {
		its = append(its, id)
	}
	memory, err := set.ScanRecent("/dev/shm", since, append(its, os.Getuid())...)
	for _, dir := range []string{"/tmp", "/var/tmp"} {
		found, failed := set.ScanRecent(dir, since, its...)
		memory, err = append(memory, found...), errors.Join(err, failed)
	}
	return memory, err
}

// tell names the first findings, never what was found.
func (d *demo) tell(found []canary.Finding) {
	for _, f := range found[:min(len(found), 5)] {
		d.say("  %s", strings.ReplaceAll(f.String(), d.Bin, ""))
	}
}

// control is the fourth act: the same search finds what a centre leaves that
// forgets to seal and has its debugging on.
func (d *demo) control(ctx context.Context) error {
	d.say("\nthe control: a centre that leaks on purpose must be found:")
	dir, err := os.MkdirTemp("", "ak")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	s, err := d.start(ctx, stack.Options{Dir: dir, Worker: []string{d.Bin + "/badworker", "unsealed", filepath.Join(dir, "log", "debug.log")}})
	if err != nil {
		return err
	}
	err = d.leak(ctx, s)
	return errors.Join(err, s.Close())
}

func (d *demo) leak(ctx context.Context, s *stack.Stack) error {
	var values []canary.Value
	papers := 0
	for _, id := range []string{"yoshida", "traveller"} {
		r, err := s.Resident(id)
		if err != nil {
			return err
		}
		v, err := s.Kiosks[0].Walk(ctx, s.Kiosks[0].Ask(ctx, r, credential.Overseas))
		if err != nil {
			return err
		}
		papers += len(v.Papers)
		values = append(values, canary.Resident(r)...)
	}
	found, _, err := Search(s, values)
	if errors.Is(err, canary.ErrNotPermitted) {
		d.hold(false, "control", "cannot look into the processes: %v", err)
		return nil
	}
	if err != nil {
		return err
	}
	memory, files := 0, 0
	for _, f := range found {
		if strings.HasPrefix(f.Where, s.Dir) {
			files++
		} else {
			memory++
		}
	}
	d.tell(found)
	d.hold(memory > 0 && files > 0 && papers == 0, "control", "a centre that leaks on purpose: found %d times in memory, %d times in files; its answers printed %d pages", memory, files, papers)
	return nil
}

func list(of map[string]bool) string {
	return strings.Join(slices.Sorted(maps.Keys(of)), ", ")
}
