package stack_test

import (
	"testing"

	"akashi/centre/wire"
	"akashi/testkit/stack"
)

func TestEveryCodeHasItsOwnExit(t *testing.T) {
	seen := map[int]wire.Code{0: wire.OK}
	for _, c := range wire.Codes() {
		n := stack.Exit(c)
		if other, twice := seen[n]; twice || n < 10 || n > 125 {
			t.Errorf("%s ends with %d, as %s does, or out of a shell's range", c.Name(), n, other.Name())
		}
		seen[n] = c
	}
}
