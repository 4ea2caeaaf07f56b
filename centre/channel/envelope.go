package channel

import (
	"akashi/centre/wire"
)

// SealRequest seals a request to an attested worker key, which the caller has
// checked with CheckAttested, and gives the key that opens its answer. HPKE
// draws its own randomness.
func SealRequest(a wire.Attested, r wire.Request) (wire.Sealed, *AnswerKey, error) {
	return wire.Sealed{}, nil, wire.Internal
}

// AnswerKey opens the one answer to one request.
type AnswerKey struct{}

// Open opens an answer. It fails with HeaderMismatch when the answer belongs
// to another request by its own word, EnvelopeInvalid when it does not open
// under this request's header, and Malformed when what is inside is not the
// one encoding of an answer.
func (k *AnswerKey) Open(s wire.Sealed) (wire.Answer, error) { return wire.Answer{}, wire.Internal }

// Wipe forgets the key.
func (k *AnswerKey) Wipe() {}

// WorkerKey is an issuing worker's key for one request, born in the worker.
type WorkerKey struct{}

// NewWorkerKey makes a fresh key.
func NewWorkerKey() (*WorkerKey, error) { return nil, wire.Internal }

// Public gives the key that the key process attests, in HPKE's encoding.
func (k *WorkerKey) Public() []byte { return nil }

// OpenRequest opens the one request of this key and forgets the key. h is the
// cleartext header that was attested. Errors as AnswerKey.Open.
func (k *WorkerKey) OpenRequest(h wire.Header, s wire.Sealed) (wire.Request, *AnswerSealer, error) {
	return wire.Request{}, nil, wire.Internal
}

// AnswerSealer seals the one answer to one request.
type AnswerSealer struct{}

// Seal seals the answer, padded so that a refusal and a certificate look the
// same. A second call fails: one key seals one message.
func (s *AnswerSealer) Seal(a wire.Answer) (wire.Sealed, error) {
	return wire.Sealed{}, wire.Internal
}
