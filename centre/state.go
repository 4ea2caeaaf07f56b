package centre

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"slices"
	"strconv"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"akashi/centre/fleet"
	"akashi/centre/wire"
)

// session is what is kept of a session: whose nonce it is and since when.
type session struct {
	Nonce []byte `json:"nonce"`
	Kiosk []byte `json:"kiosk"`
	Terms string `json:"terms"`
	Began int64  `json:"began"` // Unix seconds
}

const maxEntry = 4 << 10 // bytes of one entry in the shared memory

// sessions are the nonces that were given out and their uses, in one bucket: a
// memory that is lost loses both, so no nonce comes back unused.
type sessions struct{ kv jetstream.KeyValue }

func nonceKey(nonce []byte) string { return "n." + hex.EncodeToString(nonce) }

func unusedKey(kiosk []byte) string { return "o." + hex.EncodeToString(kiosk) }

// DefaultUnused is how many nonces a kiosk may have of which none has been
// used. A kiosk has one resident before it, so one is enough; the others are of
// sessions that were cancelled or whose answer was lost within a nonce's life.
// One more makes the oldest of them void, and is not refused: the resident who
// cancels and comes back is the newest one.
const DefaultUnused = 4

// DefaultClashes is how often a change of a kiosk's unused nonces is tried when
// another launcher changes them at the same time.
const DefaultClashes = 5

func useKey(nonce []byte, counter uint8) string {
	return "u." + hex.EncodeToString(nonce) + "." + strconv.Itoa(int(counter))
}

func servedKey(k fleet.Digest) string { return "k." + k.String() }

// openSessions makes or finds the bucket.
func openSessions(ctx context.Context, nc *nats.Conn) (sessions, error) {
	kv, err := bucket(ctx, nc, jetstream.KeyValueConfig{
		Bucket: bucketSessions, Storage: jetstream.MemoryStorage, TTL: DefaultMemory, MaxBytes: busMemory / 2, MaxValueSize: maxEntry,
	})
	return sessions{kv}, err
}

func bucket(ctx context.Context, nc *nats.Conn, c jetstream.KeyValueConfig) (jetstream.KeyValue, error) {
	js, err := jetstream.New(nc)
	if err != nil {
		return nil, err
	}
	return js.CreateOrUpdateKeyValue(ctx, c)
}

// add keeps a new session among its kiosk's unused ones; the oldest makes room.
func (s sessions) add(ctx context.Context, v session) error {
	return s.change(ctx, v.Kiosk, func(all []session) []session {
		all = append(all, v)
		return all[max(0, len(all)-DefaultUnused):]
	})
}

// change changes a kiosk's unused sessions, which one entry holds.
func (s sessions) change(ctx context.Context, kiosk []byte, f func([]session) []session) error {
	ctx, cancel := context.WithTimeout(ctx, DefaultState)
	defer cancel()
	var err error
	for range DefaultClashes {
		var all []session
		var revision uint64 // 0: there is no entry
		e, missing := s.kv.Get(ctx, unusedKey(kiosk))
		if missing != nil && !errors.Is(missing, jetstream.ErrKeyNotFound) {
			return missing
		}
		if missing == nil {
			revision = e.Revision()
			if all, err = wire.Decode[[]session](e.Value(), maxEntry); err != nil {
				return err
			}
		}
		b := wire.Encode(f(all))
		if revision == 0 {
			_, err = s.kv.Create(ctx, unusedKey(kiosk), b)
		} else {
			_, err = s.kv.Update(ctx, unusedKey(kiosk), b, revision)
		}
		if !errors.Is(err, jetstream.ErrKeyExists) { // which a wrong revision is too
			return err
		}
	}
	return err
}

// find gives the session of a kiosk's nonce: NonceUnknown when there is none,
// Internal when the memory does not answer.
func (s sessions) find(ctx context.Context, kiosk, nonce []byte) (session, error) {
	b, err := s.get(ctx, nonceKey(nonce))
	if err == nil {
		return wire.Decode[session](b, maxEntry)
	}
	if err != wire.NonceUnknown {
		return session{}, err
	}
	if b, err = s.get(ctx, unusedKey(kiosk)); err != nil {
		return session{}, err
	}
	all, err := wire.Decode[[]session](b, maxEntry)
	if err != nil {
		return session{}, err
	}
	for _, v := range all {
		if bytes.Equal(v.Nonce, nonce) {
			return v, nil
		}
	}
	return session{}, wire.NonceUnknown
}

// begun keeps a session by its nonce from its first use on, until it ends.
func (s sessions) begun(ctx context.Context, v session) error {
	within, cancel := context.WithTimeout(ctx, DefaultState)
	defer cancel()
	_, err := s.kv.Create(within, nonceKey(v.Nonce), wire.Encode(v))
	if errors.Is(err, jetstream.ErrKeyExists) {
		return nil
	}
	if err != nil {
		return wire.Internal
	}
	// One that stays in the list as well only takes another's place there.
	_ = s.change(ctx, v.Kiosk, func(all []session) []session {
		return slices.DeleteFunc(all, func(o session) bool { return bytes.Equal(o.Nonce, v.Nonce) })
	})
	return nil
}

func (s sessions) get(ctx context.Context, key string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, DefaultState)
	defer cancel()
	e, err := s.kv.Get(ctx, key)
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		return nil, wire.NonceUnknown
	}
	if err != nil {
		return nil, wire.Internal
	}
	return e.Value(), nil
}

// use marks a nonce's counter as used by a node. NonceUsed when it was, and
// also when nobody can say: an unclear use counts as one.
func (s sessions) use(ctx context.Context, nonce []byte, counter uint8, node fleet.ID) error {
	ctx, cancel := context.WithTimeout(ctx, DefaultState)
	defer cancel()
	if _, err := s.kv.Create(ctx, useKey(nonce, counter), []byte(node)); err != nil {
		return wire.NonceUsed
	}
	return nil
}

// user gives the node that has the worker of a nonce and counter.
func (s sessions) user(ctx context.Context, nonce []byte, counter uint8) (fleet.ID, error) {
	b, err := s.get(ctx, useKey(nonce, counter))
	if err != nil {
		return "", err
	}
	return nodeOf(b)
}

// served remembers which node served a kiosk last, for the alarm.
func (s sessions) served(ctx context.Context, k fleet.Digest, node fleet.ID) error {
	ctx, cancel := context.WithTimeout(ctx, DefaultState)
	defer cancel()
	_, err := s.kv.Put(ctx, servedKey(k), []byte(node))
	return err
}

// server gives the node that served a kiosk last.
func (s sessions) server(ctx context.Context, k fleet.Digest) (fleet.ID, error) {
	b, err := s.get(ctx, servedKey(k))
	if err != nil {
		return "", err
	}
	return nodeOf(b)
}

func nodeOf(b []byte) (fleet.ID, error) {
	if id := fleet.ID(b); id.Valid() {
		return id, nil
	}
	return "", wire.Internal
}
