//go:build !linux || nofence

package oneshot_test

import (
	"errors"
	"testing"

	"akashi/centre/oneshot"
)

// Where there is no fence a process that holds cleartext does not run, unless
// it is a demonstration's.
func TestUnfenced(t *testing.T) {
	for name, f := range map[string]func(oneshot.Limits) error{"fence": oneshot.Fence, "narrow": oneshot.Narrow} {
		if err := f(oneshot.Limits{Accept: true}); !errors.Is(err, oneshot.ErrUnfenced) {
			t.Errorf("%s: %v, want ErrUnfenced", name, err)
		}
		if err := f(oneshot.Limits{Unfenced: true}); err != nil {
			t.Errorf("%s in a demonstration: %v", name, err)
		}
	}
}
