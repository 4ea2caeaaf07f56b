package centre

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"net"
	"os"
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
// configuration's own. out gets "ready launcher" and, if configured, the events
// as lines of JSON.
func RunLauncher(ctx context.Context, path, url string, out io.Writer) error {
	if err := oneshot.KeepOwn(); err != nil {
		return err
	}
	c, err := ReadConfig(path)
	if err != nil {
		return err
	}
	if _, err := glyph.Load(); err != nil { // what workers will need: better said now than to a resident
		return err
	}
	say := &lines{out: out}
	lc, err := c.launcher(url, say)
	if err != nil {
		return err
	}
	l, err := NewLauncher(ctx, lc)
	if err != nil {
		return err
	}
	err = l.Run(ctx, func() { say.say(readyLine + " launcher") })
	return errors.Join(err, l.Close())
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
	worker := c.Launcher.Worker
	if len(worker) == 0 {
		self, err := os.Executable()
		if err != nil {
			return LauncherConfig{}, err
		}
		worker = []string{self, "worker"}
	}
	lc := LauncherConfig{
		Node: fleet.ID(c.Node), Bus: bus, Fleet: f, Audit: c.Audit, Keys: c.Launcher.Keys, VRS: c.VRS.Address, Setup: setup,
		Worker:  WorkerConfig{Path: worker[0], Args: worker[1:], UID: c.Launcher.WorkerUID, Life: c.life()},
		Workers: c.Launcher.Workers, Settlers: c.Launcher.Settlers, Now: time.Now, Rand: rand.Reader,
	}
	if c.Events {
		lc.Events = func(r audit.Record) { out.say(string(wire.Encode(r))) }
	}
	return lc, nil
}

// RunWorker is the whole life of an issuing worker's process: it takes what it
// was handed, fences itself in, and issues once. Its files are FileLauncher,
// FileVRS and FileKeys. The error is for the exit code only: there is nobody
// who could read its text.
func RunWorker(ctx context.Context) error {
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
	if err := oneshot.Fence(oneshot.Limits{}); err != nil {
		return err
	}
	return issue.Run(ctx, conns[FileLauncher], conns[FileVRS], conns[FileKeys], issue.Deps{Vaccines: tables})
}
