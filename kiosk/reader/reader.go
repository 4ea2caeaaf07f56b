// Package reader is the reader process's protocol over one inherited stream
// socket, both ends: the device is served on one, the session worker calls it
// on the other. Pure Go; the device itself is another package's.
package reader

import (
	"context"
	"net"
)

// Device is one card reader. Every call is bounded by its ctx; an error is a
// Fault.
type Device interface {
	// WaitCard waits until one card lies on the reader and takes it for this
	// process alone.
	WaitCard(ctx context.Context) error
	// Transmit carries one short APDU to the card and its answer back.
	Transmit(ctx context.Context, command []byte) (response []byte, err error)
	// WaitRemoved waits until no card lies on the reader.
	WaitRemoved(ctx context.Context) error
	// End powers the card off, whatever state it is in.
	End() error
}

// Serve answers one client until it closes conn or ctx ends, and ends the
// device then.
func Serve(ctx context.Context, conn net.Conn, d Device) error { return Closed }

// Client is the session worker's end; it implements Device.
type Client struct{}

// NewClient speaks the protocol on conn and owns it.
func NewClient(conn net.Conn) *Client { return &Client{} }

func (c *Client) WaitCard(ctx context.Context) error { return Closed }

func (c *Client) Transmit(ctx context.Context, command []byte) ([]byte, error) { return nil, Closed }

func (c *Client) WaitRemoved(ctx context.Context) error { return Closed }

func (c *Client) End() error { return Closed }
