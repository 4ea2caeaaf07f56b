package keys

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"akashi/centre/keys/history"
)

// DefaultPublishAhead is how long a card key is shown before it signs, so that
// every verifier's list has it by then: the keys of Japan's issuer overlapped
// by 50 days, of which this leaves 20 to change over in. The other keys need
// no such time: their certificates travel with what they sign, under a root
// that is known already.
const DefaultPublishAhead = 30 * 24 * time.Hour

func publishAhead(p Purpose) time.Duration {
	if p == PurposeSHC {
		return DefaultPublishAhead
	}
	return 0
}

// Desk is where a person changes a folder of keys. Each change is written to
// the record, and a running key process takes it from there.
type Desk struct {
	Dir   string
	Token Store            // where new keys are made; nil: in the folder
	Now   func() time.Time // nil: time.Now
}

// Errors of the desk.
var (
	ErrTooEarly = errors.New("keys: verifiers have not been shown this key for long enough; wait, or give a reason to do it now (-now -reason)")
	ErrDates    = errors.New("keys: its certificate is not of this time; set the clock right, or have another one issued")
	errBusy     = errors.New("keys: somebody else is changing this folder; try again when they are done")
	errOwner    = errors.New("keys: the folder is another user's, who could not read what you make; run this as its owner")
	errNoKey    = errors.New("keys: no key of that name; `keys list` shows them")
	errPurpose  = errors.New("keys: no such purpose; want one of attest, receipt, shc, vdsnc, pdf, vrs-tls")
	errUnsigned = errors.New("keys: its certificate is not there yet; have its request signed, put the chain in NAME.pem and run `keys publish`")
)

func (d Desk) now() time.Time {
	if d.Now == nil {
		return time.Now()
	}
	return d.Now()
}

// store is where new keys are made.
func (d Desk) store() Store {
	if d.Token == nil {
		return files{d.Dir}
	}
	return d.Token
}

// locked lets one change at a time into a folder.
func (d Desk) locked(change func() error) error {
	f, err := os.Open(d.Dir)
	if err != nil {
		return fmt.Errorf("keys: %w", err)
	}
	defer f.Close() // which unlocks
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("keys: %w", err)
	}
	if s, ok := info.Sys().(*syscall.Stat_t); ok && int(s.Uid) != os.Geteuid() {
		return fmt.Errorf("%w: user %d", errOwner, s.Uid)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return errBusy
	}
	return change()
}

// change has f change the folder's record, and writes it when f has.
func (d Desk) change(f func(*Ring, *history.History) error) error {
	return d.locked(func() error {
		past, err := history.Read(d.Dir)
		if errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("%w: %s", ErrNoHistory, d.Dir)
		}
		if err != nil {
			return fmt.Errorf("keys: %w", err)
		}
		ring, err := ReadRing(d.Dir)
		if err != nil {
			return err
		}
		if err := f(ring, past); err != nil {
			return err
		}
		return past.Write(d.Dir)
	})
}

// Rotate makes the next key of a purpose and its certificate request, and
// gives the key's name. What follows is Publish and Activate.
func (d Desk) Rotate(p Purpose) (name string, err error) {
	err = d.change(func(r *Ring, past *history.History) error {
		iss, err := r.issuer(d.Dir, p)
		if err != nil {
			return err
		}
		for _, k := range r.keys {
			if k.Purpose == p && (k.State == history.Created || k.State == history.Published) {
				return fmt.Errorf("keys: %s is on its way already; activate it, or retire and destroy it first", k.Name)
			}
		}
		if now, ok := r.Signing(p); ok && now.Token != "" && d.Token == nil {
			return fmt.Errorf("keys: %s is in a token, which the next key of its purpose does not leave; name the token (-token)", now.Name)
		}
		name, err = d.create(past, p, iss)
		return err
	})
	return name, err
}

// issuer gives the iss that the card keys' certificates bear.
func (r *Ring) issuer(dir string, p Purpose) (*url.URL, error) {
	if purposeNumber(p) == 0 || p == "" {
		return nil, errPurpose
	}
	for _, k := range r.Shown(PurposeSHC) {
		return k.Chain[0].URIs[0], nil
	}
	if p != PurposeSHC {
		return nil, nil // no other request names it
	}
	return nil, fmt.Errorf("keys: no certificate in %s tells the issuer's address; begin in a new folder with `keys create -issuer`", dir)
}

