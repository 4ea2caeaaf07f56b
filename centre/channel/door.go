package channel

import (
	"net"
	"net/http"
	"net/netip"
	"sync"

	"akashi/centre/wire"
)

// Bounds on connections that have shown no certificate yet: anybody can open
// them, and each costs some 20 KB until DefaultHandshake is over.
const (
	// DefaultMaxWaiting bounds all of them: a restart's rush is some thousand
	// a second, and a handshake takes milliseconds. Whoever finds no place
	// comes back, as kiosks do.
	DefaultMaxWaiting = 4096
	// DefaultPerAddress bounds those from one address: the kiosks of a region
	// may share one. A stranger has one place in 16 with each that is theirs:
	// with 16 addresses, or a /60 of IPv6, they can keep every new connection
	// out while they go on; those that stand are not touched.
	DefaultPerAddress = 256
)

// door counts connections from their beginning until they are a websocket or
// end.
type door struct {
	most, each int
	refused    func(wire.Code)

	mu   sync.Mutex
	in   map[net.Conn]netip.Prefix
	from map[netip.Prefix]int
}

func newDoor(c ServerConfig) *door {
	return &door{most: c.MaxWaiting, each: c.PerAddress, refused: c.Refused, in: map[net.Conn]netip.Prefix{}, from: map[netip.Prefix]int{}}
}

// watch is told of a connection's states by net/http, of the first one before
// anything is read. One too many is closed there and then.
func (d *door) watch(c net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		if !d.enter(c, source(c.RemoteAddr())) {
			c.Close() // the TLS in it has not begun: nothing is said
			d.refused(wire.Busy)
		}
	case http.StateHijacked, http.StateClosed:
		d.leave(c)
	}
}

func (d *door) enter(c net.Conn, from netip.Prefix) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.in) >= d.most || d.from[from] >= d.each {
		return false
	}
	d.in[c] = from
	d.from[from]++
	return true
}

func (d *door) leave(c net.Conn) {
	d.mu.Lock()
	defer d.mu.Unlock()
	from, ok := d.in[c]
	if !ok {
		return // it had no place
	}
	delete(d.in, c)
	if d.from[from]--; d.from[from] == 0 {
		delete(d.from, from)
	}
}

// source gives what one stranger has of addresses: an IPv4 address, or the 64
// bits of an IPv6 network (RFC 6177). What is neither counts as one source.
func source(a net.Addr) netip.Prefix {
	ap, err := netip.ParseAddrPort(a.String())
	if err != nil {
		return netip.Prefix{}
	}
	ip, bits := ap.Addr().Unmap().WithZone(""), 64
	if ip.Is4() {
		bits = 32
	}
	p, _ := ip.Prefix(bits) // both fit
	return p
}
