package screen_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"akashi/centre/wire"
	"akashi/kiosk/screen"
)

// A refund is asked for by the page alone, in one form; what refuses it is told
// in every language.
func TestRefundIsAskedStrictly(t *testing.T) {
	const host, number = "127.0.0.1:80", "1234567890123452"
	var asked []string
	s := screen.Server{Refund: func(_ context.Context, n string) screen.Refunded {
		asked = append(asked, n)
		if n != number {
			return screen.Refunded{Code: wire.RightUnknown, Amount: 240}
		}
		return screen.Refunded{Amount: 240, Slip: true}
	}}
	for name, c := range map[string]struct {
		server screen.Server
		body   string
		status int
		want   screen.Refunded
	}{
		"a number":         {s, `{"right":"` + number + `"}`, 200, screen.Refunded{Amount: 240, Slip: true}},
		"another one":      {s, `{"right":"1"}`, 200, screen.Refunded{Code: wire.RightUnknown}},
		"rubbish":          {s, `{"right":1}`, 200, screen.Refunded{Code: wire.Malformed}},
		"something beside": {s, `{"right":"1","x":1}`, 200, screen.Refunded{Code: wire.Malformed}},
		"too much":         {s, `{"right":"` + strings.Repeat("1", screen.DefaultMaxRefund) + `"}`, 413, screen.Refunded{}},
		"none to be had":   {screen.Server{}, `{"right":"` + number + `"}`, 200, screen.Refunded{Code: wire.Malformed}},
	} {
		r := httptest.NewRequest(http.MethodPost, "http://"+host+"/refund", strings.NewReader(c.body))
		r.Header.Set("Origin", "http://"+host)
		w := httptest.NewRecorder()
		c.server.Handler(host).ServeHTTP(w, r)
		var got screen.Refunded
		if w.Code == 200 {
			if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
				t.Fatal(err)
			}
		}
		told := len(got.Texts) == len(screen.Languages)
		if w.Code != c.status || got.Code != c.want.Code || got.Amount != c.want.Amount || got.Slip != c.want.Slip || told != (c.want.Code != wire.OK) {
			t.Errorf("%s: %d, %+v", name, w.Code, got)
		}
	}
	if len(asked) != 2 {
		t.Errorf("asked with %q", asked)
	}
	w := httptest.NewRecorder()
	s.Handler(host).ServeHTTP(w, httptest.NewRequest(http.MethodPost, "http://"+host+"/refund", strings.NewReader(`{"right":"1"}`)))
	if w.Code != http.StatusForbidden {
		t.Errorf("a page of nobody: %d", w.Code)
	}
}
