// Package pcscd runs a real PC/SC daemon with virtual readers for one test,
// shut off from the machine's own: private mount, network and user namespaces.
//
// The daemon alone lives in the namespaces. Clients stay outside and reach it
// by its socket file: set the environment variable PCSCLITE_CSOCK_NAME, which
// libpcsclite honours, to Server.Socket before the first PC/SC call.
package pcscd

import (
	"context"
	"errors"

	"akashi/testkit/vpcd"
)

// Server is a running daemon.
type Server struct {
	Socket string // value for PCSCLITE_CSOCK_NAME
	Log    string // file of the daemon's output
}

// Readers are the names of the virtual readers, by slot.
var Readers = [...]string{"Virtual PCD 00 00", "Virtual PCD 00 01"}

// Start starts a daemon with its files in dir.
func Start(ctx context.Context, dir string) (*Server, error) { return nil, errors.ErrUnsupported }

// Plug inserts a card into a slot, 0 or 1.
func (s *Server) Plug(ctx context.Context, slot int, c vpcd.Card) (*vpcd.Slot, error) {
	return nil, errors.ErrUnsupported
}

// PID gives the daemon's process id.
func (s *Server) PID() int { return 0 }

// Kill ends the daemon at once, as a crash would.
func (s *Server) Kill() error { return errors.ErrUnsupported }

// Restart starts the daemon again after Kill.
func (s *Server) Restart(ctx context.Context) error { return errors.ErrUnsupported }

// Env gives the environment entry for a client process.
func (s *Server) Env() string { return "PCSCLITE_CSOCK_NAME=" + s.Socket }

// Close ends everything that Start began.
func (s *Server) Close() error { return nil }
