package faults

import (
	"bytes"
	"context"
	"os"

	"akashi/centre/wire"
)

// Unsealed is the control of the residue scan: a worker that forgets to seal
// and leaves its debugging on. What it sends has the size of a sealed answer
// but can be read by launcher, gateway and agent on its way, and is appended to
// a log. The kiosk's session worker refuses it; the scan must find it.
func Unsealed(log string) Defect {
	return func(_ context.Context, h wire.Header, own wire.Answer, _ Seal) (wire.Sealed, error) {
		text := wire.Encode(own)
		f, err := os.OpenFile(log, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
		if err != nil {
			return wire.Sealed{}, err
		}
		defer f.Close()
		if _, err := f.Write(append(text, '\n')); err != nil {
			return wire.Sealed{}, err
		}
		const tag = 16 // of AES-GCM
		size := (len(text)/wire.DefaultPadDown + 1) * wire.DefaultPadDown
		padded := append(text, bytes.Repeat([]byte{' '}, size+tag-len(text))...)
		return wire.Sealed{Nonce: h.Nonce, Counter: h.Counter, Ciphertext: padded}, nil
	}
}
