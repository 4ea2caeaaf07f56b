// Package pki makes throw-away authorities: every certificate and key that a
// chain of kiosk, centre, VRS and verifier needs, fresh at each run.
//
// It is a stand-in and says so in every name that it writes; it signs nothing
// for an issuer that is not a specimen.
package pki

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	crand "crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"fmt"
	"io"
	"time"

	"akashi/verifier/cardrecord"
	"akashi/verifier/credential"
)

// Notice is what whoever starts a stand-in world should print.
const Notice = "STAND-IN authorities: fresh keys, worthless outside this run, not for production"

// IssuerURL is the specimen issuer's iss.
const IssuerURL = "https://specimen.akashi.invalid/issuer"

// Authority is a certificate authority of the world.
type Authority struct {
	Certificate *x509.Certificate
	Key         *ecdsa.PrivateKey
}

// Identity is a key with its certificate chain, leaf first. The root is left
// out, but for the SHC key, whose x5c holds it as Japan's did.
type Identity struct {
	Chain []*x509.Certificate
	Key   *ecdsa.PrivateKey
}

// CardAuthority signs what simulated cards hold.
type CardAuthority struct {
	ID  cardrecord.KeyID // starts with the digits 99
	Key *rsa.PrivateKey
}

// World is one set of authorities and of everything that they issued.
type World struct {
	Issuer credential.Issuer

	Centre    *Authority // pinned by kiosks
	Gateway   *Identity  // TLS server for kiosks, and its own NATS client
	Launcher  *Identity  // NATS client
	Operator  *Identity  // NATS client of a person
	NATS      *Identity  // NATS server
	Attest    *Identity
	Receipt   *Identity
	Release   *Identity // signs screen releases
	SHCRoot   *Authority
	SHC       *Identity
	CSCA      *Authority
	VDSNC     *Identity // the barcode signer (BSC)
	PDFRoot   *Authority
	PDF       *Identity
	VRSRoot   *Authority
	VRS       *Identity // TLS server
	Binding   *Identity // signs VRS's bindings
	VRSClient *Identity // the centre's TLS client towards VRS (keys/vrs-tls)
	Site      *Identity // the issuer site's TLS client towards VRS
	TrustRoot *ecdsa.PrivateKey
	Cards     *CardAuthority

	rand io.Reader
	now  func() time.Time
}

// SpecimenIssuer is the issuer that every world signs for.
func SpecimenIssuer() credential.Issuer {
	return credential.Issuer{
		URL:      IssuerURL,
		Country:  "UTO",
		NameJA:   "証 見本発行者",
		NameEN:   "Akashi specimen issuer",
		Display:  "AKASHI_SPECIMEN",
		Specimen: true,
	}
}

// New makes a world at now. rand gives serial numbers and key ids; the keys
// themselves come from the system's generator, as Go draws them. A nil rand or
// now means the system's.
func New(rand io.Reader, now func() time.Time) (*World, error) {
	if rand == nil {
		rand = crand.Reader
	}
	if now == nil {
		now = time.Now
	}
	w := &World{Issuer: SpecimenIssuer(), rand: rand, now: now}
	for _, step := range []func() error{w.makeAuthorities, w.makeCentre, w.makeVRS, w.makeSigners, w.makeCards} {
		if err := step(); err != nil {
			return nil, fmt.Errorf("pki: %w", err)
		}
	}
	return w, nil
}

func (w *World) makeAuthorities() (err error) {
	w.TrustRoot, err = ecdsa.GenerateKey(elliptic.P256(), crand.Reader)
	if err != nil {
		return err
	}
	for _, a := range []struct {
		to   **Authority
		name string
	}{
		{&w.Centre, "Centre root"}, {&w.SHCRoot, "SHC issuer CA"}, {&w.CSCA, "CSCA"},
		{&w.PDFRoot, "PDF signing CA"}, {&w.VRSRoot, "VRS root"},
	} {
		if *a.to, err = w.authority(a.name); err != nil {
			return err
		}
	}
	return nil
}

func (w *World) makeCards() error {
	key, err := rsa.GenerateKey(crand.Reader, 2048)
	if err != nil {
		return err
	}
	id, err := simulatorKeyID(w.rand)
	w.Cards = &CardAuthority{ID: id, Key: key}
	return err
}

// simulatorKeyID draws a key id of the form that cards have (facts: card, key
// id): 7 ASCII digits, 08 05, 3 ASCII digits, 4 bytes of serial number.
func simulatorKeyID(rand io.Reader) (id cardrecord.KeyID, err error) {
	var r [5]byte
	if _, err := io.ReadFull(rand, r[:]); err != nil {
		return id, err
	}
	copy(id[:], "99")
	for i, b := range r {
		id[2+i] = '0' + b%10
	}
	copy(id[7:], "\x08\x05001\x00\x00\x00\x01")
	return id, nil
}
