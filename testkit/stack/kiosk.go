package stack

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"akashi/centre/oneshot"
	"akashi/centre/wire"
	"akashi/kiosk"
	"akashi/kiosk/reader"
	"akashi/testkit/compiled"
	"akashi/testkit/ippprinter"
	"akashi/testkit/payunit"
	"akashi/testkit/pcscd"
	"akashi/testkit/residents"
	"akashi/testkit/simcard"
	"akashi/testkit/simcard/tray"
	"akashi/testkit/users"
	"akashi/testkit/vpcd"
)

// origin is that of the page in front of a stack's kiosk; a robot says it too.
const origin = "http://kiosk.invalid"

// Kiosk is one running kiosk with its reader.
type Kiosk struct {
	ID      string
	Agent   *Process
	Page    string              // address of the resident's page, with Options.Pages; else empty
	Papers  string              // folder where paper comes out
	Printer *ippprinter.Printer // nil: the folder itself
	Unit    *payunit.Unit       // takes the fee by itself until told otherwise

	stack *Stack
	pcscd *pcscd.Server // nil: the tray
	tray  *tray.Tray
	cable *cable // to the centre; nil: none that could be cut

	mu       sync.Mutex
	unitStop func()     // ends the payment unit; nil: it has no power
	slot     *vpcd.Slot // the card in pcscd's reader
}

// certificateOf gives a kiosk's certificate digest for the fleet's list.
func (s *Stack) certificateOf(id string) ([32]byte, error) {
	b, err := os.ReadFile(s.path(id, "kiosk.pem"))
	if err != nil {
		return [32]byte{}, err
	}
	block, _ := pem.Decode(b)
	if block == nil {
		return [32]byte{}, errors.New("stack: the kiosk's certificate is no PEM")
	}
	return sha256.Sum256(block.Bytes), nil
}

func kioskID(i int) string { return "kiosk-" + strconv.Itoa(i+1) }

// startKiosks starts every kiosk, reader first.
func (s *Stack) startKiosks(ctx, life context.Context) error {
	if err := compiled.Into(ctx, filepath.Join(s.o.Bin, "kiosk"), s.path("compiled")); err != nil {
		return err
	}
	for i := range s.o.Kiosks {
		k := &Kiosk{ID: kioskID(i), Papers: s.path(kioskID(i), "paper"), stack: s}
		s.Kiosks = append(s.Kiosks, k)
		for _, d := range []string{"paper", "state"} {
			if err := os.MkdirAll(s.path(k.ID, d), 0o700); err != nil {
				return err
			}
		}
		r, err := k.startReader(ctx, life)
		if err != nil {
			return err
		}
		if err := k.startUnit(life); err != nil {
			return err
		}
		p, err := k.startPrinter(ctx, life)
		if err != nil {
			return err
		}
		if err := k.startAgent(ctx, life, r, p); err != nil {
			return err
		}
	}
	return nil
}

// startReader starts the kiosk's own pcscd, or a tray behind a socket.
func (k *Kiosk) startReader(ctx, life context.Context) (kiosk.Reader, error) {
	s := k.stack
	if s.o.PCSC {
		server, err := pcscd.Start(ctx, s.path(k.ID), s.temp()...)
		if err != nil {
			return kiosk.Reader{}, err
		}
		k.pcscd = server
		return kiosk.Reader{Program: filepath.Join(s.o.Bin, "reader"), Name: pcscd.Readers[0], PCSCD: server.Socket}, nil
	}
	k.tray = tray.New()
	path := s.path(k.ID, "reader.sock")
	ln, err := net.Listen("unix", path)
	if err != nil {
		return kiosk.Reader{}, err
	}
	context.AfterFunc(life, func() { ln.Close() })
	s.served.Go(func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			s.served.Go(func() { _ = reader.Serve(life, c, k.tray) })
		}
	})
	return kiosk.Reader{Socket: path}, nil
}

// startUnit puts a payment unit beside the kiosk.
func (k *Kiosk) startUnit(life context.Context) error {
	k.stack.served.Go(func() { <-life.Done(); k.PowerUnit(false) })
	return k.PowerUnit(true)
}

func (k *Kiosk) unitSocket() string { return k.stack.path(k.ID, "unit.sock") }

