package kiosk_test

import (
	"os"
	"path/filepath"
	"testing"

	"akashi/kiosk"
)

// A headset is there only while its file says so in one way; a fault is none.
func TestHeadset(t *testing.T) {
	if (kiosk.Screen{}).Plugged() != nil {
		t.Error("a kiosk without a socket has a headset")
	}
	path := filepath.Join(t.TempDir(), "headset")
	plugged := kiosk.Screen{Headset: path}.Plugged()
	if plugged() {
		t.Error("plugged in without a file")
	}
	for text, want := range map[string]bool{"1": true, "1\n": true, "0": false, "": false, "yes": false} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if plugged() != want {
			t.Errorf("%q is %v", text, !want)
		}
	}
}
