package wire

import (
	"strconv"

	"akashi/verifier/credential"
)

// RightNumber is the transaction number of a reprint right (再印刷の権利), as it
// stands on a receipt and is typed on a keypad: 16 digits. The first two name
// the launcher that keeps the right, its home; twelve are drawn by chance; the
// last two are check digits (ISO/IEC 7064, MOD 97-10), which find every single
// wrong digit and every swap of two that are not more than one place apart.
type RightNumber string

// RightNumberLength is the number of digits.
const RightNumberLength = 16

const (
	rightHomes  = 100
	rightChance = 1_000_000_000_000
)

// NewRightNumber makes a number; home is taken modulo 100 and chance modulo
// 10^12, for which 64 random bits are even enough.
func NewRightNumber(home uint8, chance uint64) RightNumber {
	n := uint64(home)%rightHomes*rightChance + chance%rightChance
	n = n*100 + 98 - n*100%97
	s := strconv.FormatUint(n, 10)
	for len(s) < RightNumberLength {
		s = "0" + s
	}
	return RightNumber(s)
}

// ParseRightNumber reads a number as it was typed, without spaces:
// RightMistyped when a digit is wrong.
func ParseRightNumber(s string) (RightNumber, error) {
	if len(s) != RightNumberLength {
		return "", RightMistyped
	}
	n := 0
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return "", RightMistyped
		}
		n = (n*10 + int(c-'0')) % 97
	}
	if n != 1 || s[14:] < "02" || s[14:] > "98" { // 00, 01 and 99 stand for 97, 98 and 02: one number, one spelling
		return "", RightMistyped
	}
	return RightNumber(s), nil
}

// Home gives the launcher's two digits as a number, of a number that was
// parsed.
func (n RightNumber) Home() uint8 { return (n[0]-'0')*10 + n[1] - '0' }

// Groups gives the digits in fours, for paper and screen.
func (n RightNumber) Groups() string {
	if len(n) != RightNumberLength {
		return string(n)
	}
	return string(n[:4] + " " + n[4:8] + " " + n[8:12] + " " + n[12:])
}

// PaymentIDLength is the length in bytes of what names one payment at a kiosk,
// by chance. An ask that is repeated under it is done once.
const PaymentIDLength = 16

// Bounds of a bill: the copies that a printer takes at once, and yen for so
// many at the highest fee that a fleet's file may name (100,000).
const (
	MaxBillCopies = 10
	MaxBill       = MaxBillCopies * 100_000
)

// Bill is what one request's papers cost, and what a right is good for.
type Bill struct {
	Amount       int             `json:"amount"` // yen, for all copies
	Municipality string          `json:"municipality"`
	Kind         credential.Kind `json:"kind"`
	Copies       int             `json:"copies"`
}

// Check refuses a bill that no kiosk writes.
func (b Bill) Check() error {
	if b.Amount < 0 || b.Amount > MaxBill || b.Copies < 1 || b.Copies > MaxBillCopies || !sixDigits(b.Municipality) ||
		b.Kind != credential.Domestic && b.Kind != credential.Overseas {
		return Malformed
	}
	return nil
}

func sixDigits(s string) bool {
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return false
		}
	}
	return len(s) == 6
}

// RightDo is what a kiosk asks about a right.
type RightDo string

// What can be asked. Each is done once for one payment, however often it is
// asked.
const (
	// RightIssue gives a right for a payment whose paper may not have come out.
	// With Number, the payment was itself made with that right.
	RightIssue RightDo = "issue"
	// RightRedeem uses a right up, before the paper is printed.
	RightRedeem RightDo = "redeem"
	// RightRestore takes back the payment's redemption or refund: surely nothing
	// was printed or paid out. One that comes later under this payment is
	// refused.
	RightRestore RightDo = "restore"
	// RightRefund uses a right up for its money.
	RightRefund RightDo = "refund"
	// RightWithdraw takes back the right that was given for this payment: in
	// the end nothing was charged.
	RightWithdraw RightDo = "withdraw"
)

// Right asks about one reprint right.
type Right struct {
	Do      RightDo     `json:"do"`
	Payment []byte      `json:"payment"`
	Number  RightNumber `json:"number,omitempty"` // all but issue need it
	Bill    *Bill       `json:"bill,omitempty"`   // issue and redeem
}

// Righted is the right after what was asked.
type Righted struct {
	Number  RightNumber `json:"number"`
	Bill    Bill        `json:"bill"`
	Expires int64       `json:"expires"` // Unix seconds
}

// Check refuses an ask that is not of the form: Malformed, or RightMistyped for
// its number.
func (r Right) Check() error {
	billed, numbered := r.Do == RightIssue || r.Do == RightRedeem, r.Number != ""
	switch r.Do {
	case RightIssue:
	case RightRedeem, RightRestore, RightRefund, RightWithdraw:
		if !numbered {
			return Malformed
		}
	default:
		return Malformed
	}
	if len(r.Payment) != PaymentIDLength || billed != (r.Bill != nil) {
		return Malformed
	}
	if numbered {
		if _, err := ParseRightNumber(string(r.Number)); err != nil {
			return err
		}
	}
	if r.Bill != nil {
		return r.Bill.Check()
	}
	return nil
}
