package apdu

// The commands that the project sends, in the form of facts/card.md §1. Each
// call gives a new slice that the caller may wipe.

// SelectDF selects an application by its AID (DF name), asking for no answer
// data. The AID has 5 to 16 bytes; any other panics, for AIDs are constants.
func SelectDF(aid []byte) []byte {
	if len(aid) < 5 || len(aid) > 16 {
		panic("apdu: an AID has 5 to 16 bytes")
	}
	return append([]byte{0x00, 0xA4, 0x04, 0x0C, byte(len(aid))}, aid...)
}

// SelectEF selects an elementary file of the current application.
func SelectEF(id uint16) []byte {
	return []byte{0x00, 0xA4, 0x02, 0x0C, 0x02, byte(id >> 8), byte(id)}
}

// ReadBinary reads n bytes (1 to 256) of the current file from an offset
// (15 bits). Anything else panics: ReadUpTo keeps within the bounds.
func ReadBinary(offset, n int) []byte {
	if offset < 0 || offset > 0x7FFF || n < 1 || n > 256 {
		panic("apdu: READ BINARY out of its bounds")
	}
	return []byte{0x00, 0xB0, byte(offset >> 8), byte(offset), byte(n)}
}

// TriesLeft is VERIFY without a value: the current file's tries left come as
// the status word 63Cx, and none is spent.
func TriesLeft() []byte { return []byte{0x00, 0x20, 0x00, 0x80} }

// Verify presents a PIN to the current file. It has 1 to 16 bytes; any other
// length panics. Wipe the command after its use.
func Verify(pin []byte) []byte {
	if len(pin) < 1 || len(pin) > 16 {
		panic("apdu: a PIN has 1 to 16 bytes")
	}
	c := make([]byte, 0, 5+16) // no growth, so no copy stays behind
	return append(append(c, 0x00, 0x20, 0x00, 0x80, byte(len(pin))), pin...)
}

// GetData asks for a data object, up to 256 bytes of it.
func GetData(tag uint16) []byte { return []byte{0x00, 0xCA, byte(tag >> 8), byte(tag), 0x00} }

// Sign has the ID-entry-assistance AP's key sign a SHA-256 digest (P2=00; the
// JPKI AP takes 80).
func Sign(digest [32]byte) []byte {
	info := []byte{
		0x30, 0x31, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
		0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20,
	}
	info = append(info, digest[:]...)
	c := append([]byte{0x80, 0x2A, 0x00, 0x00, byte(len(info))}, info...)
	return append(c, 0x00)
}
