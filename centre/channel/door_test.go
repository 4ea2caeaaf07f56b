package channel_test

import (
	"errors"
	"net"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"akashi/centre/channel"
	"akashi/centre/wire"
)

// idler opens a connection from a loopback address and says nothing on it.
func idler(t *testing.T, from, to string) net.Conn {
	t.Helper()
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}
	c, err := d.DialContext(within(t), "tcp", to)
	if err != nil {
		t.Skipf("this machine has no %s: %v", from, err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// shut waits until the gateway has closed a connection.
func shut(t *testing.T, what string, c net.Conn) {
	t.Helper()
	c.SetReadDeadline(time.Now().Add(hang))
	if _, err := c.Read(make([]byte, 1)); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("%s stays: %v", what, err)
	}
}

// Connections that show no certificate have places of their own, and one
// address has its share of them.
func TestStrangersAreBounded(t *testing.T) {
	var refused atomic.Int32
	addr := gateway(t, channel.ServerConfig{
		MaxWaiting: 4, PerAddress: 3, Handshake: time.Hour, Refused: func(c wire.Code) { refused.Add(1) },
	}, opened)
	for range 5 { // those that are in count no longer
		dial(t, addr, "k1")
	}
	before := refused.Load()
	var first []net.Conn
	for range 3 {
		first = append(first, idler(t, "127.0.0.1", addr))
	}
	shut(t, "a fourth from one address", idler(t, "127.0.0.1", addr))
	if _, err := channel.Dial(within(t), client(t, addr, "k2")); err != wire.LineDown {
		t.Errorf("a kiosk at the same address: %v", err)
	}
	last := idler(t, "127.0.0.2", addr)
	shut(t, "a fifth of all", idler(t, "127.0.0.3", addr))
	if n := refused.Load() - before; n != 3 {
		t.Errorf("%d counted as refused", n)
	}
	last.Close()
	first[0].Close()
	for end := time.Now().Add(hang); ; time.Sleep(5 * time.Millisecond) {
		c, err := channel.Dial(within(t), client(t, addr, "k2"))
		if err == nil {
			c.Close()
			return
		}
		if time.Now().After(end) {
			t.Fatal("the places did not come back")
		}
	}
}

func TestSource(t *testing.T) {
	for addr, want := range map[string]string{
		"192.0.2.7:1": "192.0.2.7/32", "[::ffff:192.0.2.7]:1": "192.0.2.7/32",
		"[2001:db8:1:2:3::4]:1": "2001:db8:1:2::/64", "[fe80::1%lo]:1": "fe80::/64", "@": "invalid Prefix",
	} {
		if got := channel.Source(named(addr)).String(); got != want {
			t.Errorf("%s: %s, want %s", addr, got, want)
		}
	}
}

// named is an address of any text.
type named string

func (n named) Network() string { return "test" }
func (n named) String() string  { return string(n) }
