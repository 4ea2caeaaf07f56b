package wire

import "strconv"

// Code is a pinned number for how something ended. Numbers are append-only and
// cross the wire; texts for people are made at the edge (kiosk/screen) and
// nowhere else. A Code is an error; OK is never returned as one.
type Code uint16

// The codes. 1xx protocol, 2xx admission, 3xx the card's evidence, 4xx the
// record, 5xx the centre and VRS, 6xx the kiosk, its card and devices, 7xx money
// and reprint rights.
const (
	OK Code = 0

	Malformed       Code = 101 // not the one encoding, or a field out of its bounds
	WrongVersion    Code = 102
	TooLarge        Code = 103
	NonceUnknown    Code = 104 // never given out, expired, or another kiosk's
	NonceUsed       Code = 105 // this nonce and counter were used, or may have been
	CounterOver     Code = 106 // more than MaxRequests in the session
	HeaderMismatch  Code = 107 // the envelope's header is not the cleartext one
	EnvelopeInvalid Code = 108 // the envelope does not open under this header
	FrameUnexpected Code = 109 // a frame type that this end does not take

	MunicipalityOut Code = 201 // does not take part
	KindOut         Code = 202 // the municipality does not offer this kind
	OutOfHours      Code = 203
	Busy            Code = 204 // overload; come back after RetryAfter; never "no record"
	IssuingStopped  Code = 205 // by the last look, an operator or the audit
	KioskDisabled   Code = 206
	TermsOutdated   Code = 207
	DiseaseOut      Code = 208 // the centre has no table of vaccines against it
	Maintenance     Code = 209 // a window that the screen release names

	CardAuthority Code = 301 // signer's authority is not on the list
	CardSignature Code = 302
	CardDigest    Code = 303 // the signed digest is not that of the file
	CardNotLive   Code = 304 // the challenge was not signed by this card
	CardMalformed Code = 305

	NoRecord         Code = 401
	RecordNeedsCheck Code = 402 // 要確認: the municipality must look first
	NameDiffers      Code = 403 // card and VRS disagree on the name
	BirthDiffers     Code = 404
	NoOverseasIssue  Code = 405 // overseas needs an earlier overseas issue
	PassportChanged  Code = 406
	BirthDayUnknown  Code = 407 // overseas needs a full date of birth
	GlyphMissing     Code = 408 // a character that no font has

	VRSDown           Code = 501
	VRSBusy           Code = 502
	VRSAnswer         Code = 503 // answer that is not bound to the question
	LintRefused       Code = 504
	KeyRefused        Code = 505 // the key process did not sign
	Internal          Code = 506
	AuditDown         Code = 507 // audit cannot be written, so nothing is issued
	CentreListExpired Code = 508 // the centre's trust list: nothing new begins
	CentreRelease     Code = 509 // the centre has no screen release in force: nothing new begins

	PINWrong           Code = 601
	PINLocked          Code = 602
	CardUnknown        Code = 603 // not a My Number card, or it does not answer
	CardRemoved        Code = 604 // too early
	CardExpired        Code = 605
	LastLook           Code = 606 // the paper is not this resident's: nothing printed, alarm
	PrinterFault       Code = 607
	PaymentRefused     Code = 608
	Cancelled          Code = 609 // by the resident
	TimedOut           Code = 610
	LineDown           Code = 611 // no way to the centre
	AttestationInvalid Code = 612 // the worker's key is not vouched for: nothing was sent
	TermsRefused       Code = 613
	ReaderFault        Code = 614
	TwoCards           Code = 615
	PrintUnknown       Code = 616 // maybe printed
	ListExpired        Code = 617 // this kiosk's trust list: no session begins
	ListExpiring       Code = 618 // a warning to operators: a trust list ends soon
	ListRefused        Code = 619 // to operators: a new trust list is not usable, the last good one is

	PrinterPaper   Code = 620 // no paper; PrinterFault is every other fault of a printer
	PrinterJam     Code = 621
	PrinterToner   Code = 622
	PrinterCover   Code = 623
	PrinterOffline Code = 624 // it does not answer
	PaperLeft      Code = 625 // a certificate lies in the tray that nobody took: no session begins

	ReleaseOut      Code = 641 // this kiosk has no screen release in force: no session begins
	ReleaseExpiring Code = 642 // a warning to operators: the screen release ends soon
	ReleaseRefused  Code = 643 // to operators: a new screen release is not usable, the last good one is

	PaymentChange  Code = 701 // the unit has no change; the coins went back
	PaymentTimeout Code = 702 // not paid in time
	PaymentFault   Code = 703 // jammed or not answering
	PaymentBalance Code = 704 // too little on the e-money card
	RightMistyped  Code = 711 // not a number of the form, or a wrong check digit
	RightUnknown   Code = 712 // its launcher never gave it out
	RightUsed      Code = 713
	RightExpired   Code = 714
	RightElsewhere Code = 715 // no launcher that is up has given it out
	RightMismatch  Code = 716 // another municipality, kind, price or number of copies
	RightsTooMany  Code = 717 // wrong numbers from one kiosk
	RightVoid      Code = 718 // nothing had been charged for it
	RightGiven     Code = 719 // maybe printed, charged, and a reprint right given
)

