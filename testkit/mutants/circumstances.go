package mutants

import (
	"iter"
	"time"

	"akashi/testkit/forge"
	"akashi/verifier/trust"
)

// circumstances leave the certificates as they are, and change time and trust.
func circumstances(w *forge.World) iter.Seq[Mutant] {
	good := func(b []byte) func() []byte { return func() []byte { return b } }
	card, seal, pdf := good([]byte(w.SignCard(forge.Payload()))), good([]byte(w.SignSeal(forge.SealData))), good(w.NewPDF().Sign())
	kid := trust.Thumbprint(&w.Card.PublicKey)
	with := func(change func(*trust.List)) *trust.List {
		l := w.List()
		change(l)
		return l
	}
	revoked := func(entry string) *trust.List {
		return with(func(l *trust.List) { l.SHC[0].Revoked = map[string][]string{kid: {"AAAA", entry, "BBBB"}} })
	}
	other := w.Key("another")
	return func(yield func(Mutant) bool) {
		for _, m := range []Mutant{
			{Format: SHC, Region: "time before nbf", input: card, At: time.Unix(1773999999, 0), Codes: []string{"shc.not-yet-valid"}},
			{Format: SHC, Region: "revoked", input: card, List: revoked("c29tZS1yaWQ"), At: forge.At.Add(1), Codes: []string{"shc.revoked"}},
			{Format: SHC, Region: "revoked before a time", input: card, List: revoked("c29tZS1yaWQ.1774000001"), At: forge.At.Add(2), Codes: []string{"shc.revoked"}},
			{Format: SHC, Region: "key retired", input: card, At: forge.At.Add(5), Codes: []string{"shc.retired-key"},
				List: with(func(l *trust.List) { l.SHC[0].Keys[0].Until = time.Unix(1774000000, 0) })},
			{Format: SHC, Region: "issuer not listed", input: card, List: with(func(l *trust.List) { l.SHC = nil }), At: forge.At.Add(3), Codes: []string{"shc.issuer"}},
			{Format: SHC, Region: "key not listed", input: card, At: forge.At.Add(4), Codes: []string{"shc.key"},
				List: with(func(l *trust.List) {
					l.SHC[0].Keys = []trust.SHCKey{{ID: trust.Thumbprint(&other.PublicKey), Key: &other.PublicKey}}
				})},
			{Format: VDSNC, Region: "country not listed", input: seal, List: with(func(l *trust.List) { l.VDSNC = nil }), At: forge.At.Add(1), Codes: []string{"vdsnc.country"}},
			{Format: VDSNC, Region: "another authority", input: seal, List: with(func(l *trust.List) { l.VDSNC[0].Certificate = w.PDFCA.Certificate }), At: forge.At.Add(2), Codes: []string{"vdsnc.signer"}},
			{Format: VDSNC, Region: "signer expired", input: seal, At: w.Seal.Certificate.NotAfter.Add(time.Second), Codes: []string{"vdsnc.signer-expired"}},
			{Format: PDF, Region: "authority not listed", input: pdf, List: with(func(l *trust.List) { l.PDF = nil }), At: forge.At.Add(1), Codes: []string{"pdf.signer"}},
			{Format: PDF, Region: "signer expired", input: pdf, At: w.Signer.Certificate.NotAfter.Add(time.Second), Codes: []string{"pdf.signer-expired"}},
			{Format: PDF, Region: "signed later than now", input: pdf, At: time.Date(2026, 3, 31, 14, 59, 59, 0, time.UTC), Codes: []string{"pdf.signed-at"}},
		} {
			if m.What = "circumstances"; !yield(m) {
				return
			}
		}
	}
}
