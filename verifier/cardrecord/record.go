package cardrecord

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"

	"akashi/verifier/credential"
)

// Attributes are the four attributes (基本4情報) of EF 0002, as the card has
// them.
type Attributes struct {
	// Name is UTF-8, family and given parted by U+3000 where the card has it;
	// never empty.
	Name string
	// Address is UTF-8; it may be empty.
	Address string
	// Birth is what the card's eight digits say. Month or day may be unknown.
	// Digits that no calendar has give a Date that is not Valid: it matches no
	// record, so callers compare only Valid ones.
	Birth credential.Date
	// Sex is the card's byte: ASCII '1' male, '2' female, '9' not applicable,
	// '0' unknown (JIS X 0303); any other byte is kept.
	Sex byte
}

// Record is a card's records, read and not yet verified. All of it lies in a
// closure: even the digest of the individual number's file gives the number
// away to who tries all numbers.
type Record struct{ reveal func() *parsed }

// parsed is what Parse took out of the files; the slices are its own.
type parsed struct {
	attributes Attributes
	number     IndividualNumber

	numberDigest     [32]byte // of EF 0001, whole
	attributesDigest [32]byte // of EF 0002, from DF22 on

	integrity  integrity
	signer     certificate
	apKey      *rsa.PublicKey
	apKeyProof signed
}

// signed is a body and the signature over it.
type signed struct{ body, signature []byte }

// Parse reads the files strictly: one form each, as facts/card.md §2 has it,
// EF 0001 with its physical filler, EF 0002 without any. The error is an
// *Error with Malformed. Nothing is verified yet.
func Parse(f Files) (*Record, error) {
	f = f.clone()
	p := &parsed{}
	for _, step := range []struct {
		where string
		read  func() error
	}{
		{"EF 0001", func() error { return p.readNumber(f.Number) }},
		{"EF 0002", func() error { return p.readAttributes(f.Attributes) }},
		{"EF 0003", func() error { return p.integrity.read(f.Integrity) }},
		{"EF 0004", func() error { return p.signer.read(f.Signer) }},
		{"EF 0007", func() error { return p.readAPKey(f.APKey) }},
	} {
		if step.read() != nil {
			return nil, fault(Malformed, step.where)
		}
	}
	return &Record{func() *parsed { return p }}, nil
}

func (f Files) clone() Files {
	return Files{
		Number:     bytes.Clone(f.Number),
		Attributes: bytes.Clone(f.Attributes),
		Integrity:  bytes.Clone(f.Integrity),
		Signer:     bytes.Clone(f.Signer),
		APKey:      bytes.Clone(f.APKey),
	}
}

// Attributes gives the four attributes. They are worth nothing before Verify.
func (r *Record) Attributes() Attributes { return r.reveal().attributes }

// Number gives the individual number's handle. It is worth nothing before
// Verify.
func (r *Record) Number() IndividualNumber { return r.reveal().number }

// Signer gives the two key ids of EF 0004: who vouches for the signer, and the
// signer's own.
func (r *Record) Signer() (issuer, subject KeyID) {
	s := r.reveal().signer
	return s.issuer, s.subject
}

// Verify holds EF 0004 under an authority, EF 0003 and EF 0007 under EF 0004's
// key, and the digests that EF 0003 signs against EF 0001 and EF 0002. The
// error is an *Error with UnknownAuthority, BadSignature or WrongDigest.
//
// The card has no validity dates and no revocation list here: whether it is
// still in force is not what this says.
func (r *Record) Verify(a Authorities) error {
	p := r.reveal()
	authority := a[p.signer.issuer]
	if authority == nil {
		return fault(UnknownAuthority, "EF 0004")
	}
	switch {
	case !p.signer.proof.under(authority):
		return fault(BadSignature, "EF 0004")
	case !p.integrity.proof.under(p.signer.key):
		return fault(BadSignature, "EF 0003")
	case p.integrity.number != p.numberDigest:
		return fault(WrongDigest, "EF 0001")
	case p.integrity.attributes != p.attributesDigest:
		return fault(WrongDigest, "EF 0002")
	case !p.apKeyProof.under(p.signer.key):
		return fault(BadSignature, "EF 0007")
	}
	return nil
}

// VerifyChallenge holds the card's signature over a SHA-256 digest (RSASSA
// PKCS#1 v1.5) against the key of EF 0007. The error is an *Error with
// NotLive. Without Verify, the key may be anybody's.
func (r *Record) VerifyChallenge(digest [32]byte, signature []byte) error {
	if rsa.VerifyPKCS1v15(r.reveal().apKey, crypto.SHA256, digest[:], signature) != nil {
		return fault(NotLive, "challenge")
	}
	return nil
}

// under reports whether the body is signed under key (RSASSA PKCS#1 v1.5,
// SHA-256: facts/card.md §2).
func (s signed) under(key *rsa.PublicKey) bool {
	digest := sha256.Sum256(s.body)
	return rsa.VerifyPKCS1v15(key, crypto.SHA256, digest[:], s.signature) == nil
}
