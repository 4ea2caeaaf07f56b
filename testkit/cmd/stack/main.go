// Command stack issues for one synthetic resident through the whole chain, in
// one call.
//
//	stack -resident ID -kind domestic|overseas [-pin NNNN] [-at CODE] [-n N] [-out DIR]
//	      [-fault vrs-down|vrs-busy] [-card auto|pcsc|process] [-printer folder|ipp|ipps] [-bin DIR] [-v]
//	stack -list
//
// It prints the steps with their durations (-v) and how it ended in the
// resident's words, and ends with 0 when the paper came out, 1 when the chain
// itself failed, 2 when it was used wrongly, 130 after Ctrl-C, and otherwise with
// a code of its own for each way in which a session can end: stack -list shows them.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"akashi/centre/oneshot"
	"akashi/centre/wire"
	"akashi/testkit/pki"
	"akashi/testkit/residents"
	"akashi/testkit/robot"
	"akashi/testkit/stack"
	"akashi/verifier/credential"
)

var errUsage = errors.New("usage: stack -resident ID -kind domestic|overseas [-pin NNNN] [-at CODE] [-n N] [-out DIR] [-fault vrs-down|vrs-busy] [-card auto|pcsc|process] [-printer folder|ipp|ipps] [-bin DIR] [-v] | stack -list")

