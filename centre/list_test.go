package centre_test

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"akashi/centre"
	"akashi/centre/audit"
	"akashi/centre/wire"
	"akashi/verifier/trust"
)

// publish replaces the launcher's trust list while it runs.
func (h *house) publish(version int, life time.Duration) {
	h.t.Helper()
	l := must(h.w.TrustList())(h.t)
	l.Version, l.Expires = version, h.now().UTC().Truncate(time.Second).Add(life)
	h.put(must(trust.Encode(l, h.w.TrustRoot))(h.t))
}

func (h *house) put(b []byte) {
	h.t.Helper()
	if err := errors.Join(os.WriteFile(h.lc.Trust+".tmp", b, 0o600), os.Rename(h.lc.Trust+".tmp", h.lc.Trust)); err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) told(want audit.List) {
	h.t.Helper()
	want.Node = "n1"
	h.await(func(e audit.Event) bool { return e.List != nil && *e.List == want })
	got := must(centre.Tell(within(h.t), h.operator(), centre.Order{Operator: 1}))(h.t)
	if got.List != want || (got.Refused != "") != (want.Code == wire.ListRefused) {
		h.t.Errorf("a person is told %+v, %q; want %+v", got.List, got.Refused, want)
	}
}

const day = 24 * time.Hour

// The trust list is replaced while the launcher runs, and its clock moves.
func TestTrustListIsReplaced(t *testing.T) {
	h := build(t, 1)
	k := h.kiosk("k0")
	h.told(audit.List{Version: 1, Days: 89})
	h.publish(3, 20*time.Minute)
	begun, err := k.open()
	if err != nil {
		t.Fatal(err)
	}
	h.told(audit.List{Version: 3, Code: wire.ListExpiring})
	h.shift.Store(int64(9*time.Minute + 30*time.Second))
	at := must(k.begin(begun))(t)
	h.shift.Store(int64(12 * time.Minute)) // a session that began may end, another begins no more
	if _, err := k.open(); !errors.Is(err, wire.CentreListExpired) {
		t.Errorf("a session that would outlast the list: %v", err)
	}
	h.told(audit.List{Version: 3, Code: wire.CentreListExpired})
	if _, err := k.request(begun, at, "", nil); err != nil {
		t.Errorf("the request that was begun: %v", err)
	}
	h.publish(2, 80*day)
	if _, err := k.open(); !errors.Is(err, wire.CentreListExpired) {
		t.Errorf("under an older list: %v", err)
	}
	h.publish(4, 3*day+time.Hour)
	must(k.open())(t)
	h.told(audit.List{Version: 4, Days: 3, Code: wire.ListExpiring})
	h.publish(5, 60*day+time.Hour)
	if a, err := k.whole("", nil); err != nil || a.Code != wire.NoRecord {
		t.Errorf("under a new list: %+v, %v", a, err)
	}
	h.told(audit.List{Version: 5, Days: 60})
	h.publish(5, 61*day)
	must(k.open())(t)
	h.told(audit.List{Version: 5, Days: 60, Code: wire.ListRefused})
	h.noWorkers()
}

// A request is not begun under a list that its worker would find over.
func TestNoWorkerUnderAListThatIsOver(t *testing.T) {
	h := build(t, 1)
	k := h.kiosk("k0")
	begun := must(k.open())(t)
	h.publish(2, time.Second)
	if _, err := k.begin(begun); !errors.Is(err, wire.CentreListExpired) {
		t.Errorf("got %v", err)
	}
	h.noWorkers()
}

// What a launcher must not start with: an older list than it knew, a memory of
// it that is damaged, a list that nobody signed.
func TestTrustListAtStart(t *testing.T) {
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
	first := must(os.ReadFile(h.lc.Trust))(t)
	h.publish(2, time.Minute)
	h.startLauncher()
	h.launched()
	h.put(first)
	refused("an older list", "trust.rollback")
	h.put([]byte(strings.Replace(string(first), `"version":1`, `"version":4`, 1)))
	refused("an unsigned list", "trust.signature")
	h.publish(3, day)
	if err := os.WriteFile(h.lc.Audit+".trust", []byte("{}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	refused("a damaged state", "damaged")
	h.lc.Setup.TrustRoot = []byte("no key")
	refused("no root", "trust_root")
}
