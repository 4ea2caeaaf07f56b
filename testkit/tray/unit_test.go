package tray_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"testing"

	"akashi/testkit/payunit"
)

// press does one thing at a kiosk's payment unit, as the page does.
func (r *running) press(t *testing.T, p payunit.Panel) payunit.Seen {
	t.Helper()
	b, err := json.Marshal(map[string]any{"kiosk": "kiosk-1", "panel": p})
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequest(http.MethodPost, r.base+"/api/unit", bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Origin", r.base)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var seen payunit.Seen
	if err := json.NewDecoder(resp.Body).Decode(&seen); err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%d, %v", resp.StatusCode, err)
	}
	return seen
}
