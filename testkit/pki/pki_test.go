package pki_test

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"akashi/centre/wire"
	"akashi/testkit/pki"
	"akashi/verifier/trust"
)

// at is a fixed present, so that no certificate depends on the day of the run.
var at = time.Date(2027, 4, 1, 9, 0, 0, 0, time.UTC)

func now() time.Time { return at }

var world = sync.OnceValues(func() (*pki.World, error) { return pki.New(nil, now) })

func theWorld(t *testing.T) *pki.World {
	t.Helper()
	w, err := world()
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestEveryIdentityVerifiesUnderItsOwnRootOnly(t *testing.T) {
	w := theWorld(t)
	roots := map[string]*pki.Authority{"centre": w.Centre, "vrs": w.VRSRoot, "shc": w.SHCRoot, "csca": w.CSCA, "pdf": w.PDFRoot}
	for _, c := range []struct {
		name, root, role string
		id               *pki.Identity
	}{
		{"gateway", "centre", wire.RoleGateway, w.Gateway}, {"launcher", "centre", wire.RoleLauncher, w.Launcher},
		{"operator", "centre", wire.RoleOperator, w.Operator}, {"nats", "centre", "", w.NATS}, {"attest", "centre", wire.RoleAttest, w.Attest},
		{"receipt", "centre", wire.RoleReceipt, w.Receipt}, {"vrs", "vrs", "", w.VRS},
		{"binding", "vrs", wire.RoleVRSBinding, w.Binding}, {"vrs client", "vrs", wire.RoleCentre, w.VRSClient},
		{"site", "vrs", wire.RoleSite, w.Site},
		{"shc", "shc", pki.IssuerURL, w.SHC}, {"bsc", "csca", "", w.VDSNC}, {"pdf", "pdf", "", w.PDF},
	} {
		for name, root := range roots {
			_, err := c.id.Chain[0].Verify(x509.VerifyOptions{
				Roots: root.Pool(), CurrentTime: at, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny},
			})
			if (err == nil) != (name == c.root) {
				t.Errorf("%s under %s: %v", c.name, name, err)
			}
		}
		var names []string
		for _, u := range c.id.Chain[0].URIs {
			names = append(names, u.String())
		}
		if got := strings.Join(names, " "); got != c.role {
			t.Errorf("%s bears %q, want %q", c.name, got, c.role)
		}
		if !c.id.Key.PublicKey.Equal(c.id.Chain[0].PublicKey) {
			t.Errorf("%s: key and certificate are of two pairs", c.name)
		}
		if !strings.Contains(c.id.Chain[0].Subject.String(), "stand-in") {
			t.Errorf("%s does not say that it is a stand-in", c.name)
		}
	}
}

func TestWorldsShareNothing(t *testing.T) {
	a := theWorld(t)
	b, err := pki.New(nil, now)
	if err != nil {
		t.Fatal(err)
	}
	if a.Centre.Key.Equal(b.Centre.Key) || a.SHC.Key.Equal(b.SHC.Key) || a.Cards.Key.Equal(b.Cards.Key) || a.Cards.ID == b.Cards.ID {
		t.Fatal("two worlds have a key in common")
	}
}

func TestNewReportsRandomnessThatEnds(t *testing.T) {
	if _, err := pki.New(bytes.NewReader(make([]byte, 20)), now); err == nil {
		t.Fatal("a world was made from 20 bytes of randomness")
	}
}

