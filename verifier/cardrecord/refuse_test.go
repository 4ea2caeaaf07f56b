package cardrecord

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestParseRefuses(t *testing.T) {
	for _, c := range []struct {
		name, where string
		change      func(*Files)
	}{
		{"number without its filler", "EF 0001", func(f *Files) { f.Number = f.Number[:15] }},
		{"number with more filler", "EF 0001", func(f *Files) { f.Number = append(f.Number, 0xFF) }},
		{"filler of zeros", "EF 0001", func(f *Files) { f.Number[15], f.Number[16] = 0, 0 }},
		{"number with a letter", "EF 0001", func(f *Files) { f.Number[5] = 'a' }},
		{"number of eleven digits", "EF 0001", func(f *Files) { f.Number[2] = 11; f.Number[14] = 0xFF }},
		{"another tag", "EF 0001", func(f *Files) { f.Number[1] = 0x20 }},
		{"no number", "EF 0001", func(f *Files) { f.Number = nil }},
		{"attributes with filler", "EF 0002", func(f *Files) { f.Attributes = append(f.Attributes, 0xFF) }},
		{"attributes cut short", "EF 0002", func(f *Files) { f.Attributes = f.Attributes[:len(f.Attributes)-1] }},
		{"no attributes", "EF 0002", func(f *Files) { f.Attributes = nil }},
		{"attributes of another kind", "EF 0002", func(f *Files) { f.Attributes[1] = 0x21 }},
		{"attributes beyond their bound", "EF 0002", func(f *Files) { f.Attributes = make([]byte, DefaultMaxAttributes+1) }},
		{"integrity one byte short", "EF 0003", func(f *Files) { f.Integrity = f.Integrity[:335] }},
		{"integrity with filler", "EF 0003", func(f *Files) { f.Integrity = append(f.Integrity, 0xFF) }},
		{"integrity with digests swapped", "EF 0003", func(f *Files) { f.Integrity[6], f.Integrity[41] = 0x32, 0x31 }},
		{"integrity with a digest of 31 bytes", "EF 0003", func(f *Files) {
			f.Integrity = cat([]byte{0xFF, 0x30, 0x82, 1, 0x4B, 0xDF, 0x31, 31}, make([]byte, 31), []byte{0xDF, 0x32, 33}, make([]byte, 33), f.Integrity[75:])
		}},
		{"certificate one byte short", "EF 0004", func(f *Files) { f.Signer = f.Signer[1:] }},
		{"certificate with exponent 3", "EF 0004", func(f *Files) { f.Signer[10+32+2] = 3 }},
		{"certificate with an even modulus", "EF 0004", func(f *Files) { f.Signer[10+296] &^= 1 }},
		{"certificate with a modulus of 2047 bits", "EF 0004", func(f *Files) { f.Signer[10+32+9] &^= 0x80 }},
		{"certificate body under another tag", "EF 0004", func(f *Files) { f.Signer[6] = 0x4F }},
		{"certificate body a byte shorter", "EF 0004", func(f *Files) {
			body := f.Signer[10 : 10+296]
			f.Signer = cat([]byte{0x7F, 0x21, 0x82, 2, 0x33, 0x5F, 0x4E, 0x82, 1, 0x28}, body, []byte{0x5F, 0x37, 0x82, 1, 1}, make([]byte, 257))
		}},
		{"AP key with exponent 1", "EF 0007", func(f *Files) { f.APKey[12] = 0 }},
		{"AP key a byte short", "EF 0007", func(f *Files) { f.APKey = f.APKey[:535] }},
		{"AP key with a short signature", "EF 0007", func(f *Files) {
			f.APKey = cat(f.APKey[:5], []byte{0xDF, 0x51, 0x82, 1, 0x0A}, make([]byte, 266), []byte{0xDF, 0x52, 0x82, 0, 0xFF}, make([]byte, 255))
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := testSpec().files(t)
			c.change(&f)
			_, err := Parse(f)
			wantFault(t, err, Malformed, c.where)
		})
	}
}

