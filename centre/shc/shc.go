// Package shc writes SMART Health Cards in the data-minimisation profile.
//
// It composes the exact bytes to be signed and takes the signature from
// elsewhere: it never sees a key. Specification: HL7 SMART Health Cards
// Framework (cards-specification) and the vaccination implementation guide.
package shc

import (
	"errors"
	"time"

	"akashi/verifier/credential"
)

// Unsigned is a composed card that waits for its signature.
type Unsigned struct {
	signingInput []byte
}

// Compose writes the card of c under the issuer key kid (RFC 7638 thumbprint),
// with the revocation ID rid ("" for none) and nbf at issued.
func Compose(c credential.Certificate, kid, rid string, issued time.Time) (*Unsigned, error) {
	return nil, errors.ErrUnsupported
}

// SigningInput gives header.payload, the bytes that are signed.
func (u *Unsigned) SigningInput() []byte { return u.signingInput }

// Digest gives the SHA-256 digest of SigningInput.
func (u *Unsigned) Digest() [32]byte { return [32]byte{} }

// Attach takes the ASN.1 DER signature over Digest and gives the compact JWS.
func (u *Unsigned) Attach(der []byte) (jws string, err error) { return "", errors.ErrUnsupported }

// QRText gives the text of the card's QR code: shc:/ and digits.
func QRText(jws string) string { return "" }
