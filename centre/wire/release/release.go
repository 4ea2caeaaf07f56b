// Package release is the screen release (画面の版): all that the centre decides
// of what residents see, in one signed, versioned, dated file: terms, texts,
// municipalities with their hours and fees, closed days, notices, telephone
// numbers. The order of a session and its mandatory steps are code and stand
// in no release.
//
// There is one encoding, that of centre/wire. The signature is ES256 (ECDSA
// P-256 with SHA-256, r||s) under a certificate of the centre's root with a
// role of its own, so a kiosk pins no second root, and neither a trust list nor
// an attestation nor a receipt can pass as a release.
package release

import (
	"time"

	"akashi/verifier/credential"
)

// Bounds of a release.
const (
	// DefaultMaxRelease bounds the file in bytes: all 1,741 municipalities and
	// 175 wards at some 250 each, and every text of the kiosk replaced in nine
	// languages. In base64 it still fits into one frame of the channel.
	DefaultMaxRelease = 1 << 20
	// DefaultMaxText bounds one text in one language, in bytes: the longest of a
	// kiosk's own has under 600.
	DefaultMaxText           = 1200
	DefaultMaxSource         = 600  // bytes: a list or two with their dates
	DefaultMaxName           = 96   // of a municipality or prefecture, in bytes
	DefaultMaxClauses        = 12   // of the terms: they are read standing
	DefaultMaxTexts          = 2000 // texts replaced; a kiosk has under 600
	DefaultMaxMunicipalities = 4000
	DefaultMaxWindows        = 64  // maintenance windows
	DefaultMaxClosed         = 400 // closed days: a year and a month
	DefaultMaxNotices        = 8   // on one start screen there is room for two or three
	DefaultMaxFee            = 100_000
	DefaultMaxPhone          = 20
	// DefaultClockSlack is how far a release's dates may lie ahead of a reader's
	// clock.
	DefaultClockSlack = 2 * time.Minute
)

// Languages are those in which everything must be said, in the order in which
// they are shown (BCP 47, and ja-easy for やさしい日本語).
var Languages = [...]string{"ja", "ja-easy", "en", "zh-Hans", "zh-Hant", "ko", "pt", "es", "vi"}

// Local is one text in every language of Languages, and in no other.
type Local map[string]string

// Release is one release. Times are UTC in whole seconds; lists are there,
// empty or not.
type Release struct {
	Version   int       `json:"version"`    // 1 or more; rises with every release
	Issued    time.Time `json:"issued"`     // when it was signed
	NotBefore time.Time `json:"not_before"` // nobody takes it earlier
	Expires   time.Time `json:"expires"`    // no session begins under it later

	Terms Terms            `json:"terms"`
	Texts map[string]Local `json:"texts"` // replace the kiosk's own, by key (Catalogue)

	Source         string         `json:"source"`         // what the municipalities' codes, names and readings were taken from, and as of when
	Prefectures    []Prefecture   `json:"prefectures"`    // by code, ascending
	Municipalities []Municipality `json:"municipalities"` // by code, ascending

	Hours       Hours    `json:"hours"`       // of the service as a whole
	Closed      []Day    `json:"closed"`      // ascending
	Maintenance []Window `json:"maintenance"` // nothing begins in them
	Notices     []Notice `json:"notices"`
	Phone       string   `json:"phone"` // of the call centre

	Digest [32]byte `json:"-"` // of the signed part; set by Parse
}

// Terms are what a resident agrees to before anything is read.
type Terms struct {
	Version        string  `json:"version"`        // 1 to 32 characters; goes into the session digest and the sealed request
	Purpose        Local   `json:"purpose"`        // of use (利用目的)
	Basis          Local   `json:"basis"`          // legal basis
	Oneself        Local   `json:"oneself"`        // who applies for themselves (本人)
	Representative Local   `json:"representative"` // as legal representative (法定代理人)
	Clauses        []Local `json:"clauses"`
}

// Prefecture is the first two digits of its municipalities' codes.
type Prefecture struct {
	Code   string `json:"code"`
	NameJA string `json:"name_ja"`
	NameEN string `json:"name_en"`
}

// Municipality is one that a resident may look for, wards included.
type Municipality struct {
	Code      string            `json:"code"` // 6 digits, 全国地方公共団体コード
	NameJA    string            `json:"name_ja"`
	NameEN    string            `json:"name_en"`
	Kana      string            `json:"kana"`           // reading in hiragana
	City      string            `json:"city,omitempty"` // makes it a ward (区): the code of the city that answers for it
	TakesPart bool              `json:"takes_part"`
	Kinds     []credential.Kind `json:"kinds,omitempty"` // ascending
	Fee       int               `json:"fee"`             // yen a copy
	Hours     *Hours            `json:"hours,omitempty"` // must be there when it takes part
	Phone     string            `json:"phone,omitempty"` // for questions
	Notice    Local             `json:"notice,omitempty"`
}

// Offers reports whether it issues a kind here.
func (m *Municipality) Offers(k credential.Kind) bool {
	for _, o := range m.Kinds {
		if o == k {
			return m.TakesPart
		}
	}
	return false
}

// Notice is a message on the start screen.
type Notice struct {
	From  time.Time `json:"from"`
	Until time.Time `json:"until"`
	Text  Local     `json:"text"`
}

// Shown gives the notices that are to be shown at a time.
func (r *Release) Shown(t time.Time) []Local {
	var all []Local
	for _, n := range r.Notices {
		if !t.Before(n.From) && t.Before(n.Until) {
			all = append(all, n.Text)
		}
	}
	return all
}

// Find gives a municipality by its code; nil for none.
func (r *Release) Find(code string) *Municipality {
	for i := range r.Municipalities {
		if r.Municipalities[i].Code == code {
			return &r.Municipalities[i]
		}
	}
	return nil
}

// Wards gives the wards that a city answers for.
func (r *Release) Wards(city string) []Municipality {
	var all []Municipality
	for _, m := range r.Municipalities {
		if m.City == city {
			all = append(all, m)
		}
	}
	return all
}

// Prefecture gives a municipality's prefecture; every one of a release has one.
func (r *Release) Prefecture(code string) Prefecture {
	for _, p := range r.Prefectures {
		if p.Code == code[:2] {
			return p
		}
	}
	return Prefecture{}
}
