package pki

import (
	"crypto/tls"
	"crypto/x509"
	"errors"

	"akashi/centre/wire"
)

var errKioskID = errors.New("pki: kiosk id: want 1 to 32 of a-z, 0-9 and hyphen; choose another")

func kioskID(id string) bool {
	if len(id) < 1 || len(id) > 32 {
		return false
	}
	for _, c := range []byte(id) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return true
}

// Kiosk makes a kiosk's client certificate, good for a day.
func (w *World) Kiosk(id string) (tls.Certificate, error) {
	k, err := w.kiosk(id)
	if err != nil {
		return tls.Certificate{}, err
	}
	return k.TLS(), nil
}

func (w *World) kiosk(id string) (*Identity, error) {
	if !kioskID(id) {
		return nil, errKioskID
	}
	return w.leaf(w.Centre, "kiosk "+id, kioskLife, client, uri(wire.RoleKiosk, wire.KioskPrefix+id))
}

// WriteKiosk makes a kiosk's certificate and writes kiosk.pem and kiosk.key
// into dir.
func (w *World) WriteKiosk(dir, id string) error {
	k, err := w.kiosk(id)
	if err != nil {
		return err
	}
	return k.write(dir, "kiosk")
}

// TLS gives the identity as crypto/tls takes it.
func (i *Identity) TLS() tls.Certificate {
	return tls.Certificate{Certificate: i.DER(), PrivateKey: i.Key, Leaf: i.Chain[0]}
}

// DER gives the chain, leaf first.
func (i *Identity) DER() [][]byte {
	var chain [][]byte
	for _, c := range i.Chain {
		chain = append(chain, c.Raw)
	}
	return chain
}

// Pool gives the authority's certificate as the only trusted root.
func (a *Authority) Pool() *x509.CertPool {
	p := x509.NewCertPool()
	p.AddCert(a.Certificate)
	return p
}
