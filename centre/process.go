package centre

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"net"
	"time"

	"akashi/centre/audit"
	"akashi/centre/fleet"
	"akashi/centre/issue"
	"akashi/centre/oneshot"
	"akashi/centre/vaccines"
	"akashi/centre/wire"
	"akashi/printer/glyph"
)

// RunLauncher runs a launcher until ctx ends. url is the bus, "" for the
// configuration's own; handed says that a node has started it and handed it
// the line to its starter. out gets "ready launcher" and, if configured, the
// events as lines of JSON.
func RunLauncher(ctx context.Context, path, url string, handed bool, out io.Writer) error {
	if err := oneshot.KeepOwn(); err != nil {
		return err
	}
	c, err := ReadConfig(path)
	if err != nil {
		return err
	}
	if err := c.checkSelf("launcher", c.users().Launcher); err != nil {
		return err
	}
	if c.Users != nil && !handed {
		return errors.New("centre: a launcher with a user of its own cannot start workers under theirs: let the node start it")
	}
	// What workers will need: better said now than to a resident.
	if _, err := glyph.Load(); err != nil {
		return err
	}
	if _, err := vaccines.Load(); err != nil {
		return err
	}
	say := &lines{out: out}
	lc, err := c.launcher(url, say)
	if err != nil {
		return err
	}
	if err := c.checkKeyProcess(); err != nil {
		return err
	}
	if handed {
		conn, err := handedConn()
		if err != nil {
			return err
		}
		lc.Starter = conn
	}
	l, err := NewLauncher(ctx, lc)
	if err != nil {
		return err
	}
	err = l.Run(ctx, func() { say.say(readyLine + " launcher") })
	return errors.Join(err, l.Close())
}

// handedConn gives the line to the node's starter.
func handedConn() (*net.UnixConn, error) {
	f := oneshot.File(0)
	defer f.Close()
	conn, err := net.FileConn(f)
	if err != nil {
		return nil, errHanded
	}
	u, ok := conn.(*net.UnixConn)
	if !ok {
		return nil, errHanded
	}
	return u, nil
}

var errHanded = errors.New("centre: -handed is for processes that a node starts, with an open file")

// RunGateway runs a gateway until ctx ends, and drains. url is the bus, "" for
// the configuration's own; handed says that a node has started it and handed
// it the listener. out gets "ready <address>".
func RunGateway(ctx context.Context, path, url string, handed bool, out io.Writer) error {
	c, err := ReadConfig(path)
	if err != nil {
		return err
	}
	if err := c.checkSelf("gateway", c.users().Gateway); err != nil {
		return err
	}
	f, err := fleet.Read(c.Fleet)
	if err != nil {
		return err
	}
	d, err := c.dialConfig(url, c.Gateway.Certificate, c.Gateway.Key)
	if err != nil {
		return err
	}
	g, err := NewGateway(ctx, GatewayConfig{
		Certificate: d.Certificate, Root: d.Root, Bus: d, Fleet: f, WorkerLife: c.life(), Now: time.Now,
	})
	if err != nil {
		return err
	}
	ln, err := c.gatewayListener(handed)
	if err != nil {
		return err
	}
	(&lines{out: out}).say(readyLine + " " + ln.Addr().String())
	return g.Serve(ctx, ln)
}

func (c *Config) gatewayListener(handed bool) (net.Listener, error) {
	if !handed {
		return c.listen()
	}
	f := oneshot.File(0)
	defer f.Close()
	ln, err := net.FileListener(f)
	if err != nil {
		return nil, errHanded
	}
	return ln, nil
}

func (c *Config) launcher(url string, out *lines) (LauncherConfig, error) {
	f, err := fleet.Read(c.Fleet)
	if err != nil {
		return LauncherConfig{}, err
	}
	bus, err := c.LauncherBus(url)
	if err != nil {
		return LauncherConfig{}, err
	}
	setup, err := c.setup()
	if err != nil {
		return LauncherConfig{}, err
	}
	lc := LauncherConfig{
		Node: fleet.ID(c.Node), Bus: bus, Fleet: f, Audit: c.Audit, Keys: c.Launcher.Keys, VRS: c.VRS.Address, Setup: setup, Trust: c.Launcher.Trust, Release: c.Release,
		Worker:  c.worker(),
		Workers: c.Launcher.Workers, Settlers: c.Launcher.Settlers, Now: time.Now, Rand: rand.Reader,
	}
	if c.Events {
		lc.Events = func(r audit.Record) { out.say(string(wire.Encode(r))) }
	}
	return lc, nil
}

// worker says how a worker is started.
func (c *Config) worker() WorkerConfig {
	w := WorkerConfig{Path: thisProgram(), Args: oneshot.Arguments(c.UnfencedDemonstration, "worker"), User: c.users().Worker, Life: c.life()}
	if own := c.Launcher.Worker; len(own) > 0 {
		w.Path, w.Args = own[0], own[1:]
	}
	return w
}

// RunWorker is the whole life of an issuing worker's process: it takes what it
// was handed, fences itself in, and issues once. Its files are FileLauncher,
// FileVRS and FileKeys. The error is for the exit code only: there is nobody
// who could read its text. unfenced is for demonstrations (oneshot.Limits).
func RunWorker(ctx context.Context, unfenced bool) error {
	var conns [FileKeys + 1]net.Conn
	for i := range conns {
		f := oneshot.File(i)
		c, err := net.FileConn(f)
		if err != nil {
			return errors.New("centre: a worker is started by a launcher, which hands it its connections")
		}
		f.Close()
		conns[i] = c
	}
	tables, err := vaccines.Load()
	if err != nil {
		return err
	}
	if err := oneshot.Fence(oneshot.Limits{Unfenced: unfenced}); err != nil {
		return err
	}
	return issue.Run(ctx, conns[FileLauncher], conns[FileVRS], conns[FileKeys], issue.Deps{Vaccines: tables})
}
