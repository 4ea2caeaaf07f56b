package pki

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"

	"akashi/centre/keys"
	"akashi/verifier/cardrecord"
	"akashi/verifier/trust"
)

// WriteDir lays the world out in dir, which is made if need be:
//
//	centre-root.pem vrs-ca.pem csca.pem pdf-ca.pem shc-ca.pem   roots
//	gateway launcher operator nats-server vrs vrs-binding release site .{pem,key} identities
//	keys/{attest,receipt,shc,vdsnc,pdf,vrs-tls}.{pem,key}       the key process's
//	keys/history                                                and the record of them
//	trust.json trust-root.pem jwks.json                         what verifiers take
//	card-authorities.json card-authority.key                    simulated cards
//	STAND-IN.txt                                                what all this is
//
// Keys are PKCS#8 PEM, mode 0600. The roots' private keys are not written.
func (w *World) WriteDir(dir string) error {
	if err := w.specimen(); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Join(dir, "keys"), 0o700); err != nil {
		return err
	}
	for _, step := range []func(string) error{w.writeRoots, w.writeIdentities, w.writeHistory, w.writeCards, w.writeTrust} {
		if err := step(dir); err != nil {
			return err
		}
	}
	return os.WriteFile(filepath.Join(dir, "STAND-IN.txt"), []byte(Notice+"\n"), 0o644)
}

func (w *World) writeRoots(dir string) error {
	for name, a := range map[string]*Authority{
		"centre-root": w.Centre, "vrs-ca": w.VRSRoot, "csca": w.CSCA, "pdf-ca": w.PDFRoot, "shc-ca": w.SHCRoot,
	} {
		if err := writePEM(dir, name+".pem", "CERTIFICATE", 0o644, a.Certificate.Raw); err != nil {
			return err
		}
	}
	return nil
}

func (w *World) writeIdentities(dir string) error {
	for name, i := range map[string]*Identity{
		"gateway": w.Gateway, "launcher": w.Launcher, "operator": w.Operator, "nats-server": w.NATS,
		"vrs": w.VRS, "vrs-binding": w.Binding, "release": w.Release, "site": w.Site,
		"keys/attest": w.Attest, "keys/receipt": w.Receipt, "keys/shc": w.SHC,
		"keys/vdsnc": w.VDSNC, "keys/pdf": w.PDF, "keys/vrs-tls": w.VRSClient,
	} {
		if err := i.write(dir, name); err != nil {
			return err
		}
	}
	return nil
}

func (w *World) writeHistory(dir string) error {
	return keys.Desk{Dir: filepath.Join(dir, "keys"), Now: w.now}.Adopt()
}

func (w *World) writeTrust(dir string) error {
	list, err := w.TrustList()
	if err != nil {
		return err
	}
	signed, err := trust.Encode(list, w.TrustRoot)
	if err != nil {
		return err
	}
	jwks, err := w.JWKS()
	if err != nil {
		return err
	}
	root, err := x509.MarshalPKIXPublicKey(w.TrustRoot.Public())
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "trust.json"), signed, 0o644); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "jwks.json"), jwks, 0o644); err != nil {
		return err
	}
	return writePEM(dir, "trust-root.pem", "PUBLIC KEY", 0o644, root)
}

func (w *World) writeCards(dir string) error {
	list, err := w.cardAuthoritiesJSON()
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "card-authorities.json"), list, 0o644); err != nil {
		return err
	}
	return writeKey(dir, "card-authority.key", w.Cards.Key)
}

// ReadCardAuthority reads back, from the files of WriteDir, the authority that
// simulated cards of other processes are signed by.
func ReadCardAuthority(dir string) (*CardAuthority, error) {
	all, err := ReadCardAuthorities(filepath.Join(dir, "card-authorities.json"))
	if err != nil {
		return nil, err
	}
	b, err := os.ReadFile(filepath.Join(dir, "card-authority.key"))
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(b)
	if block == nil {
		return nil, fmt.Errorf("pki: %s: card-authority.key: no PEM in it", dir)
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("pki: %s: card-authority.key: %w", dir, err)
	}
	return pairAuthority(all, key)
}

func pairAuthority(all cardrecord.Authorities, key any) (*CardAuthority, error) {
	private, ok := key.(*rsa.PrivateKey)
	for id, pub := range all {
		if ok && pub.Equal(private.Public()) {
			return &CardAuthority{ID: id, Key: private}, nil
		}
	}
	return nil, fmt.Errorf("pki: card-authority.key is not of card-authorities.json; write the world again")
}

// write writes name.pem, the chain, and name.key.
func (i *Identity) write(dir, name string) error {
	if err := writePEM(dir, name+".pem", "CERTIFICATE", 0o644, i.DER()...); err != nil {
		return err
	}
	return writeKey(dir, name+".key", i.Key)
}

func writeKey(dir, name string, key any) error {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	return writePEM(dir, name, "PRIVATE KEY", 0o600, der)
}

func writePEM(dir, name, kind string, mode os.FileMode, ders ...[]byte) error {
	var b []byte
	for _, der := range ders {
		b = append(b, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})...)
	}
	return os.WriteFile(filepath.Join(dir, name), b, mode)
}
