package kiosk

import (
	"os"
	"path/filepath"
	"testing"
)

// The switch of a loudspeaker is written to where it is, and one that is not
// there silences nothing.
func TestLoudspeaker(t *testing.T) {
	if (Screen{}).loudspeaker() != nil {
		t.Error("a kiosk without a switch has one")
	}
	path := filepath.Join(t.TempDir(), "switch")
	set := Screen{Loudspeaker: path}.loudspeaker()
	if set(false) == nil {
		t.Error("a switch that is not there was switched")
	}
	if err := os.WriteFile(path, []byte("1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for on, want := range map[bool]string{false: "0\n", true: "1\n"} {
		if err := set(on); err != nil {
			t.Fatal(err)
		}
		if b, _ := os.ReadFile(path); string(b) != want {
			t.Errorf("%v is %q", on, b)
		}
	}
}
