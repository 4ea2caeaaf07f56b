package canary_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"akashi/testkit/canary"
)

// In a folder that everybody shares, only what the owners wrote since is ours.
func TestScanRecent(t *testing.T) {
	set, err := canary.New([]canary.Value{{Label: "name", Text: "吉田 八重子"}})
	if err != nil {
		t.Fatal(err)
	}
	began, dir := time.Now().Add(-time.Minute), t.TempDir()
	for name, at := range map[string]time.Time{"fresh": time.Now(), "old": began.Add(-time.Hour)} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte("x 吉田 八重子 x"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
	}
	found, err := set.ScanRecent(dir, began, os.Getuid())
	if err != nil || len(found) == 0 {
		t.Errorf("%d findings, %v", len(found), err)
	}
	for _, f := range found {
		if f.Where != filepath.Join(dir, "fresh") {
			t.Errorf("found in %s", f.Where)
		}
	}
	if found, err := set.ScanRecent(dir, began, os.Getuid()+1); err != nil || len(found) > 0 {
		t.Errorf("another's: %d findings, %v", len(found), err)
	}
	if found, err := set.ScanRecent("/nonexistent", began, os.Getuid()); err != nil || len(found) > 0 {
		t.Errorf("no folder: %d findings, %v", len(found), err)
	}
}
