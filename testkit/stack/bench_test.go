package stack_test

import (
	"testing"

	"akashi/centre/wire"
	"akashi/testkit/stack"
	"akashi/verifier/credential"
)

// BenchmarkSession is one resident from consent to wipe through every process,
// the card in process: nobody waits for a person or a radio.
func BenchmarkSession(b *testing.B) {
	s := start(b, stack.Options{})
	for _, kind := range []credential.Kind{credential.Domestic, credential.Overseas} {
		b.Run(kind.String(), func(b *testing.B) {
			for b.Loop() {
				if v := walk(b, s, s.First(), kind); v.Code != wire.OK {
					b.Fatal(v.Code)
				}
			}
		})
	}
}
