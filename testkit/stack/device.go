package stack

import (
	"context"
	"errors"
	"io/fs"
	"os"

	"akashi/testkit/payunit"
)

// ErrNoCable says that the kiosk was started without a cable or a headset's
// socket.
var ErrNoCable = errors.New("stack: this kiosk has no cable to cut and no socket for a headset; start the stack with Pages")

// Cut cuts the kiosk's line to the centre, or mends it.
func (k *Kiosk) Cut(yes bool) error {
	if k.cable == nil {
		return ErrNoCable
	}
	k.cable.pull(yes)
	return nil
}

// IsCut reports whether the kiosk's line to the centre is cut.
func (k *Kiosk) IsCut() bool { return k.cable != nil && k.cable.isCut() }

// PowerUnit cuts the payment unit's power, or gives it back: the unit then
// knows what its memory kept, and nothing else.
func (k *Kiosk) PowerUnit(on bool) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if on == (k.unitStop != nil) {
		return nil
	}
	if !on {
		k.unitStop()
		k.unitStop = nil
		return nil
	}
	return k.plugUnit()
}

// UnitOn reports whether the payment unit has power.
func (k *Kiosk) UnitOn() bool { k.mu.Lock(); defer k.mu.Unlock(); return k.unitStop != nil }

// AtUnit gives the payment unit that stands beside the kiosk now.
func (k *Kiosk) AtUnit() *payunit.Unit { k.mu.Lock(); defer k.mu.Unlock(); return k.Unit }

// plugUnit starts a unit on the memory of the one before it. It is called with
// the lock held.
func (k *Kiosk) plugUnit() error {
	auto := k.Unit != nil && k.Unit.IsAuto()
	u, err := payunit.New(k.stack.path(k.ID, "unit.json"), nil)
	if err != nil {
		return err
	}
	if k.Unit != nil {
		u.Auto(auto)
	}
	if err := os.Remove(k.unitSocket()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	stop, err := u.Serve(context.Background(), k.unitSocket())
	if err == nil {
		k.Unit, k.unitStop = u, stop
	}
	return err
}

// PlugHeadset puts a headset into the kiosk's socket, or pulls it out: the file
// that the socket's driver keeps says so (kiosk/voice).
func (k *Kiosk) PlugHeadset(in bool) error {
	if k.cable == nil {
		return ErrNoCable
	}
	return says(k.headset(), in)
}

// PaperLies has the sensor in the kiosk's tray say that paper lies there, or not.
func (k *Kiosk) PaperLies(yes bool) error {
	if k.cable == nil {
		return ErrNoCable
	}
	return says(k.traySensor(), yes)
}

// says writes what a sensor says into its file, at one stroke.
func says(path string, yes bool) error {
	text := "0\n"
	if yes {
		text = "1\n"
	}
	part := path + ".new"
	if err := os.WriteFile(part, []byte(text), 0o644); err != nil {
		return err
	}
	return os.Rename(part, path)
}

// HasHeadset reports whether a headset is in the kiosk's socket.
func (k *Kiosk) HasHeadset() bool {
	b, err := os.ReadFile(k.headset())
	return err == nil && len(b) > 0 && b[0] == '1'
}

// IsLoud reports whether the kiosk's loudspeaker is switched on.
func (k *Kiosk) IsLoud() bool {
	b, err := os.ReadFile(k.loudspeaker())
	return err == nil && len(b) > 0 && b[0] == '1'
}

func (k *Kiosk) loudspeaker() string { return k.stack.path(k.ID, "loudspeaker") }

func (k *Kiosk) traySensor() string { return k.stack.path(k.ID, "tray") }

func (k *Kiosk) headset() string { return k.stack.path(k.ID, "headset") }

// Tray gives the papers that came out of the kiosk's printer, in order of name.
func (k *Kiosk) Tray() ([]string, error) { return k.papers() }
