package tray

import (
	"context"
	"errors"
	"time"

	"akashi/testkit/ippprinter"
	"akashi/testkit/stack"
)

// DefaultSlow is how long a slow VRS lets every answer wait: long enough to be
// seen, shorter than the centre's patience.
const DefaultSlow = 4 * time.Second

// DefaultDevice bounds one act at a device: a printer starts in seconds, and one
// that works ends its job first.
const DefaultDevice = time.Minute

// errDevice says that nothing was done at any device.
var errDevice = errors.New("there is no such device here, or it cannot do that; printer faults want `make up PRINTER=ipp`")

// atDevice is one act at a simulated device.
type atDevice struct {
	Kiosk  string `json:"kiosk"`
	Device string `json:"device"`
	Do     string `json:"do"`
}

// postDevice does one act at a device and comes back when it is so.
func (s *Server) postDevice(ctx context.Context, a atDevice) error {
	i, err := s.kioskIndex(a.Kiosk)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, DefaultDevice)
	defer cancel()
	h := s.hands[i]
	switch a.Device {
	case "printer":
		err = h.printer(ctx, a.Do)
	case "papers":
		err = h.takePapers(a.Do)
	case "unit":
		err = switched(a.Do, "on", "off", h.kiosk.PowerUnit)
	case "line":
		err = switched(a.Do, "cut", "whole", h.kiosk.Cut)
	case "headset":
		err = switched(a.Do, "on", "off", h.kiosk.PlugHeadset)
	case "vrs":
		err = s.vrs(a.Do)
	default:
		err = errDevice
	}
	s.look(ctx)
	return err
}

func switched(do, yes, no string, f func(bool) error) error {
	if do != yes && do != no {
		return errDevice
	}
	return f(do == yes)
}

// vrs has the record system behave, or not.
func (s *Server) vrs(do string) error {
	acts := map[string]func(){
		"up":   func() {},
		"slow": func() { s.stack.VRS.Faults().Slow(DefaultSlow) },
		"busy": func() { s.stack.VRS.Faults().Busy(-1) },
		"down": func() { s.stack.VRS.Faults().Down(true) },
	}
	act, ok := acts[do]
	if !ok {
		return errDevice
	}
	f := s.stack.VRS.Faults()
	f.Slow(0)
	f.Busy(0)
	f.Down(false)
	act()
	s.tray.set(func(st *State) { st.VRS = do })
	return nil
}

// What a printer can be made to do, by the panel's names: what it says of
// itself while it is idle, and how its next job goes.
var (
	says  = map[string]string{"jam": "media-jam-error", "cover": "cover-open-error", "toner": "toner-empty-error", "low": "toner-low-warning"}
	modes = map[string]ippprinter.Mode{"abort": ippprinter.Abort, "stuck": ippprinter.Jam, "unsure": ippprinter.Refuse, "slow": ippprinter.Slow}
)

// printer has the kiosk's printer go wrong in one way, or be well again.
func (h *hand) printer(ctx context.Context, do string) error {
	p := h.kiosk.Printer
	words, idle := says[do]
	mode, job := modes[do]
	if p == nil || !idle && !job && do != "ok" && do != "empty" && do != "off" {
		return errDevice
	}
	h.works.Lock()
	defer h.works.Unlock()
	err := h.mend(ctx, p)
	if err != nil {
		return err
	}
	switch {
	case idle:
		err = p.Reasons(ctx, words)
	case job:
		err = p.Set(mode)
	case do == "empty":
		err = p.Unload(ctx)
	case do == "off":
		err = p.Off()
	}
	if err == nil {
		h.wrong(do)
	}
	return err
}

// wrong notes what is wrong with the printer, and gives what was until now.
func (h *hand) wrong(now string) (before string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	before, h.fault = h.fault, now
	return before
}

// mend makes the printer as new: what waits in it goes on.
func (h *hand) mend(ctx context.Context, p *ippprinter.Printer) error {
	was := h.wrong("ok")
	if was == "off" {
		if err := p.On(ctx); err != nil {
			return err
		}
	}
	err := p.Set(ippprinter.OK)
	if was == "empty" {
		err = errors.Join(err, p.Load(ctx))
	}
	if err == nil && says[was] != "" {
		err = p.Reasons(ctx, "none")
	}
	return err
}

// takePapers is the resident's hand in the printer's tray.
func (h *hand) takePapers(do string) error {
	if do != "take" {
		return errDevice
	}
	all, err := h.kiosk.Tray()
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, f := range all {
		h.taken[f] = true
	}
	return err
}

// lying gives the papers that lie in the tray.
func (h *hand) lying() []string {
	all, err := h.kiosk.Tray()
	if err != nil {
		return nil
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	var some []string
	for _, f := range all {
		if !h.taken[f] {
			some = append(some, f)
		}
	}
	return some
}

// devices shows how a kiosk's devices stand.
func (h *hand) devices(k *stack.Kiosk) Devices {
	f := h.window()
	d := Devices{Printer: "folder", Unit: k.UnitOn(), Cut: k.IsCut(), Headset: k.HasHeadset(), Papers: len(h.lying()), Busy: f.busy()}
	if f != nil {
		d.Frame = "http://" + f.address + "/"
	}
	if k.Printer != nil {
		h.mu.Lock()
		d.Printer = h.fault
		h.mu.Unlock()
	}
	return d
}
