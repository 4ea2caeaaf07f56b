package simcard

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"errors"
	"fmt"
	"sync"
)

// KeyBits is the size of every RSA key around the card (facts: card §2).
const KeyBits = 2048

// sharedSigner names the one signer of Options.SharedSigner.
const sharedSigner = "00000"

// Authority signs what simulated cards hold, as J-LIS's card authority does.
// It certifies one signer for each issuing municipality, made at first need.
type Authority struct {
	id  [16]byte
	key *rsa.PrivateKey

	mu      sync.Mutex
	signers map[string]*signer
	session *rsa.PrivateKey
}

// signer is the key certified in EF 0004, which signs EF 0003 and EF 0007.
type signer struct {
	key         *rsa.PrivateKey
	certificate []byte // the whole EF 0004
}

// NewAuthority makes an authority with a fresh key.
func NewAuthority() (*Authority, error) {
	key, err := rsa.GenerateKey(rand.Reader, KeyBits)
	if err != nil {
		return nil, fmt.Errorf("simcard: authority key: %w", err)
	}
	return AuthorityFrom(keyID("9900033", 0), key)
}

// AuthorityFrom takes a key that another stand-in made. It refuses a key id
// that does not start with 99: those that do not are a real authority's.
func AuthorityFrom(id [16]byte, key *rsa.PrivateKey) (*Authority, error) {
	if string(id[:2]) != "99" {
		return nil, errors.New("simcard: the key id does not start with 99: a simulated card never bears a real authority's; use a stand-in's key")
	}
	if key == nil || key.N.BitLen() != KeyBits {
		return nil, errors.New("simcard: the authority's key is not RSA-2048; use a stand-in's key")
	}
	return &Authority{id: id, key: key, signers: map[string]*signer{}}, nil
}

// Impostor makes an authority with the same key id and another key: what it
// signs names a known authority and does not verify.
func (a *Authority) Impostor() (*Authority, error) {
	key, err := rsa.GenerateKey(rand.Reader, KeyBits)
	if err != nil {
		return nil, fmt.Errorf("simcard: impostor key: %w", err)
	}
	return AuthorityFrom(a.id, key)
}

// KeyID gives the 16 bytes by which EF 0004 names the authority.
func (a *Authority) KeyID() [16]byte { return a.id }

// Public gives the key that belongs on a test's trust list.
func (a *Authority) Public() *rsa.PublicKey { return &a.key.PublicKey }

// signer gives the signer of a municipality (its first five digits).
func (a *Authority) signer(name string) (*signer, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if s, ok := a.signers[name]; ok {
		return s, nil
	}
	key, err := rsa.GenerateKey(rand.Reader, KeyBits)
	if err != nil {
		return nil, fmt.Errorf("simcard: signer key: %w", err)
	}
	body := append(append([]byte(nil), a.id[:]...), signerID(name)...)
	body = append(body, publicKey(&key.PublicKey)...)
	signature, err := sign(a.key, body)
	if err != nil {
		return nil, err
	}
	s := &signer{key: key, certificate: object(0x7F21, object(0x5F4E, body), object(0x5F37, signature))}
	a.signers[name] = s
	return s, nil
}

// sessionKey gives the key behind EF 0006; every card of the authority shares
// it, since no command here uses it.
func (a *Authority) sessionKey() (*rsa.PublicKey, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.session == nil {
		key, err := rsa.GenerateKey(rand.Reader, KeyBits)
		if err != nil {
			return nil, fmt.Errorf("simcard: session key: %w", err)
		}
		a.session = key
	}
	return &a.session.PublicKey, nil
}

// keyID writes the form of facts: card §2: 7 digits, 08 05, 3 digits, 4 bytes.
func keyID(digits string, serial byte) (id [16]byte) {
	copy(id[:], digits)
	copy(id[7:], "\x08\x05001")
	id[15] = serial
	return id
}

func signerID(name string) []byte {
	id := keyID("99"+name, 1)
	return id[:]
}

// sign is RSASSA-PKCS1-v1_5 with SHA-256, as every signature on the card.
func sign(key *rsa.PrivateKey, message []byte) ([]byte, error) {
	digest := sha256.Sum256(message)
	return rsa.SignPKCS1v15(nil, key, crypto.SHA256, digest[:])
}
