package vectors_test

import (
	"errors"
	"os"
	"testing"

	"akashi/testkit/vectors"
)

// TestPublished judges every published vector; a set that is not there is a
// failure under CI=true.
func TestPublished(t *testing.T) {
	all, l, err := vectors.Published("../../../" + vectors.PublishedDir)
	if errors.Is(err, vectors.ErrNotPublished) && os.Getenv("CI") != "true" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	j, err := vectors.JudgeUnder(l, "published.json", t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range all {
		if got, err := j.Code(&v); err != nil || got != v.Expect {
			t.Errorf("%s: %s, want %s; %v", v.Name, got, v.Expect, err)
		}
	}
	if n, err := vectors.JapanKeys(all); err != nil || n != 3 {
		t.Errorf("%d keys of Japan's issuer with their chains, want 3: %v", n, err)
	}
	if len(all) < 50 {
		t.Errorf("%d published vectors", len(all))
	}
}

// TestPublishedRefuses: a set that is incomplete, or has a file that nobody
// judged, is not 100 %.
func TestPublishedRefuses(t *testing.T) {
	if _, _, err := vectors.Published(t.TempDir()); !errors.Is(err, vectors.ErrNotPublished) {
		t.Errorf("an empty folder: %v", err)
	}
	dir := t.TempDir()
	for _, sub := range []string{"/shc-spec-examples", "/more"} {
		if err := os.Mkdir(dir+sub, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := vectors.Published(dir); !errors.Is(err, vectors.ErrNotPublished) {
		t.Errorf("an incomplete set: %v", err)
	}
	if err := os.WriteFile(dir+"/more/new.txt", []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := vectors.Published(dir); err == nil || errors.Is(err, vectors.ErrNotPublished) {
		t.Errorf("an unknown file: %v", err)
	}
}
