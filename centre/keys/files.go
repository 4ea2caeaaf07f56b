package keys

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"os"
)

// Bounds of the files, far above what a P-256 key and a chain need.
const (
	DefaultMaxKeyFile   = 4 << 10
	DefaultMaxChainFile = 64 << 10
	DefaultMaxChain     = 4
)

// readKey reads a PKCS#8 PEM file that only its owner may read.
func readKey(path string) (*ecdsa.PrivateKey, error) {
	info, err := os.Lstat(path)
	if err != nil {
		return nil, fmt.Errorf("keys: %w; create it with `keys create`", err)
	}
	if !info.Mode().IsRegular() || info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("keys: %s must be a plain file that only its owner may read (chmod 600)", path)
	}
	b, err := readBounded(path, DefaultMaxKeyFile)
	if err != nil {
		return nil, err
	}
	defer clear(b)
	blocks, err := blocksOf(b, "PRIVATE KEY")
	if err != nil || len(blocks) != 1 {
		return nil, fmt.Errorf("keys: %s: want one PRIVATE KEY block (PKCS#8 PEM) and nothing else; convert it with openssl pkcs8 -topk8 -nocrypt", path)
	}
	defer clear(blocks[0])
	key, err := x509.ParsePKCS8PrivateKey(blocks[0])
	if err != nil {
		return nil, fmt.Errorf("keys: %s does not parse; it may be damaged: restore it", path)
	}
	k, ok := key.(*ecdsa.PrivateKey)
	if !ok || k.Curve != elliptic.P256() {
		return nil, fmt.Errorf("%w: %s", ErrNotP256, path)
	}
	return k, nil
}

// readChain reads a chain of certificates, leaf first, each signed by the next.
func readChain(path string) ([]*x509.Certificate, error) {
	b, err := readBounded(path, DefaultMaxChainFile)
	if err != nil {
		return nil, err
	}
	blocks, err := blocksOf(b, "CERTIFICATE")
	if err != nil || len(blocks) < 1 || len(blocks) > DefaultMaxChain {
		return nil, fmt.Errorf("keys: %s: want 1 to %d CERTIFICATE blocks and nothing else; strip any text", path, DefaultMaxChain)
	}
	var chain []*x509.Certificate
	for _, der := range blocks {
		c, err := x509.ParseCertificate(der)
		if err != nil {
			return nil, fmt.Errorf("keys: %s: certificate %d does not parse; have it issued again", path, len(chain)+1)
		}
		if len(chain) > 0 && chain[len(chain)-1].CheckSignatureFrom(c) != nil {
			return nil, fmt.Errorf("keys: %s: certificate %d did not sign the one before it; put the leaf first", path, len(chain)+1)
		}
		chain = append(chain, c)
	}
	return chain, nil
}

func readBounded(path string, limit int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	if int64(len(b)) > limit {
		return nil, fmt.Errorf("keys: %s is longer than %d bytes; this is not a file of ours", path, limit)
	}
	return b, nil
}

var errPEM = errors.New("keys: not plain PEM")

// blocksOf reads PEM in its one encoding: blocks of one type, no headers, no
// text between.
func blocksOf(b []byte, kind string) ([][]byte, error) {
	var all [][]byte
	for rest := b; len(rest) > 0; {
		block, after := pem.Decode(rest)
		if block == nil || block.Type != kind || len(block.Headers) != 0 {
			return nil, errPEM
		}
		one := pem.EncodeToMemory(block)
		same := bytes.Equal(one, rest[:len(rest)-len(after)])
		clear(one) // it may be a key
		if !same {
			return nil, errPEM
		}
		all, rest = append(all, block.Bytes), after
	}
	return all, nil
}
