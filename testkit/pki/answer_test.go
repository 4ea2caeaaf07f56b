package pki_test

import (
	"os"
	"path/filepath"
	"testing"

	"akashi/centre/keys"
	"akashi/testkit/pki"
)

// The authorities answer requests of the key process, and nothing else.
func TestAnswer(t *testing.T) {
	w, err := pki.New(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "keys")
	if err := (keys.Desk{Dir: dir}).Create(pki.IssuerURL); err != nil {
		t.Fatal(err)
	}
	request, err := os.ReadFile(filepath.Join(dir, "pdf.csr"))
	if err != nil {
		t.Fatal(err)
	}
	if chain, err := w.Answer(request, keys.PurposePDF); err != nil || len(chain) == 0 {
		t.Error(err)
	}
	for name, give := range map[string][]byte{"nothing": nil, "more": append(request, request...), "no request": []byte("-----BEGIN X-----\n-----END X-----\n")} {
		if _, err := w.Answer(give, keys.PurposePDF); err == nil {
			t.Errorf("%s was answered", name)
		}
	}
	if _, err := w.Answer(request, "mint"); err == nil {
		t.Error("a purpose that is none was answered")
	}
	if w.AnswerAll(t.TempDir()) == nil {
		t.Error("a folder without keys was answered")
	}
}
