// Package vrs is the reference VRS (ワクチン接種記録システム): a real service on
// a real database, for tests, demonstrations and whoever wants to see what the
// centre expects of VRS. It is a stand-in and says so.
//
// It verifies the card's evidence by itself, keeps every municipality's area
// apart in every query, reserves a certificate ID before it answers, signs
// the binding of answer to question, and keeps what became of each ID.
package vrs

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hpke"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"database/sql"
	"errors"
	"io"
	"time"

	"akashi/testkit/pki"
	"akashi/verifier/cardrecord"
)

// Notice is what whoever starts this VRS should print.
const Notice = "STAND-IN VRS: invented residents and records, not for production"

// Bounds.
const (
	// DefaultPendingLife is longer than a session with eight requests and its
	// reprints; after it, silence is taken for "unknown", never for "void".
	DefaultPendingLife = 30 * time.Minute
	// DefaultAtOnce bounds the queries worked on together; one more is "busy".
	DefaultAtOnce = 64
)

// Config is what a VRS needs.
type Config struct {
	Database    string          // path of the SQLite file; "": in memory
	Certificate tls.Certificate // of the server
	Clients     *x509.CertPool  // root of the centre's client certificate
	Binding     crypto.Signer   // ECDSA P-256, of the binding certificate
	Cards       cardrecord.Authorities
	Now         func() time.Time // nil: time.Now
	Rand        io.Reader        // of IDs and tokens; nil: crypto/rand
	PendingLife time.Duration    // after which a pending ID becomes unknown; 0: DefaultPendingLife
	AtOnce      int              // 0: DefaultAtOnce
}

// OfWorld gives the configuration of a VRS under a world's authorities, in
// memory.
func OfWorld(w *pki.World) Config {
	return Config{
		Certificate: w.VRS.TLS(),
		Clients:     w.VRSRoot.Pool(),
		Binding:     w.Binding.Key,
		Cards:       w.CardAuthorities(),
	}
}

// VRS is one running service.
type VRS struct {
	c      Config
	db     *sql.DB
	settle hpke.PrivateKey
	ridKey []byte
	slots  chan struct{}
	faults Faults
}

// New opens the database, makes it where there is none, and prepares the
// service.
func New(c Config) (*VRS, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	db, err := open(c.Database)
	if err != nil {
		return nil, err
	}
	v := &VRS{c: c, db: db, slots: make(chan struct{}, c.AtOnce)}
	if err := v.ownKeys(); err != nil {
		db.Close()
		return nil, err
	}
	return v, nil
}

func (c *Config) check() error {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Rand == nil {
		c.Rand = rand.Reader
	}
	if c.PendingLife == 0 {
		c.PendingLife = DefaultPendingLife
	}
	if c.AtOnce == 0 {
		c.AtOnce = DefaultAtOnce
	}
	if c.Binding == nil {
		return errors.New("vrs: no binding key: answers could not be held against their questions")
	}
	if k, ok := c.Binding.Public().(*ecdsa.PublicKey); !ok || k.Curve != elliptic.P256() {
		return errors.New("vrs: the binding key is not ECDSA P-256; make one of that kind")
	}
	if c.Clients == nil || len(c.Cards) == 0 {
		return errors.New("vrs: client root and card authorities are needed; nothing is answered without them")
	}
	for id := range c.Cards {
		if id[0] != '9' {
			return errors.New("vrs: a card authority that is not a simulator's: this stand-in takes no real cards")
		}
	}
	return nil
}

// Close closes the database.
func (v *VRS) Close() error { return v.db.Close() }

// Faults gives the switches for tests and demonstrations.
func (v *VRS) Faults() *Faults { return &v.faults }
