package centre_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"akashi/centre"
	"akashi/centre/audit"
	"akashi/centre/channel"
	"akashi/centre/wire"
	"akashi/centre/wire/release"
	"akashi/testkit/edition"
)

// show replaces the launcher's screen release while it runs.
func (h *house) show(version int, change func(*release.Release)) {
	h.t.Helper()
	r := h.offered()
	r.Version = version
	if change != nil {
		change(r)
	}
	if err := edition.Write(h.w, r, h.lc.Release); err != nil {
		h.t.Fatal(err)
	}
}

// shown waits for the audit's word on the release, and holds what a person is
// told.
func (h *house) shown(want audit.List) {
	h.t.Helper()
	want.Node = "n1"
	h.await(func(e audit.Event) bool { return e.Release != nil && *e.Release == want })
	got := must(centre.Tell(within(h.t), h.operator(), centre.Order{Operator: 1}))(h.t)
	if got.Release != want || (got.ReleaseRefused != "") != (want.Code == wire.ReleaseRefused) {
		h.t.Errorf("a person is told %+v, %q; want %+v", got.Release, got.ReleaseRefused, want)
	}
}

// named gives the release that a beat names.
func (k *kiosk) named() int {
	f := must(k.ask(wire.TypeBeat, wire.Beat{}))(k.h.t)
	return must(channel.Body[wire.Beaten](f))(k.h.t).Release
}

// A new release is in force at once: a session that has its nonce ends under
// the terms that it began with, another begins under the new ones only.
func TestScreenReleaseIsReplaced(t *testing.T) {
	h := build(t, 1)
	k := h.kiosk("k0")
	begun := must(k.open())(t)
	h.shown(audit.List{Version: 1, Days: 89})
	if got := k.named(); got != 1 {
		t.Errorf("a beat names %d", got)
	}
	h.show(2, func(r *release.Release) { r.Terms.Version = "2026-12" })
	if got := k.named(); got != 2 {
		t.Errorf("a beat names %d", got)
	}
	if _, err := k.open(); !errors.Is(err, wire.TermsOutdated) {
		t.Errorf("a session under the old terms: %v", err)
	}
	at, err := k.begin(begun)
	if err != nil {
		t.Fatalf("the session that had begun: %v", err)
	}
	if _, err := k.request(begun, at, "", nil); err != nil {
		t.Errorf("its request: %v", err)
	}
	f := must(k.ask(wire.TypeRelease, wire.ReleaseWanted{Version: 2}))(t)
	got := must(channel.Body[wire.Released](f))(t)
	if r, err := release.Parse(got.File, h.w.Centre.Pool(), h.now(), 2); err != nil || r.Terms.Version != "2026-12" {
		t.Errorf("a kiosk is given %+v, %v", r, err)
	}
	h.show(3, nil)
	begun = must(k.open())(t)
	h.show(4, func(r *release.Release) { r.Find(city).TakesPart = false })
	if _, err := k.begin(begun); !errors.Is(err, wire.MunicipalityOut) {
		t.Errorf("a municipality that has left: %v", err)
	}
	h.show(1, nil)
	k.named()
	h.shown(audit.List{Version: 4, Days: 89, Code: wire.ReleaseRefused})
	h.show(5, func(r *release.Release) {
		r.Closed = []release.Day{release.Day(h.now().In(release.Japan).Format(time.DateOnly))}
	})
	if _, err := k.open(); !errors.Is(err, wire.OutOfHours) {
		t.Errorf("on a closed day: %v", err)
	}
	h.show(6, func(r *release.Release) { r.Expires = r.NotBefore.Add(time.Hour) })
	must(k.open())(t)
	h.shown(audit.List{Version: 6, Code: wire.ReleaseExpiring})
	h.shift.Store(int64(2 * time.Hour))
	if _, err := k.open(); !errors.Is(err, wire.CentreRelease) || k.named() != 0 {
		t.Errorf("under one that is over: %v", err)
	}
	h.noWorkers()
}

