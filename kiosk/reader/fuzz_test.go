package reader

import (
	"bytes"
	"context"
	"testing"
)

// FuzzRequest: a request that is read encodes back to the same bytes.
func FuzzRequest(f *testing.F) {
	f.Add([]byte{opWaitCard, 0, 0, 0, 1, 0, 0})
	f.Add([]byte{opTransmit, 0, 0, 0, 1, 0, 4, 0, 0xA4, 4, 0x0C})
	f.Add([]byte{opEnd, 0, 0, 0x75, 0x31, 0, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := readRequest(bytes.NewReader(b), make([]byte, requestHead+MaxCommand))
		if err != nil {
			return
		}
		if got := r.appendTo(nil); !bytes.HasPrefix(b, got) {
			t.Fatalf("%X encodes back to %X", b, got)
		}
	})
}

// FuzzReply: the same for replies.
func FuzzReply(f *testing.F) {
	f.Add([]byte{0, 0, 2, 0x90, 0}, byte(opTransmit))
	f.Add([]byte{4, 0, 0}, byte(opWaitCard))
	f.Fuzz(func(t *testing.T, b []byte, op byte) {
		r, err := readReply(bytes.NewReader(b), op, make([]byte, replyHead+MaxResponse))
		if err != nil {
			return
		}
		if got := r.appendTo(nil); !bytes.HasPrefix(b, got) {
			t.Fatalf("%X encodes back to %X", b, got)
		}
	})
}

// FuzzServe: whatever a client sends, Serve ends and the card has no power.
func FuzzServe(f *testing.F) {
	f.Add([]byte{opWaitCard, 0, 0, 0, 1, 0, 0, opTransmit, 0, 0, 0, 1, 0, 4, 0, 0xA4, 4, 0x0C})
	f.Fuzz(func(t *testing.T, b []byte) {
		d := calm()
		d.wait = func(ctx context.Context) error { return ctx.Err() }
		near, far := pair(t)
		done := make(chan error, 1)
		go func() { done <- Serve(t.Context(), far, d) }()
		_, _ = near.Write(b)
		near.Close()
		<-done
		if d.ends() == 0 {
			t.Fatal("the card keeps its power")
		}
	})
}
