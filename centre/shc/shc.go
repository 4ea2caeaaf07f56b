// Package shc writes SMART Health Cards in the data-minimisation profile.
//
// It composes the exact bytes to be signed and takes the signature from
// elsewhere: it never sees a key. Specification ("spec"): HL7 SMART Health
// Cards Framework 1.4; content ("guide"): its vaccination guide, the DM
// profiles. What it writes, verifier/shc reads; the two share no code.
package shc

import (
	"bytes"
	"compress/flate"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/lestrrat-go/jwx/v2/jwa"
	"github.com/lestrrat-go/jwx/v2/jws"

	"akashi/centre/es256"
	"akashi/verifier/credential"
)

// MaxJWS is the longest JWS that fits one QR code of version 22 at level L
// (spec, "Encoding chunks as QR codes"), in characters.
const MaxJWS = 1195

// signatureChars is the length of a signature and its dot in the JWS.
const signatureChars = 1 + 86

// Errors of Compose. None of them carries what the certificate says.
var (
	ErrKind         = errors.New("shc: the certificate is of no kind that there is; ask again for domestic or overseas")
	ErrIssuer       = errors.New("shc: the issuer needs an https address without a slash at its end, and a display name of 1 to 29 ASCII characters; correct the configuration")
	ErrKeyID        = errors.New("shc: kid is not an RFC 7638 SHA-256 thumbprint; take it from the key process")
	ErrRevocationID = errors.New("shc: rid must be at most 24 characters of base64url; correct what VRS gave")
	ErrIssued       = errors.New("shc: the time of issue is not one; correct the clock")
	ErrName         = errors.New("shc: the name is empty, too long or holds control characters; the municipality must look at it")
	ErrTravel       = errors.New("shc: an overseas card needs the Roman name of the passport; take it from an earlier overseas issue")
	ErrBirth        = errors.New("shc: the birth date is no date, or not a full one on an overseas card; the municipality must look at it")
	ErrDoses        = errors.New("shc: the doses must be at least one, in rising order; correct the record")
	ErrDoseDate     = errors.New("shc: a dose has no full date; correct the record")
	ErrVaccine      = errors.New("shc: a vaccine has no CVX code; correct the table of vaccines")
	ErrLot          = errors.New("shc: a lot number is longer than 19 characters or not printable ASCII; correct the record")
	ErrTooLong      = errors.New("shc: the card does not fit one code of version 22; issue fewer doses on it")
)

// Unsigned is a composed card that waits for its signature.
type Unsigned struct {
	signingInput []byte
}

// Compose writes the card of c under the issuer key kid (RFC 7638 thumbprint),
// with the revocation ID rid ("" for none) and nbf at issued, cut to the
// second. A domestic card names the holder as the My Number card does, an
// overseas one as the passport does.
func Compose(c credential.Certificate, kid, rid string, issued time.Time) (*Unsigned, error) {
	h, err := header(kid)
	if err != nil {
		return nil, err
	}
	p, err := claimsOf(c, rid, issued)
	if err != nil {
		return nil, err
	}
	packed, err := deflate(p)
	if err != nil {
		return nil, err
	}
	enc := base64.RawURLEncoding
	input := enc.AppendEncode(nil, h)
	input = append(input, '.')
	input = enc.AppendEncode(input, packed)
	if len(input)+signatureChars > MaxJWS {
		return nil, ErrTooLong
	}
	return &Unsigned{input}, nil
}

// header gives the JOSE header: alg, kid and zip, nothing else (spec, "Health
// Cards are encoded as Compact Serialization JSON Web Signatures").
func header(kid string) ([]byte, error) {
	if b, err := base64.RawURLEncoding.Strict().DecodeString(kid); err != nil || len(b) != sha256.Size || len(kid) != 43 {
		return nil, ErrKeyID
	}
	h := jws.NewHeaders()
	for name, value := range map[string]any{jws.AlgorithmKey: jwa.ES256, jws.KeyIDKey: kid, "zip": "DEF"} {
		if err := h.Set(name, value); err != nil {
			return nil, fmt.Errorf("shc: header: %w", err)
		}
	}
	return json.Marshal(h)
}

// deflate compresses with raw DEFLATE (RFC 1951), level 9.
func deflate(b []byte) ([]byte, error) {
	var packed bytes.Buffer
	w, err := flate.NewWriter(&packed, flate.BestCompression)
	if err != nil {
		return nil, fmt.Errorf("shc: %w", err)
	}
	if _, err := w.Write(b); err != nil {
		return nil, fmt.Errorf("shc: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("shc: %w", err)
	}
	return packed.Bytes(), nil
}

// SigningInput gives header.payload, the bytes that are signed. The caller
// gets a copy.
func (u *Unsigned) SigningInput() []byte { return bytes.Clone(u.signingInput) }

// Digest gives the SHA-256 digest of SigningInput.
func (u *Unsigned) Digest() [32]byte { return sha256.Sum256(u.signingInput) }

// Attach takes the ASN.1 DER signature over Digest and gives the compact JWS.
// It does not know the key; who asked for the signature verifies the result.
func (u *Unsigned) Attach(der []byte) (text string, err error) {
	raw, err := es256.Raw(der)
	if err != nil {
		return "", err
	}
	return string(u.signingInput) + "." + base64.RawURLEncoding.EncodeToString(raw), nil
}

// QRText gives the text of the card's QR code (spec, "Encoding QRs"): shc:/
// and two digits for each character of the JWS, which must be one of Attach's;
// "" for any other text.
func QRText(text string) string {
	var b strings.Builder
	b.Grow(5 + 2*len(text))
	b.WriteString("shc:/")
	for _, c := range []byte(text) {
		if c < '-' || c > 'z' {
			return ""
		}
		n := c - '-'
		b.WriteByte('0' + n/10)
		b.WriteByte('0' + n%10)
	}
	return b.String()
}
