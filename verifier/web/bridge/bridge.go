// Package bridge is the verifier as the page calls it: bytes in, answers for
// JSON out. It holds the trust list that the page is at, and nothing of any
// certificate after its answer.
package bridge

import (
	"errors"
	"slices"
	"time"

	"akashi/verifier"
	"akashi/verifier/rule"
	"akashi/verifier/trust"
	"akashi/verifier/trust/keep"
	"akashi/verifier/verdict"
)

// Names of the files beside the page.
const (
	TrustFile = "trust.json"
	RootFile  = "trust-root.pem"
)

// Verifier is the verifier of one page.
type Verifier struct {
	list *trust.List // nil: none was taken
	open func() (verdict.Scanner, error)
}

// New makes a Verifier without a trust list. open starts a scanner for a PDF or
// a picture.
func New(open func() (verdict.Scanner, error)) *Verifier { return &Verifier{open: open} }

// Trust is what the page shows and keeps of a trust list.
type Trust struct {
	Taken   bool     `json:"taken"`          // the Verifier goes by it now
	Code    string   `json:"code,omitempty"` // why not, or trust.expired
	JA      string   `json:"ja,omitempty"`
	EN      string   `json:"en,omitempty"`
	Version int      `json:"version,omitempty"`
	Issued  string   `json:"issued,omitempty"`
	Expires string   `json:"expires,omitempty"`
	Ending  bool     `json:"ending,omitempty"` // within keep.DefaultWarning
	Root    string   `json:"root,omitempty"`   // fingerprint
	State   string   `json:"state,omitempty"`  // what is to be remembered, for the next call
	Issuers []Issuer `json:"issuers,omitempty"`
}

// Issuer is one that the list lets sign.
type Issuer struct {
	ID string `json:"id"` // iss, or a country
	JA string `json:"ja,omitempty"`
	EN string `json:"en,omitempty"`
}

// TakeTrust takes a list signed by root (PEM) at a time; state is what was
// remembered, "" when nothing was. A list that has expired is taken, so that its
// dates can be shown; then everything is refused. One that is refused leaves the
// list before it in place.
func (v *Verifier) TakeTrust(list, root []byte, state string, now time.Time) Trust {
	l, err := v.parse(list, root, state, now)
	if l == nil {
		return refused(err)
	}
	v.list = l
	t := refused(err)
	t.Taken, t.Version, t.State, t.Root = true, l.Version, string(keep.StateOf(l).Encode()), trust.Fingerprint(l.Root)
	t.Issued, t.Expires = stamp(l.Issued), stamp(l.Expires)
	t.Ending = !now.Add(keep.DefaultWarning).Before(l.Expires)
	for _, s := range l.SHC {
		t.Issuers = append(t.Issuers, Issuer{s.URL, s.NameJA, s.NameEN})
	}
	for _, c := range l.VDSNC {
		if one := (Issuer{ID: c.Country}); !slices.Contains(t.Issuers, one) {
			t.Issuers = append(t.Issuers, one)
		}
	}
	return t
}

// parse gives no list when it may not be used at all.
func (v *Verifier) parse(list, root []byte, state string, now time.Time) (*trust.List, error) {
	pinned, err := trust.ParseRoot(root)
	if err != nil {
		return nil, err
	}
	var known keep.State
	if state != "" {
		if known, err = keep.ParseState([]byte(state)); err != nil {
			return nil, errState
		}
	}
	l, err := trust.Parse(list, pinned, now, known.Version)
	if err != nil && !errors.Is(err, trust.ErrExpired) {
		return nil, err
	}
	if err := known.Check(l); err != nil {
		return nil, err
	}
	return l, err
}

// errState is the page's: what it remembered was changed by somebody.
var errState = rule.New("trust.state",
	"この端末に残した信頼リストの記録が壊れています。このサイトの保存データを消してから、最新のリストを取り直してください。",
	"What this device remembers of the trust list is damaged. Clear this site's stored data, then load the newest list.")

// errNoList is the page's: nothing can be judged.
var errNoList = rule.New("trust.none",
	"信頼リストがありません。通信できるところでこのページを開き直してください。",
	"There is no trust list. Open this page once where there is a network.")

func refused(err error) Trust {
	var r *rule.Refusal
	if errors.As(err, &r) {
		return Trust{Code: r.Code, JA: r.JA, EN: r.EN}
	}
	return Trust{}
}

// Seen is what another reader of codes than verifier/scan saw: the page's, which
// reads photographs.
type Seen struct {
	Codes  []string `json:"codes"`
	Unread int      `json:"unread"`
}

// File judges a file. Of a picture, every code that either reader read is
// judged, and none that only one of them saw may stay unread.
func (v *Verifier) File(name string, input []byte, seen Seen, now time.Time) (verdict.Answer, error) {
	return v.judge(now, func(d *verdict.Verdict) error {
		open := func() (verdict.Scanner, error) {
			s, err := v.open()
			return both{s, seen}, err
		}
		return d.Judge(name, input, open)
	})
}

// Codes judges what a camera read off one paper.
func (v *Verifier) Codes(seen Seen, now time.Time) (verdict.Answer, error) {
	return v.judge(now, func(d *verdict.Verdict) error {
		if seen.Unread > 0 {
			return d.Refuse(verifier.ErrUnread)
		}
		return d.Codes(distinct(seen.Codes))
	})
}

func (v *Verifier) judge(now time.Time, with func(*verdict.Verdict) error) (verdict.Answer, error) {
	d := &verdict.Verdict{At: now}
	if err := v.current(now); err != nil {
		err = d.Refuse(err)
		return d.Answer(), err
	}
	d.Trust = &verdict.Trust{List: v.list, File: TrustFile, Pinned: true}
	err := with(d)
	return d.Answer(), err
}

// current looks again at the dates: a page may be open for weeks.
func (v *Verifier) current(now time.Time) error {
	switch {
	case v.list == nil:
		return errNoList
	case v.list.Issued.After(now.Add(trust.DefaultClockSlack)):
		return trust.ErrNotYet
	case !now.Before(v.list.Expires):
		return trust.ErrExpired
	}
	return nil
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

func distinct(texts []string) []string {
	var all []string
	for _, t := range texts {
		if !slices.Contains(all, t) {
			all = append(all, t)
		}
	}
	return all
}
