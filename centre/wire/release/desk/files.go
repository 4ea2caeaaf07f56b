package desk

import (
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"os"

	"akashi/centre/wire/release"
)

func read(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, release.DefaultMaxRelease+1))
}

// signer reads a private key in PKCS#8.
func signer(path string) (crypto.Signer, error) {
	b, err := read(path)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(b)
	if block == nil {
		return nil, fmt.Errorf("%s: no PEM in it", path)
	}
	k, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	s, ok := k.(crypto.Signer)
	if !ok {
		return nil, errors.New("release: -key: want a P-256 key in PKCS#8")
	}
	return s, nil
}

// blocks gives the certificates of a file, leaf first.
func blocks(path string) ([][]byte, error) {
	b, err := read(path)
	if err != nil {
		return nil, err
	}
	var ders [][]byte
	for {
		block, rest := pem.Decode(b)
		if block == nil {
			break
		}
		if block.Type == "CERTIFICATE" {
			ders = append(ders, block.Bytes)
		}
		b = rest
	}
	if len(ders) == 0 {
		return nil, fmt.Errorf("%s: no certificate in it", path)
	}
	return ders, nil
}

func pool(path string) (*x509.CertPool, error) {
	ders, err := blocks(path)
	if err != nil {
		return nil, err
	}
	p := x509.NewCertPool()
	for _, der := range ders {
		c, err := x509.ParseCertificate(der)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		p.AddCert(c)
	}
	return p, nil
}
