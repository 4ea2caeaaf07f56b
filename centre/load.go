package centre

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"akashi/centre/issue"
	"akashi/verifier/credential"
)

func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, DefaultMaxConfig+1))
	if err == nil && len(b) > DefaultMaxConfig {
		err = fmt.Errorf("%s: too large", path)
	}
	return b, err
}

// readPEM gives the blocks of one kind in a file, at least one.
func readPEM(path, kind string) ([][]byte, error) {
	b, err := readFile(path)
	if err != nil {
		return nil, err
	}
	var ders [][]byte
	for {
		var block *pem.Block
		if block, b = pem.Decode(b); block == nil {
			break
		}
		if block.Type == kind {
			ders = append(ders, block.Bytes)
		}
	}
	if len(ders) == 0 {
		return nil, fmt.Errorf("%s: no %s in it", path, kind)
	}
	return ders, nil
}

func readPool(path string) (*x509.CertPool, error) {
	ders, err := readPEM(path, "CERTIFICATE")
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	for _, der := range ders {
		c, err := x509.ParseCertificate(der)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		pool.AddCert(c)
	}
	return pool, nil
}

// dialConfig is a role's end of the bus at url, "" for that of the
// configuration's node, which must be running if the bus is its own.
func (c *Config) dialConfig(url, certificate, key string) (DialConfig, error) {
	if url == "" {
		url = c.Bus.URL
	}
	if url == "" {
		b, err := readFile(c.busFile())
		if err != nil {
			return DialConfig{}, errors.New("centre: the node of this configuration is not running here; start it, or name its bus")
		}
		url = string(b)
	}
	root, err := readPool(c.Root)
	if err != nil {
		return DialConfig{}, err
	}
	pair, err := tls.LoadX509KeyPair(certificate, key)
	return DialConfig{URL: url, Certificate: pair, Root: root}, err
}

// busFile is where a running node says what address its embedded bus has.
func (c *Config) busFile() string { return filepath.Join(c.Bus.Store, "url") }

// LauncherBus gives the launcher's end of the bus (dialConfig).
func (c *Config) LauncherBus(url string) (DialConfig, error) {
	return c.dialConfig(url, c.Launcher.Certificate, c.Launcher.Key)
}

// OperatorBus gives an operator's end of the bus (dialConfig).
func (c *Config) OperatorBus(url string) (DialConfig, error) {
	if c.Operator == nil {
		return DialConfig{}, errors.New("centre: operator: missing: name the certificate and key that orders are given with")
	}
	return c.dialConfig(url, c.Operator.Certificate, c.Operator.Key)
}

// setup gives what every worker is told.
func (c *Config) setup() (issue.Setup, error) {
	roots, err1 := readPEM(c.VRS.Roots, "CERTIFICATE")
	binding, err2 := readPEM(c.VRS.Binding, "CERTIFICATE")
	root, err3 := readPEM(c.Launcher.TrustRoot, "PUBLIC KEY")
	if err := errors.Join(err1, err2, err3); err != nil {
		return issue.Setup{}, err
	}
	issuer := c.Issuer
	if issuer == nil {
		issuer = &specimen
	}
	return issue.Setup{
		Issuer: credential.Issuer(*issuer), TrustRoot: root[0],
		VRS: issue.VRS{ServerName: c.VRS.ServerName, Roots: roots, Binding: binding},
	}, nil
}

// life is a worker's longest life.
func (c *Config) life() time.Duration {
	if c.Launcher.WorkerSeconds == 0 {
		return DefaultWorkerLife
	}
	return time.Duration(c.Launcher.WorkerSeconds) * time.Second
}

// processes is how many workers can live at once.
func (c *Config) processes() int {
	l := LauncherConfig{Workers: c.Launcher.Workers, Settlers: c.Launcher.Settlers}.withDefaults()
	return l.Workers + l.Settlers
}
