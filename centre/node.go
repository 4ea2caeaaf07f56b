package centre

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"time"

	"akashi/centre/fleet"
	"akashi/centre/oneshot"
)

// readyLine is what a process of the centre says once it serves; an address
// may follow it.
const readyLine = "ready"

// RunNode runs a node until ctx ends: the bus, and as processes and users of
// their own the launcher and the gateway. path is the configuration's file,
// which they read too. out gets "ready <address>" and, if configured, the
// events. At the end the gateway drains first, then the launcher, then the bus
// ends.
func RunNode(ctx context.Context, path string, out io.Writer) error {
	if err := oneshot.KeepOwn(); err != nil {
		return err
	}
	c, err := ReadConfig(path)
	if err != nil {
		return err
	}
	say := &lines{out: out}
	if c.OneUser {
		say.say(fmt.Sprintf(oneUserNotice, os.Getuid()))
	}
	if c.UnfencedDemonstration && !oneshot.Fences {
		say.say(oneshot.UnfencedNotice)
	}
	if err := c.checkOwners(); err != nil {
		return err
	}
	url, stop, err := c.openBus()
	if err != nil {
		return err
	}
	defer stop()
	ln, err := c.listen()
	if err != nil {
		return err
	}
	defer ln.Close()
	complain := &lines{out: os.Stderr}
	for _, p := range []part{c.launcherPart(path, url), c.gatewayPart(path, url, ln)} {
		p.out, p.errs = say, complain
		child, err := p.begin()
		if err != nil {
			return err
		}
		defer child.stop()
	}
	say.say(readyLine + " " + ln.Addr().String())
	<-ctx.Done()
	return nil
}

// launcherPart is the launcher. With a user of its own it may not start workers
// itself, and is handed the line to the starter.
func (c *Config) launcherPart(path, url string) part {
	p := part{name: "launcher", args: []string{"-config", path, "-bus", url}, user: c.users().Launcher, tells: true}
	if c.Users != nil {
		w := c.worker()
		s := &starter{worker: w, slots: make(chan struct{}, c.processes())}
		p.args, p.hand = append(p.args, "-handed"), s.hand
	}
	return p
}

// gatewayPart is the gateway. It is handed the listener, which outlives it:
// while it is started again kiosks wait at the same address.
func (c *Config) gatewayPart(path, url string, ln *net.TCPListener) part {
	return part{
		name: "gateway", args: []string{"-config", path, "-bus", url, "-handed"},
		user: c.users().Gateway, hand: ln.File,
	}
}

// openBus gives the bus's address, and starts the embedded one if that is
// configured.
func (c *Config) openBus() (url string, stop func(), err error) {
	if c.Bus.URL != "" {
		return c.Bus.URL, func() {}, nil
	}
	if err := os.MkdirAll(c.Bus.Store, 0o755); err != nil {
		return "", nil, err
	}
	if err := c.checkStore(); err != nil {
		return "", nil, err
	}
	bus, err := c.startBus()
	if err != nil {
		return "", nil, err
	}
	if err := os.WriteFile(c.busFile(), []byte(bus.URL()), 0o644); err != nil {
		bus.Stop()
		return "", nil, err
	}
	return bus.URL(), func() {
		os.Remove(c.busFile())
		bus.Stop()
	}, nil
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

// listen opens the line for kiosks.
func (c *Config) listen() (*net.TCPListener, error) {
	ln, err := net.Listen("tcp", c.Gateway.Listen)
	if err != nil {
		return nil, err
	}
	return ln.(*net.TCPListener), nil
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
