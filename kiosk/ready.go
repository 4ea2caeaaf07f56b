package kiosk

import (
	"context"
	"net"
	"os"
	"time"

	"akashi/centre/oneshot"
	"akashi/centre/wire"
	"akashi/kiosk/press"
	"akashi/kiosk/session"
	"akashi/printer"
)

// Looks at a network printer.
const (
	DefaultLook      = 20 * time.Second // one look, start of its process included
	DefaultLookEvery = time.Minute      // between looks while nobody is there; each session begins with one
	DefaultLookAgain = 4 * time.Second  // while a fault stands: whoever has filled in paper sees the kiosk open
)

// watch looks at a network printer again and again, so that the centre and the
// page know of a fault before a resident comes.
func (a *Agent) watch(ctx context.Context) {
	if a.config.Printer.IPP == "" {
		return
	}
	for {
		every := DefaultLookEvery
		if a.look(ctx) != wire.OK {
			every = DefaultLookAgain
		}
		again := time.NewTimer(every)
		select {
		case <-ctx.Done():
			again.Stop()
			return
		case <-again.C:
		}
	}
}

// look asks a network printer, by a print process without a job, whether it
// could take one, and keeps the answer. What a printer sends is read nowhere
// else but in such a process.
func (a *Agent) look(ctx context.Context) wire.Code {
	if a.config.Printer.IPP == "" {
		return wire.OK // a folder says so when it is full
	}
	ctx, cancel := context.WithTimeout(ctx, DefaultLook)
	defer cancel()
	f := a.ask(ctx)
	a.mu.Lock()
	a.fault = f
	a.mu.Unlock()
	return a.printing()
}

// printing tells what the last look at the printer means for a session.
func (a *Agent) printing() wire.Code {
	a.mu.Lock()
	defer a.mu.Unlock()
	return session.PrinterCode(a.fault)
}

// ask starts a print process for one look and sees it gone.
func (a *Agent) ask(ctx context.Context) printer.Fault {
	ours, child, err := oneshot.Pair()
	if err != nil {
		return printer.OtherFault
	}
	defer ours.Close()
	p, err := a.press(ctx, child, oneshot.Start)
	if err != nil {
		return printer.OtherFault
	}
	defer func() { <-p.Done() }()
	defer p.Kill() // it has ended by itself, or has nothing more to say
	state, fault, err := press.Look(ctx, ours)
	switch {
	case err != nil:
		return printer.OtherFault
	case state == printer.StateUnknown && !fault.Stops(), state > printer.Stopped:
		return printer.OtherFault
	}
	return fault
}

// press starts a print process that reads from child, by a start that sees to
// its end, and has it reach its printer and nothing else.
func (a *Agent) press(ctx context.Context, child *os.File, start func(context.Context, oneshot.Spec) (*oneshot.Process, error)) (*oneshot.Process, error) {
	c := a.config
	s := oneshot.Spec{Path: c.Program, Args: []string{"print", c.Printer.Folder}, Files: []*os.File{child}, UID: c.UID.Print, MaxLife: c.Seconds.print()}
	if c.Printer.IPP == "" {
		return start(ctx, s)
	}
	ours, side, err := oneshot.Pair()
	if err != nil {
		child.Close()
		return nil, err
	}
	s.Args, s.Files = []string{"print"}, append(s.Files, side)
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
