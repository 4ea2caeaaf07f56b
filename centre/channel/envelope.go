package channel

import (
	"bytes"
	"crypto/hpke"

	"akashi/centre/wire"
)

// DefaultMaxAnswer bounds an answer's plaintext with its padding: an answer of
// wire.DefaultMaxAnswer and one unit over, which still fits a frame in base64.
const DefaultMaxAnswer = wire.DefaultMaxAnswer + wire.DefaultPadDown

// SealRequest seals a request to an attested worker key, which the caller has
// checked with CheckAttested, and gives the key that opens its answer. HPKE
// draws its own randomness.
func SealRequest(a wire.Attested, r wire.Request) (wire.Sealed, *AnswerKey, error) {
	pub, err := kem.NewPublicKey(a.Key)
	if err != nil {
		return wire.Sealed{}, nil, wire.AttestationInvalid
	}
	plain, err := pad(wire.Encode(r), wire.DefaultPadUp, wire.DefaultMaxSealed)
	if err != nil {
		return wire.Sealed{}, nil, err
	}
	defer clear(plain)
	enc, sender, err := hpke.NewSender(pub, kdf, aead, r.Header.Info())
	if err != nil {
		return wire.Sealed{}, nil, wire.AttestationInvalid
	}
	c, err := sender.Seal(nil, plain)
	if err != nil {
		return wire.Sealed{}, nil, wire.Internal
	}
	one, err := answerAEAD(sender)
	if err != nil {
		return wire.Sealed{}, nil, wire.Internal
	}
	s := wire.Sealed{Nonce: bytes.Clone(r.Header.Nonce), Counter: r.Header.Counter, Enc: enc, Ciphertext: c}
	return s, &AnswerKey{header: r.Header, one: one}, nil
}

// AnswerKey opens the one answer to one request.
type AnswerKey struct {
	header wire.Header
	one    *oneSeal // nil: wiped
}

// Open opens an answer. It fails with HeaderMismatch when the answer belongs
// to another request by its own word, EnvelopeInvalid when it does not open
// under this request's header, and Malformed when what is inside is not the
// one encoding of an answer.
func (k *AnswerKey) Open(s wire.Sealed) (wire.Answer, error) {
	if err := addressed(k.header, s); err != nil {
		return wire.Answer{}, err
	}
	n := len(s.Ciphertext) - tagSize
	if s.Enc != nil || n <= 0 || n%wire.DefaultPadDown != 0 {
		return wire.Answer{}, wire.Malformed
	}
	if n > DefaultMaxAnswer {
		return wire.Answer{}, wire.TooLarge
	}
	if k.one == nil {
		return wire.Answer{}, wire.EnvelopeInvalid
	}
	plain, err := k.one.gcm.Open(nil, k.one.nonce, s.Ciphertext, k.header.AAD())
	if err != nil {
		return wire.Answer{}, wire.EnvelopeInvalid
	}
	defer clear(plain)
	return decodeAnswer(plain)
}

// Wipe forgets the key.
func (k *AnswerKey) Wipe() { k.one = nil }

func decodeAnswer(padded []byte) (wire.Answer, error) {
	p, err := unpad(padded, wire.DefaultPadDown)
	if err != nil {
		return wire.Answer{}, err
	}
	a, err := wire.Decode[wire.Answer](p, DefaultMaxAnswer)
	if err != nil {
		return wire.Answer{}, err
	}
	// A delivery without OK, or OK without a delivery, is neither.
	if !a.Code.Known() || (a.Code == wire.OK) != (a.Delivery != nil) || a.RetryAfter < 0 {
		return wire.Answer{}, wire.Malformed
	}
	return a, nil
}

// addressed holds the routing fields of an envelope against its header.
func addressed(h wire.Header, s wire.Sealed) error {
	if h.Version != wire.Version {
		return wire.WrongVersion
	}
	if !bytes.Equal(s.Nonce, h.Nonce) || s.Counter != h.Counter {
		return wire.HeaderMismatch
	}
	return nil
}
