package simcard

// readers says which verified key opens a file: any of them; none: free.
var readers = map[uint16][]uint16{
	efNumber:     {efPIN, efReferenceA},
	efAttributes: {efPIN, efReferenceB},
	efIntegrity:  {efPIN, efReferenceA, efReferenceB},
	efSessionKey: {efPIN, efReferenceA, efReferenceB},
	efAPKey:      {efPIN, efReferenceA, efReferenceB},
}

// read is READ BINARY, by the current file or a short identifier.
func (c *Card) read(cmd command) []byte {
	offset, short := int(cmd.p1)<<8|int(cmd.p2), byte(0)
	if cmd.p1&0x80 != 0 {
		if cmd.p1&0x60 != 0 {
			return status(swParameters)
		}
		offset, short = int(cmd.p2), cmd.p1&0x1F
	}
	ef, sw := c.target(short)
	switch {
	case sw != swOK:
		return status(sw)
	case cmd.hasData || cmd.le < 0:
		return status(swLength)
	case keyFileID(c.session.ap, ef):
		return status(swFileType)
	case !c.allowed(ef):
		return status(swSecurity)
	}
	file, ok := c.file(ef)
	if !ok {
		return status(swUnknownError)
	}
	return c.cut(file, offset, cmd.le)
}

// cut gives le bytes from offset, up to the file's physical end.
func (c *Card) cut(file []byte, offset, le int) []byte {
	if offset >= len(file) {
		return status(swOffset)
	}
	left := len(file) - offset
	if c.options.ExactLe && le > left && left < 0x100 {
		return status(swExactLe | left)
	}
	n := min(le, left)
	if c.options.ShortReads > 0 {
		n = min(n, c.options.ShortReads)
	}
	return answered(file[offset : offset+n])
}

func (c *Card) allowed(ef uint16) bool {
	if c.session.ap != text || readers[ef] == nil {
		return true
	}
	for _, key := range readers[ef] {
		if c.session.verified[key] {
			return true
		}
	}
	return false
}
