package press

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"akashi/centre/wire"
)

// Bounds of the lines to a network printer.
const (
	DefaultMaxLines   = 1024             // connections for one job: a printer that hangs up after each answer needs four a second
	DefaultDial       = 10 * time.Second // to connect; the printer stands beside the kiosk
	DefaultMaxPrinter = 64 << 10         // bytes of the setup: an address and a few certificates
)

// ErrLines says that the print process gets no connection to its printer.
var ErrLines = errors.New("press: no connection to the printer; look at its cable, its power and its address in the configuration")

// Network is all that a print process is told of its printer.
type Network struct {
	URI  string   `json:"uri"`
	Pins [][]byte `json:"pins"` // DER; of an ipps printer
}

// What crosses the side socket after the setup: a print process asks with a
// number (4 bytes, big endian), and gets it back with a connected socket, or
// without.
const question = 4

// Connect tells a print process of its printer, and hands it each connection
// that it asks for, until it is gone. The process can open none itself, and
// this is where it is decided what it reaches: one address.
func Connect(ctx context.Context, side *net.UnixConn, n Network, dial func(context.Context) (net.Conn, error)) {
	defer side.Close()
	stop := context.AfterFunc(ctx, func() { side.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	b := wire.Encode(n)
	if _, err := side.Write(append(binary.BigEndian.AppendUint32(nil, uint32(len(b))), b...)); err != nil {
		return
	}
	var ask [question]byte
	for range DefaultMaxLines {
		if _, err := io.ReadFull(side, ask[:]); err != nil {
			return
		}
		if hand(ctx, side, ask[:], dial) != nil {
			return
		}
	}
}

// hand makes one connection and passes it on; ours is closed at once.
func hand(ctx context.Context, side *net.UnixConn, number []byte, dial func(context.Context) (net.Conn, error)) error {
	ctx, cancel := context.WithTimeout(ctx, DefaultDial)
	defer cancel()
	c, err := dial(ctx)
	if err != nil {
		_, err = side.Write(number)
		return err
	}
	defer c.Close()
	socket, ok := c.(interface{ File() (*os.File, error) })
	if !ok {
		return ErrLines
	}
	f, err := socket.File()
	if err != nil {
		return err
	}
	defer f.Close()
	_, _, err = side.WriteMsgUnix(number, unix.UnixRights(int(f.Fd())), nil)
	return err
}

// Lines are the print process's end.
type Lines struct {
	side *net.UnixConn
	last uint32 // number of the last question
}

// Join takes the setup.
func Join(side *net.UnixConn) (*Lines, Network, error) {
	var h [4]byte
	if _, err := io.ReadFull(side, h[:]); err != nil {
		return nil, Network{}, ErrLines
	}
	size := binary.BigEndian.Uint32(h[:])
	if size > DefaultMaxPrinter {
		return nil, Network{}, ErrLines
	}
	b := make([]byte, size)
	if _, err := io.ReadFull(side, b); err != nil {
		return nil, Network{}, ErrLines
	}
	n, err := wire.Decode[Network](b, DefaultMaxPrinter)
	if err != nil {
		return nil, Network{}, ErrLines
	}
	return &Lines{side: side}, n, nil
}

// Dial gives a new connection to the printer. One that comes for an earlier
// call, which nobody waits for any more, is closed.
func (l *Lines) Dial(ctx context.Context) (net.Conn, error) {
	late := make(chan struct{})
	stop := context.AfterFunc(ctx, func() { l.side.SetDeadline(time.Unix(1, 0)); close(late) })
	defer func() {
		if !stop() {
			<-late
			l.side.SetDeadline(time.Time{})
		}
	}()
	l.last++
	if _, err := l.side.Write(binary.BigEndian.AppendUint32(nil, l.last)); err != nil {
		return nil, ErrLines
	}
	for {
		number, f, err := receive(l.side)
		if err != nil {
			return nil, ErrLines
		}
		if number == l.last {
			return connection(f)
		}
		f.Close() // a nil file has a Close
	}
}

// receive takes one answer; its file is nil where there is no connection.
func receive(side *net.UnixConn) (uint32, *os.File, error) {
	var b [question]byte
	oob := make([]byte, unix.CmsgSpace(4))
	n, oobn, _, _, err := side.ReadMsgUnix(b[:], oob)
	if err != nil || n != len(b) {
		return 0, nil, ErrLines
	}
	number := binary.BigEndian.Uint32(b[:])
	if oobn == 0 {
		return number, nil, nil
	}
	messages, err := unix.ParseSocketControlMessage(oob[:oobn])
	if err != nil || len(messages) != 1 {
		return 0, nil, ErrLines
	}
	fds, err := unix.ParseUnixRights(&messages[0])
	if err != nil || len(fds) != 1 {
		return 0, nil, ErrLines
	}
	return number, os.NewFile(uintptr(fds[0]), "printer"), nil
}

func connection(f *os.File) (net.Conn, error) {
	if f == nil {
		return nil, ErrLines
	}
	defer f.Close()
	c, err := net.FileConn(f)
	if err != nil {
		return nil, ErrLines
	}
	return c, nil
}