func TestParseRefusesContent(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*spec)
	}{
		{"name that is not UTF-8", func(s *spec) { s.name = "a\xff" }},
		{"name in Shift_JIS", func(s *spec) { s.name = "\x8d\xe8" }},
		{"surrogate in UTF-8", func(s *spec) { s.name = "\xed\xa0\x80" }},
		{"overlong UTF-8", func(s *spec) { s.name = "\xc0\xaf" }},
		{"name with a line break", func(s *spec) { s.name = "証\n花子" }},
		{"name with NUL", func(s *spec) { s.name = "証\x00" }},
		{"address with C1", func(s *spec) { s.address = "\u0085" }},
		{"no name", func(s *spec) { s.name = "" }},
		{"name beyond its bound", func(s *spec) { s.name = strings.Repeat("a", DefaultMaxName+1) }},
		{"address beyond its bound", func(s *spec) { s.address = strings.Repeat("a", DefaultMaxAddress+1) }},
		{"birth date of seven digits", func(s *spec) { s.birth = "1980021" }},
		{"birth date with a space", func(s *spec) { s.birth = "198002 7" }},
		{"birth date in full width", func(s *spec) { s.birth = "１９" }},
		{"sex of two bytes", func(s *spec) { s.sex = "12" }},
		{"no sex", func(s *spec) { s.sex = "" }},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := testSpec()
			c.change(&s)
			_, err := Parse(s.files(t))
			wantFault(t, err, Malformed, "EF 0002")
		})
	}
}

func TestVerifyRefuses(t *testing.T) {
	k := testKeys()
	for _, c := range []struct {
		name, where string
		fault       Fault
		change      func(*spec, *Files)
	}{
		{"authority of no list", "EF 0004", UnknownAuthority, func(_ *spec, f *Files) { f.Signer[10]++ }},
		{"last byte of the authority's id", "EF 0004", UnknownAuthority, func(_ *spec, f *Files) { f.Signer[25]++ }},
		{"certificate signed by a stranger", "EF 0004", BadSignature, func(s *spec, f *Files) { s.authority = k[3]; f.Signer = s.certificate(t) }},
		{"certificate for another subject", "EF 0004", BadSignature, func(_ *spec, f *Files) { f.Signer[26]++ }},
		{"signature of the certificate flipped", "EF 0004", BadSignature, func(_ *spec, f *Files) { f.Signer[567] ^= 1 }},
		{"integrity signed by a stranger", "EF 0003", BadSignature, func(s *spec, f *Files) {
			s.signer = k[3]
			f.Integrity = s.integrity(t, [32]byte(f.Integrity[8:40]), [32]byte(f.Integrity[43:75]))
		}},
		{"digest altered under its signature", "EF 0003", BadSignature, func(_ *spec, f *Files) { f.Integrity[8] ^= 1 }},
		{"another number", "EF 0001", WrongDigest, func(_ *spec, f *Files) { f.Number[14] = '9' }},
		{"signed digest of the number without filler", "EF 0001", WrongDigest, func(s *spec, f *Files) {
			f.Integrity = s.integrity(t, sha256.Sum256(f.Number[:15]), [32]byte(f.Integrity[43:75]))
		}},
		{"another name", "EF 0002", WrongDigest, func(_ *spec, f *Files) {
			f.Attributes = bytes.Replace(f.Attributes, []byte("花"), []byte("茜"), 1)
		}},
		{"another birth date", "EF 0002", WrongDigest, func(_ *spec, f *Files) {
			f.Attributes = bytes.Replace(f.Attributes, []byte("19800217"), []byte("19800218"), 1)
		}},
		{"attributes of another card of the same signer", "EF 0002", WrongDigest, func(s *spec, f *Files) {
			o := *s
			o.name = "別\u3000人"
			f.Attributes = o.files(t).Attributes
		}},
		{"signed digest of the whole EF 0002", "EF 0002", WrongDigest, func(s *spec, f *Files) {
			f.Integrity = s.integrity(t, [32]byte(f.Integrity[8:40]), sha256.Sum256(f.Attributes))
		}},
		{"AP key under a stranger", "EF 0007", BadSignature, func(s *spec, f *Files) {
			o := *s
			o.signer = k[3]
			f.APKey = o.files(t).APKey
		}},
		{"AP key replaced", "EF 0007", BadSignature, func(_ *spec, f *Files) { copy(f.APKey[10:], keyBytes(k[3])) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := testSpec()
			f := s.files(t)
			c.change(&s, &f)
			r, err := Parse(f)
			if err != nil {
				t.Fatal(err)
			}
			wantFault(t, r.Verify(testAuthorities()), c.fault, c.where)
		})
	}
}

