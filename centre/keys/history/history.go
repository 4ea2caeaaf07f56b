// Package history keeps what became of each of the issuer's keys: an
// append-only record in which every line ends with a digest over all before it.
//
// A line that was changed, left out or put in is found when the record is
// read. Lines that were cut off its end are found only by what they told of:
// package keys refuses a key that the record does not know. Against whoever can
// write the whole folder the record is no defence: the keys are theirs already.
package history

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Bounds of a record.
const (
	// DefaultMaxFile is, in bytes, thirty years of six keys that are changed
	// every year, three times over.
	DefaultMaxFile = 1 << 20
	// DefaultMaxReason is a sentence or two, in bytes.
	DefaultMaxReason = 240
)

// Event is what happened to a key.
type Event string

// The events.
const (
	Created   Event = "created"   // made, and a certificate asked for
	Published Event = "published" // its certificate is there, and shown to everybody
	Activated Event = "activated" // it signs
	Retired   Event = "retired"   // it signs no more; what it signed stays good
	Destroyed Event = "destroyed" // its private part is gone; what it signed stays good
	Revoked   Event = "revoked"   // what it signed is to be believed no more
)

// Record is one line: JSON without white space, its members in this order.
type Record struct {
	Number  int       `json:"n"`                 // 1, 2, …
	At      time.Time `json:"at"`                // UTC, whole seconds; never before the line before
	Event   Event     `json:"event"`             //
	Key     string    `json:"key"`               // its name: Name(purpose, generation)
	Purpose string    `json:"purpose,omitempty"` // Created
	ID      string    `json:"id,omitempty"`      // Created: RFC 7638 thumbprint, base64url
	Token   string    `json:"token,omitempty"`   // Created: its id in the token, if it is in one
	// Certificate is, with Published, SHA-256 of the chain's DER, hex.
	Certificate string `json:"certificate,omitempty"`
	Reason      string `json:"reason,omitempty"` // a person's words; Revoked needs them
	Sum         string `json:"sum"`              // SHA-256, hex, of the sum of the line before and of this line with an empty sum
}

// Key is what the record says of one key. A time is zero for what has not
// happened.
type Key struct {
	Name        string
	Purpose     string
	Generation  int // 1, 2, … among those of its purpose
	ID          string
	Token       string
	State       Event  // its last event
	Certificate string // SHA-256 of its chain's DER, hex; empty before Published
	Created     time.Time
	Published   time.Time // the first time
	Activated   time.Time
	Retired     time.Time // when it ceased to sign, whatever ended it
	Ended       time.Time // Destroyed or Revoked
}

// Signs reports whether the key signs now.
func (k Key) Signs() bool { return k.State == Activated }

// Shown reports whether verifiers are told of the key.
func (k Key) Shown() bool { return !k.Published.IsZero() && k.State != Revoked }

// Private reports whether the key's private part is still there.
func (k Key) Private() bool { return k.State != Destroyed && k.State != Revoked }

// Errors of a record. Each is wrapped in what it is about.
var (
	ErrDamaged = errors.New("history: the record of the keys was changed or cut; put the last good copy of it back")
	ErrStep    = errors.New("history: that does not follow for this key")
	ErrClock   = errors.New("history: the clock stands before the record's last line; set it right")
	ErrReason  = errors.New("history: a reason is one line of at most 240 bytes of readable text, and this step needs one; say why")
	ErrFull    = errors.New("history: the record is full; it was not made for so many changes")
)

// History is a record. The zero value is an empty one.
type History struct {
	text []byte
	sum  string // of the last line
	n    int
	last time.Time
	keys []Key
}

// Parse reads a record in its one encoding and follows every key through it.
func Parse(b []byte) (*History, error) {
	if len(b) > DefaultMaxFile {
		return nil, fmt.Errorf("%w: longer than %d bytes", ErrDamaged, DefaultMaxFile)
	}
	h := &History{}
	for line := range bytes.Lines(b) {
		r, err := parseLine(line)
		if err == nil {
			err = h.take(r, line)
		}
		if err != nil {
			return nil, fmt.Errorf("%w: line %d: %w", ErrDamaged, h.n+1, err)
		}
	}
	return h, nil
}

var errLine = errors.New("not a line of a record")

func parseLine(line []byte) (Record, error) {
	var r Record
	d := json.NewDecoder(bytes.NewReader(line))
	d.DisallowUnknownFields()
	if d.Decode(&r) != nil || !bytes.Equal(r.encode(), line) {
		return Record{}, errLine
	}
	return r, nil
}

func (r Record) encode() []byte {
	b, err := json.Marshal(r)
	if err != nil { // a year beyond 9999
		return nil
	}
	return append(b, '\n')
}

// Append adds what happened; number, time and digest are filled in from the
// record and now. It changes nothing when it refuses.
func (h *History) Append(now time.Time, r Record) error {
	r.Number, r.At = h.n+1, now.UTC().Truncate(time.Second)
	r.Sum = r.sum(h.sum)
	if r.At.Before(h.last) {
		return ErrClock
	}
	return h.take(r, r.encode())
}

// take adds a line that may follow.
func (h *History) take(r Record, line []byte) error {
	switch {
	case r.Number != h.n+1 || r.Sum != r.sum(h.sum):
		return errors.New("it does not follow the line before")
	case r.At.Location() != time.UTC || r.At.Nanosecond() != 0 || r.At.Before(h.last) || r.At.Year() < 2000:
		return errors.New("its time is none that may follow")
	case len(h.text)+len(line) > DefaultMaxFile:
		return ErrFull
	case !reasonable(r):
		return ErrReason
	}
	next := slices.Clone(h.keys)
	if err := step(&next, r); err != nil {
		return fmt.Errorf("%w (%s, %s): %w", ErrStep, r.Key, r.Event, err)
	}
	h.keys, h.n, h.last, h.sum = next, r.Number, r.At, r.Sum
	h.text = append(h.text, line...)
	return nil
}

// sum gives a line's sum behind a line with that one.
func (r Record) sum(before string) string {
	r.Sum = ""
	d := sha256.Sum256(append([]byte(before), r.encode()...))
	return hex.EncodeToString(d[:])
}

// Bytes gives the record as Parse reads it.
func (h *History) Bytes() []byte { return bytes.Clone(h.text) }

// Extends reports whether old is the beginning of h, or all of it.
func (h *History) Extends(old *History) bool { return bytes.HasPrefix(h.text, old.text) }

// Keys gives every key that there ever was, in the order of their making.
func (h *History) Keys() []Key { return slices.Clone(h.keys) }

// Key gives the key of that name.
func (h *History) Key(name string) (Key, bool) {
	i := slices.IndexFunc(h.keys, func(k Key) bool { return k.Name == name })
	if i < 0 {
		return Key{}, false
	}
	return h.keys[i], true
}

// Clone gives a record of its own, to try changes on.
func (h *History) Clone() *History {
	c := *h
	c.text, c.keys = bytes.Clone(h.text), slices.Clone(h.keys)
	return &c
}
