package stack

import "akashi/centre/wire"

// exits are the exit codes of the commands that walk residents, one for each
// way in which a session can end. Append-only; 1 is a fault of the stack, 2 is
// wrong usage.
var exits = map[wire.Code]int{
	wire.OK: 0,

	wire.PINWrong: 10, wire.PINLocked: 11, wire.CardUnknown: 12, wire.CardRemoved: 13, wire.CardExpired: 14,
	wire.Cancelled: 15, wire.TimedOut: 16, wire.TermsRefused: 17, wire.ReaderFault: 18, wire.TwoCards: 19,

	wire.NoRecord: 20, wire.RecordNeedsCheck: 21, wire.NameDiffers: 22, wire.BirthDiffers: 23,
	wire.NoOverseasIssue: 24, wire.PassportChanged: 25, wire.BirthDayUnknown: 26, wire.GlyphMissing: 27,

	wire.MunicipalityOut: 30, wire.KindOut: 31, wire.OutOfHours: 32, wire.Busy: 33, wire.IssuingStopped: 34,
	wire.KioskDisabled: 35, wire.TermsOutdated: 36, wire.ListExpired: 37,
	wire.ListExpiring: 38, wire.ListRefused: 39, wire.DiseaseOut: 29,

	wire.VRSDown: 40, wire.VRSBusy: 41, wire.VRSAnswer: 42, wire.LintRefused: 43, wire.KeyRefused: 44,
	wire.Internal: 45, wire.AuditDown: 46, wire.LineDown: 47, wire.AttestationInvalid: 48,
	wire.CentreListExpired: 49,

	wire.CardAuthority: 50, wire.CardSignature: 51, wire.CardDigest: 52, wire.CardNotLive: 53, wire.CardMalformed: 54,

	wire.PrinterPaper: 55, wire.PrinterJam: 56, wire.PrinterToner: 57, wire.PrinterCover: 58, wire.PrinterOffline: 59,

	wire.PaperLeft: 68,

	wire.LastLook: 60, wire.PrinterFault: 61, wire.PrintUnknown: 62, wire.PaymentRefused: 63,
	wire.PaymentChange: 64, wire.PaymentTimeout: 65, wire.PaymentFault: 66, wire.PaymentBalance: 67,

	wire.Malformed: 70, wire.WrongVersion: 71, wire.TooLarge: 72, wire.NonceUnknown: 73, wire.NonceUsed: 74,
	wire.CounterOver: 75, wire.HeaderMismatch: 76, wire.EnvelopeInvalid: 77, wire.FrameUnexpected: 78,

	wire.Maintenance: 90, wire.CentreRelease: 91, wire.ReleaseOut: 92, wire.ReleaseExpiring: 93, wire.ReleaseRefused: 94,

	wire.RightMistyped: 80, wire.RightUnknown: 81, wire.RightUsed: 82, wire.RightExpired: 83, wire.RightElsewhere: 84,
	wire.RightMismatch: 85, wire.RightsTooMany: 86, wire.RightVoid: 87, wire.RightGiven: 88,
}

// Exit gives a code's exit code; a code that has none ends with 1.
func Exit(c wire.Code) int {
	if n, ok := exits[c]; ok {
		return n
	}
	return 1
}
