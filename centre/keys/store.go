package keys

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"akashi/centre/keys/history"
)

// files is the store of keys in files: NAME.key in a folder, PKCS#8 PEM, mode
// 0600. They have no id.
type files struct{ dir string }

func (f files) path(name string) string { return filepath.Join(f.dir, name+".key") }

// Create makes a fresh P-256 key. It replaces nothing.
func (f files) Create(name string) (string, crypto.Signer, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return "", nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return "", nil, err
	}
	defer clear(der)
	if err := writeNew(f.path(name), "PRIVATE KEY", der, 0o600); err != nil {
		return "", nil, err
	}
	return "", closeOver(key), history.SyncDir(f.dir)
}

// Open reads a key.
func (f files) Open(name, _ string) (crypto.Signer, error) {
	key, err := readKey(f.path(name))
	if err != nil {
		return nil, err
	}
	return closeOver(key), nil
}

// Destroy removes a key's file; one that is gone is no error. What a disk
// keeps of it beneath its file system is beyond this program.
func (f files) Destroy(name, _ string) error {
	if err := os.Remove(f.path(name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return history.SyncDir(f.dir)
}

// fileKey signs; the key itself is in the closure, where no printing and no
// encoding reaches it.
type fileKey struct {
	public *ecdsa.PublicKey
	sign   func(digest []byte) ([]byte, error)
}

func closeOver(key *ecdsa.PrivateKey) crypto.Signer {
	public := key.PublicKey // a copy: from it nothing leads to the private part
	return fileKey{&public, func(digest []byte) ([]byte, error) { return ecdsa.SignASN1(rand.Reader, key, digest) }}
}

func (k fileKey) Public() crypto.PublicKey { return k.public }

func (k fileKey) Sign(_ io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	if opts == nil || opts.HashFunc() != crypto.SHA256 || len(digest) != 32 {
		return nil, errDigest
	}
	return k.sign(digest)
}

// writeNew writes one PEM block into a file that is not there yet.
func writeNew(path, kind string, der []byte, mode os.FileMode) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	// A key that a certificate was asked for must not be lost.
	return errors.Join(pem.Encode(f, &pem.Block{Type: kind, Bytes: der}), f.Sync(), f.Close())
}
