package sheet

import (
	"crypto/sha256"
	"fmt"
	"testing"

	"akashi/verifier/credential"
)

// TestVersion pins the bytes that Version names. Kiosks take no others: where
// this digest changes, raise Version and write the new one here.
func TestVersion(t *testing.T) {
	needFonts(t)
	const version, want = 2, "ea9942e6eed47f28"
	h := sha256.New()
	for _, in := range []Input{
		sample(credential.Domestic, "𠮷田　葛\U000E0100子", 3),
		sample(credential.Overseas, "髙﨑　花子", 8),
	} {
		pdf, err := Render(in)
		if err != nil {
			t.Fatal(err)
		}
		h.Write(pdf)
	}
	if got := fmt.Sprintf("%x", h.Sum(nil)[:8]); Version != version || got != want {
		t.Errorf("version %d has digest %s, pinned is version %d with %s", Version, got, version, want)
	}
}