func TestVerifyWithoutAuthorities(t *testing.T) {
	r, err := Parse(testSpec().files(t))
	if err != nil {
		t.Fatal(err)
	}
	wantFault(t, r.Verify(nil), UnknownAuthority, "EF 0004")
	wantFault(t, r.Verify(Authorities{authorityID: nil}), UnknownAuthority, "EF 0004")
	wantFault(t, r.Verify(Authorities{authorityID: &testKeys()[3].PublicKey}), BadSignature, "EF 0004")
}

func TestVerifyChallengeRefuses(t *testing.T) {
	s := testSpec()
	r, err := Parse(s.files(t))
	if err != nil {
		t.Fatal(err)
	}
	digest := SessionDigest(1, []byte("nonce"), []byte("kiosk"), "terms")
	good := signDigest(t, s.ap, digest)
	flipped := bytes.Clone(good)
	flipped[100] ^= 1
	for name, signature := range map[string][]byte{
		"none": nil, "short": good[:255], "long": append(bytes.Clone(good), 0), "flipped": flipped,
		"another card's":         signDigest(t, testKeys()[3], digest),
		"over another session":   signDigest(t, s.ap, SessionDigest(1, []byte("other"), []byte("kiosk"), "terms")),
		"the record's own":       s.files(t).Integrity[80:],
		"over the digest's hash": sign(t, s.ap, digest[:]),
	} {
		t.Run(name, func(t *testing.T) { wantFault(t, r.VerifyChallenge(digest, signature), NotLive, "challenge") })
	}
}

// TestErrorsAreConstant holds that no error text carries a byte of the card.
func TestErrorsAreConstant(t *testing.T) {
	s := testSpec()
	f := s.files(t)
	f.Number[14] = '9'
	r, err := Parse(f)
	if err != nil {
		t.Fatal(err)
	}
	text := fmt.Sprintf("%+v", r.Verify(testAuthorities()))
	if strings.Contains(text, s.name) || strings.Contains(text, "12345") {
		t.Errorf("%q", text)
	}
	if FaultOf(nil) != 0 || FaultOf(errors.New("x")) != 0 || FaultOf(fmt.Errorf("w: %w", fault(NotLive, "x"))) != NotLive {
		t.Error("FaultOf does not find the fault")
	}
	if Fault(99).String() != "unknown fault" {
		t.Error("a fault of a later version has a text")
	}
}

func wantFault(t *testing.T, err error, want Fault, where string) {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) || e.Fault != want || e.Where != where {
		t.Errorf("got %v, want %s: %s", err, where, want)
	}
}

// FuzzParse: no input makes Parse fail in another way, and what verifies is
// the card's own.
func FuzzParse(f *testing.F) {
	s := testSpec()
	files := s.files(f)
	f.Add(files.Number, files.Attributes, files.Integrity, files.Signer, files.APKey)
	f.Add([]byte{}, []byte{0xFF, 0x20, 0x82}, files.Integrity[:5], files.Signer[:12], files.APKey[:9])
	f.Fuzz(func(t *testing.T, number, attributes, integrity, signer, key []byte) {
		in := Files{number, attributes, integrity, signer, key}
		r, err := Parse(in)
		if err != nil {
			if FaultOf(err) != Malformed {
				t.Fatalf("another fault: %v", err)
			}
			return
		}
		if r.Verify(testAuthorities()) != nil {
			return
		}
		a := r.Attributes()
		if a.Name != s.name || a.Address != s.address || string(r.Number().Reveal()) != s.number {
			t.Fatal("a card that nobody signed verifies")
		}
	})
}

func BenchmarkVerify(b *testing.B) {
	f := testSpec().files(b)
	a := testAuthorities()
	for b.Loop() {
		r, err := Parse(f)
		if err != nil {
			b.Fatal(err)
		}
		if err := r.Verify(a); err != nil {
			b.Fatal(err)
		}
	}
}
