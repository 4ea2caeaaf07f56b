package kiosk

import (
	"context"
	"fmt"
	"net"
	"sync"

	"akashi/centre/wire"
	"akashi/kiosk/screen"
)

// face serves the page in front of this kiosk, if it has one. Its address is
// the origin that session workers let in.
func (a *Agent) face(ctx context.Context, parts *sync.WaitGroup) error {
	c := a.config.Screen
	if c.Listen == "" {
		return nil
	}
	ln, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return fmt.Errorf("%w: screen.listen: %w", ErrConfig, err)
	}
	panel, err := c.Panel.Fill()
	if err != nil {
		ln.Close()
		return fmt.Errorf("%w: %w", ErrConfig, err)
	}
	a.config.Origin = "http://" + ln.Addr().String()
	s := screen.Server{
		Panel: panel, Phone: c.Phone,
		Begin: func(context.Context) screen.Started { return a.begin(ctx, parts) },
		State: func() (wire.Code, int) { return a.state(), 0 },
	}
	parts.Go(func() { _ = s.Serve(ctx, ln) })
	return nil
}

// Origin is that of the page that session workers let in. It is known once Run
// is ready.
func (a *Agent) Origin() string { return a.config.Origin }

// begin starts a session for the page; it lives as long as the agent lets it,
// not as the request that asked for it.
func (a *Agent) begin(ctx context.Context, parts *sync.WaitGroup) screen.Started {
	told := make(chan Reply, 2) // where the face connects, and how it ended
	parts.Go(func() { told <- a.session(ctx, func(r Reply) { told <- r }) })
	r := <-told
	if r.Code == wire.OK && r.Address == "" {
		r.Code = wire.Internal // it ended before anybody could connect
	}
	return screen.Started{Code: r.Code, RetryAfter: r.RetryAfter, Address: r.Address, Token: r.Token}
}
