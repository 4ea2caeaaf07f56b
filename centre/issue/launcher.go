package issue

import (
	"io"

	"akashi/centre/wire"
)

// Launcher is the launcher's end of the talk with one worker. It sees
// ciphertext, a public key, an opaque token and numbers. Deadlines are the
// pipe's: whoever made it sets them, or ends the worker.
type Launcher struct {
	pipe  io.ReadWriter
	key   []byte
	token []byte
}

// Begin sends the setup and, in ModeIssue, waits for the worker's key.
func Begin(pipe io.ReadWriter, s Setup) (*Launcher, error) {
	l := &Launcher{pipe: pipe}
	if err := send(pipe, s); err != nil {
		return nil, wire.Internal
	}
	if s.Mode != ModeIssue {
		return l, nil
	}
	said, err := receive[Said](pipe, DefaultMaxSaid)
	if err != nil || said.Key == nil || said.Done != nil || said.Reserved != nil {
		return nil, wire.Internal
	}
	l.key = said.Key
	return l, nil
}

// Key gives the worker's HPKE public key, which the key process attests.
func (l *Launcher) Key() []byte { return l.key }

// Ask hands the request over, with the expiry that was attested, and waits for
// the end. After an error Token says whether an ID must be voided.
func (l *Launcher) Ask(sealed wire.Sealed, expires int64) (Done, error) {
	if err := send(l.pipe, Go{Expires: expires, Sealed: sealed}); err != nil {
		return Done{}, wire.Internal
	}
	return l.Wait()
}

// Wait waits for the worker's end; ModeSettle and ModeVoid need nothing else.
func (l *Launcher) Wait() (Done, error) {
	for {
		said, err := receive[Said](l.pipe, DefaultMaxSaid)
		switch {
		case err != nil:
			return Done{}, wire.Internal
		case said.Done != nil && said.Key == nil && said.Reserved == nil:
			return *said.Done, nil
		case said.Reserved != nil && said.Key == nil && said.Done == nil && l.token == nil:
			l.token = said.Reserved
		default:
			return Done{}, wire.Internal
		}
	}
}

// Token gives the token of a reservation that the worker told of. A worker
// that ended without an answer handed nothing over, so the launcher has a
// fresh worker void it (ModeVoid).
func (l *Launcher) Token() []byte { return l.token }
