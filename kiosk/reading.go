package kiosk

import (
	"context"
	"errors"
	"net"
	"os"

	"akashi/centre/oneshot"
	"akashi/centre/wire"
	"akashi/kiosk/reader"
)

// reader gives the worker's end of the card reader: a reader process of this
// session, or the socket at which a simulated card is served.
func (v *visit) reader(ctx context.Context) (*os.File, error) {
	r := v.agent.config.Reader
	if r.Socket != "" {
		c, err := (&net.Dialer{}).DialContext(ctx, "unix", r.Socket)
		if err != nil {
			return nil, err
		}
		defer c.Close()
		return c.(*net.UnixConn).File()
	}
	ours, child, err := oneshot.Sockets()
	if err != nil {
		return nil, err
	}
	_, err = v.start(ctx, oneshot.Spec{
		Path: r.Program, Args: r.arguments(), Files: []*os.File{child}, UID: v.agent.config.UID.Reader,
		MaxLife: v.agent.config.visitLife(),
	})
	if err != nil {
		ours.Close()
		return nil, err
	}
	return ours, nil
}

// lookReader asks whether the reader is there, by a reader process that takes no
// card, or at the socket of a simulated one; while a session has the reader,
// the session tells.
func (a *Agent) lookReader(ctx context.Context) {
	if a.visiting.Load() {
		return
	}
	a.reading.Lock() // a session that began meanwhile ends first
	defer a.reading.Unlock()
	health, card := a.config.Reader.look(ctx, a.config.UID.Reader)
	a.board.Set(func(r *wire.Report) { r.Reader, r.Card = health, card })
}

func (r Reader) look(ctx context.Context, user int) (wire.Health, wire.Presence) {
	if r.Socket != "" {
		c, err := (&net.Dialer{Timeout: DefaultLook}).DialContext(ctx, "unix", r.Socket)
		if err != nil {
			return wire.Down, wire.Unsensed
		}
		c.Close()
		return wire.Well, wire.Unsensed
	}
	p, err := oneshot.Start(ctx, oneshot.Spec{Path: r.Program, Args: append(r.arguments(), "-look"), UID: user, MaxLife: DefaultLook})
	if err != nil {
		return wire.Down, wire.Unsensed
	}
	err = p.Wait()
	var exit *oneshot.ExitError
	switch {
	case err == nil:
		return wire.Well, wire.Absent
	case errors.As(err, &exit) && exit.Code == reader.ExitCard:
		return wire.Well, wire.Present
	}
	return wire.Down, wire.Unsensed
}

func (r Reader) arguments() []string {
	args := []string{"-name", r.Name}
	if r.PCSCD != "" {
		args = append(args, "-pcscd", r.PCSCD)
	}
	return args
}
