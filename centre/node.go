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

// RunNode runs a node until ctx ends: the bus, the launcher as a process of its
// own, and the gateway. path is the configuration's file, which the launcher
// reads too. out gets "ready <address>" and, if configured, the events. At the
// end the gateway drains first, then the launcher, then the bus ends.
func RunNode(ctx context.Context, path string, out io.Writer) error {
	if err := oneshot.KeepOwn(); err != nil {
		return err
	}
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
		if err := os.WriteFile(c.busFile(), []byte(url), 0o600); err != nil {
			return err
		}
		defer os.Remove(c.busFile())
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
