package oneshot_test

import (
	"slices"
	"testing"

	"akashi/centre/oneshot"
)

func TestDemonstrates(t *testing.T) {
	plain := []string{"print", "/folder"}
	if got, unfenced := oneshot.Demonstrates(oneshot.Arguments(false, plain...)); unfenced || !slices.Equal(got, plain) {
		t.Errorf("without: %q, %v", got, unfenced)
	}
	if got, unfenced := oneshot.Demonstrates(oneshot.Arguments(true, plain...)); !unfenced || !slices.Equal(got, plain) {
		t.Errorf("with: %q, %v", got, unfenced)
	}
	if got, unfenced := oneshot.Demonstrates([]string{oneshot.UnfencedArgument}); unfenced || len(got) != 1 {
		t.Errorf("alone it is no command: %q, %v", got, unfenced)
	}
}
