package vpcd_test

import (
	"io"
	"net"
	"testing"

	"akashi/testkit/vpcd"
)

// FuzzReader: whatever a reader sends, the card leaves when the reader does,
// and nothing panics.
func FuzzReader(f *testing.F) {
	for _, seed := range []string{"\x00\x01\x04", "\x00\x01\x01\x00\x02\x00\xA4\x00\x01\x00", "\x00\x00", "\xFF\xFF\x00", "\x00\x02\xEE\x00", "\x00\x01\x09"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		reader, card := net.Pipe()
		slot := vpcd.PlugConn(t.Context(), card, &echo{})
		go io.Copy(io.Discard, reader)
		reader.Write(b) // the card may leave first
		reader.Close()
		<-slot.Ended()
	})
}
