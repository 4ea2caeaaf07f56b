package site

import (
	"net"
	"sync"
)

// placed is a connection that gives its place back when it is closed.
type placed struct {
	net.Conn
	once  sync.Once
	leave func()
}

// Close closes the connection, and gives the place back once.
func (p *placed) Close() error {
	err := p.Conn.Close()
	p.once.Do(p.leave)
	return err
}
