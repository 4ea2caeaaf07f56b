package keys

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"fmt"
	"os"
	"path/filepath"
	"sort"
)

// retiredDir holds, below the key directory, the certificates of retired SHC
// keys: cards that they signed stay verifiable while a key set names them.
const retiredDir = "shc-retired"

// Custody holds opened keys. It signs; it gives no key out.
type Custody struct {
	signers map[Purpose]func(digest []byte) ([]byte, error) // each closes over its key
	public  Public
	issuer  []IssuerKey // the SHC key, then the retired ones
}

// Open reads and checks the keys in dir: for every purpose NAME.key (PKCS#8
// PEM, readable by its owner alone) and NAME.pem (the chain, leaf first).
// Several purposes never share a key.
func Open(dir string) (*Custody, error) {
	c := &Custody{
		signers: map[Purpose]func([]byte) ([]byte, error){},
		public:  Public{Chains: map[Purpose][][]byte{}},
	}
	owner := map[string]Purpose{}
	for _, p := range Purposes() {
		chain, err := c.take(dir, p)
		if err != nil {
			return nil, err
		}
		spki := string(chain[0].RawSubjectPublicKeyInfo)
		if other, ok := owner[spki]; ok {
			return nil, fmt.Errorf("keys: %s and %s share one key; create one for each", other, p)
		}
		owner[spki] = p
		if p == PurposeSHC {
			c.issuer = []IssuerKey{{Chain: chain}}
		}
	}
	if err := c.readRetired(dir); err != nil {
		return nil, err
	}
	var err error
	c.public.KeyID, err = Thumbprint(c.issuer[0].Chain[0].PublicKey.(*ecdsa.PublicKey))
	return c, err
}

// take opens the key and chain of one purpose.
func (c *Custody) take(dir string, p Purpose) ([]*x509.Certificate, error) {
	key, err := readKey(filepath.Join(dir, string(p)+".key"))
	if err != nil {
		return nil, err
	}
	path := filepath.Join(dir, string(p)+".pem")
	chain, err := readChain(path)
	if err != nil {
		return nil, err
	}
	if !key.PublicKey.Equal(chain[0].PublicKey) {
		return nil, fmt.Errorf("keys: %s: the certificate is not of %s.key; put the right one there", path, p)
	}
	if err := fits(p, chain[0]); err != nil {
		return nil, fmt.Errorf("keys: %s: %w", path, err)
	}
	for _, cert := range chain {
		c.public.Chains[p] = append(c.public.Chains[p], cert.Raw)
	}
	c.signers[p] = func(digest []byte) ([]byte, error) { return ecdsa.SignASN1(rand.Reader, key, digest) }
	return chain, nil
}

func (c *Custody) readRetired(dir string) error {
	paths, err := filepath.Glob(filepath.Join(dir, retiredDir, "*.pem"))
	if err != nil {
		return err
	}
	sort.Strings(paths)
	for _, path := range paths {
		chain, err := readChain(path)
		if err != nil {
			return err
		}
		if pub, ok := chain[0].PublicKey.(*ecdsa.PublicKey); !ok || pub.Curve != elliptic.P256() {
			return fmt.Errorf("%w: %s", ErrNotP256, path)
		}
		c.issuer = append(c.issuer, IssuerKey{Chain: chain})
	}
	return nil
}

// Public gives the public side of the keys.
func (c *Custody) Public() Public { return c.public }

// JWKS gives the issuer's key set, retired keys included.
func (c *Custody) JWKS() ([]byte, error) { return JWKS(c.issuer...) }

// sign signs a digest with a purpose's key: ASN.1 ECDSA P-256.
func (c *Custody) sign(p Purpose, digest [32]byte) ([]byte, error) {
	f, ok := c.signers[p]
	if !ok {
		return nil, os.ErrNotExist
	}
	return f(digest[:])
}
