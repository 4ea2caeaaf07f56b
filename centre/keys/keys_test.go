package keys_test

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
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

	"github.com/lestrrat-go/jwx/v2/jwa"
	"github.com/lestrrat-go/jwx/v2/jws"
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
	path := filepath.Join(t.TempDir(), "keys.sock")
	ln, err := keys.Listen(path)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- keys.Serve(ctx, ln, custody, lim) }()
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

func TestDeadWorkersSessionIsForgotten(t *testing.T) {
	p := start(t, keys.Limits{MaxSessions: 1})
	s := p.session(t, 1)
	if _, err := p.Open(context.Background(), [16]byte{1}); err != keys.SessionExists {
		t.Errorf("the same id: %v", err)
	}
	if _, err := p.Open(context.Background(), [16]byte{2}); err != keys.TooManySessions || !errors.Is(err, wire.Busy) {
		t.Errorf("one more than may be open: %v", err)
	}
	s.Close()
	eventually(t, "the session is forgotten", func() bool { return p.counts(t).Open == 0 })
	if _, err := p.Attest(context.Background(), [16]byte{1}, [32]byte{1}); err != keys.UnknownSession {
		t.Errorf("attestation for a dead worker: %v", err)
	}
	p.session(t, 2)
}

// A descriptor that nobody takes up must not keep a session open.
func TestSessionDiesWithItsLastDescriptor(t *testing.T) {
	p := start(t, keys.Limits{})
	f, err := p.Open(context.Background(), [16]byte{1})
	if err != nil {
		t.Fatal(err)
	}
	if c := p.counts(t); c.Open != 1 {
		t.Fatalf("open: %d", c.Open)
	}
	f.Close()
	eventually(t, "the session is forgotten", func() bool { return p.counts(t).Open == 0 })
}

func TestSessionEndsWithItsAge(t *testing.T) {
	p := start(t, keys.Limits{MaxLife: 20 * time.Millisecond})
	s := p.session(t, 1)
	eventually(t, "the session is forgotten", func() bool { return p.counts(t).Open == 0 })
	if _, err := s.Sign(keys.PurposeSHC, [32]byte{1}); err == nil {
		t.Error("a session signed after its age")
	}
}

