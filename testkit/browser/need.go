package browser

import (
	"context"
	"os"
	"sync"
	"testing"
)

var shared = sync.OnceValues(func() (*Browser, error) { return Start(context.Background()) })

// Need gives the package's one Chromium, which ends with the test process.
// Where it cannot run, the test is skipped; under CI=true it fails.
func Need(t testing.TB) *Browser {
	t.Helper()
	b, err := shared()
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	return b
}
