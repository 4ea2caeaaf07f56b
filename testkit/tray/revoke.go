package tray

import (
	"context"
	"net/http"
	"reflect"
	"strings"
	"time"

	"akashi/testkit/vrs"
	"akashi/verifier/credential"
	"akashi/verifier/scan"
)

// officer is the number of the municipality's officer whom the pages play.
const officer = 1

// takenBack says which paper's certificate is to be revoked.
type takenBack struct {
	Paper int `json:"paper"`
}

// site leads to the issuer's public site, which has an address of its own.
func (s *Server) site(w http.ResponseWriter, r *http.Request) {
	if s.stack.Site == "" {
		http.NotFound(w, r)
		return
	}
	http.Redirect(w, r, s.stack.Site+"/", http.StatusFound)
}

// postRevoke starts the revocation of a paper's certificate at VRS.
func (s *Server) postRevoke(ctx context.Context, a takenBack) error {
	p, ok := s.papers.find(a.Paper)
	if !ok || p.ID == "" {
		return errAsk
	}
	by := vrs.Officer{Municipality: p.place, Number: officer}
	s.papers.change(p.N, func(p *Paper) { p.Revoked = true }) // before the lists can have it: they have it judged anew
	if err := s.stack.VRS.Revoke(ctx, by, credential.ID(p.ID), vrs.Wrong); err != nil {
		s.papers.change(p.N, func(p *Paper) { p.Revoked = false })
		return err
	}
	s.tray.set(func(st *State) { st.Papers++ })
	return nil
}

func (p *papers) change(n int, do func(*Paper)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := range p.all {
		if p.all[i].N == n {
			do(&p.all[i])
		}
	}
}

// whose finds the certificate ID that is printed on a paper among those that
// VRS has given out.
func (s *Server) whose(p *Paper, pages []scan.Page) error {
	all, err := s.stack.VRS.Issues(s.life)
	if err != nil {
		return err
	}
	for _, i := range all {
		for _, page := range pages {
			if strings.Contains(page.Text, string(i.ID)) {
				p.ID, p.place, p.Revoked = string(i.ID), i.Municipality, i.Revoked
			}
		}
	}
	return nil
}

// heed fetches the site's lists again and again, until the server ends: then the
// papers that were revoked are judged anew, and the trust list is signed anew.
func (s *Server) heed() {
	tick := time.NewTicker(DefaultPoll)
	defer tick.Stop()
	for {
		select {
		case <-s.life.Done():
			return
		case <-tick.C:
		}
		ctx, cancel := context.WithTimeout(s.life, DefaultRead)
		lists, err := s.stack.Lists(ctx)
		cancel()
		if err != nil {
			continue // away, or between two versions
		}
		if was := s.lists.Load(); was == nil || !reflect.DeepEqual(*was, lists) {
			s.lists.Store(&lists)
			s.judgeRevoked()
			_, _ = s.stack.SignTrust(s.life) // what fails is signed with the next change; papers are judged by the lists
		}
	}
}

func (s *Server) judgeRevoked() {
	for _, p := range s.papers.list() {
		if p.Revoked && s.inspect(&p) == nil {
			s.papers.update(p)
			s.tray.set(func(st *State) { st.Papers++ })
		}
	}
}
