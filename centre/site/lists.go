package site

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"

	"akashi/centre/keys"
	"akashi/centre/vrs"
	"akashi/verifier/trust"
	"akashi/verifier/trust/keep"
)

// Bounds of the state.
const (
	DefaultMaxKeys = 200      // keys with a list: as many as a verifier takes in a key set
	DefaultMaxMark = 64 << 10 // bytes of the mark: 200 keys
)

var errKeys = fmt.Errorf("site: VRS names more than %d keys; ask it which it means", DefaultMaxKeys)

// lists are the revocation lists of all keys, in memory and on disk.
//
// A list's file is replaced before the mark says how far VRS was followed, and
// both before anybody is shown them: whatever a crash leaves, nothing that was
// shown is lost, and what is read twice changes nothing.
type lists struct {
	dir  string
	lock *os.File

	mu     sync.Mutex
	crls   map[string]*keys.CRL
	safe   map[string]list // as they are on disk
	unsaid map[string]bool // changed since their file was written
	mark   mark
	whole  bool
	turn   int // rises with each change that may be shown
}

// mark is how far VRS was followed, and which lists there are.
type mark struct {
	After uint64         `json:"after"`
	Chain []byte         `json:"chain"` // vrs.RevocationChain up to After
	Lists map[string]int `json:"lists"` // by kid: the counter that it was last shown with, or a lower one
}

const markFile = "followed"

// openLists takes the folder for this process and reads what is there. What is
// lost or damaged is read from VRS again, before anything is shown.
func openLists(dir string) (*lists, error) {
	lock, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("site: state: %w; make the folder, for this process's user alone", err)
	}
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		lock.Close()
		return nil, fmt.Errorf("site: state: %s: another site works on it", dir)
	}
	l := &lists{dir: dir, lock: lock, crls: map[string]*keys.CRL{}, safe: map[string]list{}, unsaid: map[string]bool{}}
	if err := l.recall(); err != nil {
		return nil, errors.Join(err, l.close())
	}
	return l, nil
}

func (l *lists) close() error { return l.lock.Close() }

func (l *lists) path(name string) string { return filepath.Join(l.dir, name) }

// recall reads the mark and every list.
func (l *lists) recall() error {
	b, err := read(l.path(markFile), DefaultMaxMark)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	l.mark, l.whole = parseMark(b)
	kids, err := l.onDisk()
	if err != nil {
		return err
	}
	for _, kid := range kids {
		c, err := l.list(kid)
		if err != nil {
			return err
		}
		if last := l.mark.Lists[kid]; c == nil || c.Version() < last {
			if c == nil {
				c = keys.NewCRL(kid)
			}
			c.AtLeast(last)
			l.unsaid[kid], l.whole = true, false
		}
		l.crls[kid], l.safe[kid] = c, listOf(c)
	}
	if !l.whole {
		l.again()
	}
	return nil
}

// again has all of VRS's history read anew; what the lists have they keep.
func (l *lists) again() { l.mark.After, l.mark.Chain = 0, vrs.FirstChain() }

// onDisk gives the keys that the mark or a file names.
func (l *lists) onDisk() ([]string, error) {
	files, err := os.ReadDir(l.dir)
	if err != nil {
		return nil, err
	}
	kids := maps.Clone(l.mark.Lists)
	for _, f := range files {
		if kid, ok := strings.CutSuffix(f.Name(), ".json"); ok && vrs.KeyID(kid) {
			kids[kid] = 0
		}
	}
	return slices.Sorted(maps.Keys(kids)), nil
}

// list reads one list; nil when its file is lost or damaged.
func (l *lists) list(kid string) (*keys.CRL, error) {
	b, err := read(l.path(kid+".json"), trust.DefaultMaxCRL)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	c, err := keys.ReadCRL(kid, b)
	if err != nil {
		return nil, nil
	}
	return c, nil
}

// parseMark reads the one form of a mark; false: there is none that can be
// believed, and all is to be read again.
func parseMark(b []byte) (mark, bool) {
	var m mark
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	ok := d.Decode(&m) == nil && bytes.Equal(m.encode(), b) && len(m.Chain) == len(vrs.FirstChain()) && m.Lists != nil
	for kid, version := range m.Lists {
		ok = ok && vrs.KeyID(kid) && version >= 0
	}
	if !ok {
		return mark{Chain: vrs.FirstChain(), Lists: map[string]int{}}, false
	}
	return m, true
}

func (m mark) encode() []byte {
	b, _ := json.Marshal(m) // numbers, bytes and texts: always encodes
	return append(b, '\n')
}

// read reads a regular file of at most limit bytes.
func read(path string, limit int64) ([]byte, error) {
	f, err := keep.OpenFile(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(b)) > limit {
		err = fmt.Errorf("site: %s: longer than %d bytes", path, limit)
	}
	return b, err
}
