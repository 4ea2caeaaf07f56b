package shc

import (
	"encoding/base64"
	"strings"

	"akashi/verifier/strictjson"
)

// Limits of the text.
const (
	DefaultMaxText = 64 << 10 // bytes looked at at all: beyond any card, below any harm
	DefaultMaxJWS  = 1195     // characters: what a version 22 code holds at level L (spec, "Creating a QR code")
)

// prefix opens the text of a card's QR code.
const prefix = "shc:/"

// base64url is the one encoding of a part: no padding, unused bits zero.
var base64url = base64.RawURLEncoding.Strict()

// alphabet is that of base64url.
var alphabet = func() (set [256]bool) {
	for _, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") {
		set[c] = true
	}
	return set
}()

// token is a compact JWS in its parts.
type token struct {
	kid       string
	signed    string // header.payload
	payload   []byte // compressed
	signature []byte // 64 bytes
}

// parseToken reads a shc:/ text or a compact JWS (RFC 7515 section 7.1).
func parseToken(text string) (*token, error) {
	if len(text) > DefaultMaxText {
		return nil, ErrTooLong
	}
	if digits, ok := strings.CutPrefix(text, prefix); ok {
		jws, err := fromDigits(digits)
		if err != nil {
			return nil, err
		}
		text = jws
	}
	dot := strings.LastIndexByte(text, '.')
	if dot < 0 || strings.Count(text, ".") != 2 {
		return nil, ErrForm
	}
	t, err := parseSigningInput(text[:dot])
	if err != nil {
		return nil, err
	}
	if len(text) > DefaultMaxJWS {
		return nil, ErrTooLong
	}
	if t.signature, err = decode(text[dot+1:]); err != nil {
		return nil, err
	}
	if len(t.signature) != 64 {
		return nil, ErrSignatureForm
	}
	return t, nil
}

// parseSigningInput reads header.payload.
func parseSigningInput(signed string) (*token, error) {
	head, payload, ok := strings.Cut(signed, ".")
	if !ok || len(signed) > DefaultMaxText {
		return nil, ErrForm
	}
	h, err := decode(head)
	if err != nil {
		return nil, err
	}
	t := &token{signed: signed}
	if t.kid, err = parseHeader(h); err != nil {
		return nil, err
	}
	t.payload, err = decode(payload)
	return t, err
}

func decode(s string) ([]byte, error) {
	for i := range len(s) { // the decoder would skip line breaks
		if !alphabet[s[i]] {
			return nil, ErrBase64
		}
	}
	b, err := base64url.DecodeString(s)
	if err != nil {
		return nil, ErrBase64
	}
	return b, nil
}

var headerLimits = strictjson.Limits{Depth: 1, Values: 4, Space: true}

// parseHeader gives the kid of a header that holds alg, zip and kid and no
// more: nothing in it may choose a key or an algorithm.
func parseHeader(b []byte) (kid string, err error) {
	v, err := strictjson.Parse(b, headerLimits)
	if err != nil || !v.Only("alg", "zip", "kid") {
		return "", ErrHeader
	}
	if !v.Get("alg").Is("ES256") {
		return "", ErrAlgorithm
	}
	if !v.Get("zip").Is("DEF") {
		return "", ErrZip
	}
	kid, _ = v.Get("kid").String()
	if b, err := decode(kid); err != nil || len(b) != 32 {
		return "", ErrKeyID
	}
	return kid, nil
}

// fromDigits turns the numeric part of a code into the JWS: each two digits
// are a character's number less 45 (spec, "Encoding QRs").
func fromDigits(digits string) (string, error) {
	if strings.ContainsRune(digits, '/') {
		return "", chunked(digits)
	}
	if len(digits)%2 != 0 || digits == "" {
		return "", ErrDigits
	}
	jws := make([]byte, len(digits)/2)
	for i := range jws {
		tens, ones := digits[2*i]-'0', digits[2*i+1]-'0'
		c := 10*tens + ones + '-'
		if tens > 9 || ones > 9 || c != '.' && !alphabet[c] {
			return "", ErrDigits
		}
		jws[i] = c
	}
	return string(jws), nil
}

// chunked tells the withdrawn form C/N/digits from rubbish.
func chunked(s string) error {
	parts := strings.Split(s, "/")
	if len(parts) != 3 {
		return ErrDigits
	}
	for _, p := range parts {
		if p == "" || strings.Trim(p, "0123456789") != "" {
			return ErrDigits
		}
	}
	return ErrChunked
}
