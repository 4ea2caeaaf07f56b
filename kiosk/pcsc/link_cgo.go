//go:build cgo

package pcsc

import (
	"errors"
	"time"

	"akashi/kiosk/reader"

	"github.com/ebfe/scard"
)

// Open gives the device for the reader of exactly this name (pcsc_scan lists
// them). Nothing is asked of PC/SC yet, so a reader or daemon that comes later
// will do.
func Open(name string) (*Device, error) {
	if name == "" {
		return nil, errors.New("pcsc: no reader is named; name the one that the kiosk has")
	}
	return &Device{name: name, dial: dial}, nil
}

func dial() (link, error) {
	c, err := scard.EstablishContext()
	if err != nil {
		return nil, fault(err)
	}
	return &scardLink{c}, nil
}

type scardLink struct{ context *scard.Context }

func (l *scardLink) readers() ([]string, error) {
	names, err := l.context.ListReaders()
	if err != nil {
		return nil, fault(err)
	}
	return names, nil
}

func (l *scardLink) change(slots []slot, limit time.Duration) error {
	states := make([]scard.ReaderState, len(slots))
	for i, s := range slots {
		states[i] = scard.ReaderState{Reader: s.name, CurrentState: scard.StateFlag(s.state)}
	}
	switch err := l.context.GetStatusChange(states, limit); {
	case errors.Is(err, scard.ErrTimeout), errors.Is(err, scard.ErrCancelled):
		return nil // as it was
	case err != nil:
		return fault(err)
	}
	for i, s := range states {
		slots[i].state = uint32(s.EventState &^ scard.StateChanged)
		slots[i].present = s.EventState&scard.StatePresent != 0
		slots[i].mute = s.EventState&scard.StateMute != 0
	}
	return nil
}

// connect takes the card and then takes its power away and gives it back: what
// an earlier user of the card opened or selected is gone.
func (l *scardLink) connect(name string) (chip, error) {
	c, err := l.context.Connect(name, scard.ShareExclusive, scard.ProtocolAny)
	if err == nil {
		err = c.Reconnect(scard.ShareExclusive, scard.ProtocolAny, scard.UnpowerCard)
		if err != nil {
			c.Disconnect(scard.UnpowerCard)
		}
	}
	if err != nil {
		return nil, fault(err)
	}
	return &scardChip{c}, nil
}

func (l *scardLink) cancel() { _ = l.context.Cancel() }

func (l *scardLink) release() { _ = l.context.Release() }

type scardChip struct{ card *scard.Card }

func (c *scardChip) transmit(command []byte) ([]byte, error) {
	r, err := c.card.Transmit(command)
	if err != nil {
		return nil, fault(err)
	}
	return r, nil
}

func (c *scardChip) off() error { return fault(c.card.Disconnect(scard.UnpowerCard)) }

// fault sorts PC/SC's error numbers (facts/card.md §7). Whatever is not named
// is Failed.
func fault(err error) error {
	var e scard.Error
	if err == nil {
		return nil
	}
	if !errors.As(err, &e) {
		return reader.Failed
	}
	switch e {
	case scard.ErrNoService, scard.ErrServiceStopped, scard.ErrInvalidHandle, scard.ErrShutdown,
		scard.ErrSystemCancelled, scard.ErrCommError, scard.ErrInternalError, scard.ErrServerTooBusy:
		return errService
	case scard.ErrNoSmartcard:
		return errGone
	case scard.ErrRemovedCard:
		return reader.Removed
	case scard.ErrResetCard:
		return reader.Reset
	case scard.ErrSharingViolation:
		return reader.Held
	case scard.ErrUnresponsiveCard, scard.ErrUnpoweredCard, scard.ErrUnsupportedCard,
		scard.ErrProtoMismatch, scard.ErrInvalidAtr, scard.ErrCardUnsupported:
		return reader.Unanswering
	case scard.ErrUnknownReader, scard.ErrReaderUnavailable, scard.ErrNoReadersAvailable:
		return reader.Unavailable
	}
	return reader.Failed
}
