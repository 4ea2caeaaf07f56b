package keys_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/sha256"
	"errors"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"akashi/centre/keys"
	"akashi/centre/wire"
	"akashi/testkit/pki"
)

// patience is a limit against hangs only.
const patience = 30 * time.Second

var world = sync.OnceValues(func() (*pki.World, error) { return pki.New(nil, nil) })

func theWorld(t testing.TB) *pki.World {
	t.Helper()
	w, err := world()
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func keyDir(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	if err := theWorld(t).WriteDir(dir); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, "keys")
}

// process is a key process in this one.
type process struct {
	*keys.Control
	path string
	stop func() error
}

func start(t testing.TB, lim keys.Limits) process {
	t.Helper()
	custody, err := keys.Open(keyDir(t))
	if err != nil {
		t.Fatal(err)
	}
	return startWith(t, lim, func() *keys.Custody { return custody })
}

func startWith(t testing.TB, lim keys.Limits, newest func() *keys.Custody) process {
	t.Helper()
	lim.Launchers = []int{os.Getuid()}
	path := filepath.Join(t.TempDir(), "keys.sock")
	ln, err := keys.Listen(path, 0)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- keys.ServeNewest(ctx, ln, newest, lim) }()
	stop := sync.OnceValue(func() error {
		cancel()
		select {
		case err := <-done:
			return err
		case <-time.After(patience):
			return errors.New("the key process hangs")
		}
	})
	t.Cleanup(func() {
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
	control, err := keys.Dial(path)
	if err != nil {
		t.Fatal(err)
	}
	return process{control, path, stop}
}

// session opens a session and makes a worker's end of its descriptor.
func (p process) session(t testing.TB, id byte) *keys.Session {
	t.Helper()
	f, err := p.Open(context.Background(), [16]byte{id})
	if err != nil {
		t.Fatal(err)
	}
	return worker(t, f)
}

func worker(t testing.TB, f *os.File) *keys.Session {
	t.Helper()
	conn, err := net.FileConn(f)
	f.Close()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return keys.NewSession(conn)
}

// eventually waits for what another goroutine is about to do.
func eventually(t testing.TB, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !is(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("never: %s", what)
		}
	}
}

func (p process) counts(t testing.TB) keys.Counts {
	t.Helper()
	c, err := p.Counts(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestEveryPurposeSignsWithItsOwnKey(t *testing.T) {
	p, w := start(t, keys.Limits{}), theWorld(t)
	s, digest := p.session(t, 1), sha256.Sum256([]byte("what it stands for, nobody there knows"))
	for purpose, pair := range map[keys.Purpose]*pki.Identity{
		keys.PurposeAttest: w.Attest, keys.PurposeReceipt: w.Receipt, keys.PurposeSHC: w.SHC,
		keys.PurposeVDSNC: w.VDSNC, keys.PurposePDF: w.PDF, keys.PurposeVRSTLS: w.VRSClient,
	} {
		sign := func() ([]byte, error) { return s.Sign(purpose, digest) }
		if purpose == keys.PurposeAttest {
			if _, err := sign(); err != keys.PurposeDenied {
				t.Errorf("a worker asked for an attestation: %v", err)
			}
			sign = func() ([]byte, error) { return p.Attest(context.Background(), [16]byte{1}, digest) }
		}
		for n := range keys.DefaultPerSession()[purpose] {
			der, err := sign()
			if err != nil {
				t.Fatalf("%s, signature %d: %v", purpose, n+1, err)
			}
			if !ecdsa.VerifyASN1(&pair.Key.PublicKey, digest[:], der) {
				t.Errorf("%s: signed by another key", purpose)
			}
		}
		if _, err := sign(); err != keys.Spent || !errors.Is(err, wire.KeyRefused) {
			t.Errorf("%s: one more than allowed: %v", purpose, err)
		}
	}
	if _, err := s.Sign("mint", digest); err != keys.PurposeDenied {
		t.Errorf("unknown purpose: %v", err)
	}
	if c := p.counts(t); c.Signed[keys.PurposeSHC] != 2 || c.Signed[keys.PurposeAttest] != 1 || c.Refused != 7 || c.Open != 1 || c.Sessions != 1 {
		t.Errorf("counts: %+v", c)
	}
}

func TestRelaySessionSignsForTheHandshakeOnly(t *testing.T) {
	p := start(t, keys.Limits{})
	f, err := p.OpenRelay(context.Background(), [16]byte{3})
	if err != nil {
		t.Fatal(err)
	}
	s := worker(t, f)
	for _, purpose := range keys.Purposes() {
		if _, err := s.Sign(purpose, [32]byte{1}); (err == nil) != (purpose == keys.PurposeVRSTLS) {
			t.Errorf("%s: %v", purpose, err)
		}
	}
	if _, err := p.Attest(context.Background(), [16]byte{3}, [32]byte{1}); err != keys.PurposeDenied {
		t.Errorf("attestation of a relay: %v", err)
	}
}

func TestRateHoldsOverAllSessions(t *testing.T) {
	clock := time.Now()
	p := start(t, keys.Limits{Rate: 3, Now: func() time.Time { return clock }})
	var signed, refused int
	for id := range byte(3) {
		s := p.session(t, id+1)
		for range 2 {
			switch _, err := s.Sign(keys.PurposeSHC, [32]byte{1}); {
			case err == nil:
				signed++
			case err == keys.RateCap && errors.Is(err, wire.Busy):
				refused++
			default:
				t.Error(err)
			}
		}
	}
	if signed != 3 || refused != 3 {
		t.Errorf("%d signed and %d refused, want 3 and 3", signed, refused)
	}
}

// Whatever prints a custody, no key comes out.
func TestCustodyPrintsNoKey(t *testing.T) {
	custody, err := keys.Open(keyDir(t))
	if err != nil {
		t.Fatal(err)
	}
	key, err := theWorld(t).SHC.Key.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	d := new(big.Int).SetBytes(key)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%d"} {
		text := fmt.Sprintf(verb, custody) + fmt.Sprintf(verb, *custody)
		if strings.Contains(text, d.String()) || strings.Contains(text, fmt.Sprintf("%x", d)) {
			t.Errorf("%s prints a private key", verb)
		}
	}
}
