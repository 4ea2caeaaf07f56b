package keys

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"akashi/centre/keys/history"
)

// KeySetFile is the key set's name in a published folder.
const KeySetFile = "jwks.json"

// Publish takes every certificate that has come (NAME.pem), notes it, and
// gives the names of its keys: they can be activated from then on, or go on
// with the newer certificate. Without one it changes nothing.
func (d Desk) Publish() (published []string, err error) {
	err = d.locked(func() error {
		past, err := history.Read(d.Dir)
		if errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("%w: %s", ErrNoHistory, d.Dir)
		}
		if err != nil {
			return fmt.Errorf("keys: %w", err)
		}
		for _, k := range past.Keys() {
			taken, err := d.takeCertificate(past, k)
			if err != nil {
				return err
			}
			if taken {
				published = append(published, k.Name)
			}
		}
		if published == nil {
			return nil
		}
		return past.Write(d.Dir)
	})
	return published, err
}

// takeCertificate notes a key's certificate if it is there and new.
func (d Desk) takeCertificate(past *history.History, k history.Key) (bool, error) {
	if !slices.Contains([]history.Event{history.Created, history.Published, history.Activated}, k.State) {
		return false, nil
	}
	path := d.certificate(k.Name)
	if _, err := os.Stat(path); k.State == history.Created && errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	chain, err := readFitting(path, Purpose(k.Purpose))
	if err != nil {
		return false, err
	}
	if err := holds(path, chain[0], k.ID); err != nil {
		return false, err
	}
	digest := chainDigest(chain)
	if digest == k.Certificate {
		return false, nil
	}
	if !d.now().Before((Key{Chain: chain}).SignUntil()) {
		return false, fmt.Errorf("%w: %s", ErrDates, path)
	}
	return true, past.Append(d.now(), history.Record{Event: history.Published, Key: k.Name, Certificate: digest})
}

// Export writes everything public of the folder into out, which may be shown
// to everybody: jwks.json, the record, and NAME.pem of every key that verifiers
// are told of. ReadRing reads it. Each file is replaced whole; certificates of
// revoked keys are taken away.
func (r *Ring) Export(out string) error {
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	if keys, err := filepath.Glob(filepath.Join(out, "*.key")); err != nil || len(keys) > 0 {
		return errors.Join(errors.New("keys: there are private keys in the folder to publish in; name another one"), err)
	}
	for _, k := range r.keys {
		path := filepath.Join(out, k.Name+".pem")
		if !k.Shown() {
			if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
				return err
			}
			continue
		}
		if err := history.Replace(path, encodeChain(k.Chain)); err != nil {
			return err
		}
	}
	if err := r.past.Write(out); err != nil {
		return err
	}
	set, err := r.JWKS(nil)
	if err != nil {
		return err
	}
	return history.Replace(filepath.Join(out, KeySetFile), set)
}
