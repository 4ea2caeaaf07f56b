package mutants

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"iter"
	"slices"
	"strings"

	"akashi/testkit/forge"
)

// everyByte changes each byte of a good input: each of its bits turned over,
// the byte left out, doubled, exchanged with the next, others put before it,
// the input cut there at either end.
func everyByte(format, region string, good []byte, inserts string) iter.Seq[Mutant] {
	return func(yield func(Mutant) bool) {
		give := func(what string, at int, parts ...[]byte) bool {
			return yield(Mutant{Format: format, Region: region, What: fmt.Sprintf("%s at %d", what, at), input: func() []byte {
				if b := slices.Concat(parts...); !bytes.Equal(b, good) {
					return b
				}
				return nil
			}})
		}
		for i, c := range good {
			before, behind := good[:i], good[i+1:]
			for bit := range 8 {
				if !give("bit", i, before, []byte{c ^ 1<<bit}, behind) {
					return
				}
			}
			for _, x := range []byte(inserts) {
				if !give("insert", i, before, []byte{x, c}, behind) {
					return
				}
			}
			if !give("delete", i, before, behind) || !give("double", i, before, []byte{c, c}, behind) || !give("cut", i, before) || !give("behead", i, good[i+1:]) {
				return
			}
			if len(behind) > 0 && !give("exchange", i, before, []byte{behind[0], c}, behind[1:]) {
				return
			}
		}
	}
}

func join(all ...iter.Seq[Mutant]) iter.Seq[Mutant] {
	return func(yield func(Mutant) bool) {
		for _, s := range all {
			for m := range s {
				if !yield(m) {
					return
				}
			}
		}
	}
}

// wrapped changes an inner encoding and puts it back into the outer one.
func wrapped(s iter.Seq[Mutant], wrap func([]byte) []byte) iter.Seq[Mutant] {
	return func(yield func(Mutant) bool) {
		for m := range s {
			inner := m.input
			m.input = func() []byte {
				if b := inner(); b != nil {
					return wrap(b)
				}
				return nil
			}
			if !yield(m) {
				return
			}
		}
	}
}

// cardBytes changes the two texts of a card and what their encodings hold.
func cardBytes(w *forge.World) iter.Seq[Mutant] {
	jws := w.SignCard(forge.Payload())
	p := strings.Split(jws, ".")
	part := func(region string, n int) iter.Seq[Mutant] {
		inner, _ := base64.RawURLEncoding.DecodeString(p[n])
		return wrapped(everyByte(SHC, region, inner, "\x00 "), func(b []byte) []byte {
			q := slices.Clone(p)
			q[n] = forge.Base64(b)
			return []byte(strings.Join(q, "."))
		})
	}
	return join(everyByte(SHC, "text of the JWS", []byte(jws), "A.=\n "), everyByte(SHC, "text of the code", []byte(forge.QR(jws)), "0/ "),
		part("header", 0), part("compressed payload", 1), part("signature", 2))
}

// compressed cuts and lengthens the compressed payload, and has the right key
// sign what comes of it.
func compressed(w *forge.World) iter.Seq[Mutant] {
	good, header := forge.Deflate(forge.Payload()), forge.Header(w.Card)
	return func(yield func(Mutant) bool) {
		for i := range good {
			for what, b := range map[string][]byte{"cut": good[:i], "a tail": slices.Concat(good, good[:i+1]), "a tail of zeros": append(slices.Clone(good), make([]byte, i+1)...)} {
				m := Mutant{Format: SHC, Region: "compressed payload, signed", What: fmt.Sprintf("%s at %d", what, i), Codes: []string{"shc.deflate", "shc.too-long", "shc.inflated-size"}}
				m.input = func() []byte { return []byte(forge.JWS(w.Card, header, b)) }
				if !yield(m) {
					return
				}
			}
		}
	}
}

// sealBytes changes the text of a seal, its certificate and its signature.
func sealBytes(w *forge.World) iter.Seq[Mutant] {
	signature := forge.Raw(w.Seal.Key, forge.SealData)
	cer := func(b []byte) []byte {
		return []byte(forge.SealText(forge.SealData, forge.Base64(b), forge.Base64(signature)))
	}
	sig := func(b []byte) []byte {
		return []byte(forge.SealText(forge.SealData, forge.Base64(w.Seal.Certificate.Raw), forge.Base64(b)))
	}
	return join(everyByte(VDSNC, "text", []byte(w.SignSeal(forge.SealData)), "A\"=\n "),
		wrapped(everyByte(VDSNC, "certificate", w.Seal.Certificate.Raw, "\x00"), cer), wrapped(everyByte(VDSNC, "signature", signature, "\x00"), sig))
}

// pdfBytes changes each byte of a signed file, and each byte of its signature's
// data behind the hexadecimal digits.
func pdfBytes(w *forge.World) iter.Seq[Mutant] {
	p := w.NewPDF()
	var cms []byte
	p.Patch = func(b []byte) []byte { cms = b; return b }
	good := p.Sign()
	place := bytes.LastIndex(good, []byte("/Contents <")) + len("/Contents <")
	return join(everyByte(PDF, "bytes of the file", good, " x>"), wrapped(everyByte(PDF, "signature data", cms, "\x00"), func(b []byte) []byte {
		if len(b) > p.Space {
			return nil
		}
		out := bytes.Clone(good)
		for i := range 2 * p.Space {
			out[place+i] = '0'
		}
		hex.Encode(out[place:], b)
		return out
	}))
}
