package simcard

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/binary"
	"slices"

	"akashi/testkit/residents"
)

// Elementary files of the ID-entry-assistance AP (facts: card §2).
const (
	efNumber     = 0x0001
	efAttributes = 0x0002
	efIntegrity  = 0x0003
	efSigner     = 0x0004
	efBasic      = 0x0005
	efSessionKey = 0x0006
	efAPKey      = 0x0007
	efUnknown    = 0x0008 // 16 x FF; nobody says what for
	efPIN        = 0x0011
	efBlocked    = 0x0012
	efSigningKey = 0x0013
	efReferenceA = 0x0014
	efReferenceB = 0x0015
)

// efToken is the JPKI AP's (公的個人認証AP) EF 0006.
const efToken = 0x0006

// basicSize is the physical size of EF 0005; one public client reads 256 bytes
// and fails on fewer.
const basicSize = 256

// tokenSize is the size of the JPKI AP's EF 0006; clients read 32 bytes.
const tokenSize = 32

// content is everything on the card that issuing it made.
type content struct {
	files     map[uint16][]byte
	apKey     *rsa.PrivateKey
	challenge *rsa.PrivateKey // signs challenges; apKey unless broken on purpose
}

// write makes a card's files, as its issuing does.
func write(r residents.Resident, a *Authority, o Options, apKey *rsa.PrivateKey) (*content, error) {
	name := r.Card.Municipality[:5]
	if o.SharedSigner {
		name = sharedSigner
	}
	s, err := a.signer(name)
	if err != nil {
		return nil, err
	}
	session, err := a.sessionKey()
	if err != nil {
		return nil, err
	}
	number := append(object(0xFF10, []byte(r.Card.Number)), filler(2)...)
	fields, attributes := attributesFile(r.Card, o)
	integrity, err := integrityFile(s, number, fields, o.Faults)
	if err != nil {
		return nil, err
	}
	key, err := keyFile(s, apKey, o.Faults)
	if err != nil {
		return nil, err
	}
	c := &content{apKey: apKey, challenge: apKey, files: map[uint16][]byte{
		efNumber: number, efAttributes: attributes, efIntegrity: integrity,
		efSigner: breakSignature(s.certificate, efSigner, o.Faults),
		efBasic:  basicFile(a), efSessionKey: object(0xA1, publicKey(session)),
		efAPKey: key, efUnknown: filler(16),
	}}
	if o.Faults.ForeignChallenge {
		c.challenge, err = rsa.GenerateKey(rand.Reader, KeyBits)
	}
	return c, err
}

// attributesFile gives the signed part of EF 0002 (from tag DF22 on) and the
// whole file.
func attributesFile(card residents.CardData, o Options) (signed, file []byte) {
	fields := [][]byte{
		object(0xDF22, []byte(card.Name)), object(0xDF23, []byte(card.Address)),
		object(0xDF24, []byte(card.Birth)), object(0xDF25, []byte{card.Sex}),
	}
	signed = slices.Concat(fields...)
	const offsetsObject = 11 // DF21 08 and four offsets
	at := 3 + offsetsObject
	if offsetsObject+len(signed) >= 0x80 {
		at = 5 + offsetsObject
	}
	var offsets []byte
	for _, f := range fields {
		if o.Faults.BadOffsets {
			at = 0xFFF0
		}
		offsets = binary.BigEndian.AppendUint16(offsets, uint16(at))
		at += len(f)
	}
	file = object(0xFF20, object(0xDF21, offsets), signed)
	return signed, append(file, filler(fillerSize(card, o, len(file)))...)
}

// fillerSize lets every other card have a file of 400 bytes, the largest that
// is thought of (facts: card §8).
func fillerSize(card residents.CardData, o Options, used int) int {
	switch {
	case o.Filler != 0:
		return max(o.Filler, 0)
	case card.Number[10]%2 == 0:
		return 0
	}
	return max(400-used, 0)
}

// integrityFile is EF 0003: both digests, signed.
func integrityFile(s *signer, number, fields []byte, f Faults) ([]byte, error) {
	h1, h2 := sha256.Sum256(number), sha256.Sum256(fields)
	if slices.Contains(f.WrongDigest, efNumber) {
		h1[0] ^= 1
	}
	if slices.Contains(f.WrongDigest, efAttributes) {
		h2[0] ^= 1
	}
	body := append(object(0xDF31, h1[:]), object(0xDF32, h2[:])...)
	signature, err := sign(s.key, body)
	if err != nil {
		return nil, err
	}
	return breakSignature(object(0xFF30, body, object(0xDF33, signature)), efIntegrity, f), nil
}

// keyFile is EF 0007: the AP's public key, signed.
func keyFile(s *signer, key *rsa.PrivateKey, f Faults) ([]byte, error) {
	body := object(0xDF51, publicKey(&key.PublicKey))
	signature, err := sign(s.key, body)
	if err != nil {
		return nil, err
	}
	return breakSignature(object(0xFF50, body, object(0xDF52, signature)), efAPKey, f), nil
}

// breakSignature turns a bit in the last byte, which is the signature's.
func breakSignature(file []byte, ef uint16, f Faults) []byte {
	file = slices.Clone(file)
	if slices.Contains(f.BadSignature, ef) {
		file[len(file)-1] ^= 1
	}
	return file
}

// basicFile is EF 0005. What its DF43 means is not public.
func basicFile(a *Authority) []byte {
	digest := sha256.Sum256(a.id[:])
	unknown := append(digest[:], filler(96)...)
	file := object(0xFF40, object(0xDF41, []byte{1, 3, 0x0E, 1}), object(0xDF42, a.id[:]), object(0xDF43, unknown))
	return append(file, filler(basicSize-len(file))...)
}

// token is EF 0006 of the JPKI AP, by which clients tell a My Number card.
func token() []byte {
	b := []byte("JPKIAPICCTOKEN2")
	for len(b) < tokenSize {
		b = append(b, ' ')
	}
	return b
}
