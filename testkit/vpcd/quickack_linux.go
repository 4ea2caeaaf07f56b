//go:build !nofence

package vpcd

import (
	"net"

	"golang.org/x/sys/unix"
)

// quickAck asks for the next acknowledgement at once; the kernel forgets it
// after each. A failure costs time only.
func quickAck(conn net.Conn) {
	c, ok := conn.(*net.TCPConn)
	if !ok {
		return
	}
	raw, err := c.SyscallConn()
	if err != nil {
		return
	}
	raw.Control(func(fd uintptr) {
		unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_QUICKACK, 1)
	})
}
