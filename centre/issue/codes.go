package issue

import (
	"errors"

	"akashi/centre/vrs"
	"akashi/centre/wire"
	"akashi/printer/glyph"
	"akashi/printer/sheet"
	"akashi/verifier/cardrecord"
)

func recordDigest(f found) [32]byte { return vrs.RecordDigest(f.answer.Record) }

// byStep is the code of a failure that names none itself.
var byStep = [NumSteps]wire.Code{
	Admit:        wire.Internal,
	OpenEnvelope: wire.EnvelopeInvalid,
	Authenticate: wire.CardMalformed,
	QueryVRS:     wire.VRSDown,
	Judge:        wire.RecordNeedsCheck,
	Compose:      wire.Internal,
	Lint:         wire.LintRefused,
	Sign:         wire.LintRefused, // a spent permit; the key's own refusals name themselves
	VerifyOutput: wire.LintRefused,
	LayOut:       wire.Internal,
	SignReceipt:  wire.KeyRefused,
	SealAnswer:   wire.Internal,
}

var byFault = map[cardrecord.Fault]wire.Code{
	cardrecord.Malformed:        wire.CardMalformed,
	cardrecord.UnknownAuthority: wire.CardAuthority,
	cardrecord.BadSignature:     wire.CardSignature,
	cardrecord.WrongDigest:      wire.CardDigest,
	cardrecord.NotLive:          wire.CardNotLive,
}

// codeOf maps a failure to its wire code: the one place where that is done.
// Nothing but the number leaves the worker.
func codeOf(at Step, err error) wire.Code {
	var c wire.Code
	if errors.As(err, &c) {
		return c
	}
	if c, ok := byFault[cardrecord.FaultOf(err)]; ok {
		return c
	}
	var missing *glyph.Missing
	var refused *glyph.Refused
	var long *sheet.TooLong
	if errors.As(err, &missing) || errors.As(err, &refused) || errors.As(err, &long) {
		return wire.GlyphMissing
	}
	return byStep[at]
}

// refusal is the answer that tells the resident why there is no certificate.
func (w *worker) refusal(at Step, err error) wire.Answer {
	a := wire.Answer{Code: codeOf(at, err)}
	var v *vrs.Error
	if errors.As(err, &v) {
		a.RetryAfter = v.RetryAfter
	}
	switch a.Code {
	case wire.NoRecord, wire.RecordNeedsCheck, wire.NameDiffers, wire.BirthDiffers,
		wire.NoOverseasIssue, wire.PassportChanged, wire.BirthDayUnknown, wire.GlyphMissing:
		a.Phone = w.s.Phone // only the municipality can put this right
	}
	return a
}
