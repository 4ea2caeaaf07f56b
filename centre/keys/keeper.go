package keys

import (
	"errors"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"

	"akashi/centre/keys/history"
)

// Keeper holds the newest good keys of a folder for a process that signs
// without a pause while they change.
type Keeper struct {
	dir   string
	token Store
	held  atomic.Pointer[Custody]

	mu   sync.Mutex
	seen os.FileInfo // of the record as it was read last
}

// ErrForked says that the record is no continuation of the one that is held.
var ErrForked = errors.New("keys: the record of the keys does not continue the one in use; put the last good copy of it back, or restart the key process if the change was meant")

// Keep opens a folder of keys as OpenWith does; for every purpose one key must
// sign.
func Keep(dir string, token Store) (*Keeper, error) {
	k := &Keeper{dir: dir, token: token}
	if err := k.Take(); err != nil {
		return nil, err
	}
	return k, k.Custody().Complete()
}

// Custody gives the newest good keys.
func (k *Keeper) Custody() *Custody { return k.held.Load() }

// Look takes the folder's keys if its record has changed since the last look,
// and reports whether it tried. On an error the former keys go on, and the next
// look tries again. It costs one stat when nothing has changed.
func (k *Keeper) Look() (changed bool, err error) {
	k.mu.Lock()
	info, err := os.Stat(filepath.Join(k.dir, history.File))
	same := err == nil && k.seen != nil && os.SameFile(info, k.seen) && info.ModTime().Equal(k.seen.ModTime()) && info.Size() == k.seen.Size()
	k.mu.Unlock()
	if same {
		return false, nil
	}
	return true, k.Take()
}

// Take takes the folder's keys as they are now. What is there must continue
// what is held. On an error the former keys go on.
func (k *Keeper) Take() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	info, err := os.Stat(filepath.Join(k.dir, history.File))
	if err != nil {
		return errors.Join(ErrNoHistory, err)
	}
	next, err := OpenWith(k.dir, k.token)
	if err != nil {
		return err
	}
	if held := k.held.Load(); held != nil && !next.past.Extends(held.past) {
		return ErrForked
	}
	k.held.Store(next)
	k.seen = info
	return nil
}
