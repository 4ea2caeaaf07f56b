package mutants

import (
	"crypto/elliptic"
	"encoding/asn1"
	"iter"
	"math/big"
	"strings"

	"akashi/testkit/forge"
)

// twins put the other right value into each signature: the one change that
// anybody can make without a key and that no verifier can refuse, because
// published cards have either.
func twins(w *forge.World) iter.Seq[Mutant] {
	other := func(raw []byte) []byte {
		s := new(big.Int).SetBytes(raw[32:])
		return append(raw[:32:32], s.Sub(elliptic.P256().Params().N, s).FillBytes(make([]byte, 32))...)
	}
	jws := w.SignCard(forge.Payload())
	input := jws[:strings.LastIndexByte(jws, '.')]
	card := input + "." + forge.Base64(other(forge.Raw(w.Card, input)))
	seal := forge.SealText(forge.SealData, forge.Base64(w.Seal.Certificate.Raw), forge.Base64(other(forge.Raw(w.Seal.Key, forge.SealData))))
	return func(yield func(Mutant) bool) {
		for _, m := range []Mutant{
			{Format: SHC, input: func() []byte { return []byte(card) }}, {Format: VDSNC, input: func() []byte { return []byte(seal) }},
			{Format: PDF, input: func() []byte { return twinPDF(w, other) }},
		} {
			if m.Region, m.What = "twin", "n-s"; !yield(m) {
				return
			}
		}
	}
}

// twinPDF signs a file and puts the twin of the signature into its data.
func twinPDF(w *forge.World, other func([]byte) []byte) []byte {
	p := w.NewPDF()
	p.CMS.Sign = func(attributes string) []byte {
		raw := other(forge.Raw(p.Signer.Key, attributes))
		der, err := asn1.Marshal(struct{ R, S *big.Int }{new(big.Int).SetBytes(raw[:32]), new(big.Int).SetBytes(raw[32:])})
		if err != nil {
			panic("mutants: " + err.Error()) // two integers
		}
		return der
	}
	return p.Sign()
}
