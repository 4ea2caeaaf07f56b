package vpcd_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"slices"
	"sync"
	"testing"

	"akashi/testkit/vpcd"
)

// echo is a card that answers what it is sent and notes what happens to it.
type echo struct {
	mu     sync.Mutex
	events []string
	mute   bool
}

func (e *echo) note(s string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.events = append(e.events, s)
}

func (e *echo) seen() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.events)
}

func (e *echo) ATR() []byte {
	if e.mute {
		return nil
	}
	return []byte{0x3B, 0x00}
}
func (e *echo) PowerOn()  { e.note("on") }
func (e *echo) PowerOff() { e.note("off") }
func (e *echo) Reset()    { e.note("reset") }
func (e *echo) Transmit(c []byte) []byte {
	if c[0] == 0xEE {
		return nil
	}
	return c
}

// driver is the reader's side of the protocol.
type driver struct {
	t    *testing.T
	conn net.Conn
}

func (d driver) send(message ...byte) {
	d.t.Helper()
	if _, err := d.conn.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(message))), message...)); err != nil {
		d.t.Fatal(err)
	}
}

func (d driver) receive() []byte {
	d.t.Helper()
	var head [2]byte
	if _, err := io.ReadFull(d.conn, head[:]); err != nil {
		d.t.Fatal(err)
	}
	b := make([]byte, binary.BigEndian.Uint16(head[:]))
	if _, err := io.ReadFull(d.conn, b); err != nil {
		d.t.Fatal(err)
	}
	return b
}

// plug gives a driver with the card in it.
func plug(t *testing.T, c vpcd.Card) (driver, *vpcd.Slot) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	s, err := vpcd.Plug(t.Context(), ln.Addr().String(), c)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := ln.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return driver{t, conn}, s
}

func TestProtocol(t *testing.T) {
	c := &echo{}
	d, s := plug(t, c)
	d.send(4)
	if b := d.receive(); !bytes.Equal(b, []byte{0x3B, 0x00}) {
		t.Errorf("ATR %X", b)
	}
	d.send(1)
	d.send(0x00, 0xA4)
	if b := d.receive(); !bytes.Equal(b, []byte{0x00, 0xA4}) {
		t.Errorf("answer %X", b)
	}
	d.send(2)
	d.send(0)
	d.send(4) // answered only when the two before were done
	d.receive()
	if got := c.seen(); !slices.Equal(got, []string{"on", "reset", "off"}) {
		t.Errorf("the card saw %v", got)
	}
	if err := s.Pull(); err != nil {
		t.Errorf("pulled: %v", err)
	}
	if got := c.seen(); got[len(got)-1] != "off" || len(got) != 4 {
		t.Errorf("the pulled card saw %v", got)
	}
	if _, err := d.conn.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
		t.Errorf("after Pull the reader sees %v, want the card gone", err)
	}
}

func TestMuteCard(t *testing.T) {
	d, _ := plug(t, &echo{mute: true})
	d.send(4)
	if b := d.receive(); len(b) != 0 {
		t.Errorf("a mute card has the ATR %X", b)
	}
}

// TestCardLeaves: an answer of nothing takes the card out of the reader.
func TestCardLeaves(t *testing.T) {
	d, s := plug(t, &echo{})
	d.send(0xEE, 0)
	<-s.Ended()
	if _, err := d.conn.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
		t.Errorf("the reader sees %v", err)
	}
}

func TestErrors(t *testing.T) {
	d, s := plug(t, &echo{})
	d.send()
	<-s.Ended()
	if err := s.Pull(); !errors.Is(err, vpcd.ErrProtocol) {
		t.Errorf("an empty message: %v", err)
	}
	d, s = plug(t, &echo{})
	d.conn.Close()
	<-s.Ended()
	if err := s.Pull(); err == nil {
		t.Error("the reader went away and nobody heard")
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ln.Close()
	if _, err := vpcd.Plug(t.Context(), ln.Addr().String(), &echo{}); err == nil {
		t.Error("no driver, no error")
	}
}
