package keys

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
)

var errIssuer = errors.New("keys: issuer: want an https address without a slash at its end, as cards name it in iss")

// Create makes a fresh P-256 key for every purpose in dir, and beside each a
// certificate request: NAME.key (PKCS#8 PEM, mode 0600) and NAME.csr. issuer
// is the iss of the SMART Health Cards. It replaces nothing: a file that is
// there already is an error. The CAs' answers go to NAME.pem.
func Create(dir, issuer string) error {
	iss, err := url.Parse(issuer)
	if err != nil || iss.Scheme != "https" || iss.Host == "" || issuer[len(issuer)-1] == '/' {
		return errIssuer
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	for _, p := range Purposes() {
		if err := create(dir, p, iss); err != nil {
			return fmt.Errorf("keys: %s: %w", p, err)
		}
	}
	return nil
}

func create(dir string, p Purpose, iss *url.URL) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	defer clear(der)
	request, err := x509.CreateCertificateRequest(rand.Reader, requestFor(p, iss), key)
	if err != nil {
		return err
	}
	if err := writeNew(filepath.Join(dir, string(p)+".key"), "PRIVATE KEY", der, 0o600); err != nil {
		return err
	}
	return writeNew(filepath.Join(dir, string(p)+".csr"), "CERTIFICATE REQUEST", request, 0o644)
}

// requestFor names what the purpose's certificate must bear (see fits).
func requestFor(p Purpose, iss *url.URL) *x509.CertificateRequest {
	r := &x509.CertificateRequest{Subject: pkix.Name{CommonName: "Akashi " + string(p)}}
	if role := roles[p]; role != "" {
		u, err := url.Parse(role)
		if err != nil {
			panic("keys: a role that is no URI: " + role) // roles are constants
		}
		r.URIs = []*url.URL{u}
	}
	if p == PurposeSHC {
		r.URIs = []*url.URL{iss}
	}
	return r
}

func writeNew(path, kind string, der []byte, mode os.FileMode) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	if err := pem.Encode(f, &pem.Block{Type: kind, Bytes: der}); err != nil {
		f.Close()
		return err
	}
	if err := f.Sync(); err != nil { // a key that a certificate was asked for must not be lost
		f.Close()
		return err
	}
	return f.Close()
}
