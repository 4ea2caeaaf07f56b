package keys

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	"akashi/centre/keys/history"
)

var (
	errIssuer = errors.New("keys: issuer: want an https address without a slash at its end, as cards name it in iss")
	errKeys   = errors.New("keys: the folder has keys already; `keys rotate` makes the next ones, and other issuers have a folder of their own")
)

// Create makes the folder and a fresh P-256 key for every purpose, and for
// each a certificate request: NAME.csr, and NAME.key (PKCS#8 PEM, mode 0600)
// unless it is in a token. issuer is the iss of the SMART Health Cards. It
// replaces nothing. The CAs' answers go to NAME.pem.
func (d Desk) Create(issuer string) error {
	iss, err := issuerURL(issuer)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(d.Dir, 0o700); err != nil {
		return err
	}
	return d.locked(func() error {
		if _, err := history.Read(d.Dir); !errors.Is(err, os.ErrNotExist) {
			return errors.Join(errKeys, err)
		}
		past := &history.History{}
		for _, p := range Purposes() {
			if _, err := d.create(past, p, iss); err != nil {
				return err
			}
		}
		return past.Write(d.Dir)
	})
}

func issuerURL(s string) (*url.URL, error) {
	iss, err := url.Parse(s)
	if err != nil || iss.Scheme != "https" || iss.Host == "" || s[len(s)-1] == '/' {
		return nil, errIssuer
	}
	return iss, nil
}

// create makes the next key of a purpose and its request, and notes it.
func (d Desk) create(past *history.History, p Purpose, iss *url.URL) (name string, err error) {
	name = history.Name(string(p), generations(past, p)+1)
	id, key, err := d.store().Create(name)
	if err != nil {
		return name, fmt.Errorf("keys: %s: %w", name, err)
	}
	pub, ok := key.Public().(*ecdsa.PublicKey)
	if !ok {
		return name, fmt.Errorf("%w: %s", ErrNotP256, name)
	}
	kid, err := Thumbprint(pub)
	if err != nil {
		return name, err
	}
	if err := writeRequest(filepath.Join(d.Dir, name+".csr"), p, iss, key); err != nil {
		return name, fmt.Errorf("keys: %s: %w", name, err)
	}
	return name, past.Append(d.now(), history.Record{Event: history.Created, Key: name, Purpose: string(p), ID: kid, Token: id})
}

func generations(past *history.History, p Purpose) (n int) {
	for _, k := range past.Keys() {
		if k.Purpose == string(p) {
			n++
		}
	}
	return n
}

func writeRequest(path string, p Purpose, iss *url.URL, key crypto.Signer) error {
	template, err := requestFor(p, iss)
	if err != nil {
		return err
	}
	der, err := x509.CreateCertificateRequest(rand.Reader, template, key)
	if err != nil {
		return err
	}
	return writeNew(path, "CERTIFICATE REQUEST", der, 0o644)
}
