//go:build cgo

package pkcs11

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/asn1"
	"encoding/hex"
	"fmt"
	"io"
	"math/big"
	"sync"

	p11 "github.com/miekg/pkcs11"
)

// p256 is the curve's name as PKCS#11 has it: its object identifier in DER.
var p256 = []byte{0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07}

// idSize is the length of a key's random id.
const idSize = 16

// sealed is what a private key of ours is: made in this token, for signing
// only, and never to leave it in any form.
var sealed = []*p11.Attribute{
	p11.NewAttribute(p11.CKA_SENSITIVE, true),
	p11.NewAttribute(p11.CKA_EXTRACTABLE, false),
	p11.NewAttribute(p11.CKA_SIGN, true),
	p11.NewAttribute(p11.CKA_DECRYPT, false),
	p11.NewAttribute(p11.CKA_UNWRAP, false),
	p11.NewAttribute(p11.CKA_DERIVE, false),
}

// born is what the token says itself of a key that it made and never gave out.
var born = []*p11.Attribute{
	p11.NewAttribute(p11.CKA_LOCAL, true),
	p11.NewAttribute(p11.CKA_ALWAYS_SENSITIVE, true),
	p11.NewAttribute(p11.CKA_NEVER_EXTRACTABLE, true),
}

func named(class uint, name string, id []byte) []*p11.Attribute {
	return []*p11.Attribute{
		p11.NewAttribute(p11.CKA_CLASS, class), p11.NewAttribute(p11.CKA_KEY_TYPE, p11.CKK_EC),
		p11.NewAttribute(p11.CKA_LABEL, name), p11.NewAttribute(p11.CKA_ID, id), p11.NewAttribute(p11.CKA_TOKEN, true),
	}
}

// Create makes a P-256 key in the token, under a fresh id (hex).
func (t *Token) Create(name string) (id string, key crypto.Signer, err error) {
	raw := make([]byte, idSize)
	rand.Read(raw)
	public := append(named(p11.CKO_PUBLIC_KEY, name, raw),
		p11.NewAttribute(p11.CKA_EC_PARAMS, p256), p11.NewAttribute(p11.CKA_VERIFY, true))
	private := append(append(named(p11.CKO_PRIVATE_KEY, name, raw), sealed...), p11.NewAttribute(p11.CKA_PRIVATE, true))
	err = t.change(func(s p11.SessionHandle) error {
		_, _, err := t.ctx.GenerateKeyPair(s, []*p11.Mechanism{p11.NewMechanism(p11.CKM_EC_KEY_PAIR_GEN, nil)}, public, private)
		return err
	})
	if err != nil {
		return "", nil, fmt.Errorf("pkcs11: %s: making a key: %w", name, err)
	}
	id = hex.EncodeToString(raw)
	key, err = t.Open(name, id)
	return id, key, err
}

// change does f in a session that may write.
func (t *Token) change(f func(p11.SessionHandle) error) error {
	return t.with(func(p11.SessionHandle) error {
		s, err := t.ctx.OpenSession(t.slot, p11.CKF_SERIAL_SESSION|p11.CKF_RW_SESSION)
		if err != nil {
			return err
		}
		defer t.ctx.CloseSession(s)
		return f(s)
	})
}