// The injected clock alone ends a session too, at its next question.
func TestSessionIsHeldAgainstTheClock(t *testing.T) {
	var mu sync.Mutex
	now := time.Now()
	p := start(t, keys.Limits{Now: func() time.Time { mu.Lock(); defer mu.Unlock(); return now }})
	s := p.session(t, 1)
	mu.Lock()
	now = now.Add(keys.DefaultMaxLife)
	mu.Unlock()
	if _, err := s.Sign(keys.PurposeSHC, [32]byte{1}); err != keys.Expired {
		t.Errorf("%v, want %v", err, keys.Expired)
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

func TestAnotherUserIsRefused(t *testing.T) {
	custody, err := keys.Open(keyDir(t))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "s")
	ln, err := keys.Listen(path)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- keys.Serve(ctx, ln, custody, keys.Limits{Launchers: []int{os.Getuid() + 1}}) }()
	if _, err := keys.Dial(path); err != keys.NotLauncher {
		t.Errorf("another user: %v", err)
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestServeEndsEverything(t *testing.T) {
	p := start(t, keys.Limits{})
	s := p.session(t, 1)
	if err := p.stop(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Sign(keys.PurposeSHC, [32]byte{1}); err == nil {
		t.Error("a session outlived the key process")
	}
	if _, err := p.Open(context.Background(), [16]byte{1}); err == nil {
		t.Error("the key process answers after its end")
	}
	if _, err := keys.Dial(p.path); err == nil {
		t.Error("Dial found a key process that has ended")
	}
}

func TestCancelledQuestionReturns(t *testing.T) {
	path := filepath.Join(t.TempDir(), "silent")
	ln, err := net.Listen("unix", path) // takes connections and never answers
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	p := start(t, keys.Limits{})
	ctx, cancel := context.WithCancel(context.Background())
	control := controlAt(t, p, path)
	done := make(chan error, 2)
	go func() { _, err := control.Open(ctx, [16]byte{1}); done <- err }()
	go func() { _, err := control.Public(ctx); done <- err }()
	cancel()
	for range 2 {
		select {
		case err := <-done:
			if !errors.Is(err, context.Canceled) {
				t.Errorf("%v, want %v", err, context.Canceled)
			}
		case <-time.After(patience):
			t.Fatal("a cancelled question hangs")
		}
	}
}

// controlAt gives a Control whose key process has been replaced by what
// listens at path.
func controlAt(t *testing.T, p process, path string) *keys.Control {
	t.Helper()
	if err := p.stop(); err != nil {
		t.Fatal(err)
	}
	os.Remove(p.path)
	if err := os.Symlink(path, p.path); err != nil {
		t.Fatal(err)
	}
	return p.Control
}

// What answers is not always a key process: every wrong answer is an error,
// and no descriptor that came with it stays open.
func TestControlRefusesWrongAnswers(t *testing.T) {
	for name, answer := range map[string][]byte{
		"nothing": nil, "short": {1, 0, 0}, "no descriptor": {1, 0, 0, 0, 0, 0},
		"body": {1, 0, 0, 0, 0, 1, 7}, "version": {3, 0, 0, 0, 0, 0}, "no JSON": {1, 0, 0, 0, 0, 2, '{', ']'},
		"empty signature": {1, 0, 0, 0, 0, 0}, "unknown refusal": {1, 99, 0, 0, 0, 0},
	} {
		p := start(t, keys.Limits{})
		path := filepath.Join(t.TempDir(), "s")
		ln, err := net.Listen("unix", path)
		if err != nil {
			t.Fatal(err)
		}
		go func() {
			for {
				conn, err := ln.Accept()
				if err != nil {
					return
				}
				io.ReadFull(conn, make([]byte, 50))
				conn.Write(answer)
				conn.Close()
			}
		}()
		control, ctx := controlAt(t, p, path), context.Background()
		if f, err := control.Open(ctx, [16]byte{1}); err == nil || f != nil {
			t.Errorf("%s: Open passed", name)
		}
		if _, err := control.Attest(ctx, [16]byte{1}, [32]byte{}); err == nil {
			t.Errorf("%s: Attest passed", name)
		}
		if _, err := control.Public(ctx); err == nil {
			t.Errorf("%s: Public passed", name)
		}
		if _, err := control.Counts(ctx); err == nil {
			t.Errorf("%s: Counts passed", name)
		}
		ln.Close()
	}
}

func TestWorkerThatSpeaksAnotherLanguageIsCutOff(t *testing.T) {
	p := start(t, keys.Limits{})
	for name, b := range map[string][]byte{
		"zeros": make([]byte, 34), "version": append([]byte{2, 3}, make([]byte, 32)...), "purpose": append([]byte{1, 99}, make([]byte, 32)...),
	} {
		f, err := p.Open(context.Background(), [16]byte{1})
		if err != nil {
			t.Fatal(err)
		}
		f.Write(b)
		answer, err := io.ReadAll(f)
		f.Close()
		if err != nil || len(answer) != 6 || answer[1] == 0 {
			t.Errorf("%s: %x, %v", name, answer, err)
		}
		eventually(t, "the session is forgotten", func() bool { return p.counts(t).Open == 0 })
	}
}

func TestPublic(t *testing.T) {
	p, w := start(t, keys.Limits{}), theWorld(t)
	public, err := p.Public(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	kid, err := keys.Thumbprint(&w.SHC.Key.PublicKey)
	if err != nil || public.KeyID != kid {
		t.Errorf("key id %q, want %q (%v)", public.KeyID, kid, err)
	}
	for _, purpose := range keys.Purposes() {
		chain, err := public.Certificates(purpose)
		if err != nil || len(chain) == 0 {
			t.Errorf("%s: %v", purpose, err)
		}
	}
	if _, err := public.Certificates("mint"); err == nil {
		t.Error("an unknown purpose has a chain")
	}
	public.Chains[keys.PurposePDF] = [][]byte{{1}}
	if _, err := public.Certificates(keys.PurposePDF); err == nil {
		t.Error("a broken chain parses")
	}
}

// The session is the key of a real TLS 1.3 handshake and of a real JWS.
func TestSessionAsSigner(t *testing.T) {
	p, w := start(t, keys.Limits{}), theWorld(t)
	s := p.session(t, 1)
	client := w.VRSClient.TLS()
	client.PrivateKey = s.Signer(keys.PurposeVRSTLS, w.VRSClient.Key.Public())
	a, b := net.Pipe()
	server := tls.Server(a, &tls.Config{MinVersion: tls.VersionTLS13, Certificates: []tls.Certificate{w.VRS.TLS()},
		ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: w.VRSRoot.Pool()})
	done := make(chan error, 1)
	go func() { done <- server.Handshake() }()
	conn := tls.Client(b, &tls.Config{RootCAs: w.VRSRoot.Pool(), ServerName: "localhost", Certificates: []tls.Certificate{client}})
	if err := conn.Handshake(); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if got := server.ConnectionState().PeerCertificates[0]; !got.Equal(w.VRSClient.Chain[0]) {
		t.Errorf("the server saw %v", got.Subject)
	}
	signer := s.Signer(keys.PurposeSHC, w.SHC.Key.Public())
	token, err := jws.Sign([]byte("payload"), jws.WithKey(jwa.ES256, signer))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := jws.Verify(token, jws.WithKey(jwa.ES256, w.SHC.Key.Public())); err != nil {
		t.Error(err)
	}
	for name, sign := range map[string]func() ([]byte, error){
		"SHA-384":   func() ([]byte, error) { return signer.Sign(rand.Reader, make([]byte, 48), crypto.SHA384) },
		"no digest": func() ([]byte, error) { return signer.Sign(rand.Reader, make([]byte, 31), crypto.SHA256) },
		"no opts":   func() ([]byte, error) { return signer.Sign(rand.Reader, make([]byte, 32), nil) },
	} {
		if _, err := sign(); err == nil {
			t.Errorf("%s: signed", name)
		}
	}
}

func TestSessionRefusesWrongAnswers(t *testing.T) {
	for name, answer := range map[string][]byte{
		"nothing": nil, "empty signature": {1, 0, 0, 0, 0, 0}, "too long": {1, 0, 0, 0, 0, 73}, "version": {2, 0, 0, 0, 0, 8},
	} {
		a, b := net.Pipe()
		go func() {
			io.ReadFull(b, make([]byte, 34))
			b.Write(answer)
			b.Close()
		}()
		if der, err := keys.NewSession(a).Sign(keys.PurposeSHC, [32]byte{}); err == nil || der != nil {
			t.Errorf("%s: %x, %v", name, der, err)
		}
	}
}

func TestManySessionsAtOnce(t *testing.T) {
	p, w := start(t, keys.Limits{}), theWorld(t)
	var all sync.WaitGroup
	for id := range byte(32) {
		all.Go(func() {
			f, err := p.Open(context.Background(), [16]byte{id + 1})
			if err != nil {
				t.Error(err)
				return
			}
			conn, err := net.FileConn(f)
			f.Close()
			if err != nil {
				t.Error(err)
				return
			}
			defer conn.Close()
			digest := sha256.Sum256([]byte{id})
			der, err := keys.NewSession(conn).Sign(keys.PurposeReceipt, digest)
			if err != nil || !ecdsa.VerifyASN1(&w.Receipt.Key.PublicKey, digest[:], der) {
				t.Errorf("session %d: %v", id, err)
			}
		})
	}
	all.Wait()
	if c := p.counts(t); c.Sessions != 32 || c.Signed[keys.PurposeReceipt] != 32 {
		t.Errorf("counts: %+v", c)
	}
}

func TestListen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	first, err := keys.Listen(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := keys.Listen(path); err == nil {
		t.Fatal("a socket that answers was taken over")
	}
	first.SetUnlinkOnClose(false) // as a killed process leaves it
	first.Close()
	second, err := keys.Listen(path)
	if err != nil {
		t.Fatalf("a socket left behind was not replaced: %v", err)
	}
	second.Close()
	if err := os.WriteFile(path, []byte("a file"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := keys.Listen(path); err == nil {
		t.Error("a file was replaced by a socket")
	}
	if _, err := keys.Listen("/" + strings.Repeat("x", 200)); err == nil {
		t.Error("a path that no socket can have passed")
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

func BenchmarkSessionSign(b *testing.B) {
	p := start(b, keys.Limits{Rate: 1 << 30, PerSession: map[keys.Purpose]int{keys.PurposeSHC: 1 << 30}})
	s := p.session(b, 1)
	for b.Loop() {
		if _, err := s.Sign(keys.PurposeSHC, [32]byte{1}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkOpenSession(b *testing.B) {
	p := start(b, keys.Limits{})
	for b.Loop() {
		s := p.session(b, 1)
		s.Close()
		eventually(b, "forgotten", func() bool { return p.counts(b).Open == 0 })
	}
}
