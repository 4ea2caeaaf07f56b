package tray

import (
	"crypto/ecdsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"akashi/testkit/stack"
	"akashi/verifier"
	"akashi/verifier/rule"
	"akashi/verifier/trust"
)

// DefaultDPI is the resolution of a page's picture: an A4 page is 910 pixels
// wide, which a phone's screen still shows sharply.
const DefaultDPI = 110

// maxPaper bounds what is read of a paper; the printer's own limit is lower.
const maxPaper = 16 << 20

// papers are the papers on the page, oldest first.
type papers struct {
	mu    sync.Mutex
	all   []Paper
	count int
	shots map[[2]int][]byte // PNGs by paper and page
}

func (p *papers) add(one Paper) Paper {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.count++
	one.N = p.count
	p.all = append(p.all, one)
	if len(p.all) > DefaultMaxPapers {
		for i := range p.all[0].Pages {
			delete(p.shots, [2]int{p.all[0].N, i})
		}
		p.all = slices.Clone(p.all[1:])
	}
	return one
}

func (p *papers) update(one Paper) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := range p.all {
		if p.all[i].N == one.N {
			p.all[i] = one
		}
	}
}

func (p *papers) find(n int) (Paper, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	i := slices.IndexFunc(p.all, func(o Paper) bool { return o.N == n })
	if i < 0 {
		return Paper{}, false
	}
	return p.all[i], true
}

// list gives the papers, newest first.
func (p *papers) list() []Paper {
	p.mu.Lock()
	defer p.mu.Unlock()
	all := slices.Clone(p.all)
	slices.Reverse(all)
	return all
}

// collect puts the papers on the page that came out for residents at the
// kiosks' own pages: nobody here knows whose they are. A robot's are its visit's.
func (s *Server) collect() {
	if st, _ := s.tray.see(); st.Doing == Walking {
		return
	}
	for i, h := range s.hands {
		all, err := s.stack.Kiosks[i].Tray()
		if err != nil {
			continue
		}
		for _, f := range h.unfiled(all) {
			one := s.papers.add(Paper{Kiosk: s.stack.Kiosks[i].ID, At: time.Now(), file: f})
			s.tray.set(func(st *State) { st.Papers++ })
			s.parts.Go(func() {
				if s.inspect(&one) == nil {
					s.papers.update(one)
					s.tray.set(func(st *State) { st.Papers++ })
				}
			})
		}
	}
}

// unfiled notes papers as filed, and gives those that were not.
func (h *hand) unfiled(all []string) []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	var fresh []string
	for _, f := range all {
		if !h.filed[f] {
			h.filed[f] = true
			fresh = append(fresh, f)
		}
	}
	return fresh
}

// pdf reads a paper's file.
func (p Paper) pdf() ([]byte, error) {
	st, err := os.Stat(p.file)
	if err != nil {
		return nil, err
	}
	if st.Size() > maxPaper {
		return nil, errors.New("tray: a paper too large to show")
	}
	return os.ReadFile(p.file)
}

// file shows a visit's papers, first as they are, then judged.
func (s *Server) file(t trip, v stack.Visit) error {
	s.hands[t.at].unfiled(v.Papers)
	_ = s.hands[t.at].takePapers("take") // the robot does, or nobody: the next one's lie alone
	var all []Paper
	for _, f := range v.Papers {
		all = append(all, s.papers.add(Paper{
			Kiosk: s.stack.Kiosks[t.at].ID, Resident: t.resident.ID, Name: t.resident.Card.Name,
			Kind: t.kind, KindName: t.kind.String(), At: time.Now(), file: f,
		}))
	}
	s.change(t.n, func(v *Visit) { v.Papers = slices.Clone(all) })
	for i, one := range all {
		if err := s.inspect(&one); err != nil {
			return err
		}
		s.papers.update(one)
		all[i] = one
		s.change(t.n, func(v *Visit) { v.Papers, v.Pages = slices.Clone(all), v.Pages+one.Pages })
	}
	return nil
}

// inspect has the verifier judge a paper from what is printed on it, under
// the published trust list.
func (s *Server) inspect(p *Paper) error {
	b, err := p.pdf()
	if err != nil {
		return err
	}
	sc, err := s.scan()
	if err != nil {
		return err
	}
	pages, err := sc.PDF(b)
	if err != nil {
		return err
	}
	p.Pages = len(pages)
	if err := s.whose(p, pages); err != nil {
		return err
	}
	var seen []verifier.Page
	for _, one := range pages {
		seen = append(seen, verifier.Page{Text: one.Text, Codes: one.Codes, Unread: one.Unread, Foreign: one.Foreign})
	}
	now := time.Now()
	list, err := s.trust(now)
	if err != nil {
		return err
	}
	got, err := verifier.VerifyPDF(b, seen, list, now)
	var refused *rule.Refusal
	switch {
	case errors.As(err, &refused):
		p.Verdict, p.JA, p.EN = refused.Code, refused.JA, refused.EN
	case err != nil:
		return err
	default:
		p.Verdict, p.Formats = "valid", nil
		for _, r := range got.Codes {
			p.Formats = append(p.Formats, r.Format)
		}
	}
	return nil
}

// trust reads the published list under its published root, and the revocation
// lists of the issuer's site, as any verifier would.
func (s *Server) trust(now time.Time) (*trust.List, error) {
	list, err := os.ReadFile(filepath.Join(s.stack.PKI(), "trust.json"))
	if err != nil {
		return nil, err
	}
	b, err := os.ReadFile(filepath.Join(s.stack.PKI(), "trust-root.pem"))
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(b)
	if block == nil {
		return nil, errors.New("tray: the trust list's root is no PEM")
	}
	key, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return nil, err
	}
	root, ok := key.(*ecdsa.PublicKey)
	if !ok {
		return nil, errors.New("tray: the trust list's root is no ECDSA key")
	}
	l, err := trust.Parse(list, root, now, 0)
	if lists := s.lists.Load(); err == nil && lists != nil {
		err = stack.Amend(l, *lists)
	}
	return l, err
}

// picture gives a page of a paper as PNG; it is drawn once.
func (s *Server) picture(p Paper, page int) ([]byte, error) {
	at := [2]int{p.N, page}
	s.papers.mu.Lock()
	shot := s.papers.shots[at]
	s.papers.mu.Unlock()
	if shot != nil {
		return shot, nil
	}
	b, err := p.pdf()
	if err != nil {
		return nil, err
	}
	sc, err := s.scan()
	if err != nil {
		return nil, err
	}
	if shot, err = sc.PNG(b, page, DefaultDPI); err != nil {
		return nil, err
	}
	s.papers.mu.Lock()
	defer s.papers.mu.Unlock()
	if s.papers.shots == nil {
		s.papers.shots = map[[2]int][]byte{}
	}
	s.papers.shots[at] = shot
	return shot, nil
}
