package keys_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/sha256"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"akashi/centre/keys"
	"akashi/centre/keys/history"
)

// Keys change while sessions are open: each finishes with those that it began
// with, whatever a person does meanwhile, but for a revocation.
func TestKeysChangeWithoutAPause(t *testing.T) {
	stores(t, func(o *office) {
		o.begin()
		k := must(keys.Keep(o.Dir, o.Token))
		p := startWith(o.T, keys.Limits{Now: o.Desk.Now}, k.Custody)
		old := p.session(o.T, 1)
		first := p.publicOf(o.T, 1).KeyID
		if changed, err := k.Look(); changed || err != nil {
			o.Errorf("nothing has changed: %v, %v", changed, err)
		}
		must(o.Rotate(keys.PurposeSHC))
		o.answered(1)
		o.ok(o.Activate("shc-2", true, "a test"))
		if changed, err := k.Look(); !changed || err != nil {
			o.Fatalf("the change was not taken: %v, %v", changed, err)
		}
		fresh := p.session(o.T, 2)
		if p.publicOf(o.T, 1).KeyID != first || p.publicOf(o.T, 2).KeyID == first {
			o.Error("a session is told of another session's key")
		}
		o.signed(old, "shc")
		o.signed(fresh, "shc-2")
		if _, err := p.PublicOf(context.Background(), [16]byte{9}); err != keys.UnknownSession {
			o.Errorf("the keys of no session: %v", err)
		}
		o.ok(o.Revoke("shc", "taken"))
		o.ok(k.Take())
		if _, err := old.Sign(keys.PurposeSHC, [32]byte{1}); err != keys.KeyEnded {
			o.Errorf("a revoked key: %v", err)
		}
		o.ok(o.Retire("pdf", "no more paper"))
		o.ok(k.Take())
		if _, err := p.session(o.T, 3).Sign(keys.PurposePDF, [32]byte{1}); err != keys.KeyEnded {
			o.Errorf("a retired key without a successor: %v", err)
		}
		o.signed(fresh, "pdf") // began before
		o.ok(k.Custody().Prove())
	})
}

// signed has a session sign for the named key's purpose, with that key.
func (o *office) signed(s *keys.Session, name string) {
	o.Helper()
	k, ok := o.ring().Key(name)
	digest := sha256.Sum256([]byte(name))
	der, err := s.Sign(k.Purpose, digest)
	if err != nil || !ok || !ecdsa.VerifyASN1(k.Chain[0].PublicKey.(*ecdsa.PublicKey), digest[:], der) {
		o.Errorf("not signed by %s: %v", name, err)
	}
}

func (p process) publicOf(t testing.TB, id byte) keys.Public {
	t.Helper()
	public, err := p.PublicOf(context.Background(), [16]byte{id})
	if err != nil {
		t.Fatal(err)
	}
	return public
}

// A key does not sign after its time, whatever its store would do.
func TestNothingIsSignedAfterItsTime(t *testing.T) {
	custody := must(keys.Open(keyDir(t)))
	k, _ := custody.Signing(keys.PurposeVDSNC)
	now := k.SignUntil().Add(-time.Second)
	p := startWith(t, keys.Limits{Now: func() time.Time { return now }}, func() *keys.Custody { return custody })
	s := p.session(t, 1)
	if _, err := s.Sign(keys.PurposeVDSNC, [32]byte{1}); err != nil {
		t.Errorf("a second before its end: %v", err)
	}
	now = now.Add(time.Second)
	if _, err := p.session(t, 2).Sign(keys.PurposeVDSNC, [32]byte{1}); err != keys.KeyEnded {
		t.Errorf("at its end: %v", err)
	}
}

// What cannot be taken leaves the former keys at work.
func TestFormerKeysGoOn(t *testing.T) {
	stores(t, func(o *office) {
		o.begin()
		k := must(keys.Keep(o.Dir, o.Token))
		held := k.Custody()
		path := filepath.Join(o.Dir, history.File)
		whole := read(o.T, path)
		o.ok(os.WriteFile(path, whole[:len(whole)/2], 0o644))
		for range 2 { // and is tried again
			if changed, err := k.Look(); !changed || !errors.Is(err, history.ErrDamaged) {
				o.Errorf("half a record: %v, %v", changed, err)
			}
		}
		if k.Custody() != held {
			o.Error("half a record is in use")
		}
		// Another history of the same keys: its times are others.
		lines := strings.Count(string(whole), "\n")
		o.ok(os.WriteFile(path, whole, 0o644))
		o.ok(o.Retire("pdf", "one way"))
		o.ok(k.Take())
		held = k.Custody()
		o.ok(os.WriteFile(path, whole, 0o644))
		if err := k.Take(); !errors.Is(err, keys.ErrForked) {
			o.Errorf("%d lines again: %v", lines, err)
		}
		o.ok(o.Retire("pdf", "another way"))
		if err := k.Take(); !errors.Is(err, keys.ErrForked) {
			o.Errorf("another way: %v", err)
		}
		o.ok(os.Remove(path))
		if err := k.Take(); !errors.Is(err, keys.ErrNoHistory) {
			o.Errorf("no record: %v", err)
		}
		if k.Custody() != held {
			o.Error("what was refused is in use")
		}
		if _, err := keys.Keep(o.Dir, o.Token); err == nil {
			o.Error("started without a record")
		}
	})
}
