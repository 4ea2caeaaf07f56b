package kiosk

import (
	"context"
	"errors"
	"net"
	"time"

	"akashi/centre/oneshot"
	"akashi/centre/wire"
	"akashi/kiosk/face"
	"akashi/kiosk/hatch"
	"akashi/kiosk/lastlook"
	"akashi/kiosk/reader"
	"akashi/kiosk/session"
	"akashi/kiosk/voice"
	"akashi/printer/glyph"
)

// ErrHanded says that a one-shot process was not started by an agent.
var ErrHanded = errors.New("kiosk: the files of a session are not handed over; this process is started by the agent only")

// sockets are what a session worker is handed.
type sockets struct {
	hatch, reader net.Conn
	side          *net.UnixConn
	face          net.Listener
}

func handed() (s sockets, err error) {
	var side net.Conn
	for i, c := range []*net.Conn{&s.hatch, &side, &s.reader} {
		f := oneshot.File(i)
		if *c, err = net.FileConn(f); err != nil {
			return s, ErrHanded
		}
		f.Close()
	}
	f := oneshot.File(3)
	defer f.Close()
	if s.face, err = net.FileListener(f); err != nil {
		return s, ErrHanded
	}
	var ok bool
	if s.side, ok = side.(*net.UnixConn); !ok {
		return s, ErrHanded
	}
	return s, nil
}

// Session is the body of the session worker's process: it takes the setup,
// fences itself in, lets one face in and takes one resident through. unfenced
// is for demonstrations (oneshot.Limits), and refused with more than specimens.
func Session(ctx context.Context, unfenced bool) error {
	s, err := handed()
	if err != nil {
		return err
	}
	w, setup, err := hatch.Join(s.hatch, s.side)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	go func() { <-w.Over(); cancel(wire.Internal) }()
	plan, look, err := prepare(ctx, setup, unfenced)
	if err != nil {
		return err
	}
	if err := oneshot.Fence(oneshot.Limits{Accept: true, Unfenced: unfenced}); err != nil {
		return err
	}
	if err := w.Ready(); err != nil {
		return err
	}
	return w.End(attend(ctx, s, w, plan, look, setup))
}

// attend waits for the face and runs the session.
func attend(ctx context.Context, s sockets, w *hatch.Worker, plan session.Setup, look *lastlook.Look, setup hatch.Setup) session.Event {
	door, stop := context.WithTimeout(ctx, DefaultDoor)
	defer stop()
	f, err := face.Door{Token: setup.Token, Origin: setup.Origin}.Accept(door, s.face)
	if err != nil {
		return session.Event{Code: wire.TimedOut}
	}
	defer f.Close()
	return session.Run(ctx, plan, session.Devices{
		Face: f, Reader: session.OverAPDU(reader.NewClient(s.reader)), Centre: w, Payment: w, Printer: w, Looker: look, Tray: w,
	})
}

// prepare reads the setup and loads the code that the session needs, while
// files can still be opened.
func prepare(ctx context.Context, h hatch.Setup, unfenced bool) (session.Setup, *lastlook.Look, error) {
	root, err := pool(h.CentreRoot)
	if err != nil {
		return session.Setup{}, nil, err
	}
	list, err := trustList(h.Trust, h.TrustRoot)
	if err != nil || len(h.Kiosk) != 32 {
		return session.Setup{}, nil, errors.Join(ErrHanded, err)
	}
	if unfenced && !specimens(list) { // it may have come since the agent looked
		return session.Setup{}, nil, errUnfenced
	}
	shown, err := edition(h.Release, root)
	if err != nil {
		return session.Setup{}, nil, errors.Join(ErrHanded, err)
	}
	if _, err := glyph.Load(); err != nil { // the last look lays sheets out
		return session.Setup{}, nil, err
	}
	scanner, err := load(context.WithoutCancel(ctx), h.Cache, unfenced)
	if err != nil {
		return session.Setup{}, nil, err
	}
	var sounds func(voice.ID) bool
	if all, err := voice.Sounds(); err == nil { // without them nothing is said at all
		sounds = all.Index()
	}
	return session.Setup{
		Kiosk: [32]byte(h.Kiosk), Terms: shown.Release().Terms.Version, Edition: shown, Disease: h.Disease, Menu: shown.Menu(time.Now()), MaxCopies: h.MaxCopies,
		Sounds: sounds, CentreRoot: root, Authorities: list.Cards, Limits: h.Limits, Now: time.Now,
	}, lastlook.New(scanner, list, root, time.Now), nil
}
