package reader

import (
	"encoding/binary"
	"io"
	"time"
)

// The protocol, version 1: the client sends a request and waits for its reply;
// there is never more than one request under way.
//
//	request: operation (1), time limit in ms (4), length (2), command
//	reply:   fault, 0 for none (1), length (2), response
//
// Numbers are big endian. Only Transmit has a command and a response. To cancel
// is to close the socket. The operations' high half-byte is the version.
const (
	opWaitCard    = 0x11
	opTransmit    = 0x12
	opWaitRemoved = 0x13
	opEnd         = 0x14

	requestHead = 7
	replyHead   = 3
)

// Bounds of the protocol.
const (
	MinCommand  = 4   // an APDU's header
	MaxCommand  = 261 // header, Lc, 255 bytes, Le: a short APDU
	MinResponse = 2   // a status word
	MaxResponse = 258 // 256 bytes and the status word

	// DefaultMaxWait bounds a wait for a card or for its removal: no resident's
	// session lasts longer.
	DefaultMaxWait = 10 * time.Minute
	// DefaultMaxCall bounds any other call: the slowest command of a real card,
	// a signature, takes under a second.
	DefaultMaxCall = 30 * time.Second
	// DefaultGrace is what the client leaves the reader process beyond a
	// call's limit to report it, before the socket is closed.
	DefaultGrace = 2 * time.Second
)

// maxLimit gives an operation's longest time limit; ok is false when there is
// no such operation.
func maxLimit(op byte) (limit time.Duration, ok bool) {
	switch op {
	case opWaitCard, opWaitRemoved:
		return DefaultMaxWait, true
	case opTransmit, opEnd:
		return DefaultMaxCall, true
	}
	return 0, false
}

type request struct {
	op      byte
	limit   time.Duration // whole milliseconds, at least one, at most maxLimit
	command []byte
}

func (r request) appendTo(b []byte) []byte {
	b = append(b, r.op)
	b = binary.BigEndian.AppendUint32(b, uint32(r.limit/time.Millisecond))
	b = binary.BigEndian.AppendUint16(b, uint16(len(r.command)))
	return append(b, r.command...)
}

// readRequest reads one request into buf, which holds requestHead+MaxCommand
// bytes; the request's command lies in buf. io.EOF says that the client closed
// between two requests, Malformed that it is no client.
func readRequest(r io.Reader, buf []byte) (request, error) {
	head := buf[:requestHead]
	if _, err := io.ReadFull(r, head); err != nil {
		return request{}, err
	}
	limit := time.Duration(binary.BigEndian.Uint32(head[1:])) * time.Millisecond
	n := int(binary.BigEndian.Uint16(head[5:]))
	longest, known := maxLimit(head[0])
	if !known || limit <= 0 || limit > longest || !lengthFits(head[0] == opTransmit, n, MinCommand, MaxCommand) {
		return request{}, Malformed
	}
	command := buf[requestHead : requestHead+n]
	if _, err := io.ReadFull(r, command); err != nil {
		return request{}, io.ErrUnexpectedEOF
	}
	return request{head[0], limit, command}, nil
}

type reply struct {
	fault    Fault // 0 for none
	response []byte
}

func (r reply) appendTo(b []byte) []byte {
	b = append(b, byte(r.fault))
	b = binary.BigEndian.AppendUint16(b, uint16(len(r.response)))
	return append(b, r.response...)
}

// readReply reads the reply to an operation into buf, which holds
// replyHead+MaxResponse bytes.
func readReply(r io.Reader, op byte, buf []byte) (reply, error) {
	head := buf[:replyHead]
	if _, err := io.ReadFull(r, head); err != nil {
		return reply{}, err
	}
	f := Fault(head[0])
	n := int(binary.BigEndian.Uint16(head[1:]))
	if f != 0 && !f.Known() || !lengthFits(f == 0 && op == opTransmit, n, MinResponse, MaxResponse) {
		return reply{}, Malformed
	}
	response := buf[replyHead : replyHead+n]
	if _, err := io.ReadFull(r, response); err != nil {
		return reply{}, io.ErrUnexpectedEOF
	}
	return reply{f, response}, nil
}

func lengthFits(has bool, n, low, high int) bool {
	if !has {
		return n == 0
	}
	return n >= low && n <= high
}
