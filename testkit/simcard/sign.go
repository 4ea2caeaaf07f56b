package simcard

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
)

// digestInfo is how a SHA-256 DigestInfo begins.
var digestInfo = []byte{0x30, 0x31, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20}

func challenge(cmd command) []byte {
	switch {
	case cmd.p1 != 0 || cmd.p2 != 0:
		return status(swParameters)
	case cmd.hasData || cmd.le < 1 || cmd.le > 0x100:
		return status(swLength)
	}
	b := make([]byte, cmd.le)
	rand.Read(b)
	return answered(b)
}

// data is GET DATA: expiry and municipality, before any AP is selected.
func (c *Card) data(cmd command) []byte {
	if cmd.hasData || cmd.le < 0 {
		return status(swLength)
	}
	if c.session.ap != none {
		return status(swReference)
	}
	card := c.resident.Card
	object := map[uint16]string{0x00F2: card.Expires, 0x00F0: card.Municipality[:5]}[uint16(cmd.p1)<<8|uint16(cmd.p2)]
	if object == "" || c.options.Faults.NotMyNumber {
		return status(swReference)
	}
	return c.cut([]byte(object), 0, cmd.le)
}

// sign is the AP key's signature over a DigestInfo; it needs no PIN.
func (c *Card) sign(cmd command) []byte {
	switch {
	case cmd.p1 != 0 || cmd.p2 != 0:
		return status(swParameters)
	case c.session.ap != text:
		return status(swConditions)
	case cmd.le < 0:
		return status(swLength)
	case len(cmd.data) != len(digestInfo)+32 || !bytes.HasPrefix(cmd.data, digestInfo):
		return status(swData)
	}
	made, err := c.content()
	if err != nil {
		return status(swUnknownError)
	}
	signature, err := rsa.SignPKCS1v15(nil, made.challenge, crypto.Hash(0), cmd.data)
	if err != nil {
		return status(swUnknownError)
	}
	if cmd.le < len(signature) {
		return status(swExactLe | len(signature)&0xFF)
	}
	return answered(signature)
}
