package issue

import (
	"encoding/binary"
	"io"

	"akashi/centre/wire"
	"akashi/verifier/trust"
)

// Bounds of the talk's messages, in bytes.
const (
	DefaultMaxSetup = 1<<20 + 4*trust.DefaultMaxList/3 // chains, and a trust list in base64
	DefaultMaxGo    = 64 << 10
	DefaultMaxSaid  = wire.DefaultMaxFrame
)

// Go is the launcher's second message: the key is vouched for, here is the
// request. The worker refuses a request that comes after Expires.
type Go struct {
	Expires int64       `json:"expires"` // Unix seconds, of the attestation
	Sealed  wire.Sealed `json:"sealed"`
}

// Said is one message of the worker; exactly one member is set.
type Said struct {
	Key      []byte `json:"key,omitempty"`      // HPKE public key of this worker: the first message of ModeIssue
	Reserved []byte `json:"reserved,omitempty"` // settle token of a reservation, said before anything is signed
	Done     *Done  `json:"done,omitempty"`     // the last message
}

// Done is how the worker ended.
type Done struct {
	Answer *wire.Sealed `json:"answer,omitempty"` // absent when the envelope did not open, and in the other modes
	Event  Event        `json:"event"`
}

// send writes one message behind its length.
func send(w io.Writer, v any) error {
	b := wire.Encode(v)
	var n [4]byte
	binary.BigEndian.PutUint32(n[:], uint32(len(b)))
	_, err := w.Write(append(n[:], b...))
	return err
}

// receive reads one message of at most limit bytes.
func receive[T any](r io.Reader, limit uint32) (T, error) {
	var zero T
	var n [4]byte
	if _, err := io.ReadFull(r, n[:]); err != nil {
		return zero, err
	}
	size := binary.BigEndian.Uint32(n[:])
	if size > limit {
		return zero, wire.TooLarge
	}
	b := make([]byte, size)
	if _, err := io.ReadFull(r, b); err != nil {
		return zero, err
	}
	return wire.Decode[T](b, int(limit))
}
