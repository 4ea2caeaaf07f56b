package kiosk

import (
	"context"
	"net"
	"os"
	"time"

	"akashi/centre/oneshot"
	"akashi/centre/wire"
	"akashi/kiosk/press"
	"akashi/kiosk/watch"
	"akashi/printer"
)

// DefaultLook bounds one look at a printer, start of its process included.
const DefaultLook = 20 * time.Second

// lookPrinter asks a network printer, by a print process without a job, whether
// it could take one, and keeps the answer. What a printer sends is read nowhere
// else but in such a process.
func (a *Agent) lookPrinter(ctx context.Context) {
	var health wire.Health
	var reasons []wire.PrintFault
	if a.config.Printer.IPP == "" { // a folder says so when it is full
		health = watch.Fitted(a.config.Printer.Folder)
	} else {
		ctx, cancel := context.WithTimeout(ctx, DefaultLook)
		defer cancel()
		health, reasons = watch.Printer(a.ask(ctx))
	}
	a.board.Set(func(r *wire.Report) { r.Printer, r.Reasons = health, reasons })
}

// ask starts a print process for one look and sees it gone.
func (a *Agent) ask(ctx context.Context) printer.Faults {
	ours, child, err := oneshot.Pair()
	if err != nil {
		return printer.FaultsOf(printer.OtherFault)
	}
	defer ours.Close()
	p, err := a.press(ctx, child, oneshot.Start)
	if err != nil {
		return printer.FaultsOf(printer.OtherFault)
	}
	defer func() { <-p.Done() }()
	defer p.Kill() // it has ended by itself, or has nothing more to say
	state, faults, err := press.Look(ctx, ours)
	switch {
	case err != nil:
		return printer.FaultsOf(printer.OtherFault)
	case state == printer.StateUnknown && !faults.Worst().Stops(), state > printer.Stopped:
		return printer.FaultsOf(printer.OtherFault)
	}
	return faults
}

// press starts a print process that reads from child, by a start that sees to
// its end, and has it reach its printer and nothing else.
func (a *Agent) press(ctx context.Context, child *os.File, start func(context.Context, oneshot.Spec) (*oneshot.Process, error)) (*oneshot.Process, error) {
	c := a.config
	s := oneshot.Spec{Path: c.Program, Args: oneshot.Arguments(c.UnfencedDemonstration, "print", c.Printer.Folder), Files: []*os.File{child}, UID: c.UID.Print, MaxLife: c.Seconds.print()}
	if c.Printer.IPP == "" {
		return start(ctx, s)
	}
	ours, side, err := oneshot.Pair()
	if err != nil {
		child.Close()
		return nil, err
	}
	s.Args, s.Files = oneshot.Arguments(c.UnfencedDemonstration, "print"), append(s.Files, side)
	p, err := start(ctx, s)
	if err != nil {
		ours.Close()
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	go func() { <-p.Done(); cancel() }()
	go press.Connect(ctx, ours.(*net.UnixConn), a.files.network, a.files.dial)
	return p, nil
}
