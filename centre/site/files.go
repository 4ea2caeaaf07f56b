package site

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// DefaultMaxFile bounds a certificate or its CRL, in bytes: a CRL of some
// thousand signers.
const DefaultMaxFile = 256 << 10

// Errors of the files that are published.
var (
	errName    = errors.New("site: files: a name is 1 to 40 of a-z, 0-9 and hyphen, and ends with .pem or .crl")
	errPEM     = errors.New("want certificates in PEM and nothing else; a private key must never be here")
	errCRL     = errors.New("want a CRL (DER or PEM) signed by an authority among the files")
	errCRLBack = errors.New("the CRL is older than the one that was published before; put the newest one there")
)

// fileName reports whether a name may be published.
func fileName(name string) bool {
	base, ok := strings.CutSuffix(name, ".pem")
	if !ok {
		base, ok = strings.CutSuffix(name, ".crl")
	}
	return ok && base != "" && len(base) <= 40 && strings.Trim(base, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}

// readFiles reads the certificates, and then the CRLs, which they judge.
func (s *Site) readFiles(c *content) (err error) {
	names := slices.Sorted(maps.Keys(s.o.Files))
	for _, kind := range []string{".pem", ".crl"} {
		for _, name := range names {
			if !strings.HasSuffix(name, kind) {
				continue
			}
			b, e := read(s.o.Files[name], DefaultMaxFile)
			if e == nil && kind == ".pem" {
				b, e = certificates(b)
			} else if e == nil {
				b, e = c.crl(name, b)
			}
			word := OK
			if e != nil {
				word = "unusable"
				err = errors.Join(err, fmt.Errorf("site: %s: %w", s.o.Files[name], e))
			} else {
				c.files[name] = b
			}
			s.say(Notice{Source(name), word})
		}
	}
	return err
}

// certificates gives what b has of certificates, written anew: no text and no
// other block goes out.
func certificates(b []byte) ([]byte, error) {
	var out []byte
	for len(bytes.TrimSpace(b)) > 0 {
		block, rest := pem.Decode(b)
		if block == nil || block.Type != "CERTIFICATE" {
			return nil, errPEM
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, errPEM
		}
		out = append(out, encode(c.Raw)...)
		b = rest
	}
	if out == nil {
		return nil, errPEM
	}
	return out, nil
}

func encode(der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

// crl reads a certificate revocation list, DER or PEM, and gives it in DER.
func (c *content) crl(name string, b []byte) ([]byte, error) {
	if block, rest := pem.Decode(b); block != nil {
		if block.Type != "X509 CRL" || len(bytes.TrimSpace(rest)) > 0 {
			return nil, errCRL
		}
		b = block.Bytes
	}
	l, err := x509.ParseRevocationList(b)
	if err != nil || !c.signed(l) {
		return nil, errCRL
	}
	if was, err := x509.ParseRevocationList(c.files[name]); err == nil && l.ThisUpdate.Before(was.ThisUpdate) {
		return nil, errCRLBack
	}
	return l.Raw, nil
}

// signed reports whether an authority among the files signed the CRL.
func (c *content) signed(l *x509.RevocationList) bool {
	for _, b := range c.files {
		if block, _ := pem.Decode(b); block != nil {
			ca, err := x509.ParseCertificate(block.Bytes)
			if err == nil && bytes.Equal(ca.RawSubject, l.RawIssuer) && l.CheckSignatureFrom(ca) == nil {
				return true
			}
		}
	}
	return false
}

// putFiles puts each certificate as PEM, and its first as DER for programs
// that take no other; and the CRLs.
func putFiles(put func(string, string, time.Duration, []byte), files map[string][]byte) {
	for name, b := range files {
		base, isPEM := strings.CutSuffix(name, ".pem")
		if !isPEM {
			put("/"+name, typeCRL, DefaultFileAge, b)
			continue
		}
		put("/"+name, typePEM, DefaultCertAge, b)
		if block, _ := pem.Decode(b); block != nil {
			put("/"+base+".cer", typeCER, DefaultCertAge, block.Bytes)
		}
	}
}

func rootPEM(k *ecdsa.PublicKey) []byte {
	der, _ := x509.MarshalPKIXPublicKey(k) // a key that verified a list: always encodes
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
}
