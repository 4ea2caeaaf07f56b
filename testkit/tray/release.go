package tray

import (
	"context"
	"os"
	"strings"
	"time"

	"akashi/centre"
	"akashi/centre/wire/release"
	"akashi/testkit/edition"
)

// newRelease says which screen release is to be put before the centre.
type newRelease struct {
	Do string `json:"do"`
}

// DefaultShut is how long a maintenance window of the panel lasts.
const DefaultShut = 10 * time.Minute

// postRelease publishes a screen release; the kiosks take it with their next
// beat.
func (s *Server) postRelease(ctx context.Context, a newRelease) error {
	var err error
	switch a.Do {
	case "news":
		_, err = s.stack.Release(s.news)
	case "shut":
		_, err = s.stack.Release(func(r *release.Release) {
			s.plain(r)
			r.Maintenance = []release.Window{{From: r.Issued, Until: r.Issued.Add(DefaultShut)}}
		})
	case "hours":
		_, err = s.stack.Release(s.hours)
	case "whole":
		_, err = s.stack.Release(s.plain)
	case "unsigned":
		err = s.unsigned()
	default:
		return errAsk
	}
	if err == nil {
		s.refusedRelease(ctx)
	}
	return err
}

// plain takes notices and windows away again, and fees and hours back to what
// they were before the first change. The stack makes one release at a time.
func (s *Server) plain(r *release.Release) {
	r.Notices, r.Maintenance = []release.Notice{}, []release.Window{}
	if s.first == nil {
		s.first = map[string]release.Municipality{}
		for _, m := range r.Municipalities {
			s.first[m.Code] = m
		}
	}
	for i, m := range r.Municipalities {
		r.Municipalities[i].Fee, r.Municipalities[i].Hours = s.first[m.Code].Fee, s.first[m.Code].Hours
	}
}

// hours has every municipality open for one hour only, half a day from now.
func (s *Server) hours(r *release.Release) {
	s.plain(r)
	at := r.Issued.In(release.Japan)
	opens := release.Clock(min((at.Hour()*60+at.Minute()+12*60)%(24*60), 23*60))
	for i := range r.Municipalities {
		if r.Municipalities[i].TakesPart {
			r.Municipalities[i].Hours = &release.Hours{Opens: opens, Closes: opens + 60}
		}
	}
}

// news raises every fee and says so on the start screen, in each language by its
// own currency's sign only: the texts of a real notice are translated.
func (s *Server) news(r *release.Release) {
	s.plain(r)
	for i := range r.Municipalities {
		if r.Municipalities[i].TakesPart {
			r.Municipalities[i].Fee = 200
		}
	}
	text := edition.All("Fee / 料金: ¥200")
	text["ja"], text["ja-easy"], text["en"] = "手数料は、1部200円になりました。", "お金は 1まい 200円に なりました。", "The fee is now ¥200 a copy."
	r.Notices = append(r.Notices, release.Notice{From: r.Issued, Until: r.Issued.Add(24 * time.Hour), Text: text})
}

// unsigned puts the last release back with other fees, which its signature does
// not cover.
func (s *Server) unsigned() error {
	b, err := os.ReadFile(s.stack.ReleaseFile())
	if err != nil {
		return err
	}
	changed := strings.ReplaceAll(string(b), `"fee":200`, `"fee":0`)
	if changed == string(b) {
		changed = strings.ReplaceAll(changed, `"fee":120`, `"fee":0`)
	}
	next := s.stack.ReleaseFile() + ".next"
	if err := os.WriteFile(next, []byte(changed), 0o644); err != nil {
		return err
	}
	return os.Rename(next, s.stack.ReleaseFile())
}

// refusedRelease asks the centre, as a person does, whether it took the release
// that lies before it.
func (s *Server) refusedRelease(ctx context.Context) {
	st, err := s.stack.Order(ctx, centre.Order{Operator: onlooker})
	if err != nil {
		return
	}
	s.tray.set(func(t *State) { t.Refused = st.ReleaseRefused })
}
