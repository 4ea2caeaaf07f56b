package keys

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"akashi/centre/keys/history"
)

// Store keeps private keys and gives none out: the folder's files, or a token
// (centre/keys/pkcs11). A key is known by its name and by the id that Create
// gave, which is empty for files.
type Store interface {
	Create(name string) (id string, key crypto.Signer, err error)
	Open(name, id string) (crypto.Signer, error)
	Destroy(name, id string) error
}

// ErrKeyFolder says that others could put keys of their own in.
var ErrKeyFolder = errors.New("keys: other users can write to the folder of the keys; close it to them (chmod go-w)")

// Custody holds the keys that sign now. It signs; it gives no key out.
type Custody struct {
	*Ring
	signers map[Purpose]crypto.Signer
	signing map[Purpose]Key
	public  Public
}

// Open reads and checks a folder of keys: its record, the certificates and, of
// the keys that sign, NAME.key (PKCS#8 PEM, readable by its owner alone). For
// every purpose one key must sign.
func Open(dir string) (*Custody, error) {
	c, err := OpenWith(dir, nil)
	if err != nil {
		return nil, err
	}
	return c, c.Complete()
}

// OpenWith is Open with a token for the keys that are in one (nil: there is
// none), and lets purposes be without a key: for them nothing is signed.
func OpenWith(dir string, token Store) (*Custody, error) {
	if info, err := os.Stat(dir); err == nil && info.Mode().Perm()&0o022 != 0 {
		return nil, fmt.Errorf("%w: %s", ErrKeyFolder, dir)
	}
	ring, err := ReadRing(dir)
	if err != nil {
		return nil, err
	}
	c := &Custody{Ring: ring, signers: map[Purpose]crypto.Signer{}, signing: map[Purpose]Key{}, public: ring.Public()}
	for _, p := range Purposes() {
		k, ok := ring.Signing(p)
		if !ok {
			continue
		}
		if c.signers[p], err = openKey(dir, token, k); err != nil {
			return nil, err
		}
		c.signing[p] = k
	}
	return c, nil
}

// openKey opens the private part of a key and has it prove itself.
func openKey(dir string, token Store, k Key) (crypto.Signer, error) {
	store, err := storeOf(dir, token, k)
	if err != nil {
		return nil, err
	}
	s, err := store.Open(k.Name, k.Token)
	if err != nil {
		return nil, err
	}
	pub, ok := s.Public().(*ecdsa.PublicKey)
	if !ok || !pub.Equal(k.Chain[0].PublicKey) {
		return nil, fmt.Errorf("keys: %s: the certificate is not of %s.key; put the right one there", filepath.Join(dir, k.Name+".pem"), k.Name)
	}
	return s, prove(k.Name, s, pub)
}

// prove has a key sign something that stands for nothing.
func prove(name string, s crypto.Signer, pub *ecdsa.PublicKey) error {
	digest := sha256.Sum256([]byte("akashi/1 proof of a key " + name))
	der, err := s.Sign(rand.Reader, digest[:], crypto.SHA256)
	if err != nil {
		return fmt.Errorf("keys: %s: %w", name, err)
	}
	if !ecdsa.VerifyASN1(pub, digest[:], der) {
		return fmt.Errorf("keys: %s: its store signs with another key than its certificate's; restore the store", name)
	}
	return nil
}

// Prove has every key that signs prove itself: whether the stores still do
// their work.
func (c *Custody) Prove() error {
	for _, p := range Purposes() {
		s, ok := c.signers[p]
		if !ok {
			continue
		}
		pub, _ := s.Public().(*ecdsa.PublicKey)
		if err := prove(c.signing[p].Name, s, pub); err != nil {
			return err
		}
	}
	return nil
}

func storeOf(dir string, token Store, k Key) (Store, error) {
	switch {
	case k.Token == "":
		return files{dir}, nil
	case token == nil:
		return nil, fmt.Errorf("keys: %s is in a token; name that in the configuration (token)", k.Name)
	}
	return token, nil
}

// Complete makes sure that a key signs for every purpose.
func (c *Custody) Complete() error {
	for _, p := range Purposes() {
		if c.signers[p] == nil {
			return fmt.Errorf("keys: no key signs for %s; run `keys publish` and `keys activate`, or `keys rotate` for a new one", p)
		}
	}
	return nil
}

// Public gives the public side of the keys that sign.
func (c *Custody) Public() Public { return c.public }

// sign signs a digest with a purpose's key: ASN.1 ECDSA P-256. It is KeyEnded
// when there is none, or its time to sign is over.
func (c *Custody) sign(p Purpose, digest [32]byte, now time.Time) ([]byte, error) {
	s, ok := c.signers[p]
	if !ok || !now.Before(c.signing[p].SignUntil()) {
		return nil, KeyEnded
	}
	der, err := s.Sign(rand.Reader, digest[:], crypto.SHA256)
	if err != nil {
		return nil, KeyFault
	}
	return der, nil
}

// revoked reports whether the key that another custody signs with for a
// purpose was revoked since.
func (c *Custody) revoked(was *Custody, p Purpose) bool {
	k, ok := c.Key(was.signing[p].Name)
	return ok && k.State == history.Revoked
}
