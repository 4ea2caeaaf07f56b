package issue_test

import (
	"bytes"
	"context"
	"testing"
	"time"

	"akashi/centre/issue"
	"akashi/centre/keys"
	"akashi/centre/wire"
	"akashi/testkit/pki"
	"akashi/testkit/residents"
	"akashi/testkit/vrs/present"
	"akashi/verifier/credential"
)

// stride is how far apart the flipped bytes of a file are.
const stride = 13

func TestTamperedEvidenceIsRefusedByteByByte(t *testing.T) {
	r := open(t, keys.Limits{MaxSessions: 4096, Rate: 1 << 20})
	whole := ask(t, "yoshida", residents.Mihon, credential.Domestic)
	seen := map[wire.Code]int{}
	for name, part := range map[string]func(*wire.Request) *[]byte{
		"EF 0001":   func(q *wire.Request) *[]byte { return &q.Files.Number },
		"EF 0002":   func(q *wire.Request) *[]byte { return &q.Files.Attributes },
		"EF 0003":   func(q *wire.Request) *[]byte { return &q.Files.Integrity },
		"EF 0004":   func(q *wire.Request) *[]byte { return &q.Files.Signer },
		"EF 0007":   func(q *wire.Request) *[]byte { return &q.Files.APKey },
		"challenge": func(q *wire.Request) *[]byte { return &q.Challenge },
	} {
		length := len(*part(&whole.request))
		for i := 0; i <= length; i += min(stride, max(length-i, 1)) {
			a := whole
			p := part(&a.request)
			if name == "EF 0002" && unsigned(*p, i) {
				continue
			}
			if *p = bytes.Clone(*p); i < length {
				(*p)[i] ^= 0x10
			} else {
				*p = (*p)[:length-1] // and the last byte cut off
			}
			o := r.make(a)
			code := o.done.Event.Code
			seen[code]++
			if code/100 != 3 || !o.answered || o.answer.Code != code || o.token != nil || o.done.Event.At != issue.Authenticate {
				t.Errorf("%s byte %d: %v at %v", name, i, code, o.done.Event.At)
			}
		}
	}
	for _, c := range []wire.Code{wire.CardAuthority, wire.CardSignature, wire.CardDigest, wire.CardNotLive, wire.CardMalformed} {
		if seen[c] == 0 {
			t.Errorf("%v was never seen", c)
		}
	}
}

// unsigned reports whether a byte of EF 0002 is one of the eight of DF21, which
// the card does not sign and nobody goes by (facts: card, text AP files).
func unsigned(file []byte, i int) bool {
	begin := bytes.Index(file, []byte{0xDF, 0x21, 0x08}) + 3
	return i >= begin && i < begin+8
}

func TestEvidenceOfAnotherSessionOrCard(t *testing.T) {
	r := open(t, keys.Limits{})
	now := ask(t, "yoshida", residents.Mihon, credential.Domestic)
	replayed := now
	replayed.request.Challenge = ask(t, "yoshida", residents.Mihon, credential.Domestic).request.Challenge
	r.refused("challenge of another session", r.make(replayed), wire.CardNotLive)

	copied := now
	copied.request.Files = card(t, "takasaki").Files
	r.refused("another card's files", r.make(copied), wire.CardNotLive)

	mixed := now
	mixed.request.Files.Attributes = card(t, "takasaki").Files.Attributes
	r.refused("another card's name", r.make(mixed), wire.CardDigest)

	other, err := pki.New(nil, nil)
	must(t, err)
	someone, _ := residents.Find("yoshida")
	foreign, err := present.Read(other, someone)
	must(t, err)
	e, err := foreign.Answer(now.header.SessionDigest())
	must(t, err)
	forged := now
	forged.request.Files, forged.request.Challenge = e.Files, e.Challenge
	r.refused("another authority's card", r.make(forged), wire.CardAuthority)
}