func TestMutualTLS(t *testing.T) {
	w := theWorld(t)
	kiosk, err := w.Kiosk("sim-1")
	if err != nil {
		t.Fatal(err)
	}
	server := &tls.Config{MinVersion: tls.VersionTLS13, Certificates: []tls.Certificate{w.Gateway.TLS()},
		ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: w.Centre.Pool(), Time: now}
	client := &tls.Config{RootCAs: w.Centre.Pool(), ServerName: "localhost", Certificates: []tls.Certificate{kiosk}, Time: now}
	if err := handshake(server, client); err != nil {
		t.Fatal(err)
	}
	client.Certificates = []tls.Certificate{w.VRSClient.TLS()}
	if handshake(server, client) == nil {
		t.Fatal("a certificate of VRS's root passed at the gateway")
	}
	leaf := kiosk.Leaf
	if len(leaf.URIs) != 2 || leaf.URIs[0].String() != wire.RoleKiosk || leaf.URIs[1].String() != wire.KioskPrefix+"sim-1" {
		t.Errorf("kiosk bears %v", leaf.URIs)
	}
	if life := leaf.NotAfter.Sub(at); life > 24*time.Hour {
		t.Errorf("a kiosk's certificate lives %v; a stolen one must be out within a day", life)
	}
}

func handshake(server, client *tls.Config) error {
	a, b := net.Pipe()
	defer a.Close()
	defer b.Close()
	done := make(chan error, 1)
	go func() { done <- tls.Server(a, server).Handshake(); a.Close() }()
	err := tls.Client(b, client).Handshake()
	b.Close()
	if e := <-done; e != nil {
		return e
	}
	return err
}

func TestKioskRefusesIDs(t *testing.T) {
	for _, id := range []string{"", "A", "a b", "a/b", strings.Repeat("a", 33), "日"} {
		if _, err := theWorld(t).Kiosk(id); err == nil {
			t.Errorf("kiosk id %q passed", id)
		}
		if err := theWorld(t).WriteKiosk(t.TempDir(), id); err == nil {
			t.Errorf("kiosk id %q was written", id)
		}
	}
}

func TestProductionIsRefused(t *testing.T) {
	for name, turn := range map[string]func(w *pki.World){
		"issuer":    func(w *pki.World) { w.Issuer.URL = "https://vc.vrs.digital.go.jp/issuer" },
		"lookalike": func(w *pki.World) { w.Issuer.URL = "https://vc.vrs.digital.go.jp/.invalid" },
		"country":   func(w *pki.World) { w.Issuer.Country = "JPN" },
		"specimen":  func(w *pki.World) { w.Issuer.Specimen = false },
		"card":      func(w *pki.World) { cards := *w.Cards; cards.ID[0] = '5'; w.Cards = &cards },
	} {
		w := *theWorld(t)
		turn(&w)
		dir := filepath.Join(t.TempDir(), "world")
		if err := w.WriteDir(dir); err == nil {
			t.Errorf("%s: a world turned to production was written", name)
		}
		if _, err := os.Stat(dir); err == nil {
			t.Errorf("%s: something was written before the refusal", name)
		}
		if _, err := w.TrustList(); err == nil {
			t.Errorf("%s: a trust list was made", name)
		}
	}
}

func TestWriteDir(t *testing.T) {
	w, dir := theWorld(t), t.TempDir()
	if err := w.WriteDir(dir); err != nil {
		t.Fatal(err)
	}
	if err := w.WriteKiosk(dir, "sim-7"); err != nil {
		t.Fatal(err)
	}
	for _, name := range strings.Fields("site gateway launcher nats-server vrs vrs-binding kiosk keys/attest keys/receipt keys/shc keys/vdsnc keys/pdf keys/vrs-tls") {
		if _, err := tls.LoadX509KeyPair(filepath.Join(dir, name+".pem"), filepath.Join(dir, name+".key")); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		info, err := os.Stat(filepath.Join(dir, name+".key"))
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s.key: mode %v, %v", name, info.Mode(), err)
		}
	}
	list, err := os.ReadFile(filepath.Join(dir, "trust.json"))
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := trust.Parse(list, &w.TrustRoot.PublicKey, at, 0)
	if err != nil {
		t.Fatal(err)
	}
	if !parsed.Cards[w.Cards.ID].Equal(w.Cards.Key.Public()) || !parsed.SHC[0].Keys[0].Key.Equal(w.SHC.Key.Public()) {
		t.Error("the trust list names other keys")
	}
	notice, err := os.ReadFile(filepath.Join(dir, "STAND-IN.txt"))
	if err != nil || !strings.Contains(string(notice), "not for production") {
		t.Errorf("the directory does not announce itself: %v", err)
	}
	var set struct{ Keys []struct{ Kid, D string } }
	jwks, err := os.ReadFile(filepath.Join(dir, "jwks.json"))
	if err != nil || json.Unmarshal(jwks, &set) != nil || len(set.Keys) != 1 || set.Keys[0].Kid != parsed.SHC[0].Keys[0].ID || set.Keys[0].D != "" {
		t.Errorf("jwks.json: %v %+v", err, set)
	}
	cards, err := pki.ReadCardAuthority(dir)
	if err != nil || cards.ID != w.Cards.ID || !cards.Key.Equal(w.Cards.Key) {
		t.Errorf("card authority does not come back: %v", err)
	}
}

