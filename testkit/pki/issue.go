package pki

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	crand "crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/url"
	"time"

	"akashi/centre/wire"
)

// organisation stands in every subject, so that nobody takes one for real.
const organisation = "Akashi stand-in, not for production"

// Lifetimes. Leaves outlive every test and demo; a kiosk's is short, as in
// production, so that a stolen kiosk is out after a day.
const (
	authorityLife = 10 * 365 * 24 * time.Hour
	leafLife      = 365 * 24 * time.Hour
	kioskLife     = 24 * time.Hour
	clockSlack    = time.Hour // certificates start this long before now
)

func (w *World) subject(name string) pkix.Name {
	return pkix.Name{Country: []string{"UT"}, Organization: []string{organisation}, CommonName: "Akashi stand-in " + name}
}

// template gives what every certificate of the world has.
func (w *World) template(name string, life time.Duration) (*x509.Certificate, error) {
	serial := make([]byte, 16)
	if _, err := io.ReadFull(w.rand, serial); err != nil {
		return nil, err
	}
	serial[0] = serial[0]&0x3f | 0x40 // positive and of full length
	now := w.now().UTC().Truncate(time.Second)
	return &x509.Certificate{
		SerialNumber: new(big.Int).SetBytes(serial),
		Subject:      w.subject(name),
		NotBefore:    now.Add(-clockSlack),
		NotAfter:     now.Add(life),
		KeyUsage:     x509.KeyUsageDigitalSignature,
	}, nil
}

func (w *World) authority(name string) (*Authority, error) {
	t, err := w.template(name, authorityLife)
	if err != nil {
		return nil, err
	}
	t.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageCRLSign
	t.IsCA, t.BasicConstraintsValid, t.MaxPathLenZero = true, true, true
	key, err := ecdsa.GenerateKey(elliptic.P256(), crand.Reader)
	if err != nil {
		return nil, err
	}
	cert, err := w.sign(t, &Authority{t, key}, &key.PublicKey)
	return &Authority{cert, key}, err
}

// sign makes the certificate of a key under ca.
func (w *World) sign(t *x509.Certificate, ca *Authority, key *ecdsa.PublicKey) (*x509.Certificate, error) {
	der, err := x509.CreateCertificate(w.rand, t, ca.Certificate, key, ca.Key)
	if err != nil {
		return nil, err
	}
	return x509.ParseCertificate(der)
}

// leaf makes an identity under ca; shape completes the template.
func (w *World) leaf(ca *Authority, name string, life time.Duration, shape ...func(*x509.Certificate)) (*Identity, error) {
	t, err := w.template(name, life)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	for _, s := range shape {
		s(t)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), crand.Reader)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	cert, err := w.sign(t, ca, &key.PublicKey)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return &Identity{[]*x509.Certificate{cert}, key}, nil
}

// uri adds URI names: a role, a kiosk's id, an issuer.
func uri(names ...string) func(*x509.Certificate) {
	return func(t *x509.Certificate) {
		for _, n := range names {
			u, err := url.Parse(n)
			if err != nil {
				panic("pki: a URI name that does not parse: " + n) // names are this package's constants or a checked kiosk id
			}
			t.URIs = append(t.URIs, u)
		}
	}
}

func client(t *x509.Certificate) {
	t.ExtKeyUsage = append(t.ExtKeyUsage, x509.ExtKeyUsageClientAuth)
}

// server makes a TLS server on loopback, under dns as well.
func server(dns string) func(*x509.Certificate) {
	return func(t *x509.Certificate) {
		t.ExtKeyUsage = append(t.ExtKeyUsage, x509.ExtKeyUsageServerAuth)
		t.DNSNames = []string{dns, "localhost"}
		t.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1).To4(), net.IPv6loopback}
	}
}

func (w *World) makeCentre() (err error) {
	for _, l := range []struct {
		to    **Identity
		name  string
		shape []func(*x509.Certificate)
	}{
		{&w.Gateway, "gateway", []func(*x509.Certificate){server("gateway.akashi.invalid"), client, uri(wire.RoleGateway)}},
		{&w.Launcher, "launcher", []func(*x509.Certificate){client, uri(wire.RoleLauncher)}},
		{&w.Operator, "operator", []func(*x509.Certificate){client, uri(wire.RoleOperator)}},
		{&w.NATS, "NATS server", []func(*x509.Certificate){server("nats.akashi.invalid"), client}},
		{&w.Attest, "attestation", []func(*x509.Certificate){uri(wire.RoleAttest)}},
		{&w.Receipt, "receipt", []func(*x509.Certificate){uri(wire.RoleReceipt)}},
		{&w.Release, "screen release", []func(*x509.Certificate){uri(wire.RoleRelease)}},
	} {
		if *l.to, err = w.leaf(w.Centre, l.name, leafLife, l.shape...); err != nil {
			return err
		}
	}
	return nil
}

func (w *World) makeVRS() (err error) {
	if w.VRS, err = w.leaf(w.VRSRoot, "VRS", leafLife, server("vrs.akashi.invalid")); err != nil {
		return err
	}
	if w.Binding, err = w.leaf(w.VRSRoot, "VRS binding", leafLife, uri(wire.RoleVRSBinding)); err != nil {
		return err
	}
	if w.VRSClient, err = w.leaf(w.VRSRoot, "centre towards VRS", leafLife, client, uri(wire.RoleCentre)); err != nil {
		return err
	}
	w.Site, err = w.leaf(w.VRSRoot, "issuer site towards VRS", leafLife, client, uri(wire.RoleSite))
	return err
}
