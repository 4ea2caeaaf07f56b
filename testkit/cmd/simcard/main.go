// Command simcard lays a synthetic resident's My Number card on a reader until
// it is interrupted.
//
//	simcard -list                                    residents, PINs and what becomes of their requests
//	simcard -resident ID [-vpcd 127.0.0.1:35963]     in the virtual reader of a running pcscd
//	simcard -resident ID -socket PATH                on a reader without PC/SC (kiosk/reader's protocol)
//
//	-pki DIR        sign with the card authority of that folder (testkit/pki); else with a fresh one
//	-state FILE     keep tries and key there, as a card does
//	-latency 45ms   answer as slowly as a real card
//	-strict         forget the PIN when the same AP is selected again
//
// It says "ready simcard ID" when the card lies there, and ends with 0 when
// interrupted, 1 when it could not go on, 2 when it was asked wrongly.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"syscall"
	"text/tabwriter"
	"time"

	"akashi/kiosk/reader"
	"akashi/testkit/pki"
	"akashi/testkit/residents"
	"akashi/testkit/simcard"
	"akashi/testkit/simcard/tray"
	"akashi/testkit/vpcd"
)

const usage = "usage: simcard -list | simcard -resident ID [-vpcd ADDRESS | -socket PATH] [-pki DIR] [-state FILE] [-latency 45ms] [-strict]"

var errUsage = errors.New(usage)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := run(ctx, os.Args[1:], os.Stdout)
	if err == nil {
		return
	}
	fmt.Fprintln(os.Stderr, err)
	if errors.Is(err, errUsage) {
		os.Exit(2)
	}
	os.Exit(1)
}

// options are the command's flags.
type options struct {
	list                        bool
	resident, vpcd, socket, pki string
	card                        simcard.Options
}

func parse(args []string) (o options, err error) {
	f := flag.NewFlagSet("simcard", flag.ContinueOnError)
	f.SetOutput(io.Discard)
	f.BoolVar(&o.list, "list", false, "name residents and PINs")
	f.StringVar(&o.resident, "resident", "", "whose card")
	f.StringVar(&o.vpcd, "vpcd", "", "address of the virtual reader")
	f.StringVar(&o.socket, "socket", "", "serve the reader protocol there")
	f.StringVar(&o.pki, "pki", "", "folder with the card authority")
	f.StringVar(&o.card.State, "state", "", "file with the card's memory")
	f.DurationVar(&o.card.Latency, "latency", 0, "pause before each answer")
	f.BoolVar(&o.card.Strict, "strict", false, "re-selection clears the PIN")
	if err := f.Parse(args); err != nil || f.NArg() > 0 || o.list == (o.resident != "") ||
		o.vpcd != "" && o.socket != "" || o.card.Latency < 0 || o.card.Latency > time.Minute {
		return o, errUsage
	}
	if o.vpcd == "" {
		o.vpcd = vpcd.DefaultAddress
	}
	return o, nil
}

func run(ctx context.Context, args []string, out io.Writer) error {
	o, err := parse(args)
	if err != nil {
		return err
	}
	if o.list {
		return list(out)
	}
	r, ok := residents.Find(o.resident)
	if !ok {
		return fmt.Errorf("simcard: no resident %q; see simcard -list", o.resident)
	}
	authority, err := open(o.pki)
	if err != nil {
		return err
	}
	card, err := simcard.New(r, authority, o.card)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "STAND-IN card of %s, PIN %s: %s\n", r.ID, r.PIN, r.Note)
	if o.socket != "" {
		return serve(ctx, o.socket, card, out)
	}
	return plug(ctx, o.vpcd, card, out)
}

func list(out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "RESIDENT\tPIN\tDOMESTIC\tOVERSEAS\tASK AT\tWHY")
	for _, r := range residents.All() {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", r.ID, r.PIN, r.Domestic.Name(), r.Overseas.Name(), r.Ask(), r.Note)
	}
	return w.Flush()
}

func open(dir string) (*simcard.Authority, error) {
	if dir == "" {
		return simcard.NewAuthority()
	}
	a, err := pki.ReadCardAuthority(dir)
	if err != nil {
		return nil, err
	}
	return simcard.AuthorityFrom(a.ID, a.Key)
}

// plug keeps the card in a virtual reader.
func plug(ctx context.Context, addr string, card *simcard.Card, out io.Writer) error {
	slot, err := vpcd.Plug(ctx, addr, card)
	if err != nil {
		return err
	}
	fmt.Fprintln(out, "ready simcard", card.Resident().ID)
	<-slot.Ended()
	return slot.Pull()
}

// serve keeps the card on a tray, one client after the other.
func serve(ctx context.Context, path string, card *simcard.Card, out io.Writer) error {
	ln, err := net.Listen("unix", path)
	if err != nil {
		return fmt.Errorf("simcard: %w; remove a socket that nobody serves", err)
	}
	defer ln.Close()
	defer context.AfterFunc(ctx, func() { ln.Close() })()
	t := tray.New()
	t.Lay(card)
	fmt.Fprintln(out, "ready simcard", card.Resident().ID)
	for {
		conn, err := ln.Accept()
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return fmt.Errorf("simcard: %w", err)
		}
		if err := reader.Serve(ctx, conn, t); err != nil && ctx.Err() == nil {
			fmt.Fprintln(out, "a client ended with:", err)
		}
	}
}
