package channel

import (
	"bytes"
	"crypto/hpke"

	"akashi/centre/wire"
)

// WorkerKey is an issuing worker's key for one request, born in the worker.
type WorkerKey struct {
	key    hpke.PrivateKey // nil: used
	public []byte
}

// NewWorkerKey makes a fresh key.
func NewWorkerKey() (*WorkerKey, error) {
	k, err := kem.GenerateKey()
	if err != nil {
		return nil, wire.Internal
	}
	return &WorkerKey{k, k.PublicKey().Bytes()}, nil
}

// Public gives the key that the key process attests, in HPKE's encoding.
func (k *WorkerKey) Public() []byte { return bytes.Clone(k.public) }

// OpenRequest opens the one request of this key and forgets the key, also when
// it fails: an attacker has one try. h is the cleartext header that was
// attested. It fails with HeaderMismatch when the envelope is of another
// header by its own word or inside, EnvelopeInvalid when it does not open
// under h, and TooLarge or Malformed when what it holds is not the one
// encoding of a request.
func (k *WorkerKey) OpenRequest(h wire.Header, s wire.Sealed) (wire.Request, *AnswerSealer, error) {
	key := k.key
	k.key = nil
	if err := addressed(h, s); err != nil {
		return wire.Request{}, nil, err
	}
	n := len(s.Ciphertext) - tagSize
	if n > wire.DefaultMaxSealed {
		return wire.Request{}, nil, wire.TooLarge
	}
	if len(s.Enc) != encSize || n <= 0 || n%wire.DefaultPadUp != 0 {
		return wire.Request{}, nil, wire.Malformed
	}
	if key == nil {
		return wire.Request{}, nil, wire.EnvelopeInvalid
	}
	return open(key, h, s)
}

func open(key hpke.PrivateKey, h wire.Header, s wire.Sealed) (wire.Request, *AnswerSealer, error) {
	rcpt, err := hpke.NewRecipient(s.Enc, key, kdf, aead, h.Info())
	if err != nil {
		return wire.Request{}, nil, wire.EnvelopeInvalid
	}
	plain, err := rcpt.Open(nil, s.Ciphertext)
	if err != nil {
		return wire.Request{}, nil, wire.EnvelopeInvalid
	}
	defer clear(plain)
	p, err := unpad(plain, wire.DefaultPadUp)
	if err != nil {
		return wire.Request{}, nil, err
	}
	r, err := wire.Decode[wire.Request](p, wire.DefaultMaxSealed)
	if err != nil {
		return wire.Request{}, nil, err
	}
	if !bytes.Equal(wire.Encode(r.Header), wire.Encode(h)) {
		return wire.Request{}, nil, wire.HeaderMismatch
	}
	one, err := answerAEAD(rcpt)
	if err != nil {
		return wire.Request{}, nil, wire.Internal
	}
	return r, &AnswerSealer{header: h, one: one}, nil
}

// AnswerSealer seals the one answer to one request.
type AnswerSealer struct {
	header wire.Header
	one    *oneSeal // nil: used
}

// Seal seals the answer, padded so that a refusal and a certificate look the
// same. It fails with TooLarge, after which a smaller answer may be sealed, and
// with Internal on a second seal: one key seals one message.
func (s *AnswerSealer) Seal(a wire.Answer) (wire.Sealed, error) {
	if s.one == nil {
		return wire.Sealed{}, wire.Internal
	}
	plain, err := pad(wire.Encode(a), wire.DefaultPadDown, DefaultMaxAnswer)
	if err != nil {
		return wire.Sealed{}, err
	}
	defer clear(plain)
	one := s.one
	s.one = nil
	return wire.Sealed{
		Nonce:      bytes.Clone(s.header.Nonce),
		Counter:    s.header.Counter,
		Ciphertext: one.gcm.Seal(nil, one.nonce, plain, s.header.AAD()),
	}, nil
}
