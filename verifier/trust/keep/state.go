package keep

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"akashi/verifier/trust"
)

// DefaultMaxState bounds a state file in bytes: two digests and a number.
const DefaultMaxState = 512

// ErrState says that a state file cannot be believed. Taking it as "nothing is
// known" would let an older list in.
var ErrState = errors.New("the file that remembers the trust list's version is damaged: find out what changed it, see that the newest list is in place, then remove the file")

// State is what is remembered of the newest list that was used; the zero State
// remembers none. It holds nothing of a person.
type State struct {
	Root    string `json:"root"` // trust.Fingerprint of the root that signed it
	Version int    `json:"version"`
	Digest  string `json:"digest"` // trust.List.Digest, hexadecimal
}

// StateOf gives what is to be remembered of a list that Parse gave.
func StateOf(l *trust.List) State {
	return State{trust.Fingerprint(l.Root), l.Version, hex.EncodeToString(l.Digest[:])}
}

// ParseState reads the one form of a state file: minified JSON and a newline.
func ParseState(b []byte) (State, error) {
	var s State
	if len(b) > DefaultMaxState || json.Unmarshal(b, &s) != nil || !bytes.Equal(s.Encode(), b) ||
		s.Version < 1 || !digest(s.Root) || !digest(s.Digest) {
		return State{}, ErrState
	}
	return s, nil
}

func digest(s string) bool {
	b, err := hex.DecodeString(s)
	return err == nil && len(b) == 32 && hex.EncodeToString(b) == s
}

// Encode gives the one form that ParseState reads.
func (s State) Encode() []byte {
	b, _ := json.Marshal(s) // strings and a number: always encodes
	return append(b, '\n')
}

// ReadState reads a state file. One that is not there is the zero State, one
// that is damaged ErrState.
func ReadState(file string) (State, error) {
	f, err := OpenFile(file)
	if errors.Is(err, os.ErrNotExist) {
		return State{}, nil
	}
	if err != nil {
		return State{}, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, DefaultMaxState+1))
	if err != nil {
		return State{}, err
	}
	s, err := ParseState(b)
	if err != nil {
		return State{}, fmt.Errorf("%s: %w", file, err)
	}
	return s, nil
}

// Check refuses a list that must not follow the remembered one: of another
// root (trust.ErrRoot), older (trust.ErrRollback), or of the same version with
// other content (trust.ErrSameVersion).
func (s State) Check(l *trust.List) error {
	next := StateOf(l)
	switch {
	case s == State{}:
		return nil
	case next.Root != s.Root:
		return trust.ErrRoot
	case next.Version < s.Version:
		return trust.ErrRollback
	case next.Version == s.Version && next.Digest != s.Digest:
		return trust.ErrSameVersion
	}
	return nil
}

// Write puts the state on disk such that a crash leaves the old one or the new
// one.
func (s State) Write(file string) error {
	next := file + ".new"
	f, err := os.OpenFile(next, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(s.Encode())
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(next, file); err != nil {
		return err
	}
	dir, err := os.Open(filepath.Dir(file))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
