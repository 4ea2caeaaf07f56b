package simcard_test

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/binary"
	"math/big"
	"testing"

	"akashi/testkit/residents"
	"akashi/testkit/simcard"
)

// chain is what a reader that verifies everything finds of one card.
type chain struct {
	signer, integrity, key bool // EF 0004, 0003, 0007
	number, attributes     bool // digests
	live                   bool // challenge
}

var sound = chain{true, true, true, true, true, true}

// fields cuts a file at fixed places (facts: card §2 gives exact sizes), so
// that it shares no reader with the code that wrote it.
func modulus(b []byte) *rsa.PublicKey {
	return &rsa.PublicKey{N: new(big.Int).SetBytes(b), E: 65537}
}

func verifies(k *rsa.PublicKey, message, signature []byte) bool {
	d := sha256.Sum256(message)
	return rsa.VerifyPKCS1v15(k, crypto.SHA256, d[:], signature) == nil
}

// inspect reads a card and checks its chain under a key.
func inspect(t *testing.T, c *simcard.Card, ca *rsa.PublicKey) chain {
	t.Helper()
	expect(t, c, selectText, "9000", selectPIN, "9000", pin(c.Resident().PIN), "9000")
	ef1, ef2, ef3, ef4, ef7 := readAll(t, c, "01"), readAll(t, c, "02"), readAll(t, c, "03"), readAll(t, c, "04"), readAll(t, c, "07")
	body := ef4[10 : 10+297] // 7F21 820233, 5F4E 820129
	signer := modulus(body[41:])
	_, signed := attributes(t, ef2)
	h1, h2 := sha256.Sum256(ef1), sha256.Sum256(signed)
	digest := sha256.Sum256([]byte("challenge"))
	info := append([]byte{0x30, 0x31, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20}, digest[:]...)
	answer := c.Transmit(append(append([]byte{0x80, 0x2A, 0, 0, 0x33}, info...), 0))
	if len(answer) != 258 {
		t.Fatalf("challenge answered %X", answer)
	}
	ap := modulus(ef7[19 : 19+256]) // FF50 820213, DF51 820109, 90 03 010001, 91 820100
	return chain{
		signer:     verifies(ca, body, ef4[312:]),
		integrity:  verifies(signer, ef3[5:75], ef3[80:]),
		key:        verifies(signer, ef7[5:275], ef7[280:]),
		number:     bytes.Equal(ef3[8:40], h1[:]),
		attributes: bytes.Equal(ef3[43:75], h2[:]),
		live:       verifies(ap, []byte("challenge"), answer[:256]),
	}
}

// attributes gives the offsets of EF 0002 and its signed part.
func attributes(t *testing.T, ef []byte) (offsets [4]int, signed []byte) {
	t.Helper()
	head, n := 3, int(ef[2])
	if ef[2] == 0x82 {
		head, n = 5, int(binary.BigEndian.Uint16(ef[3:]))
	}
	if !bytes.Equal(ef[head:head+3], []byte{0xDF, 0x21, 8}) {
		t.Fatalf("EF 0002 begins %X", ef[:16])
	}
	for i := range offsets {
		offsets[i] = int(binary.BigEndian.Uint16(ef[head+3+2*i:]))
	}
	return offsets, ef[head+11 : head+n]
}

func TestSignatures(t *testing.T) {
	stranger, err := simcard.NewAuthority()
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		faults simcard.Faults
		spoil  func(*chain)
	}{
		"sound":              {simcard.Faults{}, func(*chain) {}},
		"signer":             {simcard.Faults{BadSignature: []uint16{4}}, func(c *chain) { c.signer = false }},
		"integrity":          {simcard.Faults{BadSignature: []uint16{3}}, func(c *chain) { c.integrity = false }},
		"AP key":             {simcard.Faults{BadSignature: []uint16{7}}, func(c *chain) { c.key = false }},
		"number's digest":    {simcard.Faults{WrongDigest: []uint16{1}}, func(c *chain) { c.number = false }},
		"attributes' digest": {simcard.Faults{WrongDigest: []uint16{2}}, func(c *chain) { c.attributes = false }},
		"foreign challenge":  {simcard.Faults{ForeignChallenge: true}, func(c *chain) { c.live = false }},
	} {
		t.Run(name, func(t *testing.T) {
			want := sound
			test.spoil(&want)
			c := card(t, "yoshida", simcard.Options{Faults: test.faults})
			if got := inspect(t, c, authority().Public()); got != want {
				t.Errorf("got %+v, want %+v", got, want)
			}
			want.signer = false
			if got := inspect(t, c, stranger.Public()); got != want {
				t.Errorf("under a stranger's key: %+v", got)
			}
		})
	}
}

// TestImpostor: a known key id over another key.
func TestImpostor(t *testing.T) {
	impostor, err := authority().Impostor()
	if err != nil {
		t.Fatal(err)
	}
	c, err := simcard.New(resident(t, "yoshida"), impostor, simcard.Options{})
	if err != nil {
		t.Fatal(err)
	}
	c.PowerOn()
	want := sound
	want.signer = false
	if got := inspect(t, c, authority().Public()); got != want || impostor.KeyID() != authority().KeyID() {
		t.Errorf("%+v", got)
	}
}

