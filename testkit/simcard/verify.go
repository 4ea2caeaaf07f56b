package simcard

import "bytes"

func (c *Card) verify(cmd command) []byte {
	if cmd.p1 != 0 || cmd.p2&0xE0 != 0x80 {
		return status(swParameters)
	}
	ef, sw := c.target(cmd.p2 & 0x1F)
	if sw != swOK {
		return status(sw)
	}
	secret, ok := c.store.secret[ef]
	if !ok || c.session.ap != text {
		return status(swFileType)
	}
	left := c.store.tries(ef)
	switch {
	case !cmd.hasData && cmd.le < 0:
		return c.query(ef, left)
	case left == 0:
		return status(swBlocked)
	case len(cmd.data) != len(secret):
		return status(swLength)
	}
	return c.present(ef, left, bytes.Equal(cmd.data, secret))
}

// query answers the empty VERIFY, which spends nothing.
func (c *Card) query(ef uint16, left int) []byte {
	switch {
	case left == 0 && c.options.BlockedQuery:
		return status(swBlocked)
	case c.session.verified[ef] && c.options.VerifiedQuery:
		return status(swOK)
	}
	return status(swTries | left)
}

func (c *Card) present(ef uint16, left int, right bool) []byte {
	if !right {
		delete(c.session.verified, ef)
		if err := c.store.setTries(ef, left-1); err != nil {
			return status(swUnknownError)
		}
		return status(swTries | (left - 1))
	}
	if err := c.store.setTries(ef, limit(ef)); err != nil {
		return status(swUnknownError)
	}
	c.session.verified[ef] = true
	return status(swOK)
}

// change is CHANGE REFERENCE DATA of the PIN, after it was verified.
func (c *Card) change(cmd command) []byte {
	switch {
	case cmd.p1 != 0x01 || cmd.p2 != 0x80:
		return status(swParameters)
	case c.session.ef == 0:
		return status(swNoCurrentEF)
	case c.session.ap != text || c.session.ef != efPIN:
		return status(swFileType)
	case !c.session.verified[efPIN]:
		return status(swSecurity)
	case len(cmd.data) != 4:
		return status(swLength)
	}
	if err := c.store.setPIN(cmd.data); err != nil {
		return status(swUnknownError)
	}
	return status(swOK)
}
