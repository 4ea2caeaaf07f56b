package simcard

import (
	"bytes"
	"encoding/binary"
)

// application is one of the card's APs; none is the state after power-on.
type application uint8

const (
	none    application = iota
	text                // 券面事項入力補助AP
	surface             // 券面事項確認AP
	jpki                // 公的個人認証AP
	common              // 共通カードAP
	basic               // 住基AP
)

var names = map[application][]byte{
	none:    {0xA0, 0x00, 0x00, 0x01, 0x51, 0x00, 0x00}, // issuer security domain: back to the power-on state
	text:    {0xD3, 0x92, 0x10, 0x00, 0x31, 0x00, 0x01, 0x01, 0x04, 0x08},
	surface: {0xD3, 0x92, 0x10, 0x00, 0x31, 0x00, 0x01, 0x01, 0x04, 0x02},
	jpki:    {0xD3, 0x92, 0xF0, 0x00, 0x26, 0x01, 0x00, 0x00, 0x00, 0x01},
	common:  {0xD3, 0x92, 0x10, 0x00, 0x31, 0x00, 0x01, 0x01, 0x01, 0x00},
	basic:   {0xD3, 0x92, 0x10, 0x00, 0x31, 0x00, 0x01, 0x01, 0x04, 0x01},
}

func (c *Card) selectFile(cmd command) []byte {
	if cmd.p2 != 0x0C && cmd.p2 != 0x00 {
		return status(swParameters)
	}
	switch cmd.p1 {
	case 0x04:
		return c.selectAP(cmd)
	case 0x02:
		return c.selectEF(cmd)
	case 0x00:
		// Not a way to the master file on this card: 6A86 after power-on, a
		// 9000 that does nothing inside an AP, and 3F00 is not found.
		switch {
		case cmd.hasData:
			return status(swNotFound)
		case c.session.ap == none:
			return status(swParameters)
		}
		return status(swOK)
	}
	return status(swParameters)
}

func (c *Card) selectAP(cmd command) []byte {
	for ap, name := range names {
		if !bytes.Equal(cmd.data, name) || c.options.Faults.NotMyNumber && ap != none {
			continue
		}
		if ap != c.session.ap || c.options.Strict {
			c.session.verified = map[uint16]bool{}
		}
		c.session.ap, c.session.ef = ap, 0
		if cmd.p2 == 0x00 && cmd.le >= 0 {
			return answered(object(0x6F, object(0x84, name)))
		}
		return status(swOK)
	}
	return status(swNotFound)
}

func (c *Card) selectEF(cmd command) []byte {
	if len(cmd.data) != 2 {
		return status(swLength)
	}
	id := binary.BigEndian.Uint16(cmd.data)
	if !c.exists(id) {
		return status(swNotFound)
	}
	c.session.ef = id
	if cmd.p2 == 0x00 && cmd.le >= 0 {
		return answered(object(0x6F, object(0x83, cmd.data)))
	}
	return status(swOK)
}

// exists reports whether the current AP has the file.
func (c *Card) exists(id uint16) bool {
	switch c.session.ap {
	case text:
		return id >= efNumber && id <= efUnknown || keyFileID(text, id)
	case jpki:
		return id == efToken
	}
	return false
}

// keyFileID reports whether the file holds a key: selectable, never readable.
func keyFileID(ap application, id uint16) bool {
	if ap != text {
		return false
	}
	return id >= 0x0010 && id <= efReferenceB || id == 0x001C || id == 0x001E
}

// file gives a readable file of the current AP.
func (c *Card) file(id uint16) ([]byte, bool) {
	switch {
	case c.session.ap == jpki && id == efToken:
		return token(), true
	case c.session.ap != text:
		return nil, false
	}
	if other := c.options.Faults.Records; other != nil && id >= efNumber && id <= efSigner {
		return other.copied(id)
	}
	made, err := c.content()
	if err != nil {
		return nil, false
	}
	b, ok := made.files[id]
	return b, ok
}

// copied gives a file as somebody has it who read it once.
func (c *Card) copied(id uint16) ([]byte, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	made, err := c.content()
	if err != nil {
		return nil, false
	}
	b, ok := made.files[id]
	return b, ok
}

// target gives the file that a command is about: its short identifier, which
// becomes current, or the current one.
func (c *Card) target(short byte) (uint16, int) {
	if short == 0 {
		if c.session.ef == 0 {
			return 0, swNoCurrentEF
		}
		return c.session.ef, swOK
	}
	if !c.exists(uint16(short)) {
		return 0, swNotFound
	}
	c.session.ef = uint16(short)
	return c.session.ef, swOK
}
