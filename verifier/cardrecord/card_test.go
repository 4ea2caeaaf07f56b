package cardrecord

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/binary"
	"sync"
	"testing"
)

// The test's own card, written byte by byte from facts/card.md §2 and not with
// the parser's helpers.

var testKeys = sync.OnceValue(func() [4]*rsa.PrivateKey {
	var keys [4]*rsa.PrivateKey // authority, signer, AP, a stranger's
	for i := range keys {
		k, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			panic(err)
		}
		keys[i] = k
	}
	return keys
})

var authorityID = KeyID{'9', '9', '0', '0', '0', '3', '3', 8, 5, '0', '0', '1', 0, 0, 0, 1}

type spec struct {
	name, address, birth, sex string
	number                    string
	authority, signer, ap     *rsa.PrivateKey
}

func testSpec() spec {
	k := testKeys()
	return spec{"証\u3000花子", "桜市一丁目１", "19800217", "2", "123456789018", k[0], k[1], k[2]}
}

func testAuthorities() Authorities { return Authorities{authorityID: &testKeys()[0].PublicKey} }

func (s spec) files(t testing.TB) Files {
	t.Helper()
	f := Files{
		Number:     cat([]byte{0xFF, 0x10, 12}, []byte(s.number), []byte{0xFF, 0xFF}),
		Attributes: s.attributes(),
	}
	body := f.Attributes[headLen(f.Attributes):][11:] // behind DF21 08 and its offsets
	h1, h2 := sha256.Sum256(f.Number), sha256.Sum256(body)
	f.Integrity = s.integrity(t, h1, h2)
	f.Signer = s.certificate(t)
	df51 := cat([]byte{0xDF, 0x51, 0x82, 0x01, 0x09}, keyBytes(s.ap))
	f.APKey = cat([]byte{0xFF, 0x50, 0x82, 0x02, 0x13}, df51, []byte{0xDF, 0x52, 0x82, 1, 0}, sign(t, s.signer, df51))
	return f
}

func (s spec) attributes() []byte {
	var fields []byte
	var at []int
	for i, v := range []string{s.name, s.address, s.birth, s.sex} {
		at = append(at, len(fields))
		fields = cat(fields, []byte{0xDF, byte(0x22 + i)}, length(len(v)), []byte(v))
	}
	head := cat([]byte{0xFF, 0x20}, length(11+len(fields)), []byte{0xDF, 0x21, 8})
	offsets := make([]byte, 8)
	for i, a := range at {
		binary.BigEndian.PutUint16(offsets[2*i:], uint16(len(head)+8+a))
	}
	return cat(head, offsets, fields)
}

func (s spec) integrity(t testing.TB, h1, h2 [32]byte) []byte {
	body := cat([]byte{0xDF, 0x31, 32}, h1[:], []byte{0xDF, 0x32, 32}, h2[:])
	return cat([]byte{0xFF, 0x30, 0x82, 0x01, 0x4B}, body, []byte{0xDF, 0x33, 0x82, 1, 0}, sign(t, s.signer, body))
}

func (s spec) certificate(t testing.TB) []byte {
	subject := KeyID{'9', '9', '0', '0', '0', '3', '4'}
	body := cat(authorityID[:], subject[:], keyBytes(s.signer))
	return cat([]byte{0x7F, 0x21, 0x82, 0x02, 0x33, 0x5F, 0x4E, 0x82, 0x01, 0x29}, body,
		[]byte{0x5F, 0x37, 0x82, 1, 0}, sign(t, s.authority, body))
}

func keyBytes(k *rsa.PrivateKey) []byte {
	return cat([]byte{0x90, 3, 1, 0, 1, 0x91, 0x82, 1, 0}, k.N.FillBytes(make([]byte, 256)))
}

func sign(t testing.TB, k *rsa.PrivateKey, body []byte) []byte {
	t.Helper()
	d := sha256.Sum256(body)
	return signDigest(t, k, d)
}

func signDigest(t testing.TB, k *rsa.PrivateKey, d [32]byte) []byte {
	t.Helper()
	s, err := rsa.SignPKCS1v15(nil, k, crypto.SHA256, d[:])
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// length writes a length as the card does: 82 hi lo from 0x80 on.
func length(n int) []byte {
	if n < 0x80 {
		return []byte{byte(n)}
	}
	return []byte{0x82, byte(n >> 8), byte(n)}
}

func headLen(file []byte) int {
	if file[2] == 0x82 {
		return 5
	}
	return 3
}

func cat(parts ...[]byte) []byte {
	var out []byte
	for _, p := range parts {
		out = append(out, p...)
	}
	return out
}
