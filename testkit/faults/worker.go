// Package faults is the centre's defects on purpose, for tests and
// demonstrations of what must stop them. No sound part has a switch for it: a
// defect stands in the place of a sound part and uses only what that part
// uses.
package faults

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"

	"akashi/centre/channel"
	"akashi/centre/issue"
	"akashi/centre/wire"
)

// Defect gets what a worker would seal to its kiosk and gives what leaves the
// worker in its place; seal is the genuine last step. It may wait for another
// worker's. See Slot and Unsealed.
type Defect func(ctx context.Context, h wire.Header, own wire.Answer, seal Seal) (wire.Sealed, error)

// Seal seals one answer to the kiosk that asked.
type Seal func(wire.Answer) (wire.Sealed, error)

// DefaultMaxTalk bounds one message of the talk, and one answer in a slot.
const DefaultMaxTalk = wire.DefaultMaxFrame

// Worker stands in the place of issue.Run. A sound worker runs inside it and
// issues the certificate; this one holds the only attested key, so the answer
// passes through its hands in clear, and x decides what goes to the
// kiosk. Settling and voiding are left sound.
func Worker(ctx context.Context, launcher io.ReadWriter, vrsConn, keysConn net.Conn, d issue.Deps, x Defect) error {
	first, err := message(launcher)
	if err != nil {
		return err
	}
	setup, err := wire.Decode[issue.Setup](first, DefaultMaxTalk)
	if err != nil {
		return err
	}
	inside, sound := net.Pipe()
	ended := make(chan error, 1)
	go func() {
		err := issue.Run(ctx, sound, vrsConn, keysConn, d)
		sound.Close()
		ended <- err
	}()
	defer inside.Close()
	l, err := issue.Begin(inside, setup)
	if err != nil {
		return errors.Join(err, <-ended)
	}
	if setup.Mode != issue.ModeIssue {
		done, err := l.Wait()
		return errors.Join(err, say(launcher, issue.Said{Done: &done}), <-ended)
	}
	return errors.Join(between(ctx, launcher, *setup.Header, l, x), <-ended)
}

// between is the launcher and the kiosk to the sound worker, and the worker to
// the launcher.
func between(ctx context.Context, launcher io.ReadWriter, h wire.Header, l *issue.Launcher, x Defect) error {
	key, err := channel.NewWorkerKey()
	if err != nil {
		return err
	}
	if err := say(launcher, issue.Said{Key: key.Public()}); err != nil {
		return err
	}
	b, err := message(launcher)
	if err != nil {
		return err
	}
	g, err := wire.Decode[issue.Go](b, DefaultMaxTalk)
	if err != nil {
		return err
	}
	request, seal, err := key.OpenRequest(h, g.Sealed)
	if err != nil {
		return err
	}
	own, done, err := issued(l, request, g.Expires)
	if token := l.Token(); token != nil {
		err = errors.Join(err, say(launcher, issue.Said{Reserved: token}))
	}
	if err != nil {
		return err
	}
	sealed, err := x(ctx, h, own, seal.Seal)
	if err != nil {
		return err
	}
	done.Answer = &sealed
	return say(launcher, issue.Said{Done: &done})
}

// issued has the sound worker issue, and opens its answer.
func issued(l *issue.Launcher, r wire.Request, expires int64) (wire.Answer, issue.Done, error) {
	sealed, key, err := channel.SealRequest(wire.Attested{Key: l.Key()}, r)
	if err != nil {
		return wire.Answer{}, issue.Done{}, err
	}
	done, err := l.Ask(sealed, expires)
	if err != nil || done.Answer == nil {
		return wire.Answer{}, done, errors.Join(err, done.Event.Code)
	}
	own, err := key.Open(*done.Answer)
	return own, done, err
}

// say and message are the talk's framing, as centre/issue has it.
func say(w io.Writer, v any) error {
	b := wire.Encode(v)
	_, err := w.Write(append(binary.BigEndian.AppendUint32(nil, uint32(len(b))), b...))
	return err
}

func message(r io.Reader) ([]byte, error) {
	var n [4]byte
	if _, err := io.ReadFull(r, n[:]); err != nil {
		return nil, err
	}
	size := binary.BigEndian.Uint32(n[:])
	if size > DefaultMaxTalk {
		return nil, wire.TooLarge
	}
	b := make([]byte, size)
	_, err := io.ReadFull(r, b)
	return b, err
}
