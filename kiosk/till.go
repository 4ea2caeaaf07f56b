package kiosk

import (
	"crypto/rand"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"strings"

	"akashi/centre/wire"
	"akashi/kiosk/payment"
	"akashi/kiosk/payment/unit"
)

// Payment says where the payment unit is.
type Payment struct {
	Socket string `json:"socket,omitempty"` // of the unit or its driver (kiosk/payment/unit); empty: only a fee of 0 can be paid
}

// journalFolder is in the state folder: money that was open when the power
// went is settled from it.
const journalFolder = "payments"

// openTill opens the till on what its journal says.
func (a *Agent) openTill() error {
	c := payment.Config{
		Journal: filepath.Join(a.config.State, journalFolder), Kiosk: kioskID(a.files.certificate.Leaf), Place: a.screen.place,
		Ask: a.link.ask, Now: a.now, Rand: rand.Reader,
	}
	if a.config.Payment.Socket != "" {
		c.Unit = &unit.Client{Path: a.config.Payment.Socket}
	}
	var err error
	if a.till, err = payment.Open(c); err != nil {
		return fmt.Errorf("%w: %w", ErrConfig, err)
	}
	return nil
}

// kioskID gives the id that the centre's root has vouched for.
func kioskID(c *x509.Certificate) string {
	if c == nil {
		return ""
	}
	for _, u := range c.URIs {
		if id, ok := strings.CutPrefix(u.String(), wire.KioskPrefix); ok {
			return id
		}
	}
	return ""
}

// refund pays a reprint right's money out. It needs no card: a right is its
// bearer's.
func (a *Agent) refund(c net.Conn, number string) {
	got, err := a.till.Refund(number)
	if err != nil {
		reply(c, Reply{Code: refundCode(err)})
		return
	}
	reply(c, Reply{Refunded: &got})
}

func refundCode(err error) wire.Code {
	code := wire.Internal
	errors.As(err, &code)
	return code
}
