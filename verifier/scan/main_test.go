package scan

import (
	"context"
	"os"
	"testing"
)

var (
	background = context.Background() // the shared scanner outlives each test
	cacheDir   string                 // compiled code, once shared is made
)

func TestMain(m *testing.M) {
	code := m.Run()
	if cacheDir != "" {
		os.RemoveAll(cacheDir)
	}
	os.Exit(code)
}
