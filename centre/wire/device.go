package wire

import "slices"

// Health is how a device is. On the wire and to operators it is a word.
type Health uint8

// The healths, append-only.
const (
	Unseen Health = iota // nothing is known, or there is none
	Well
	Ailing // it works, and somebody should come
	Down   // it does not
)

// Presence is what a sensor says.
type Presence uint8

// The presences, append-only.
const (
	Unsensed Presence = iota
	Absent
	Present
)

// PrintFault is one thing that is wrong with a printer. The numbers are those
// of package printer, from which a kiosk has them.
type PrintFault uint8

// MoneyFault is what is wrong with a payment unit. The numbers are those of
// kiosk/payment/unit, and MoneySilent.
type MoneyFault uint8

// MoneySilent is the fault of a unit that does not answer.
const MoneySilent MoneyFault = 12

var (
	healths     = []string{"unseen", "well", "ailing", "down"}
	presences   = []string{"unsensed", "absent", "present"}
	printFaults = []string{
		"none", "paper-out", "paper-jam", "toner-out", "cover-open", "output-full", "unreachable", "other", "storage-full", "toner-low",
		"aborted", "cancelled", "busy", "paused", "unsuited", "untrusted", "malformed", "left",
	}
	moneyFaults = []string{
		"none", "refused", "no-change", "timed-out", "jammed", "low-balance", "wrong-state", "bad-amount", "busy", "cannot-pay", "no-paper", "low-change",
		"silent",
	}
)

// word gives the word of an enum; one that has none is not sent.
func word(names []string, n uint8) ([]byte, error) {
	if int(n) >= len(names) {
		return nil, Malformed
	}
	return []byte(names[n]), nil
}

// number reads a word back.
func number[T ~uint8](names []string, b []byte, to *T) error {
	i := slices.Index(names, string(b))
	if i < 0 {
		return Malformed
	}
	*to = T(i)
	return nil
}

// MarshalText gives the word.
func (h Health) MarshalText() ([]byte, error) { return word(healths, uint8(h)) }

// UnmarshalText takes a word of the closed set.
func (h *Health) UnmarshalText(b []byte) error { return number(healths, b, h) }

// MarshalText gives the word.
func (p Presence) MarshalText() ([]byte, error) { return word(presences, uint8(p)) }

// UnmarshalText takes a word of the closed set.
func (p *Presence) UnmarshalText(b []byte) error { return number(presences, b, p) }

// MarshalText gives the word.
func (f PrintFault) MarshalText() ([]byte, error) { return word(printFaults, uint8(f)) }

// UnmarshalText takes a word of the closed set.
func (f *PrintFault) UnmarshalText(b []byte) error { return number(printFaults, b, f) }

// MarshalText gives the word.
func (f MoneyFault) MarshalText() ([]byte, error) { return word(moneyFaults, uint8(f)) }

// UnmarshalText takes a word of the closed set.
func (f *MoneyFault) UnmarshalText(b []byte) error { return number(moneyFaults, b, f) }

// PrintFaults is how many printer's faults there are words for, without none.
func PrintFaults() int { return len(printFaults) - 1 }