// TestCopiedRecords is the attack that a common signer allows (DESIGN decision
// 2): a live card that answers with another card's records. Only different
// signers give it away, and only through EF 0007.
func TestCopiedRecords(t *testing.T) {
	victim := card(t, "traveller", simcard.Options{SharedSigner: true})
	attacker := card(t, "yoshida", simcard.Options{SharedSigner: true, Faults: simcard.Faults{Records: victim}})
	if got := inspect(t, attacker, authority().Public()); got != sound {
		t.Errorf("shared signer: %+v, want a chain without a flaw: that is the attack", got)
	}
	if number := readAll(t, attacker, "01"); !bytes.Contains(number, []byte(victim.Resident().Card.Number)) {
		t.Error("the records are not the victim's")
	}
	other := card(t, "traveller", simcard.Options{}) // another municipality, another signer
	attacker = card(t, "yoshida", simcard.Options{Faults: simcard.Faults{Records: other}})
	want := sound
	want.key = false
	if got := inspect(t, attacker, authority().Public()); got != want {
		t.Errorf("own signers: %+v", got)
	}
}

// TestAttributesFile looks at every form of EF 0002 in the population: short
// and long lengths, filler, offsets that lead to the fields' tags.
func TestAttributesFile(t *testing.T) {
	short, long, padded := 0, 0, 0
	for id, address := range map[string]string{"yoshida": "", "takasaki": "", "longname": "", "idot": "", "mononym": "東"} {
		r := resident(t, id)
		if address != "" {
			r.Card.Address = address
		}
		c, err := simcard.New(r, authority(), simcard.Options{})
		if err != nil {
			t.Fatal(err)
		}
		c.PowerOn()
		expect(t, c, selectText, "9000", selectPIN, "9000", pin(r.PIN), "9000")
		ef := readAll(t, c, "02")
		offsets, signed := attributes(t, ef)
		for i, tag := range []byte{0x22, 0x23, 0x24, 0x25} {
			if at := ef[offsets[i]:]; at[0] != 0xDF || at[1] != tag {
				t.Errorf("%s: offset %d leads to %X", id, i, at[:2])
			}
		}
		if !bytes.HasSuffix(signed, append([]byte{0xDF, 0x24, 8}, append([]byte(r.Card.Birth), 0xDF, 0x25, 1, r.Card.Sex)...)) {
			t.Errorf("%s: ends %X", id, signed)
		}
		if ef[2] == 0x82 {
			long++
		} else {
			short++
		}
		if ef[len(ef)-1] == 0xFF {
			padded++
		}
	}
	if short == 0 || long == 0 || padded == 0 {
		t.Errorf("%d short, %d long, %d padded: every form must occur", short, long, padded)
	}
	name := resident(t, "longname").Card.Name
	c := card(t, "longname", simcard.Options{Faults: simcard.Faults{BadOffsets: true}})
	expect(t, c, selectText, "9000", selectPIN, "9000", pin(c.Resident().PIN), "9000")
	ef := readAll(t, c, "02")
	if head := append([]byte{0xDF, 0x22, 0x82, 0, byte(len(name))}, name...); !bytes.Contains(ef, head) {
		t.Error("a length of 128 or more is not written 82 00 xx")
	}
	if offsets, _ := attributes(t, ef); offsets[0] < len(ef) {
		t.Error("the offsets still lead somewhere")
	}
}

// FuzzTransmit: no command makes the card panic, answer without a status word
// or give a protected file away.
func FuzzTransmit(f *testing.F) {
	for _, seed := range []string{"\x00\xA4\x04\x0C\x0A\xD3\x92\x10\x00\x31\x00\x01\x01\x04\x08", "\x00\xB0\x82\x00\x00", "\x00\x20\x00\x91\x0400000"[:9],
		"\x00\xA4\x02\x0C\x00\x00\x02\x00\x04", "\x80\x2A\x00\x00\x33", "\x00\xC0\x00\x00\x00", "\x00\x24\x01\x80\x045555"} {
		f.Add([]byte(seed), []byte("\x00\xB0\x81\x00\x00"))
	}
	r, _ := residents.Find("yoshida")
	c, err := simcard.New(r, authority(), simcard.Options{})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, first, second []byte) {
		c.PowerOff()
		c.PowerOn()
		for _, command := range [][]byte{first, second, {0x00, 0xB0, 0x81, 0x00, 0x00}} {
			answer := c.Transmit(command)
			if len(answer) < 2 || len(answer) > 65538 {
				t.Fatalf("%d bytes answered", len(answer))
			}
			if !c.Verified() && bytes.Contains(answer, []byte(r.Card.Number)) {
				t.Fatal("the number came out without the PIN")
			}
		}
	})
}