// What a launcher must not start with: an older release than it knew, one that
// nobody signed, a key of another purpose, a memory that is damaged.
func TestScreenReleaseAtStart(t *testing.T) {
	h := build(t, 0)
	h.launched()
	refused := func(what, want string) {
		t.Helper()
		l, err := centre.NewLauncher(within(t), h.lc)
		if err == nil {
			l.Close()
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", what, err)
		}
	}
	first := must(os.ReadFile(h.lc.Release))(t)
	h.show(2, nil)
	h.startLauncher()
	h.launched()
	put := func(b []byte) {
		t.Helper()
		if err := os.WriteFile(h.lc.Release, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put(first)
	refused("an older one", "release.rollback")
	put([]byte(strings.Replace(string(first), `"version":1`, `"version":4`, 1)))
	refused("an unsigned one", "release.signature")
	trust := must(os.ReadFile(filepath.Join(h.dir, "trust.json")))(t)
	put(trust)
	refused("a trust list", "release.malformed")
	w := *h.w
	w.Release = w.Receipt
	if err := edition.Write(&w, h.offered(), h.lc.Release); !errors.Is(err, release.ErrPurpose) {
		t.Errorf("signed as a receipt: %v", err)
	}
	h.show(3, nil)
	if err := os.WriteFile(h.lc.Audit+".release", []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	refused("a damaged memory", "which keeps the newest screen release")
}

// All kiosks of a fleet want a new, large release at once: each has it in the
// end, sessions open meanwhile, and nobody is given the same one twice within a
// minute.
func TestScreenReleaseRush(t *testing.T) {
	const n = 40
	h := build(t, n)
	var all []*kiosk
	for i := range n {
		all = append(all, h.kiosk(fmt.Sprint("k", i)))
	}
	h.show(2, func(r *release.Release) {
		long := release.Local{}
		for _, l := range release.Languages {
			long[l] = strings.Repeat("a", 1190)
		}
		for i := range 18 {
			r.Texts[fmt.Sprintf("key.%03d", i)] = long
		}
	})
	if got := all[0].named(); got != 2 {
		t.Fatalf("a beat names %d", got)
	}
	want := must(os.ReadFile(h.lc.Release))(t)
	var rush sync.WaitGroup
	for _, k := range all {
		rush.Go(func() {
			if got, err := k.fetch(2); err != nil || !bytes.Equal(got, want) {
				t.Errorf("a kiosk is given %d bytes, %v", len(got), err)
			}
		})
		rush.Go(func() {
			if _, err := k.open(); err != nil {
				t.Error("a session meanwhile: ", err)
			}
		})
	}
	rush.Wait()
	if _, err := all[0].ask(wire.TypeRelease, wire.ReleaseWanted{Version: 2}); !errors.Is(err, wire.Busy) {
		t.Errorf("the same one again at once: %v", err)
	}
	if _, err := all[0].ask(wire.TypeRelease, wire.ReleaseWanted{Version: 3}); !errors.Is(err, wire.Busy) {
		t.Errorf("one that no launcher has: %v", err)
	}
	h.shift.Store(int64(time.Minute))
	if got, err := all[0].fetch(1); err != nil || !bytes.Equal(got, want) {
		t.Errorf("a minute later: %d bytes, %v", len(got), err)
	}
}

// fetch asks for a release until it is given one.
func (k *kiosk) fetch(version int) ([]byte, error) {
	for end := time.Now().Add(hang); ; time.Sleep(20 * time.Millisecond) {
		f, err := k.ask(wire.TypeRelease, wire.ReleaseWanted{Version: version})
		if errors.Is(err, wire.Busy) && time.Now().Before(end) {
			continue
		}
		if err != nil {
			return nil, err
		}
		b, err := channel.Body[wire.Released](f)
		return b.File, err
	}
}
