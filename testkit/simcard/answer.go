package simcard

// answer runs one command on a card that has power.
func (c *Card) answer(b []byte) []byte {
	first := c.session.first
	c.session.first = false
	if first && c.options.FirstFails {
		return status(swUnknownError)
	}
	cmd, ok := parse(b)
	if !ok {
		return status(swLength)
	}
	if cmd.ins == insGetResponse && cmd.cla == 0 {
		return c.more(cmd)
	}
	c.session.pending = nil
	response := c.dispatch(cmd)
	if c.options.MoreData && len(response) > 2 {
		c.session.pending = response[:len(response)-2]
		return status(swMore | min(len(c.session.pending), 0x100)&0xFF)
	}
	return response
}

func (c *Card) dispatch(cmd command) []byte {
	switch {
	case cmd.cla == 0x80 && cmd.ins == insSign:
		return c.sign(cmd)
	case cmd.cla == 0x80:
		return status(swInstruction)
	case cmd.cla&0xF0 == 0 && cmd.cla&0x0C != 0:
		return status(swMessaging)
	case cmd.cla&0xFC == 0 && cmd.cla != 0:
		return status(swChannel)
	case cmd.cla != 0:
		return status(swClass)
	}
	switch cmd.ins {
	case insSelect:
		return c.selectFile(cmd)
	case insVerify:
		return c.verify(cmd)
	case insChange:
		return c.change(cmd)
	case insRead:
		return c.read(cmd)
	case insChallenge:
		return challenge(cmd)
	case insGetData:
		return c.data(cmd)
	}
	return status(swInstruction)
}

// more is GET RESPONSE.
func (c *Card) more(cmd command) []byte {
	switch {
	case len(c.session.pending) == 0:
		return status(swConditions)
	case cmd.p1 != 0 || cmd.p2 != 0:
		return status(swParameters)
	case cmd.le < 0:
		return status(swLength)
	}
	n := min(cmd.le, len(c.session.pending))
	part := c.session.pending[:n]
	c.session.pending = c.session.pending[n:]
	if rest := len(c.session.pending); rest > 0 {
		return append(append([]byte(nil), part...), status(swMore|min(rest, 0x100)&0xFF)...)
	}
	return answered(part)
}
