package keys

import (
	"crypto"
	"errors"
	"io"
	"net"
	"sync"
	"time"
)

// Session is the issuing worker's end: a few signatures, each for a purpose.
// It may be used by several goroutines.
type Session struct {
	mu   sync.Mutex
	conn net.Conn
}

// NewSession speaks to the key process over the socket that Control.Open gave.
func NewSession(conn net.Conn) *Session { return &Session{conn: conn} }

// Close ends the session; the key process forgets it.
func (s *Session) Close() error { return s.conn.Close() }

// Sign asks for one ASN.1 ECDSA P-256 signature over a SHA-256 digest. The
// error is a Refusal (errors.Is with wire.KeyRefused or wire.Busy) or the
// socket's own.
func (s *Session) Sign(p Purpose, digest [32]byte) (der []byte, err error) {
	if purposeNumber(p) == 0 || p == "" {
		return nil, PurposeDenied
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.conn.SetDeadline(time.Now().Add(DefaultPatience))
	if _, err := s.conn.Write(sessionRequest{p, digest}.encode()); err != nil {
		return nil, err
	}
	der, err = readAnswer(s.conn, maxSignature)
	switch {
	case err == io.EOF:
		return nil, io.ErrUnexpectedEOF // the session ended, by age or with the key process
	case err == nil && len(der) < minSignature:
		return nil, Malformed
	}
	return der, err
}

// Signer gives the key of a purpose as crypto/tls and jwx take one. pub is its
// public key, from Public.
func (s *Session) Signer(p Purpose, pub crypto.PublicKey) crypto.Signer {
	return &signer{s, p, pub}
}

type signer struct {
	session *Session
	purpose Purpose
	public  crypto.PublicKey
}

var errDigest = errors.New("keys: only SHA-256 digests are signed; choose ES256 or TLS 1.3 with ECDSA P-256")

func (s *signer) Public() crypto.PublicKey { return s.public }

func (s *signer) Sign(_ io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	if opts == nil || opts.HashFunc() != crypto.SHA256 || len(digest) != 32 {
		return nil, errDigest
	}
	return s.session.Sign(s.purpose, [32]byte(digest))
}
