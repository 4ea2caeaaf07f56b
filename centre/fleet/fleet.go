// Package fleet says who may do what now: which kiosks there are, what of the
// screen release in force they may ask, and what alarms have stopped.
//
// A Fleet is read once from one strict file and does not change; the release
// (centre/wire/release) and the stops change while the centre runs, and the
// stops are judged by Judge.
package fleet

import (
	"encoding/hex"
	"maps"
	"slices"
	"time"

	"akashi/centre/wire"
	"akashi/centre/wire/release"
	"akashi/verifier/credential"
)

// ID names a kiosk or a node of the centre: 1 to 32 of a-z, 0-9 and hyphen. It
// may stand in events and audit.
type ID string

// Valid reports whether the id has the form above.
func (id ID) Valid() bool {
	if len(id) < 1 || len(id) > 32 {
		return false
	}
	for _, c := range []byte(id) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return true
}

// Digest is the SHA-256 of a kiosk's certificate (DER).
type Digest [32]byte

// DigestOf reads a digest of exactly 32 bytes.
func DigestOf(b []byte) (Digest, bool) {
	if len(b) != len(Digest{}) {
		return Digest{}, false
	}
	return Digest(b), true
}

// String gives the digest in hexadecimal.
func (d Digest) String() string { return hex.EncodeToString(d[:]) }

// Kiosk is one kiosk.
type Kiosk struct {
	ID          ID
	Certificate Digest
	Enabled     bool
}

// Fleet is one configuration.
type Fleet struct {
	kiosks    map[Digest]Kiosk
	suspended map[string][]credential.Kind // by municipality; none: every kind
}

// Kiosk finds a kiosk by its certificate.
func (f *Fleet) Kiosk(d Digest) (Kiosk, bool) {
	k, ok := f.kiosks[d]
	return k, ok
}

// Kiosks gives every kiosk, by its certificate.
func (f *Fleet) Kiosks() map[Digest]Kiosk { return maps.Clone(f.kiosks) }

// AdmitOpen decides whether a kiosk may begin a session now, whose resident has
// agreed to these terms: KioskDisabled, TermsOutdated when others are in force,
// OutOfHours or Maintenance. A resident who agreed to terms that have been
// replaced since is asked again, before anything of theirs is sent.
func (f *Fleet) AdmitOpen(kiosk Digest, terms string, r *release.Release, now time.Time) (Kiosk, error) {
	k, err := f.enabled(kiosk)
	switch {
	case err != nil:
		return k, err
	case terms != r.Terms.Version:
		return k, wire.TermsOutdated
	}
	if code, _ := r.Serves(now); code != wire.OK {
		return k, code
	}
	return k, nil
}

func (f *Fleet) enabled(kiosk Digest) (Kiosk, error) {
	k, ok := f.kiosks[kiosk]
	if !ok || !k.Enabled {
		return k, wire.KioskDisabled
	}
	return k, nil
}

// Admit decides over one request by its cleartext header. began is when the
// session began, not now: a session begun before closing time may finish, and
// so may one whose terms were replaced meanwhile: they were in force when it
// began (AdmitOpen), it carries them still, and it is over with its nonce.
// Whether a municipality takes part and issues a kind is as it is now. A ward is
// MunicipalityOut: the request must name its city.
func (f *Fleet) Admit(h wire.Header, kiosk Digest, r *release.Release, began time.Time) (*release.Municipality, error) {
	if d, ok := DigestOf(h.Kiosk); !ok || d != kiosk {
		return nil, wire.HeaderMismatch
	}
	if _, err := f.enabled(kiosk); err != nil {
		return nil, err
	}
	if h.Counter > wire.MaxRequests {
		return nil, wire.CounterOver
	}
	m := r.Find(h.Municipality)
	kinds, suspended := f.suspended[h.Municipality]
	switch {
	case m == nil || !m.TakesPart || suspended && len(kinds) == 0:
		return nil, wire.MunicipalityOut
	case !m.Offers(h.Kind) || slices.Contains(kinds, h.Kind):
		return nil, wire.KindOut
	}
	if code := r.At(began, m); code != wire.OK {
		return nil, code
	}
	return m, nil
}
