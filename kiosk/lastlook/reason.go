package lastlook

import "errors"

// Reason says which comparison failed. It stays on the kiosk, in the session's
// event: the wire and the resident see wire.LastLook only. Append-only.
type Reason uint8

// The reasons, in the order in which a look can find them.
const (
	ReceiptInvalid  Reason = 1  // not signed under the pinned centre root, or too old
	OtherSession    Reason = 2  // receipt: another session's digest
	OtherCounter    Reason = 3  // receipt: another request of this session
	OtherKind       Reason = 4  // receipt: another kind than was asked for
	OtherPlace      Reason = 5  // receipt: another municipality than was asked
	OtherCard       Reason = 6  // receipt: another card's records
	OtherPDF        Reason = 7  // receipt: another print stream
	OtherCodes      Reason = 8  // receipt: other QR texts, or another number of them
	OtherSettlement Reason = 9  // receipt: another settle key or token
	PDFSignature    Reason = 10 // the print stream's signature does not verify
	Unreadable      Reason = 11 // not rendered, too many pages, or a code that cannot be read
	PixelsDiffer    Reason = 12 // codes in the pixels are not those of the delivery
	CodeInvalid     Reason = 13 // a code does not verify
	CodeFormats     Reason = 14 // not the formats of this kind, in their order
	CodeName        Reason = 15 // a code names another person
	CodeBirth       Reason = 16 // a code has another birth date
	CodesDisagree   Reason = 17 // the two codes of a paper do not say the same
	PrintedName     Reason = 18 // a page bears another name, or none
	PrintedBirth    Reason = 19 // a page bears another birth date, or none
	PrintedSession  Reason = 20 // a page bears another session's code, or none, or another place among the pages
	PrintedID       Reason = 21 // pages or codes bear different certificate IDs
	PrintedTravel   Reason = 22 // printed passport data are not those of the code
	PrintedDoses    Reason = 23 // printed doses are not those of the codes
	Foreign         Reason = 24 // a page shows what no sheet has: pictures, hidden, covered or slanted text, shapes
	OtherSheet      Reason = 25 // the bytes are not those that the sheet makes of the certificate that was checked
	OtherDisease    Reason = 26 // receipt: another disease than was asked for
)

// Known reports whether r is a reason of this version.
func (r Reason) Known() bool { return r >= ReceiptInvalid && r <= OtherDisease }

// Mismatch is the error of a look that found the paper to be not this
// resident's. It carries no content.
type Mismatch struct{ Reason Reason }

// Error gives the constant text.
func (m *Mismatch) Error() string {
	return "lastlook: the paper is not this resident's: nothing is printed, this kiosk stops until a person clears the alarm"
}

// ReasonOf gives the reason inside an error; 0 when there is none.
func ReasonOf(err error) Reason {
	var m *Mismatch
	if errors.As(err, &m) {
		return m.Reason
	}
	return 0
}
