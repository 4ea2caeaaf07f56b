package kiosk_test

import (
	"strings"
	"testing"
	"time"

	"akashi/centre/wire"
	"akashi/centre/wire/release"
	"akashi/kiosk"
	"akashi/kiosk/face"
	"akashi/testkit/edition"
	"akashi/testkit/residents"
	"akashi/testkit/robot"
	"akashi/verifier/credential"
)

// shows waits until the kiosk's screen release stands so.
func (c *town) shows(what string, version int, code wire.Code, refused string) {
	c.t.Helper()
	var got *kiosk.ScreenRelease
	for begun := time.Now(); time.Since(begun) < hang; time.Sleep(20 * time.Millisecond) {
		if got = c.once("state").Release; got != nil && got.Version == version && got.Code == code && got.Refused == refused {
			return
		}
	}
	c.t.Fatalf("%s: %+v; want version %d, %v, %q", what, got, version, code, refused)
}

// next gives a later release, changed.
func next(version int, change func(*release.Release)) *release.Release {
	r := edition.Draft(residents.Municipalities(), time.Now())
	r.Version = version
	change(r)
	return r
}

// at gives the first screen of a kind that the resident saw.
func at(t *testing.T, r robot.Record, s face.Screen) face.Tell {
	t.Helper()
	for _, x := range r.Tells {
		if x.Screen == s {
			return x
		}
	}
	t.Fatalf("%s never came: %v", s, r.Shown)
	return face.Tell{}
}

// The kiosk takes a new release while it runs; a session that is under way
// keeps the terms, prices and words with which it began, the next one has the
// new ones. What is not in order is refused under its own code, and the newest
// good one is there again without the centre.
func TestScreenRelease(t *testing.T) {
	c := newTown(t, func(k *kiosk.Config) { k.Seconds.Beat = 1 })
	c.await(wire.OK)
	c.shows("the first", 1, wire.OK, "")
	second := next(2, func(r *release.Release) {
		r.Terms.Version = "2026-12"
		r.Texts["code.no-record.what"] = edition.All("Nothing was found.")
		for i := range r.Municipalities {
			if r.Municipalities[i].TakesPart {
				r.Municipalities[i].Fee = 300
			}
		}
	})
	v := c.walk("takasaki", credential.Domestic, func(p *robot.Plan, _ kiosk.Reply) {
		p.Seen = func(x face.Tell) {
			if x.Screen == face.Choose && !x.Again {
				c.release(second)
				c.shows("while somebody is there", 2, wire.OK, "")
			}
		}
	})
	if v.last.Code != wire.OK || v.last.Charged != 120 || at(t, v.record, face.Consent).Terms != edition.Terms {
		t.Errorf("under way: %v, charged %d: %+v", v.last.Code, v.last.Charged, v.err)
	}
	c.gate.with(func(g *gate) {
		if g.header.Terms != edition.Terms {
			t.Errorf("sealed under terms %q", g.header.Terms)
		}
		g.code = wire.NoRecord
	})
	v = c.walk("takasaki", credential.Domestic)
	if told := at(t, v.record, face.Trouble); told.Code != wire.NoRecord || told.Texts[2].What != "Nothing was found." {
		t.Errorf("the next one reads %+v", told.Texts)
	}
	if offers := at(t, v.record, face.Choose).Menu; at(t, v.record, face.Consent).Terms != "2026-12" || offers[0].Fee != 300 {
		t.Errorf("the next one has terms %q, fee %d", at(t, v.record, face.Consent).Terms, offers[0].Fee)
	}
	c.refused()
	c.restart(func() { c.config.Centre = "127.0.0.1:1" })
	c.await(wire.LineDown)
	c.shows("without the centre", 2, wire.OK, "")
	c.restart(func() { c.config.Centre = c.gate.address })
	c.closes()
}

// refused gives the kiosk what it must not take after version 2.
func (c *town) refused() {
	c.t.Helper()
	good, err := edition.Sign(c.pki, next(3, func(*release.Release) {}))
	if err != nil {
		c.t.Fatal(err)
	}
	offer := func(version int, b []byte) { c.gate.with(func(g *gate) { g.version, g.release = version, b }) }
	offer(3, []byte(strings.Replace(string(good), `"fee":120`, `"fee":0`, 1)))
	c.shows("changed on the way", 2, wire.ReleaseRefused, "release.signature")
	c.seen(wire.ReleaseRefused)
	offer(1, good)
	c.shows("an older one", 2, wire.ReleaseRefused, "release.rollback")
	c.release(next(4, func(r *release.Release) { r.Texts["no.such.text"] = edition.All("x") }))
	c.shows("a text that this screen lacks", 2, wire.ReleaseRefused, "release.key")
	c.release(next(5, func(r *release.Release) { r.Texts["charged"] = edition.All("Paid.") }))
	c.shows("a place left out", 2, wire.ReleaseRefused, "release.place")
	c.release(next(6, func(r *release.Release) {
		r.Expires = r.Issued.Add(-time.Second)
		r.Issued = r.Issued.Add(-time.Minute)
		r.NotBefore = r.Issued
	}))
	c.shows("one that is over", 2, wire.ReleaseRefused, "release.expired")
	if got := c.once("state").Code; got != wire.OK {
		c.t.Errorf("with the last good one: %v", got)
	}
}

// closes has the service close, and come into maintenance.
func (c *town) closes() {
	c.t.Helper()
	y, m, d := time.Now().In(release.Japan).Date()
	today := time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
	c.release(next(7, func(r *release.Release) { r.Closed = []release.Day{release.Day(today)} }))
	c.await(wire.OutOfHours)
	if got := c.once("start"); got.Code != wire.OutOfHours || got.Address != "" {
		c.t.Errorf("a session on a closed day: %+v", got)
	}
	c.release(next(8, func(r *release.Release) {
		r.Maintenance = []release.Window{{From: r.Issued.Add(-time.Hour), Until: r.Issued.Add(time.Hour)}}
	}))
	c.await(wire.Maintenance)
	c.release(next(9, func(r *release.Release) { r.Expires = r.NotBefore.Add(10 * time.Minute) })) // less than a session may take
	c.await(wire.ReleaseOut)
	c.release(next(10, func(r *release.Release) { r.Expires = r.NotBefore.Add(72 * time.Hour) }))
	c.await(wire.OK)
	c.shows("one that ends soon", 10, wire.ReleaseExpiring, "")
}
