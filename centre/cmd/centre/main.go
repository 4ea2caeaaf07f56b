// Command centre runs the centre.
//
//	centre node -config FILE                    a node: the bus, and gateway and launcher as its processes
//	centre gateway -config FILE [-bus URL] [-handed]    a gateway, as a node starts it
//	centre launcher -config FILE [-bus URL] [-handed]   a launcher, as a node starts it
//	centre worker                               an issuing worker, as a node or launcher starts it
//	centre state -config FILE -operator N [-bus URL] [-kiosk ID] [-clear ALARM | -stop | -resume]
//	centre site -config FILE [-export DIR]      the issuer's public site, or its files
//	centre audit -verify FILE                   checks a log and tells its head
//
// A node says "ready HOST:PORT" on standard output once kiosks can connect. It
// drains on SIGTERM: no new asks, those in hand are answered. A site says "ready
// site ADDRESS", and from then on each source that fails or is in order again;
// with -export it asks VRS once, writes its files into DIR and ends.
//
// "state" tells what is stopped and why, and how the kiosks are; with -kiosk, all
// that one of them has reported. An alarm is cleared, and all issuing
// stopped or let go on, by a person with a number only.
//
// It ends with 0, or with 1 when it could not do what was asked, or with 2
// when it was asked wrongly.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"akashi/centre"
	"akashi/centre/audit"
	"akashi/centre/oneshot"
	"akashi/centre/site"
)

const usage = `usage: centre node -config FILE
       centre gateway -config FILE [-bus URL] [-handed]
       centre launcher -config FILE [-bus URL] [-handed]
       centre worker [-unfenced-demonstration]
       centre state -config FILE -operator N [-bus URL] [-kiosk ID] [-clear ALARM | -stop | -resume]
       centre site -config FILE [-export DIR]
       centre audit -verify FILE`

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

// asked is the command line.
type asked struct {
	config, bus, verify string
	export              string // a site's
	handed              bool   // a node has handed over an open file
	unfenced            bool   // a worker's
	order               centre.Order
}

func run(ctx context.Context, args []string, out io.Writer) error {
	if len(args) == 0 {
		return errUsage
	}
	a, err := parse(args[0], args[1:])
	if err != nil {
		return err
	}
	switch args[0] {
	case "node":
		return centre.RunNode(ctx, a.config, out)
	case "gateway":
		return centre.RunGateway(ctx, a.config, a.bus, a.handed, out)
	case "launcher":
		return centre.RunLauncher(ctx, a.config, a.bus, a.handed, out)
	case "worker":
		return centre.RunWorker(ctx, a.unfenced)
	case "site":
		return site.RunConfigured(ctx, a.config, a.export, out)
	case "state":
		return state(ctx, a, out)
	default:
		return verify(a.verify, out)
	}
}

// parse takes only the flags of that command.
func parse(command string, args []string) (a asked, err error) {
	f := flag.NewFlagSet(command, flag.ContinueOnError)
	f.SetOutput(io.Discard)
	var operator uint
	want := map[string]bool{}
	switch command {
	case "node", "gateway", "launcher", "state":
		f.StringVar(&a.config, "config", "", "configuration of the node")
		want["config"] = true
		if command != "node" {
			f.StringVar(&a.bus, "bus", "", "address of the bus")
		}
		if command == "gateway" || command == "launcher" {
			f.BoolVar(&a.handed, "handed", false, "started by a node, with an open file")
		}
		if command == "state" {
			f.UintVar(&operator, "operator", 0, "who orders this")
			f.StringVar((*string)(&a.order.Kiosk), "kiosk", "", "kiosk to tell all about")
			f.Uint64Var(&a.order.Clear, "clear", 0, "alarm to clear")
			f.BoolVar(&a.order.Stop, "stop", false, "stop all issuing")
			f.BoolVar(&a.order.Resume, "resume", false, "let issuing go on")
			want["operator"] = true
		}
	case "site":
		f.StringVar(&a.config, "config", "", "configuration of the site")
		f.StringVar(&a.export, "export", "", "folder to write the files into")
		want["config"] = true
	case "audit":
		f.StringVar(&a.verify, "verify", "", "log to check")
		want["verify"] = true
	case "worker":
		f.BoolVar(&a.unfenced, oneshot.UnfencedArgument[1:], false, "for demonstration only")
	default:
		return a, errUsage
	}
	if err := f.Parse(args); err != nil || f.NArg() > 0 {
		return a, errUsage
	}
	f.Visit(func(g *flag.Flag) { delete(want, g.Name) })
	if len(want) > 0 || operator > 1<<32-1 || (a.order.Stop && a.order.Resume) {
		return a, errUsage
	}
	a.order.Operator = uint32(operator)
	return a, nil
}

func state(ctx context.Context, a asked, out io.Writer) error {
	c, err := centre.ReadConfig(a.config)
	if err != nil {
		return err
	}
	bus, err := c.OperatorBus(a.bus)
	if err != nil {
		return err
	}
	s, err := centre.Tell(ctx, bus, a.order)
	if err != nil {
		return err
	}
	e := json.NewEncoder(out)
	e.SetIndent("", "  ")
	return e.Encode(s)
}

func verify(path string, out io.Writer) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	head, err := audit.Verify(f, nil)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%d records, chain whole, head %x\n", head.Seq, head.Chain)
	return err
}
