package centre

import (
	"bufio"
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"

	"akashi/centre/audit"
	"akashi/centre/fleet"
	"akashi/centre/oneshot"
	"akashi/centre/wire"
	"akashi/printer/glyph"
)

// A node starts its launcher again when that has ended by itself, after a
// pause that doubles from the first to the second of these.
const (
	DefaultPause    = time.Second
	DefaultMaxPause = 30 * time.Second
)

// readyLine is what a process of the centre says once it serves; an address
// may follow it.
const readyLine = "ready"

// RunNode runs a node until ctx ends: the bus, the launcher as a process of its
// own, and the gateway. path is the configuration's file, which the launcher
// reads too. out gets "ready <address>" and, if configured, the events. At the
// end the gateway drains first, then the launcher, then the bus ends.
func RunNode(ctx context.Context, path string, out io.Writer) error {
	c, err := ReadConfig(path)
	if err != nil {
		return err
	}
	url := c.Bus.URL
	if url == "" {
		bus, err := c.startBus()
		if err != nil {
			return err
		}
		defer bus.Stop()
		url = bus.URL()
	}
	child, err := startLauncher(path, url, &lines{out: out})
	if err != nil {
		return err
	}
	defer child.stop()
	return c.serveKiosks(ctx, url, child.out)
}

func (c *Config) startBus() (*Bus, error) {
	root, err := readPool(c.Root)
	if err != nil {
		return nil, err
	}
	cert, err := tls.LoadX509KeyPair(c.Bus.Certificate, c.Bus.Key)
	if err != nil {
		return nil, err
	}
	return StartBus(BusConfig{Listen: c.Bus.Listen, Certificate: cert, Root: root, Store: c.Bus.Store, Node: fleet.ID(c.Node), Now: time.Now})
}

func (c *Config) serveKiosks(ctx context.Context, url string, out *lines) error {
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
	ln, err := net.Listen("tcp", c.Gateway.Listen)
	if err != nil {
		return err
	}
	out.say(readyLine + " " + ln.Addr().String())
	return g.Serve(ctx, ln)
}

// lines writes whole lines from several writers.
type lines struct {
	mu  sync.Mutex
	out io.Writer
}

func (l *lines) say(line string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	fmt.Fprintln(l.out, line)
}

// child is the launcher's process, started again when it ends by itself.
type child struct {
	path, url string
	out       *lines
	quit      chan struct{} // closed to end it for good
	gone      chan struct{} // closed when it has
}

// life is one life of the process.
type life struct {
	cmd   *exec.Cmd
	ready chan struct{}
	ended chan struct{}
}

// startLauncher starts the launcher and waits until it serves.
func startLauncher(path, url string, out *lines) (*child, error) {
	c := &child{path: path, url: url, out: out, quit: make(chan struct{}), gone: make(chan struct{})}
	l, err := c.start()
	if err != nil {
		return nil, err
	}
	go c.attend(l)
	return c, nil
}

// stop ends the launcher in order and waits for it.
func (c *child) stop() {
	close(c.quit)
	<-c.gone
}

// start starts it once.
func (c *child) start() (*life, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	l := &life{exec.Command(self, "launcher", "-config", c.path, "-bus", c.url), make(chan struct{}), make(chan struct{})}
	l.cmd.Stderr = os.Stderr
	stdout, err := l.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := oneshot.Tie(l.cmd); err != nil {
		return nil, err
	}
	go func() {
		defer close(l.ended)
		c.relay(stdout, l.ready)
		l.cmd.Wait() // how it ended shows in whether it was ready
	}()
	select {
	case <-l.ready:
		return l, nil
	case <-l.ended:
		return nil, errors.New("centre: the launcher does not start; it has said why")
	case <-c.quit:
		l.end()
		return nil, errors.New("centre: the node is stopping")
	}
}

// end asks the process to end and waits for it.
func (l *life) end() {
	l.cmd.Process.Signal(syscall.SIGTERM)
	<-l.ended
}

// relay passes the launcher's lines on, but for its ready line.
func (c *child) relay(r io.Reader, ready chan<- struct{}) {
	s := bufio.NewScanner(r)
	for s.Scan() {
		if strings.HasPrefix(s.Text(), readyLine) && ready != nil {
			close(ready)
			ready = nil
			continue
		}
		c.out.say(s.Text())
	}
	io.Copy(io.Discard, r) // an overlong line is lost, and does not hold the launcher up
}

// attend starts the launcher again whenever it ends by itself.
func (c *child) attend(l *life) {
	defer close(c.gone)
	pause := DefaultPause
	for {
		if l != nil {
			select {
			case <-l.ended:
			case <-c.quit:
				l.end()
				return
			}
		}
		select {
		case <-time.After(pause):
		case <-c.quit:
			return
		}
		var err error
		if l, err = c.start(); err == nil {
			pause = DefaultPause
		} else {
			pause = min(2*pause, DefaultMaxPause)
		}
	}
}

// RunLauncher runs a launcher until ctx ends. url is the bus, "" for the
// configuration's own. out gets "ready launcher" and, if configured, the events
// as lines of JSON.
func RunLauncher(ctx context.Context, path, url string, out io.Writer) error {
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