func TestReadCardAuthorityRefuses(t *testing.T) {
	w, list, key := theWorld(t), "card-authorities.json", "card-authority.key"
	other, err := pki.New(nil, now)
	if err != nil {
		t.Fatal(err)
	}
	dirs := [2]string{t.TempDir(), t.TempDir()}
	for i, world := range []*pki.World{w, other} {
		if err := world.WriteDir(dirs[i]); err != nil {
			t.Fatal(err)
		}
	}
	read := func(name string) []byte {
		b, err := os.ReadFile(filepath.Join(dirs[0], name))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	otherList, err := os.ReadFile(filepath.Join(dirs[1], list))
	if err != nil {
		t.Fatal(err)
	}
	for name, files := range map[string][2][]byte{
		"no list": {nil, read(key)}, "empty list": {[]byte("[]"), read(key)}, "not JSON": {[]byte("{"), read(key)},
		"production id": {bytes.Replace(read(list), []byte(`"3939`), []byte(`"3530`), 1), read(key)},
		"not a key":     {read(list), []byte("x")}, "bad DER": {read(list), []byte("-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----\n")},
		"another world's": {otherList, read(key)}, "no key": {read(list), nil},
	} {
		dir := t.TempDir()
		for i, file := range []string{list, key} {
			if files[i] != nil {
				if err := os.WriteFile(filepath.Join(dir, file), files[i], 0o600); err != nil {
					t.Fatal(err)
				}
			}
		}
		if _, err := pki.ReadCardAuthority(dir); err == nil {
			t.Errorf("%s: passed", name)
		}
	}
}

// OpenSSL, which nobody here wrote, reads the chains and the signer's profile.
func TestOpenSSLVerifies(t *testing.T) {
	openssl, err := exec.LookPath("openssl")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("openssl is not installed")
		}
		t.Skip("openssl is not installed: its check is left out")
	}
	w, dir := theWorld(t), t.TempDir()
	if err := w.WriteDir(dir); err != nil {
		t.Fatal(err)
	}
	for leaf, root := range map[string]string{"keys/vdsnc": "csca", "keys/pdf": "pdf-ca", "keys/shc": "shc-ca", "keys/receipt": "centre-root", "vrs-binding": "vrs-ca"} {
		args := []string{"verify", "-attime", "1806570000", "-CAfile", filepath.Join(dir, root+".pem")}
		if leaf != "keys/vdsnc" { // its critical extended key usage is ICAO's own
			args = append(args, "-x509_strict")
		}
		out, err := exec.Command(openssl, append(args, filepath.Join(dir, leaf+".pem"))...).CombinedOutput()
		if err != nil {
			t.Errorf("%s: %v\n%s", leaf, err, out)
		}
	}
	out, err := exec.Command(openssl, "x509", "-in", filepath.Join(dir, "keys/vdsnc.pem"), "-noout", "-text").CombinedOutput()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"2.23.136.1.1.14.2", "2.23.136.1.1.6.2", "X509v3 Private Key Usage Period", "X509v3 Issuer Alternative Name", "prime256v1", "Digital Signature"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("the barcode signer's certificate lacks %s:\n%s", want, out)
		}
	}
}
