package keys

import (
	"encoding/binary"
	"io"
)

// protocolVersion stands first in every request and answer.
//
//	1  2026-11-23  first version
const protocolVersion = 1

// Sizes of the protocol. Every request is of one fixed size, so nothing that a
// caller says makes the key process allocate.
const (
	controlSize = 2 + 16 + 32 // version, operation, session id, digest
	sessionSize = 2 + 32      // version, purpose, digest
	headerSize  = 2 + 4       // version, status, length of the body

	// DefaultMaxAnswer bounds an answer's body: the public side, six short
	// chains in JSON, is the longest by far.
	DefaultMaxAnswer = 64 << 10
	// maxSignature is the longest ASN.1 ECDSA P-256 signature.
	maxSignature = 72
	minSignature = 8
)

// operation is what the launcher asks for. Numbers are append-only.
type operation uint8

const (
	opOpen      operation = 1 // a session for an issuing worker; the answer carries its socket
	opOpenRelay operation = 2 // a session that signs for the TLS to VRS only
	opAttest    operation = 3
	opPublic    operation = 4 // with an id: of the keys of that session
	opCounts    operation = 5
)

// controlRequest is one question of the launcher. What an operation does not
// use is zero.
type controlRequest struct {
	op     operation
	id     [16]byte
	digest [32]byte
}

func (r controlRequest) encode() []byte {
	b := append([]byte{protocolVersion, byte(r.op)}, r.id[:]...)
	return append(b, r.digest[:]...)
}

func parseControl(b []byte) (controlRequest, error) {
	if len(b) != controlSize {
		return controlRequest{}, Malformed
	}
	if b[0] != protocolVersion {
		return controlRequest{}, WrongVersion
	}
	r := controlRequest{operation(b[1]), [16]byte(b[2:18]), [32]byte(b[18:])}
	usesID := r.op == opOpen || r.op == opOpenRelay || r.op == opAttest
	usesDigest := r.op == opAttest
	switch {
	case !usesID && r.op != opPublic && r.op != opCounts:
		return controlRequest{}, Malformed
	case r.op != opPublic && usesID == (r.id == [16]byte{}), !usesDigest && r.digest != [32]byte{}:
		return controlRequest{}, Malformed
	}
	return r, nil
}

// sessionRequest is one question of a worker.
type sessionRequest struct {
	purpose Purpose
	digest  [32]byte
}

func (r sessionRequest) encode() []byte {
	return append([]byte{protocolVersion, purposeNumber(r.purpose)}, r.digest[:]...)
}

func parseSession(b []byte) (sessionRequest, error) {
	if len(b) != sessionSize {
		return sessionRequest{}, Malformed
	}
	if b[0] != protocolVersion {
		return sessionRequest{}, WrongVersion
	}
	if b[1] == 0 || int(b[1]) >= len(purposes) {
		return sessionRequest{}, Malformed
	}
	return sessionRequest{purposes[b[1]], [32]byte(b[2:])}, nil
}

// purposeNumber gives 0, which nobody accepts, for an unknown purpose.
func purposeNumber(p Purpose) byte {
	for i, known := range purposes {
		if p == known {
			return byte(i)
		}
	}
	return 0
}

// encodeAnswer gives an answer: a body, or a refusal alone.
func encodeAnswer(refused Refusal, body []byte) []byte {
	b := make([]byte, headerSize, headerSize+len(body))
	b[0], b[1] = protocolVersion, byte(refused)
	binary.BigEndian.PutUint32(b[2:], uint32(len(body)))
	return append(b, body...)
}

// parseHeader reads an answer's header: its refusal as the error, or the
// length of its body, at most limit.
func parseHeader(h []byte, limit int) (int, error) {
	if len(h) != headerSize {
		return 0, Malformed
	}
	n := binary.BigEndian.Uint32(h[2:])
	switch {
	case h[0] != protocolVersion:
		return 0, WrongVersion
	case h[1] != 0 && n != 0, n > uint32(limit):
		return 0, Malformed
	case h[1] != 0:
		return 0, Refusal(h[1])
	}
	return int(n), nil
}

// readAnswer reads one whole answer.
func readAnswer(r io.Reader, limit int) ([]byte, error) {
	var h [headerSize]byte
	if _, err := io.ReadFull(r, h[:]); err != nil {
		return nil, err
	}
	n, err := parseHeader(h[:], limit)
	if err != nil {
		return nil, err
	}
	body := make([]byte, n)
	_, err = io.ReadFull(r, body)
	return body, err
}
