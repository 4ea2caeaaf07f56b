//go:build !cgo

package pkcs11

import (
	"strings"
	"testing"
)

// Without cgo everything says what is missing.
func TestWithoutCgo(t *testing.T) {
	token := &Token{}
	_, a := Open(Config{})
	_, b := Try(Config{})
	_, _, c := token.Create("shc")
	_, d := token.Open("shc", "00")
	for _, err := range []error{a, b, c, d, token.Destroy("shc", "00")} {
		if err == nil || !strings.Contains(err.Error(), "CGO_ENABLED=1") {
			t.Errorf("%v", err)
		}
	}
	if err := token.Close(); err != nil {
		t.Error(err)
	}
}