func TestEnvelopesThatAreNotThisRequests(t *testing.T) {
	r := open(t, keys.Limits{})
	for name, c := range map[string]struct {
		change func(*attempt)
		want   wire.Code
	}{
		"counter outside":      {func(a *attempt) { a.sealed = func(s *wire.Sealed) { s.Counter++ } }, wire.HeaderMismatch},
		"nonce outside":        {func(a *attempt) { a.sealed = func(s *wire.Sealed) { s.Nonce = bytes.Repeat([]byte{1}, 32) } }, wire.HeaderMismatch},
		"ciphertext":           {func(a *attempt) { a.sealed = func(s *wire.Sealed) { s.Ciphertext[99] ^= 1 } }, wire.EnvelopeInvalid},
		"encapsulated key":     {func(a *attempt) { a.sealed = func(s *wire.Sealed) { s.Enc[99] ^= 1 } }, wire.EnvelopeInvalid},
		"municipality inside":  {func(a *attempt) { a.request.Header.Municipality = residents.Reiji }, wire.EnvelopeInvalid},
		"kind inside":          {func(a *attempt) { a.request.Header.Kind = credential.Overseas }, wire.EnvelopeInvalid},
		"terms inside":         {func(a *attempt) { a.request.Header.Terms = "2" }, wire.EnvelopeInvalid},
		"kiosk inside":         {func(a *attempt) { a.request.Header.Kiosk = bytes.Repeat([]byte{1}, 32) }, wire.EnvelopeInvalid},
		"attestation outlived": {func(a *attempt) { a.expires = time.Now().Add(-time.Minute).Unix() }, wire.TimedOut},
	} {
		a := ask(t, "yoshida", residents.Mihon, credential.Domestic)
		c.change(&a)
		o := r.make(a)
		r.refused(name, o, c.want)
		if o.answered {
			t.Errorf("%s: answered under a seal that was never opened", name)
		}
	}
}

func TestAReplayedEnvelopeOpensNowhereElse(t *testing.T) {
	r := open(t, keys.Limits{})
	var first wire.Sealed
	a := ask(t, "norecord", residents.Mihon, credential.Domestic)
	a.sealed = func(s *wire.Sealed) { first = *s }
	r.refused("first", r.make(a), wire.NoRecord)
	a.sealed = func(s *wire.Sealed) { *s = first }
	r.refused("again", r.make(a), wire.EnvelopeInvalid)
	// The same request, sealed afresh to another worker: VRS answers a
	// question once.
	a.sealed = nil
	r.refused("asked twice", r.make(a), wire.CardNotLive)
}

func TestSetupsThatWouldNotHold(t *testing.T) {
	r := open(t, keys.Limits{})
	other, err := pki.New(nil, nil)
	must(t, err)
	for name, change := range map[string]func(*issue.Setup){
		"no mode":                   func(s *issue.Setup) { s.Mode = 9 },
		"no header":                 func(s *issue.Setup) { s.Header = nil },
		"no trust list":             func(s *issue.Setup) { s.Trust = nil },
		"no trust root":             func(s *issue.Setup) { s.TrustRoot = nil },
		"another trust root":        func(s *issue.Setup) { s.TrustRoot = s.Keys.Chains[keys.PurposeSHC][0] },
		"VRS's TLS as binding":      func(s *issue.Setup) { s.VRS.Binding = r.w.VRS.DER() },
		"another world's binding":   func(s *issue.Setup) { s.VRS.Binding = other.Binding.DER() },
		"no binding":                func(s *issue.Setup) { s.VRS.Binding = nil },
		"garbage for a root":        func(s *issue.Setup) { s.VRS.Roots = [][]byte{{1}} },
		"no key for VRS":            func(s *issue.Setup) { s.Keys.Chains = nil },
		"no certificate of the BSC": func(s *issue.Setup) { s.Keys.Chains = without(s.Keys, keys.PurposeVDSNC) },
		"no PDF signer":             func(s *issue.Setup) { s.Keys.Chains = without(s.Keys, keys.PurposePDF) },
	} {
		a := attempt{header: header(residents.Mihon, credential.Domestic), setup: change}
		if o := r.make(a); o.err == nil || o.run == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

func without(p keys.Public, gone keys.Purpose) map[keys.Purpose][][]byte {
	left := map[keys.Purpose][][]byte{}
	for purpose, chain := range p.Chains {
		if purpose != gone {
			left[purpose] = chain
		}
	}
	return left
}

func TestTimeIsOver(t *testing.T) {
	r := open(t, keys.Limits{})
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	a := ask(t, "yoshida", residents.Mihon, credential.Domestic)
	a.ctx = ctx
	r.refused("cancelled", r.make(a), wire.TimedOut)
}
