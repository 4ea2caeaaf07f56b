package centre_test

import (
	"testing"
	"time"

	"akashi/centre"
	"akashi/centre/wire"
)

func report(change func(*wire.Report)) wire.Beat {
	r := wire.Report{Every: 10, Reader: wire.Well, Printer: wire.Well, Payment: wire.Well}
	change(&r)
	return wire.Beat{Report: &r}
}

// The last report of each kiosk is kept and told to operators, with its age;
// three missed beats make it stale. A report that is out of its bounds changes
// nothing, and another kiosk's none.
func TestOperatorsSeeTheKiosks(t *testing.T) {
	h := build(t, 2)
	k := h.kiosk("k0")
	must(k.ask(wire.TypeBeat, report(func(r *wire.Report) { r.Serving = wire.PrinterFault })))(t)
	must(h.kiosk("off").ask(wire.TypeBeat, report(func(*wire.Report) {})))(t)
	must(k.ask(wire.TypeBeat, report(func(r *wire.Report) { r.Payment, r.Money = wire.Ailing, 2 })))(t)
	if _, err := k.ask(wire.TypeBeat, report(func(r *wire.Report) { r.Every, r.Reader = 0, wire.Down })); err == nil {
		t.Error("a report out of its bounds is taken")
	}
	var got centre.State
	h.until("the report arrives", func() bool {
		got = h.tell(centre.Order{Kiosk: "k0"})
		return got.Kiosks[0].Worst == wire.Ailing
	})
	if len(got.Kiosks) != 3 || got.Kiosks[0].ID != "k0" || got.Kiosks[1].ID != "k1" || got.Kiosks[2].ID != "off" {
		t.Fatalf("%+v", got.Kiosks)
	}
	if k := got.Kiosks[0]; !k.Heard || k.Stale || !k.Enabled || k.Serving != wire.OK || k.Report == nil || k.Report.Money != 2 {
		t.Errorf("%+v", k)
	}
	if k := got.Kiosks[1]; k.Heard || !k.Stale || k.Report != nil {
		t.Errorf("a kiosk that never beat: %+v", k)
	}
	if k := got.Kiosks[2]; !k.Heard || k.Stale || k.Enabled || k.Report != nil {
		t.Errorf("a disabled kiosk is not watched: %+v", k)
	}
	h.shift.Store(int64(31 * time.Second))
	if k := h.tell(centre.Order{}).Kiosks[0]; !k.Stale || k.Age < 31 || k.Report != nil {
		t.Errorf("after three missed beats: %+v", k)
	}
	if _, err := centre.Tell(within(t), h.operator(), centre.Order{Operator: 7, Kiosk: "K 0"}); err == nil {
		t.Error("a kiosk of no valid name is asked for")
	}
}