// Activate has a published key sign from now on, and retires the one that did.
// A key that verifiers must have been shown first is refused before
// DefaultPublishAhead has passed, unless at once and for a reason.
func (d Desk) Activate(name string, atOnce bool, reason string) error {
	return d.change(func(r *Ring, past *history.History) error {
		k, ok := r.Key(name)
		switch {
		case !ok:
			return fmt.Errorf("%w: %s", errNoKey, name)
		case k.State == history.Created:
			return fmt.Errorf("%w: %s", errUnsigned, name)
		case len(k.Chain) > 0 && (d.now().Before(k.Chain[0].NotBefore) || !d.now().Before(k.SignUntil())):
			return fmt.Errorf("%w: %s", ErrDates, name)
		}
		if due := r.Due(k); d.now().Before(due) && (!atOnce || reason == "") {
			return fmt.Errorf("%w: %s, not before %s", ErrTooEarly, name, due.Format(time.RFC3339))
		}
		if k.Shown() {
			if _, err := openKey(d.Dir, d.Token, k); err != nil {
				return err
			}
		}
		if old, ok := r.Signing(k.Purpose); ok && old.Name != name {
			if err := past.Append(d.now(), history.Record{Event: history.Retired, Key: old.Name}); err != nil {
				return err
			}
		}
		return past.Append(d.now(), history.Record{Event: history.Activated, Key: name, Reason: reason})
	})
}

// Ready gives the published keys whose time to be activated has come: of each
// purpose the newest.
func (d Desk) Ready() (names []string, err error) {
	r, err := ReadRing(d.Dir)
	if err != nil {
		return nil, err
	}
	for _, p := range Purposes() {
		for _, k := range r.Shown(p) { // the newest of a state first
			if k.State == history.Published && !d.now().Before(r.Due(k)) {
				names = append(names, k.Name)
				break
			}
		}
	}
	return names, nil
}

// Due gives when a published key may be activated.
func (r *Ring) Due(k Key) time.Time {
	for _, o := range r.keys {
		if o.Purpose == k.Purpose && !o.Activated.IsZero() {
			return k.Published.Add(publishAhead(k.Purpose))
		}
	}
	return k.Published // a purpose's first key: nobody knows another
}

// Retire has a key sign no more, without another in its place. What it signed
// stays good.
func (d Desk) Retire(name, reason string) error {
	return d.end(history.Retired, name, reason)
}

// Destroy removes the private part of a key that does not sign; what it signed
// stays good. Called again, it removes what a broken-off call left.
func (d Desk) Destroy(name, reason string) error {
	return d.end(history.Destroyed, name, reason)
}

// Revoke has everything that a key signed believed no more: it leaves the key
// set, signs no more at once, and its private part is removed. It needs a
// reason.
func (d Desk) Revoke(name, reason string) error { return d.end(history.Revoked, name, reason) }

// end notes a key's end first and then removes its private part.
func (d Desk) end(e history.Event, name, reason string) error {
	return d.locked(func() error {
		past, err := history.Read(d.Dir)
		if err != nil {
			return fmt.Errorf("keys: %w", err)
		}
		k, ok := past.Key(name)
		if !ok {
			return fmt.Errorf("%w: %s", errNoKey, name)
		}
		if k.Private() || e != history.Destroyed {
			if err := past.Append(d.now(), history.Record{Event: e, Key: name, Reason: reason}); err != nil {
				return err
			}
			if err := past.Write(d.Dir); err != nil {
				return err
			}
		}
		if e == history.Retired {
			return nil
		}
		store, err := storeOf(d.Dir, d.Token, Key{Key: k})
		if err != nil {
			return fmt.Errorf("the record says that %s is %s, and its private part is still there: %w", name, e, err)
		}
		return store.Destroy(name, k.Token)
	})
}

// certificate gives the path of a key's certificate.
func (d Desk) certificate(name string) string { return filepath.Join(d.Dir, name+".pem") }
