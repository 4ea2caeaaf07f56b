package cardrecord

import (
	"bytes"
	"crypto/rsa"
	"crypto/sha256"
	"errors"
	"math/big"
	"unicode"
	"unicode/utf8"

	"akashi/verifier/credential"
	"akashi/verifier/tlv"
)

// Sizes of the files in bytes (facts/card.md §2). Those of EF 0001, 0003, 0004
// and 0007 are exact.
const (
	NumberSize    = 17
	IntegritySize = 336
	SignerSize    = 568
	APKeySize     = 536

	// DefaultMaxAttributes bounds EF 0002: its physical size is not public;
	// the longest register entry seen in print is far below this.
	DefaultMaxAttributes = 2048
	// DefaultMaxName bounds the name: ten times the longest that the card's
	// face can hold, and less than what a page can.
	DefaultMaxName = 512
	// DefaultMaxAddress bounds the address likewise.
	DefaultMaxAddress = 1024
)

// errForm stays inside: Parse tells only which file was malformed.
var errForm = errors.New("cardrecord: form")

// integrity is EF 0003: FF30 { DF31 H1, DF32 H2, DF33 signature over the two
// objects before it }.
type integrity struct {
	number, attributes [32]byte // H1, H2
	proof              signed
}

func (i *integrity) read(b []byte) error {
	fields, err := sequence(b, IntegritySize, 0xFF30, 0xDF31, 0xDF32, 0xDF33)
	if err != nil {
		return err
	}
	if len(fields[0].Value) != 32 || len(fields[1].Value) != 32 || len(fields[2].Value) != 256 {
		return errForm
	}
	i.number = [32]byte(fields[0].Value)
	i.attributes = [32]byte(fields[1].Value)
	i.proof = signed{append(bytes.Clone(fields[0].Raw), fields[1].Raw...), fields[2].Value}
	return nil
}

// certificate is EF 0004: 7F21 { 5F4E body, 5F37 signature over the body's
// value }; the body is issuer key id, subject key id, public key.
type certificate struct {
	issuer, subject KeyID
	key             *rsa.PublicKey
	proof           signed
}

func (c *certificate) read(b []byte) error {
	fields, err := sequence(b, SignerSize, 0x7F21, 0x5F4E, 0x5F37)
	if err != nil {
		return err
	}
	body, signature := fields[0].Value, fields[1].Value
	if len(body) != 297 || len(signature) != 256 {
		return errForm
	}
	c.issuer, c.subject = KeyID(body[:16]), KeyID(body[16:32])
	c.proof = signed{body, signature}
	c.key, err = publicKey(body[32:])
	return err
}

// readAPKey reads EF 0007: FF50 { DF51 public key, DF52 signature over the
// DF51 object }.
func (p *parsed) readAPKey(b []byte) error {
	fields, err := sequence(b, APKeySize, 0xFF50, 0xDF51, 0xDF52)
	if err != nil {
		return err
	}
	if len(fields[1].Value) != 256 {
		return errForm
	}
	p.apKeyProof = signed{fields[0].Raw, fields[1].Value}
	p.apKey, err = publicKey(fields[0].Value)
	return err
}

// readNumber reads EF 0001: FF10 0C, twelve digits, and the physical filler
// FF FF, which the signed digest covers.
func (p *parsed) readNumber(b []byte) error {
	if len(b) != NumberSize {
		return errForm
	}
	o, filler, err := tlv.Expect(b, 0xFF10)
	if err != nil {
		return err
	}
	if len(o.Value) != 12 || !digits(o.Value) || !bytes.Equal(filler, []byte{0xFF, 0xFF}) {
		return errForm
	}
	p.number = newNumber(o.Value)
	p.numberDigest = sha256.Sum256(b)
	return nil
}

// readAttributes reads EF 0002: FF20 { DF21 offsets, DF22 name, DF23 address,
// DF24 birth date, DF25 sex }. The signed digest leaves DF21 out, so its
// offsets are anybody's and nothing here goes by them.
func (p *parsed) readAttributes(b []byte) error {
	if len(b) > DefaultMaxAttributes {
		return errForm
	}
	fields, err := sequence(b, len(b), 0xFF20, 0xDF21, 0xDF22, 0xDF23, 0xDF24, 0xDF25)
	if err != nil {
		return err
	}
	offsets, name, address, birth, sex := fields[0].Value, fields[1].Value, fields[2].Value, fields[3].Value, fields[4].Value
	switch {
	case len(offsets) != 8, len(sex) != 1, len(birth) != 8, !digits(birth):
		return errForm
	case len(name) == 0, !text(name, DefaultMaxName), !text(address, DefaultMaxAddress):
		return errForm
	}
	p.attributes = Attributes{string(name), string(address), classify(string(birth)), sex[0]}
	h := sha256.New()
	for _, f := range fields[1:] {
		h.Write(f.Raw)
	}
	p.attributesDigest = [32]byte(h.Sum(nil))
	return nil
}

// sequence reads b, of exactly size bytes, as one object that holds exactly
// these fields.
func sequence(b []byte, size int, outer tlv.Tag, fields ...tlv.Tag) ([]tlv.Object, error) {
	if len(b) != size {
		return nil, errForm
	}
	o, err := tlv.Only(b, outer)
	if err != nil {
		return nil, err
	}
	return tlv.Sequence(o.Value, fields...)
}

// publicKey reads 90 03 010001, 91 820100 and a modulus of exactly 2048 bits.
func publicKey(b []byte) (*rsa.PublicKey, error) {
	fields, err := tlv.Sequence(b, 0x90, 0x91)
	if err != nil {
		return nil, err
	}
	exponent, modulus := fields[0].Value, fields[1].Value
	if !bytes.Equal(exponent, []byte{1, 0, 1}) || len(modulus) != 256 {
		return nil, errForm
	}
	if modulus[0]&0x80 == 0 || modulus[255]&1 == 0 {
		return nil, errForm
	}
	return &rsa.PublicKey{N: new(big.Int).SetBytes(modulus), E: 65537}, nil
}

// classify reads the eight digits of a birth date. How cards hold an unknown
// month or day is not public; 00 is taken for it, and digits that no calendar
// has give the zero Date rather than an unreadable card.
func classify(s string) credential.Date {
	d, err := credential.ParseCompact(s)
	if err != nil {
		return credential.Date{}
	}
	return d
}

// text reports whether b is UTF-8 of at most limit bytes without control
// characters, which no register entry holds and which would reach paper and
// screen.
func text(b []byte, limit int) bool {
	if len(b) > limit || !utf8.Valid(b) {
		return false
	}
	return !bytes.ContainsFunc(b, unicode.IsControl)
}

func digits(b []byte) bool {
	for _, c := range b {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}