// Open finds a key by its name and id, and makes sure that the token gives it
// to nobody.
func (t *Token) Open(name, id string) (crypto.Signer, error) {
	raw, err := hex.DecodeString(id)
	if err != nil || len(raw) == 0 {
		return nil, fmt.Errorf("%w: %s", ErrMissing, name)
	}
	k := &key{token: t, name: name, id: raw}
	err = t.with(func(s p11.SessionHandle) error {
		if _, err := k.handle(s); err != nil {
			return err
		}
		k.public, err = t.publicKey(s, name, raw)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return k, nil
}

// Destroy removes both parts of a key; what is gone is no error.
func (t *Token) Destroy(name, id string) error {
	raw, err := hex.DecodeString(id)
	if err != nil || len(raw) == 0 {
		return fmt.Errorf("%w: %s", ErrMissing, name)
	}
	return t.change(func(s p11.SessionHandle) error {
		for _, class := range []uint{p11.CKO_PRIVATE_KEY, p11.CKO_PUBLIC_KEY} {
			all, err := t.search(s, named(class, name, raw))
			if err != nil {
				return err
			}
			for _, o := range all {
				if err := t.ctx.DestroyObject(s, o); err != nil {
					return fmt.Errorf("pkcs11: %s: removing it: %w", name, err)
				}
			}
		}
		return nil
	})
}

// search gives at most two objects.
func (t *Token) search(s p11.SessionHandle, want []*p11.Attribute) ([]p11.ObjectHandle, error) {
	if err := t.ctx.FindObjectsInit(s, want); err != nil {
		return nil, err
	}
	all, _, err := t.ctx.FindObjects(s, 2)
	if done := t.ctx.FindObjectsFinal(s); err == nil {
		err = done
	}
	return all, err
}

func (t *Token) one(s p11.SessionHandle, want []*p11.Attribute) (p11.ObjectHandle, error) {
	all, err := t.search(s, want)
	switch {
	case err != nil:
		return 0, err
	case len(all) == 0:
		return 0, ErrMissing
	case len(all) > 1:
		return 0, ErrTwoKeys
	}
	return all[0], nil
}

func (t *Token) publicKey(s p11.SessionHandle, name string, id []byte) (*ecdsa.PublicKey, error) {
	o, err := t.one(s, named(p11.CKO_PUBLIC_KEY, name, id))
	if err != nil {
		return nil, err
	}
	got, err := t.ctx.GetAttributeValue(s, o, []*p11.Attribute{
		p11.NewAttribute(p11.CKA_EC_PARAMS, nil), p11.NewAttribute(p11.CKA_EC_POINT, nil),
	})
	if err != nil {
		return nil, err
	}
	var point []byte
	rest, err := asn1.Unmarshal(got[1].Value, &point)
	if err != nil || len(rest) > 0 || !bytes.Equal(got[0].Value, p256) {
		return nil, ErrAnswer
	}
	pub, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), point)
	if err != nil {
		return nil, ErrAnswer
	}
	return pub, nil
}

// key is a key in the token.
type key struct {
	token  *Token
	name   string
	id     []byte
	public *ecdsa.PublicKey

	mu    sync.Mutex
	found p11.ObjectHandle // in the connection epoch
	epoch int
	known bool
}

// Public gives the public part.
func (k *key) Public() crypto.PublicKey { return k.public }

// handle finds the private part in the present connection. The connection's
// lock is held.
func (k *key) handle(s p11.SessionHandle) (p11.ObjectHandle, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.known && k.epoch == k.token.epoch {
		return k.found, nil
	}
	o, err := k.token.one(s, named(p11.CKO_PRIVATE_KEY, k.name, k.id))
	if err != nil {
		return 0, err
	}
	want := append(append([]*p11.Attribute{}, sealed...), born...)
	ask := make([]*p11.Attribute, len(want))
	for i, a := range want {
		ask[i] = p11.NewAttribute(a.Type, nil)
	}
	got, err := k.token.ctx.GetAttributeValue(s, o, ask)
	if err != nil {
		return 0, err
	}
	for i, a := range want {
		if !bytes.Equal(got[i].Value, a.Value) {
			return 0, ErrOpenKey
		}
	}
	k.found, k.epoch, k.known = o, k.token.epoch, true
	return o, nil
}

// Sign signs a SHA-256 digest: ASN.1 ECDSA.
func (k *key) Sign(_ io.Reader, digest []byte, opts crypto.SignerOpts) (der []byte, err error) {
	if opts == nil || opts.HashFunc() != crypto.SHA256 || len(digest) != 32 {
		return nil, ErrDigest
	}
	var raw []byte
	err = k.token.with(func(s p11.SessionHandle) error {
		o, err := k.handle(s)
		if err != nil {
			return err
		}
		if err := k.token.ctx.SignInit(s, []*p11.Mechanism{p11.NewMechanism(p11.CKM_ECDSA, nil)}, o); err != nil {
			return err
		}
		raw, err = k.token.ctx.Sign(s, digest)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("pkcs11: %s: signing: %w", k.name, err)
	}
	return fromRaw(raw)
}

// fromRaw turns r||s into SEQUENCE { r, s }.
func fromRaw(raw []byte) ([]byte, error) {
	if len(raw) != 64 {
		return nil, ErrAnswer
	}
	r, s := new(big.Int).SetBytes(raw[:32]), new(big.Int).SetBytes(raw[32:])
	n := elliptic.P256().Params().N
	if r.Sign() == 0 || s.Sign() == 0 || r.Cmp(n) >= 0 || s.Cmp(n) >= 0 {
		return nil, ErrAnswer
	}
	return asn1.Marshal(struct{ R, S *big.Int }{r, s})
}