func (k *Kiosk) startAgent(ctx, life context.Context, r kiosk.Reader, p kiosk.Printer) error {
	s := k.stack
	var err error
	c := kiosk.Config{
		Centre: s.gateway, CentreRoot: filepath.Join(s.PKI(), "centre-root.pem"),
		Certificate: s.path(k.ID, "kiosk.pem"), Key: s.path(k.ID, "kiosk.key"),
		Trust: filepath.Join(s.PKI(), "trust.json"), TrustRoot: filepath.Join(s.PKI(), "trust-root.pem"),
		Disease: residents.Disease, Origin: origin, UnfencedDemonstration: !oneshot.Fences,
		Control: k.control(), State: s.path(k.ID, "state"), Cache: s.path("compiled"),
		Reader: r, Printer: p, Payment: kiosk.Payment{Socket: k.unitSocket()}, Program: filepath.Join(s.o.Bin, "kiosk"),
	}
	if s.o.Pages {
		c.Origin, c.Screen.Listen = "", "127.0.0.1:0"
		k.cable = &cable{to: s.gateway}
		c.Screen.Headset, c.Screen.Loudspeaker, c.Devices.Tray = k.headset(), k.loudspeaker(), k.traySensor()
		if err := os.WriteFile(k.loudspeaker(), []byte("1\n"), 0o644); err != nil {
			return err
		}
		if c.Centre, err = k.cable.lay(life, &s.served); err != nil {
			return err
		}
	}
	if err := k.shareOut(&c); err != nil {
		return err
	}
	path := s.path(k.ID, "kiosk.json")
	if err := writeJSON(path, c); err != nil {
		return err
	}
	var line string
	if k.Agent, line, err = s.start(ctx, k.ID, "kiosk ready", "kiosk", "agent", "-config", path); err != nil {
		return err
	}
	if s.o.Pages {
		_, k.Page, _ = strings.Cut(strings.TrimSpace(line), " origin=")
	}
	return k.awaitLine(ctx)
}

// shareOut gives each process of the kiosk what is its own.
func (k *Kiosk) shareOut(c *kiosk.Config) (err error) {
	users.Kiosk(c)
	if c.Program, err = users.Program(c.Program, k.stack.path("bin")); err != nil {
		return err
	}
	if c.Reader.Program != "" {
		if c.Reader.Program, err = users.Program(c.Reader.Program, k.stack.path("bin")); err != nil {
			return err
		}
	}
	err = os.Chmod(k.stack.path(k.ID), 0o711)
	if k.Printer == nil {
		err = errors.Join(err, users.Folder(users.Print, k.Papers, false))
	}
	return err
}

// awaitLine waits until the agent has its line to the centre and the screen
// release, whether or not something else keeps it from serving.
func (k *Kiosk) awaitLine(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, DefaultStart)
	defer cancel()
	return k.await(ctx, func(r kiosk.Reply) bool { return r.Code != wire.LineDown && r.Code != wire.ReleaseOut })
}

func (k *Kiosk) control() string { return k.stack.path(k.ID, "control.sock") }

// writeJSON writes a configuration, which every process may read: nothing in
// it is secret.
func writeJSON(path string, v any) error {
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(b, '\n'), 0o644)
}

// Insert lays a resident's card on the reader.
func (k *Kiosk) Insert(ctx context.Context, r residents.Resident) error {
	c, err := k.stack.CardOf(r)
	if err != nil {
		return err
	}
	return k.Lay(ctx, c)
}

// Lay lays any card on the reader, in place of the one that lies there.
func (k *Kiosk) Lay(ctx context.Context, c *simcard.Card) error {
	if err := k.Pull(); err != nil {
		return err
	}
	if k.tray != nil {
		k.tray.Lay(c)
		return nil
	}
	slot, err := k.pcscd.Plug(ctx, 0, c)
	if err != nil {
		return fmt.Errorf("stack: card in the virtual reader: %w", err)
	}
	k.mu.Lock()
	k.slot = slot
	k.mu.Unlock()
	return nil
}

// Pull takes the card away, if there is one.
func (k *Kiosk) Pull() error {
	if k.tray != nil {
		k.tray.Clear()
		return nil
	}
	k.mu.Lock()
	slot := k.slot
	k.slot = nil
	k.mu.Unlock()
	if slot == nil {
		return nil
	}
	return slot.Pull()
}

func (k *Kiosk) close() error {
	var errs []error
	if k.tray != nil || k.pcscd != nil {
		errs = append(errs, k.Pull())
	}
	if k.pcscd != nil {
		// The agent goes first: its reader process uses the daemon.
		if k.Agent != nil && k.Agent.Alive() {
			errs = append(errs, k.Agent.Stop())
		}
		errs = append(errs, k.pcscd.Close())
	}
	if k.Printer != nil {
		errs = append(errs, k.Printer.Close())
	}
	return errors.Join(errs...)
}
