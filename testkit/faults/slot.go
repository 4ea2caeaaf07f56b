package faults

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"time"

	"akashi/centre/wire"
)

// Slot is the shared place of 2023: workers that end at about the same time
// leave their answer there and take what they find, as the order lock, the
// file name by the second and the single-server build did (facts: security
// §1.1). Only a look at the point of printing stops it. dir must be a private
// folder of the test; answers with personal data lie in it until it is removed.
//
// Each answer waits for a partner; two that meet go away crossed. One that
// waits longer than patience is sent as it is, so that a lone resident of a
// faulty centre is served as usual, as they were.
func Slot(dir string, patience time.Duration) Defect {
	return func(ctx context.Context, _ wire.Header, own wire.Answer, seal Seal) (wire.Sealed, error) {
		if own.Delivery == nil {
			return seal(own)
		}
		ctx, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		other, ok, err := meet(dir, own)
		if err == nil && !ok {
			other, err = wait(ctx, dir, own)
		}
		if err != nil {
			return wire.Sealed{}, err
		}
		return seal(other)
	}
}

// waits matches the answers that wait, and not one that is still being written.
const waits = "waits-????????????????"

// meet takes a waiting answer and leaves its own in return.
func meet(dir string, own wire.Answer) (wire.Answer, bool, error) {
	waiting, err := filepath.Glob(filepath.Join(dir, waits))
	if err != nil {
		return wire.Answer{}, false, err
	}
	for _, w := range waiting {
		taken := filepath.Join(dir, "taken-"+filepath.Base(w))
		if os.Rename(w, taken) != nil {
			continue // another worker was faster
		}
		b, err := os.ReadFile(taken)
		if err != nil {
			return wire.Answer{}, false, err
		}
		if err := place(filepath.Join(dir, "back-"+filepath.Base(w)), own); err != nil {
			return wire.Answer{}, false, err
		}
		other, err := wire.Decode[wire.Answer](b, DefaultMaxTalk)
		return other, err == nil, err
	}
	return wire.Answer{}, false, nil
}

// wait leaves the answer and waits for what comes back.
func wait(ctx context.Context, dir string, own wire.Answer) (wire.Answer, error) {
	var name [8]byte
	if _, err := rand.Read(name[:]); err != nil {
		return wire.Answer{}, err
	}
	mine := "waits-" + hex.EncodeToString(name[:])
	if err := place(filepath.Join(dir, mine), own); err != nil {
		return wire.Answer{}, err
	}
	for {
		b, err := os.ReadFile(filepath.Join(dir, "back-"+mine))
		if err == nil {
			return wire.Decode[wire.Answer](b, DefaultMaxTalk)
		}
		if !errors.Is(err, os.ErrNotExist) {
			return wire.Answer{}, err
		}
		if other, ok, err := cross(dir, mine, own); err != nil || ok {
			return other, err
		}
		select {
		case <-ctx.Done():
			if os.Remove(filepath.Join(dir, mine)) == nil {
				return own, nil // nobody came
			}
			// A partner has just taken it: its answer is about to lie there.
			ctx = context.Background()
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// cross takes another waiting answer when two came at the same instant and both
// wait. Only the one with the later name does, and only while its own has not
// been taken.
func cross(dir, mine string, own wire.Answer) (wire.Answer, bool, error) {
	waiting, err := filepath.Glob(filepath.Join(dir, waits))
	if err != nil || len(waiting) == 0 || filepath.Base(waiting[0]) >= mine {
		return wire.Answer{}, false, err
	}
	if os.Remove(filepath.Join(dir, mine)) != nil {
		return wire.Answer{}, false, nil // taken: the partner's answer is about to come
	}
	other, ok, err := meet(dir, own)
	if err == nil && !ok {
		err = place(filepath.Join(dir, mine), own)
	}
	return other, ok, err
}

// place writes a file so that it appears whole.
func place(path string, a wire.Answer) error {
	if err := os.WriteFile(path+".part", wire.Encode(a), 0o600); err != nil {
		return err
	}
	return os.Rename(path+".part", path)
}
