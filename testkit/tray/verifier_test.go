package tray_test

import (
	"net/http"
	"os"
	"strings"
	"testing"
)

// TestTheVerifiersPage: the link leads to the page at an address of its own,
// with the chain's trust list.
func TestTheVerifiersPage(t *testing.T) {
	r := up(t)
	resp, b := r.get(t, "/verifier")
	if resp.StatusCode == http.StatusServiceUnavailable && strings.Contains(string(b), "make web") && os.Getenv("CI") != "true" {
		t.Skip(string(b))
	}
	at := *resp.Request.URL
	if resp.StatusCode != http.StatusOK || "http://"+at.Host == r.base || !strings.Contains(string(b), `src="main.js"`) {
		t.Fatalf("%d at %s", resp.StatusCode, at.Host)
	}
	_, want := r.get(t, "/trust/files/trust.json")
	there := *r
	there.base = "http://" + at.Host
	if _, got := there.get(t, "/trust.json"); string(got) != string(want) {
		t.Error("the page has another trust list than the chain")
	}
}