type options struct {
	resident, kind, pin, at, out, fault, card, printer, bin string
	n                                                       int
	list, verbose                                           bool
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl-C does not wait
	code, err := run(ctx, os.Args[1:], os.Stdout)
	switch {
	case ctx.Err() != nil:
		fmt.Fprintln(os.Stderr, "stack: stopped; nothing that it started is left running")
		os.Exit(130)
	case errors.Is(err, errUsage):
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	case err != nil:
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(stack.Exit(code))
}

func parse(args []string) (o options, kind credential.Kind, err error) {
	f := flag.NewFlagSet("stack", flag.ContinueOnError)
	f.SetOutput(io.Discard)
	f.StringVar(&o.resident, "resident", "", "who")
	f.StringVar(&o.kind, "kind", "domestic", "domestic or overseas")
	f.StringVar(&o.pin, "pin", "", "what is typed; empty: the card's PIN")
	f.StringVar(&o.at, "at", "", "municipality asked; empty: the one that has the record")
	f.StringVar(&o.out, "out", "", "folder for what a relying party gets")
	f.StringVar(&o.fault, "fault", "", "vrs-down or vrs-busy")
	f.StringVar(&o.card, "card", "auto", "auto, pcsc or process")
	f.StringVar(&o.printer, "printer", "folder", "folder, ipp or ipps")
	f.StringVar(&o.bin, "bin", "", "folder of the programs; empty: the command's own, or build them")
	f.IntVar(&o.n, "n", 1, "sessions, one after the other")
	f.BoolVar(&o.list, "list", false, "residents and exit codes")
	f.BoolVar(&o.verbose, "v", false, "print every step")
	if f.Parse(args) != nil || f.NArg() > 0 || o.n < 1 || o.list == (o.resident != "") ||
		(o.card != "auto" && o.card != "pcsc" && o.card != "process") || (o.fault != "" && o.fault != "vrs-down" && o.fault != "vrs-busy") {
		return o, 0, errUsage
	}
	kind, ok := credential.ParseKind(o.kind)
	if !ok {
		return o, 0, fmt.Errorf("%w\nthe kind is domestic or overseas", errUsage)
	}
	if _, known := residents.Find(o.resident); !known && !o.list {
		return o, 0, fmt.Errorf("%w\nthere is no resident %q; stack -list names them", errUsage, o.resident)
	}
	if !slices.Contains(stack.Printers, o.printer) {
		return o, 0, fmt.Errorf("%w\nthe printer is one of %v", errUsage, stack.Printers)
	}
	if o.pin != "" && !digits(o.pin) {
		return o, 0, fmt.Errorf("%w\na PIN has 4 digits", errUsage)
	}
	if o.at != "" && !onMenu(o.at) {
		return o, 0, fmt.Errorf("%w\nthere is no municipality %q to choose; stack -list names them", errUsage, o.at)
	}
	return o, kind, nil
}

func digits(pin string) bool {
	return len(pin) == 4 && strings.Trim(pin, "0123456789") == ""
}

// onMenu reports whether the kiosk offers a municipality; wards it does not.
func onMenu(code string) bool {
	return slices.ContainsFunc(residents.Municipalities(), func(m residents.Municipality) bool { return m.Code == code && m.City == "" })
}

func run(ctx context.Context, args []string, w io.Writer) (wire.Code, error) {
	o, kind, err := parse(args)
	if err != nil {
		return 0, err
	}
	if o.list {
		return 0, list(w)
	}
	r, _ := residents.Find(o.resident)
	bin, cleanup, err := programs(ctx, o.bin)
	if err != nil {
		return 0, err
	}
	defer cleanup()
	pcsc, lacking := stack.CanPCSC(ctx, bin)
	if lacking != nil && o.card != "process" {
		fmt.Fprintln(w, "card in process:", lacking)
		if o.card == "pcsc" {
			return 0, lacking
		}
	}
	if err := stack.CanPrint(o.printer); err != nil {
		return 0, err
	}
	fmt.Fprintln(w, pki.Notice)
	if !oneshot.Fences {
		fmt.Fprintln(w, oneshot.UnfencedNotice)
	}
	s, err := stack.Start(ctx, stack.Options{Bin: bin, PCSC: pcsc && o.card != "process", Printer: o.printer})
	if err != nil {
		return 0, err
	}
	code, err := sessions(ctx, w, s, o, r, kind)
	return code, errors.Join(err, s.Close())
}

func programs(ctx context.Context, bin string) (string, func(), error) {
	if bin != "" {
		dir, err := filepath.Abs(bin)
		return dir, func() {}, err
	}
	if own, err := os.Executable(); err == nil && stack.HasAll(filepath.Dir(own)) {
		return filepath.Dir(own), func() {}, nil // make build put them side by side
	}
	dir, err := os.MkdirTemp("", "bin")
	if err != nil {
		return "", nil, err
	}
	return dir, func() { os.RemoveAll(dir) }, stack.Build(ctx, dir)
}

// sessions walks the resident n times; the first that does not end with paper
// ends it.
func sessions(ctx context.Context, w io.Writer, s *stack.Stack, o options, r residents.Resident, kind credential.Kind) (wire.Code, error) {
	plan := robot.Plan{PINs: []string{r.PIN}, Choices: []robot.Choice{{Municipality: r.Ask(), Kind: kind, Copies: 1}}}
	if o.pin != "" {
		plan.PINs = []string{o.pin}
	}
	if o.at != "" {
		plan.Choices[0].Municipality = o.at
	}
	s.VRS.Faults().Down(o.fault == "vrs-down")
	if o.fault == "vrs-busy" {
		s.VRS.Faults().Busy(-1)
	}
	for i := range o.n {
		at := s.Node.Said()
		v, err := s.Kiosks[0].Walk(ctx, s.Kiosks[0].Carry(ctx, r, plan))
		if err != nil {
			return 0, err
		}
		fmt.Fprintf(w, "%s %s, session %d of %d\n", r.ID, kind, i+1, o.n)
		if o.verbose {
			ended, err := s.Ended(at)
			if err != nil {
				return 0, err
			}
			stack.TellSteps(w, v, ended)
		}
		stack.TellEnd(w, v)
		if code := v.Outcome(); code != wire.OK {
			return code, nil
		}
		if o.out != "" {
			if err := errors.Join(stack.Keep(ctx, v.Papers[0], o.out), s.Publish(o.out)); err != nil {
				return 0, err
			}
		}
	}
	if o.out == "" {
		fmt.Fprintln(w, "the papers are not kept; -out FOLDER keeps them, with what a verifier needs")
	}
	return wire.OK, nil
}

func list(w io.Writer) error {
	fmt.Fprintln(w, "residents: PIN, and how each kind ends, with its exit code")
	for _, r := range residents.All() {
		fmt.Fprintf(w, "  %-16s %s  domestic %-18s %2d  overseas %-18s %2d  at %s  %s\n", r.ID, r.PIN,
			r.Domestic.Name(), stack.Exit(r.Domestic), r.Overseas.Name(), stack.Exit(r.Overseas), r.Ask(), r.Note)
	}
	fmt.Fprintln(w, "municipalities for -at")
	for _, m := range residents.Municipalities() {
		if m.City == "" {
			fmt.Fprintf(w, "  %s  %s / %s\n", m.Code, m.NameJA, m.NameEN)
		}
	}
	fmt.Fprintln(w, "exit codes: 1 the chain itself failed, 2 wrong usage")
	codes := wire.Codes()
	slices.SortFunc(codes, func(a, b wire.Code) int { return stack.Exit(a) - stack.Exit(b) })
	for _, c := range codes {
		fmt.Fprintf(w, "  %2d  %s\n", stack.Exit(c), c.Name())
	}
	return nil
}
