// Package apdu builds ISO 7816-4 commands and reads their answers, with status
// words as typed errors.
//
// Only short forms are built: some readers and phones carry no other, and the
// files of the My Number card need no other (facts/card.md §8).
package apdu

import (
	"context"
	"errors"
)

// Transmitter carries one command to the card and its answer back, status word
// included. It bounds the call by ctx.
type Transmitter interface {
	Transmit(ctx context.Context, command []byte) (response []byte, err error)
}

// Bounds of one exchange, in bytes.
const (
	MaxCommand  = 5 + 255 + 1 // header with Lc, data, Le
	MaxResponse = 256 + 2     // data and status word
	// DefaultMaxChain bounds what GET RESPONSE gathers for one command: the
	// largest answer of the card is a signature of 256 bytes.
	DefaultMaxChain = 4096
	// DefaultMaxRounds bounds the follow-up commands of one command: DefaultMaxChain
	// in full answers, and a resend.
	DefaultMaxRounds = 18
)

var (
	// ErrShort says that an answer has no status word.
	ErrShort = errors.New("apdu: answer without a status word; lay the card flat and begin again")
	// ErrLong says that an answer is longer than a short command may get, or
	// than DefaultMaxChain.
	ErrLong = errors.New("apdu: answer longer than the command may get; begin again")
	// ErrRounds says that the card asked for more follow-up commands than any
	// answer needs.
	ErrRounds = errors.New("apdu: the card asks for the same again and again; begin again")
	// ErrCommand says that a command does not fit the short form.
	ErrCommand = errors.New("apdu: command does not fit the short form")
)

// Send transmits a command and gives the answer's data. Data that waits (61xx)
// is fetched with GET RESPONSE, a wrong Le (6Cxx) is corrected and the command
// sent once more; any status word but 9000 is a Status as the error. Follow-up
// commands are wiped, as c is not: a caller wipes a command that holds a secret.
func Send(ctx context.Context, t Transmitter, c []byte) ([]byte, error) {
	if len(c) < 4 || len(c) > MaxCommand {
		return nil, ErrCommand
	}
	var data []byte
	command, resent := c, false
	for range DefaultMaxRounds {
		part, sw, err := exchange(ctx, t, command)
		if err != nil {
			return nil, err
		}
		if len(data)+len(part) > DefaultMaxChain {
			return nil, ErrLong
		}
		data = append(data, part...)
		clear(part)
		switch {
		case sw == OK:
			return data, nil
		case sw>>8 == 0x61:
			command = []byte{0x00, 0xC0, 0x00, 0x00, byte(sw)}
		case sw>>8 == 0x6C && !resent:
			// Such a command ends in the Le that was wrong; without one there
			// is nothing to correct.
			if command, err = withLe(command, byte(sw)); err != nil {
				return nil, sw
			}
			defer clear(command)
			resent = true
		default:
			return data, sw
		}
	}
	return nil, ErrRounds
}

// exchange carries one command and splits the answer.
func exchange(ctx context.Context, t Transmitter, command []byte) ([]byte, Status, error) {
	r, err := t.Transmit(ctx, command)
	switch {
	case err != nil:
		return nil, 0, err
	case len(r) < 2:
		return nil, 0, ErrShort
	case len(r) > MaxResponse:
		return nil, 0, ErrLong
	}
	n := len(r) - 2
	return r[:n], Status(r[n])<<8 | Status(r[n+1]), nil
}

// withLe gives the command with another Le in place of its own.
func withLe(command []byte, le byte) ([]byte, error) {
	lc := 0
	if len(command) > 5 {
		lc = 1 + int(command[4])
	}
	if len(command) != 4+lc+1 {
		return nil, ErrCommand
	}
	c := append([]byte(nil), command...)
	c[len(c)-1] = le
	return c, nil
}
