package tray_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"akashi/testkit/tray"
	"akashi/verifier/inquiry"
)

// TestARevokedPaperIsRefused goes the whole way: a paper that verifies, its
// certificate revoked at VRS by its municipality, the list on the issuer's site,
// and the paper refused with that list and by the pages.
func TestARevokedPaperIsRefused(t *testing.T) {
	r := up(t)
	first, other := r.walk(t, asked("yoshida", "", "domestic")), r.walk(t, asked("yoshida", "", "domestic"))
	one, two := first.Visits[len(first.Visits)-1].Papers, other.Visits[len(other.Visits)-1].Papers
	if len(one) != 1 || len(two) != 1 || one[0].Verdict != "valid" || one[0].ID == "" || one[0].ID == two[0].ID {
		t.Fatalf("papers %+v, %+v", one, two)
	}
	for n, want := range map[int]int{one[0].N: http.StatusAccepted, 9999: http.StatusBadRequest} {
		if got := r.post(t, "/api/revoke", map[string]int{"paper": n}); got != want {
			t.Fatalf("revoke %d: %d, want %d", n, got, want)
		}
	}
	began := time.Now()
	r.await(t, "the paper is refused", func(tray.State) bool { return r.paper(t, one[0].N).Verdict == "shc.revoked" })
	t.Logf("refused %v after the revocation began", time.Since(began).Round(time.Second))
	if p := r.paper(t, two[0].N); p.Verdict != "valid" || p.Revoked {
		t.Errorf("another certificate of the same person: %+v", p)
	}
	dir := t.TempDir()
	lists, err := r.stack.Lists(t.Context())
	if err != nil || len(lists) == 0 {
		t.Fatalf("%d lists, %v", len(lists), err)
	}
	var crl string
	for kid, b := range lists {
		crl = filepath.Join(dir, kid+".json")
		if err := os.WriteFile(crl, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	old, signed := filepath.Join(r.stack.PKI(), "trust.json"), filepath.Join(dir, "trust.json")
	for until := time.Now().Add(patience); ; time.Sleep(100 * time.Millisecond) {
		b := r.fromSite(t, "/trust.json")
		if bytes.Contains(b, []byte(`"revoked":{"`+filepath.Base(strings.TrimSuffix(crl, ".json"))+`":["`)) {
			if err := os.WriteFile(signed, b, 0o600); err != nil {
				t.Fatal(err)
			}
			break
		}
		if time.Now().After(until) {
			t.Fatalf("the trust list was not signed anew: %s", b)
		}
	}
	for _, c := range []struct {
		paper int
		trust string
		args  []string
		want  string
	}{
		{one[0].N, signed, nil, "REFUSED shc.revoked"}, {two[0].N, signed, []string{"-crl", crl}, "VALID"},
		{one[0].N, old, nil, "VALID"}, {one[0].N, old, []string{"-crl", crl}, "REFUSED shc.revoked"}, {two[0].N, old, []string{"-crl", crl}, "VALID"},
	} {
		_, pdf := r.get(t, fmt.Sprintf("/paper/%d.pdf", c.paper))
		var out, complaint bytes.Buffer
		args := append([]string{"-trust", c.trust, "-root", filepath.Join(r.stack.PKI(), "trust-root.pem")}, c.args...)
		inquiry.Run(append(args, "-"), inquiry.Env{Stdin: bytes.NewReader(pdf), Stdout: &out, Stderr: &complaint, Now: time.Now})
		if !strings.HasPrefix(out.String(), c.want) {
			t.Errorf("paper %d, verify %v: %s%s", c.paper, c.args, out.String(), complaint.String())
		}
	}
}

// paper gives a paper as the page shows it now.
func (r *running) paper(t *testing.T, n int) tray.Paper {
	t.Helper()
	_, b := r.get(t, "/api/papers")
	var all []tray.Paper
	if err := json.Unmarshal(b, &all); err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(all, func(p tray.Paper) bool { return p.N == n })
	if i < 0 {
		t.Fatalf("no paper %d", n)
	}
	return all[i]
}

// fromSite fetches a file from the issuer's site.
func (r *running) fromSite(t *testing.T, path string) []byte {
	t.Helper()
	resp, err := http.Get(r.stack.Site + path)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s, %v", path, resp.Status, err)
	}
	return b
}
