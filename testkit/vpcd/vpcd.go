// Package vpcd plugs a simulated card into a real PC/SC stack, through the
// virtual reader driver of vsmartcard.
//
// The driver listens on TCP, the card dials in (facts: card §6). Each message
// is its length in two bytes, then as many bytes: one byte from the reader is
// a control code, more are a command; the card answers commands and the
// question for its answer to reset. To insert is to connect, to remove is to
// close.
package vpcd

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
)

// DefaultAddress is where Debian's driver listens for its first slot; the
// second is the next port.
const DefaultAddress = "127.0.0.1:35963"

// Control codes from the reader.
const (
	powerOff = 0x00
	powerOn  = 0x01
	reset    = 0x02
	getATR   = 0x04
)

// Card is what can be plugged in.
type Card interface {
	ATR() []byte // nil: mute, which looks like no card
	PowerOn()
	PowerOff()
	Reset()
	Transmit(command []byte) []byte // nil: the card has left
}

// ErrProtocol says that the reader sent something that is not vpcd's protocol.
var ErrProtocol = errors.New("vpcd: not a message of the virtual reader; check that the address is its driver's")

// Slot is a card in the reader.
type Slot struct {
	conn  net.Conn
	card  Card
	once  sync.Once
	ended chan struct{}
	err   error
}

// Plug dials the driver at addr and inserts the card. The card stays until
// Pull, until ctx ends, or until it leaves by itself.
func Plug(ctx context.Context, addr string, c Card) (*Slot, error) {
	if err := Prepare(c); err != nil {
		return nil, err
	}
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("vpcd: no virtual reader at %s: %w; start pcscd with vsmartcard-vpcd", addr, err)
	}
	return PlugConn(ctx, conn, c), nil
}

// Prepare lets a card that can prepare itself do so: the driver does not wait
// long for an answer.
func Prepare(c Card) error {
	if p, ok := c.(interface{ Prepare() error }); ok {
		return p.Prepare()
	}
	return nil
}

// PlugConn inserts the card through a connection to the driver, which it owns.
func PlugConn(ctx context.Context, conn net.Conn, c Card) *Slot {
	s := &Slot{conn: conn, card: c, ended: make(chan struct{})}
	stop := context.AfterFunc(ctx, s.close)
	go func() {
		defer close(s.ended)
		defer stop()
		defer s.close()
		s.err = s.serve()
	}()
	return s
}

// Pull takes the card out of the reader and waits until it is out. Its error
// is why the card left before, if it did.
func (s *Slot) Pull() error {
	s.close()
	<-s.ended
	return s.err
}

// Ended is closed when the card is out of the reader.
func (s *Slot) Ended() <-chan struct{} { return s.ended }

func (s *Slot) close() { s.once.Do(func() { s.conn.Close() }) }

// serve answers the reader until the card is out; it has no power then.
func (s *Slot) serve() error {
	defer s.card.PowerOff()
	for {
		message, err := s.read()
		if errors.Is(err, net.ErrClosed) {
			return nil
		}
		if err != nil {
			return err
		}
		answer, more := s.answer(message)
		if !more {
			return nil
		}
		if answer == nil {
			continue
		}
		if _, err := s.conn.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(answer))), answer...)); err != nil {
			return fmt.Errorf("vpcd: the virtual reader is gone: %w", err)
		}
	}
}

// read reads one message. The driver writes length and content apart and
// without TCP_NODELAY: unless every read is preceded by a quick
// acknowledgement, each costs 40 ms.
func (s *Slot) read() ([]byte, error) {
	var head [2]byte
	quickAck(s.conn)
	if _, err := io.ReadFull(s.conn, head[:]); err != nil {
		return nil, s.gone(err)
	}
	message := make([]byte, binary.BigEndian.Uint16(head[:]))
	if len(message) == 0 {
		return nil, ErrProtocol
	}
	quickAck(s.conn)
	if _, err := io.ReadFull(s.conn, message); err != nil {
		return nil, s.gone(err)
	}
	return message, nil
}

func (s *Slot) gone(err error) error {
	if errors.Is(err, net.ErrClosed) {
		return err
	}
	return fmt.Errorf("vpcd: the virtual reader is gone: %w", err)
}

// answer gives what to send, nil for nothing, and whether the card stays.
func (s *Slot) answer(message []byte) (answer []byte, stays bool) {
	if len(message) > 1 {
		answer = s.card.Transmit(message)
		return answer, answer != nil
	}
	switch message[0] {
	case powerOff:
		s.card.PowerOff()
	case powerOn:
		s.card.PowerOn()
	case reset:
		s.card.Reset()
	case getATR:
		// The driver polls this to see whether a card is there; it gives the
		// card no power.
		return append([]byte{}, s.card.ATR()...), true
	}
	return nil, true
}
