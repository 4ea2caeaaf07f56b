package pki

import (
	"crypto/ecdsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"akashi/centre/keys"
	"akashi/centre/wire"
)

var errRequest = errors.New("pki: not a certificate request of a P-256 key, or of no purpose; make it with `keys create` or `keys rotate`")

// Answer gives the chain (PEM, leaf first) that the world's authorities answer
// a request of the key process with. They look at its key, and give the purpose
// what its certificate must bear.
func (w *World) Answer(request []byte, p keys.Purpose) ([]byte, error) {
	block, rest := pem.Decode(request)
	if block == nil || len(rest) > 0 {
		return nil, errRequest
	}
	r, err := x509.ParseCertificateRequest(block.Bytes)
	if err != nil || r.CheckSignature() != nil {
		return nil, errRequest
	}
	pub, ok := r.PublicKey.(*ecdsa.PublicKey)
	if !ok {
		return nil, errRequest
	}
	ca, life, shape := w.profile(p)
	if ca == nil {
		return nil, errRequest
	}
	t, err := w.template(string(p), life)
	if err != nil {
		return nil, err
	}
	for _, s := range shape {
		s(t)
	}
	leaf, err := w.sign(t, ca, pub)
	if err != nil {
		return nil, fmt.Errorf("pki: %w", err)
	}
	out := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: leaf.Raw})
	if p == keys.PurposeSHC {
		out = append(out, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: ca.Certificate.Raw})...)
	}
	return out, nil
}

// profile says who signs the purpose's certificate, for how long, and as what.
func (w *World) profile(p keys.Purpose) (*Authority, time.Duration, []func(*x509.Certificate)) {
	switch p {
	case keys.PurposeAttest:
		return w.Centre, leafLife, []func(*x509.Certificate){uri(wire.RoleAttest)}
	case keys.PurposeReceipt:
		return w.Centre, leafLife, []func(*x509.Certificate){uri(wire.RoleReceipt)}
	case keys.PurposeSHC:
		return w.SHCRoot, leafLife, []func(*x509.Certificate){uri(w.Issuer.URL)}
	case keys.PurposeVDSNC:
		return w.CSCA, bscLife, []func(*x509.Certificate){w.barcodeSigner}
	case keys.PurposePDF:
		return w.PDFRoot, leafLife, []func(*x509.Certificate){paperSigner}
	case keys.PurposeVRSTLS:
		return w.VRSRoot, leafLife, []func(*x509.Certificate){client, uri(wire.RoleCentre)}
	}
	return nil, 0, nil
}

// AnswerAll answers every request (NAME.csr) of a folder of keys that has no
// certificate yet, with NAME.pem.
func (w *World) AnswerAll(dir string) error {
	ring, err := keys.ReadRing(dir)
	if err != nil {
		return err
	}
	for _, k := range ring.Keys() {
		if !k.Published.IsZero() {
			continue
		}
		request, err := os.ReadFile(filepath.Join(dir, k.Name+".csr"))
		if err != nil {
			return err
		}
		chain, err := w.Answer(request, k.Purpose)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, k.Name+".pem"), chain, 0o644); err != nil {
			return err
		}
	}
	return nil
}