var names = map[Code]string{
	OK: "ok", Malformed: "malformed", WrongVersion: "wrong-version", TooLarge: "too-large",
	NonceUnknown: "nonce-unknown", NonceUsed: "nonce-used", CounterOver: "counter-over",
	HeaderMismatch: "header-mismatch", EnvelopeInvalid: "envelope-invalid", FrameUnexpected: "frame-unexpected",
	MunicipalityOut: "municipality-out", KindOut: "kind-out", OutOfHours: "out-of-hours", Busy: "busy",
	IssuingStopped: "issuing-stopped", KioskDisabled: "kiosk-disabled", TermsOutdated: "terms-outdated",
	DiseaseOut: "disease-out", Maintenance: "maintenance", CentreRelease: "centre-release",
	ReleaseOut: "release-out", ReleaseExpiring: "release-expiring", ReleaseRefused: "release-refused",
	CardAuthority: "card-authority", CardSignature: "card-signature", CardDigest: "card-digest",
	CardNotLive: "card-not-live", CardMalformed: "card-malformed",
	NoRecord: "no-record", RecordNeedsCheck: "record-needs-check", NameDiffers: "name-differs",
	BirthDiffers: "birth-differs", NoOverseasIssue: "no-overseas-issue", PassportChanged: "passport-changed",
	BirthDayUnknown: "birth-day-unknown", GlyphMissing: "glyph-missing",
	VRSDown: "vrs-down", VRSBusy: "vrs-busy", VRSAnswer: "vrs-answer", LintRefused: "lint-refused",
	KeyRefused: "key-refused", Internal: "internal", AuditDown: "audit-down",
	PINWrong: "pin-wrong", PINLocked: "pin-locked", CardUnknown: "card-unknown", CardRemoved: "card-removed",
	CardExpired: "card-expired", LastLook: "last-look", PrinterFault: "printer-fault",
	PaymentRefused: "payment-refused", Cancelled: "cancelled", TimedOut: "timed-out", LineDown: "line-down",
	AttestationInvalid: "attestation-invalid", TermsRefused: "terms-refused", ReaderFault: "reader-fault",
	TwoCards: "two-cards", PrintUnknown: "print-unknown",
	CentreListExpired: "centre-list-expired", ListExpired: "list-expired", ListExpiring: "list-expiring",
	ListRefused:  "list-refused",
	PrinterPaper: "printer-paper", PrinterJam: "printer-jam", PrinterToner: "printer-toner", PrinterCover: "printer-cover",
	PrinterOffline: "printer-offline", PaperLeft: "paper-left",
	PaymentChange: "payment-change", PaymentTimeout: "payment-timeout", PaymentFault: "payment-fault", PaymentBalance: "payment-balance",
	RightMistyped: "right-mistyped", RightUnknown: "right-unknown", RightUsed: "right-used", RightExpired: "right-expired",
	RightElsewhere: "right-elsewhere", RightMismatch: "right-mismatch", RightsTooMany: "rights-too-many", RightVoid: "right-void",
	RightGiven: "right-given",
}

// Codes gives every code but OK, for tests that must cover them all.
func Codes() []Code {
	all := make([]Code, 0, len(names))
	for c := range names {
		if c != OK {
			all = append(all, c)
		}
	}
	return all
}

// Final reports whether a settlement, a void or an alarm that is refused with
// this code would be refused so each time: there is no use in sending it again.
func (c Code) Final() bool {
	switch c {
	case Malformed, TooLarge, WrongVersion, EnvelopeInvalid, FrameUnexpected, NonceUsed:
		return true
	}
	return false
}

// Known reports whether this version has the code.
func (c Code) Known() bool { _, ok := names[c]; return ok }

// Error gives the constant name with the number; it holds nothing from outside.
func (c Code) Error() string {
	if n, ok := names[c]; ok {
		return "akashi " + strconv.Itoa(int(c)) + " " + n
	}
	return "akashi " + strconv.Itoa(int(c))
}

// Name gives the constant name alone, e.g. "no-record".
func (c Code) Name() string { return names[c] }
