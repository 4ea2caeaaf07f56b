// Package fleet says who may do what now: the kiosks, the municipalities that
// take part, the terms in force, and what alarms have stopped.
//
// A Fleet is read once from one strict file and does not change; the stops
// change while the centre runs and are judged by Judge.
package fleet

import (
	"encoding/hex"
	"time"

	"akashi/centre/wire"
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

// Municipality is what the centre knows of one municipality.
type Municipality struct {
	Code      string // 6 digits, 全国地方公共団体コード
	TakesPart bool
	Kinds     []credential.Kind
	Opens     Clock  // sessions may begin from here
	Closes    Clock  // to before here, the same day; equal to Opens: around the clock
	Fee       int    // yen a copy
	Phone     string // for questions; goes to residents
	City      string // a ward of a designated city (区): the city that answers for it; otherwise empty
}

// Japan is the time zone of opening hours; it has had no summer time since
// 1951, so it needs no zone file.
var Japan = time.FixedZone("JST", 9*60*60)

// Fleet is one configuration.
type Fleet struct {
	terms          string
	kiosks         map[Digest]Kiosk
	municipalities map[string]Municipality
}

// Terms gives the version of the terms in force.
func (f *Fleet) Terms() string { return f.terms }

// Kiosk finds a kiosk by its certificate.
func (f *Fleet) Kiosk(d Digest) (Kiosk, bool) {
	k, ok := f.kiosks[d]
	return k, ok
}

// City gives the code that a request must name for a municipality: the city's
// for its wards.
func (f *Fleet) City(code string) (string, bool) {
	m, ok := f.municipalities[code]
	if ok && m.City != "" {
		return m.City, true
	}
	return code, ok
}

// AdmitOpen decides whether a kiosk may begin a session under these terms:
// KioskDisabled or TermsOutdated.
func (f *Fleet) AdmitOpen(kiosk Digest, terms string) (Kiosk, error) {
	k, ok := f.kiosks[kiosk]
	if !ok || !k.Enabled {
		return k, wire.KioskDisabled
	}
	if terms != f.terms {
		return k, wire.TermsOutdated
	}
	return k, nil
}

// Admit decides over one request by its cleartext header. began is when the
// session began, not now: a session begun before closing time may finish. A
// ward is MunicipalityOut: the request must name its city.
func (f *Fleet) Admit(h wire.Header, kiosk Digest, began time.Time) (Municipality, error) {
	if d, ok := DigestOf(h.Kiosk); !ok || d != kiosk {
		return Municipality{}, wire.HeaderMismatch
	}
	if _, err := f.AdmitOpen(kiosk, h.Terms); err != nil {
		return Municipality{}, err
	}
	if h.Counter > wire.MaxRequests {
		return Municipality{}, wire.CounterOver
	}
	m, ok := f.municipalities[h.Municipality]
	if !ok || !m.TakesPart {
		return Municipality{}, wire.MunicipalityOut
	}
	if !m.offers(h.Kind) {
		return m, wire.KindOut
	}
	if !m.openAt(began) {
		return m, wire.OutOfHours
	}
	return m, nil
}

func (m Municipality) offers(k credential.Kind) bool {
	for _, o := range m.Kinds {
		if o == k {
			return true
		}
	}
	return false
}

func (m Municipality) openAt(t time.Time) bool {
	if m.Opens == m.Closes {
		return true
	}
	t = t.In(Japan)
	now := Clock(t.Hour()*60 + t.Minute())
	return m.Opens <= now && now < m.Closes
}
