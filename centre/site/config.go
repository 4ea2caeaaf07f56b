package site

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"path/filepath"
	"time"

	"akashi/centre/vrs"
)

// DefaultMaxConfig bounds the configuration and each PEM that it names, in
// bytes.
const DefaultMaxConfig = 64 << 10

// Config is the site's configuration file: one JSON object, in which an
// unknown member is an error. Relative paths are from its folder. Give the
// process a user of its own: it needs to read these files and to write State.
type Config struct {
	// Listen is host:port. Without Certificate it must be loopback, behind a
	// server that does TLS: verifiers fetch over https only.
	Listen      string `json:"listen"`
	Certificate string `json:"certificate,omitempty"` // PEM chain of the web server; a renewed one needs a restart
	Key         string `json:"key,omitempty"`         // PEM
	// Issuer is iss, as it stands in certificates.
	Issuer string `json:"issuer"`
	// JWKS is the key set that `keys publish -out` writes. Never name a folder of
	// private keys here: this process must not be able to read one.
	JWKS string `json:"jwks"`
	// Trust is the signed trust list, TrustRoot the public key (PEM) of its
	// signer. A newer list is put here by renaming.
	Trust     string `json:"trust"`
	TrustRoot string `json:"trust_root"`
	// Files are certificates (csca.pem, vdsnc.pem, pdf-ca.pem …) and their
	// authorities' revocation lists (csca.crl …), by the name that they get.
	Files map[string]string `json:"files"`
	// State is the folder for the revocation lists, which nobody else may write
	// in. Losing it loses nothing while VRS has its history.
	State string  `json:"state"`
	VRS   VRSFile `json:"vrs"`
}

// VRSFile says where VRS is, and who asks.
type VRSFile struct {
	Address     string `json:"address"`     // host:port
	ServerName  string `json:"server_name"` // in its certificate
	Roots       string `json:"roots"`       // PEM of its root
	Certificate string `json:"certificate"` // PEM of ours, role urn:akashi:role:site
	Key         string `json:"key"`         // PEM
}

// ReadConfig reads a configuration and makes its paths absolute.
func ReadConfig(path string) (Config, error) {
	b, err := read(path, DefaultMaxConfig)
	if err != nil {
		return Config{}, err
	}
	c, err := ParseConfig(b)
	if err != nil {
		return Config{}, fmt.Errorf("%s: %w", path, err)
	}
	dir, err := filepath.Abs(filepath.Dir(path))
	if err != nil {
		return Config{}, err
	}
	for _, p := range []*string{&c.Certificate, &c.Key, &c.JWKS, &c.Trust, &c.TrustRoot, &c.State, &c.VRS.Roots, &c.VRS.Certificate, &c.VRS.Key} {
		*p = from(dir, *p)
	}
	for name, p := range c.Files {
		c.Files[name] = from(dir, p)
	}
	return c, nil
}

func from(dir, path string) string {
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}

// ParseConfig reads and checks a configuration.
func ParseConfig(b []byte) (Config, error) {
	var c Config
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&c); err != nil {
		return Config{}, fmt.Errorf("site: configuration: %w", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return Config{}, errors.New("site: configuration: something follows the object; remove it")
	}
	return c, c.check()
}

func (c *Config) check() error {
	for name, v := range map[string]string{
		"listen": c.Listen, "issuer": c.Issuer, "jwks": c.JWKS, "trust": c.Trust, "trust_root": c.TrustRoot, "state": c.State,
		"vrs.address": c.VRS.Address, "vrs.server_name": c.VRS.ServerName, "vrs.roots": c.VRS.Roots,
		"vrs.certificate": c.VRS.Certificate, "vrs.key": c.VRS.Key,
	} {
		if v == "" {
			return fmt.Errorf("site: configuration: %s: missing", name)
		}
	}
	for name, path := range c.Files {
		if !fileName(name) || path == "" {
			return fmt.Errorf("%w: %q", errName, name)
		}
	}
	host, _, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return fmt.Errorf("site: configuration: listen: %w", err)
	}
	if (c.Certificate == "") != (c.Key == "") {
		return errors.New("site: configuration: certificate and key go together")
	}
	if c.Certificate == "" && !net.ParseIP(host).IsLoopback() {
		return errors.New("site: configuration: listen: without certificate and key only a loopback address, behind a server that does TLS: verifiers fetch over https only")
	}
	return nil
}

// options makes a site's options of the files.
func (c *Config) options() (Options, error) {
	root, err := publicKey(c.TrustRoot)
	if err != nil {
		return Options{}, err
	}
	ask, err := c.VRS.ask()
	return Options{
		Issuer: c.Issuer, JWKS: c.JWKS, Trust: c.Trust, TrustRoot: root, Files: c.Files, State: c.State,
		Ask: ask, Now: time.Now, Wait: Wait, Jitter: rand.Int64N,
	}, err
}

func publicKey(path string) (*ecdsa.PublicKey, error) {
	b, err := read(path, DefaultMaxConfig)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(b)
	if block == nil {
		return nil, fmt.Errorf("site: %s: want a public key in PEM", path)
	}
	k, err := x509.ParsePKIXPublicKey(block.Bytes)
	pub, ok := k.(*ecdsa.PublicKey)
	if err != nil || !ok || pub.Curve != elliptic.P256() {
		return nil, fmt.Errorf("site: %s: want a P-256 public key in PEM", path)
	}
	return pub, nil
}

// ask makes the question to VRS, each over a connection of its own.
func (f VRSFile) ask() (Ask, error) {
	own, err := tls.LoadX509KeyPair(f.Certificate, f.Key)
	if err != nil {
		return nil, fmt.Errorf("site: vrs: %w", err)
	}
	b, err := read(f.Roots, DefaultMaxConfig)
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(b) {
		return nil, fmt.Errorf("site: vrs: %s: no certificate in it", f.Roots)
	}
	cfg := vrs.ClientTLS(roots, f.ServerName, own.Certificate, nil, nil)
	cfg.Certificates = []tls.Certificate{own}
	return func(ctx context.Context, after uint64) (vrs.Revocations, error) {
		return vrs.AskRevocations(ctx, f.Address, cfg, after)
	}, nil
}
