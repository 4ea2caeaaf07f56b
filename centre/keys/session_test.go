package keys_test

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"sync"
	"testing"
	"time"

	"akashi/centre/keys"
	"akashi/centre/wire"

	"github.com/lestrrat-go/jwx/v2/jwa"
	"github.com/lestrrat-go/jwx/v2/jws"
)

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
	p := start(t, keys.Limits{MaxLife: time.Second})
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
