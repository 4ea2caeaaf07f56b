package centre

import (
	"context"
	"encoding/hex"
	"errors"
	"strconv"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"akashi/centre/fleet"
	"akashi/centre/wire"
)

// session is what is kept of a session: whose nonce it is and since when.
type session struct {
	Kiosk []byte `json:"kiosk"`
	Terms string `json:"terms"`
	Began int64  `json:"began"` // Unix seconds
}

const maxEntry = 4 << 10 // bytes of one entry in the shared memory

// sessions are the nonces that were given out and their uses, in one bucket: a
// memory that is lost loses both, so no nonce comes back unused.
type sessions struct{ kv jetstream.KeyValue }

func nonceKey(nonce []byte) string { return "n." + hex.EncodeToString(nonce) }

func useKey(nonce []byte, counter uint8) string {
	return "u." + hex.EncodeToString(nonce) + "." + strconv.Itoa(int(counter))
}

func servedKey(k fleet.Digest) string { return "k." + k.String() }

// openSessions makes or finds the bucket; only a launcher may make it.
func openSessions(ctx context.Context, nc *nats.Conn, launcher bool) (sessions, error) {
	kv, err := bucket(ctx, nc, launcher, jetstream.KeyValueConfig{
		Bucket: bucketSessions, Storage: jetstream.MemoryStorage, TTL: DefaultMemory, MaxBytes: busMemory / 2, MaxValueSize: maxEntry,
	})
	return sessions{kv}, err
}

func bucket(ctx context.Context, nc *nats.Conn, create bool, c jetstream.KeyValueConfig) (jetstream.KeyValue, error) {
	js, err := jetstream.New(nc)
	if err != nil {
		return nil, err
	}
	if create {
		return js.CreateOrUpdateKeyValue(ctx, c)
	}
	return js.KeyValue(ctx, c.Bucket)
}

// add keeps a new session.
func (s sessions) add(ctx context.Context, nonce []byte, v session) error {
	ctx, cancel := context.WithTimeout(ctx, DefaultState)
	defer cancel()
	_, err := s.kv.Create(ctx, nonceKey(nonce), wire.Encode(v))
	return err
}

// find gives the session of a nonce: NonceUnknown when there is none, Internal
// when the memory does not answer.
func (s sessions) find(ctx context.Context, nonce []byte) (session, error) {
	b, err := s.get(ctx, nonceKey(nonce))
	if err != nil {
		return session{}, err
	}
	return wire.Decode[session](b, maxEntry)
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
