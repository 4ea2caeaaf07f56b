package site

import (
	"errors"

	"akashi/centre/keys"
	"akashi/centre/wire"
)

// Source is what a Notice is about.
type Source string

// The sources, beside the names of Options.Files.
const (
	SourceVRS   Source = "vrs"
	SourceState Source = "state"
	SourceJWKS  Source = "jwks"
	SourceTrust Source = "trust"
)

// Notice says that a source is in order again (OK), or why it is not. Words
// are constants or a rule's code: nothing from outside stands in them.
type Notice struct {
	Source Source
	Word   string
}

// OK is the word of a source that is in order.
const OK = "ok"

// errRolledBack says that VRS has another history than it had.
var errRolledBack = errors.New("site: VRS has not the history that it had; all of it is read again, and nothing is taken back")

// word gives the constant for an error of following VRS.
func word(err error) Notice {
	var code wire.Code
	switch {
	case errors.Is(err, errRolledBack):
		return Notice{SourceVRS, "rolled-back"}
	case errors.Is(err, keys.ErrCRLFull), errors.Is(err, errKeys):
		return Notice{SourceState, "full"}
	case errors.As(err, &code):
		return Notice{SourceVRS, code.Name()}
	}
	return Notice{SourceState, "not-written"}
}

// say tells of a source when that is news.
func (s *Site) say(n Notice) {
	s.mu.Lock()
	last, ok := s.said[n.Source]
	s.said[n.Source] = n
	s.mu.Unlock()
	if s.o.Say != nil && (last != n) && (ok || n.Word != OK) {
		s.o.Say(n)
	}
}
