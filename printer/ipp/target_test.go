package ipp_test

import (
	"crypto/x509"
	"errors"
	"strings"
	"testing"

	"akashi/printer/ipp"
)

func TestTargets(t *testing.T) {
	pin := []*x509.Certificate{{}}
	for uri, address := range map[string]string{
		"ipp://127.0.0.1/ipp/print":           "127.0.0.1:631",
		"ipp://[::1]:60000/ipp/print":         "[::1]:60000",
		"ipp://localhost:8631/":               "localhost:8631",
		"ipps://printer.example:443/ipp/a%20": "printer.example:443",
		"ipps://192.0.2.7/ipp/print":          "192.0.2.7:631",
	} {
		pins := pin
		if strings.HasPrefix(uri, "ipp:") {
			pins = nil
		}
		got, err := ipp.ParseTarget(uri, pins)
		if err != nil || got.Address != address || got.URI != uri || got.TLS != (pins != nil) {
			t.Errorf("%s: %+v, %v", uri, got, err)
		}
	}
	for _, c := range []struct {
		uri  string
		pins []*x509.Certificate
	}{
		{"", nil}, {"127.0.0.1:631", nil}, {"http://127.0.0.1/", nil}, {"IPP://127.0.0.1/ipp", nil},
		{"ipp://192.0.2.7/ipp/print", nil}, {"ipp://printer.example/", nil}, // anybody could read along
		{"ipp://127.0.0.1", nil}, {"ipp://127.0.0.1/?q=1", nil}, {"ipp://127.0.0.1/?", nil}, {"ipp://127.0.0.1/#f", nil},
		{"ipp://user@127.0.0.1/", nil}, {"ipp:127.0.0.1/", nil}, {"ipp:///path", nil}, {"ipp://127.0.0.1:x/", nil},
		{"ipp://127.0.0.1/a b", nil}, {"ipp://127.0.0.1/a\r\nHost: x", nil}, {"ipp://127.0.0.1/" + strings.Repeat("x", ipp.DefaultMaxURI), nil},
		{"ipps://192.0.2.7/ipp/print", nil}, // no trust without a pin
		{"ipp://127.0.0.1/ipp/print", pin},  // a pin that would do nothing
	} {
		if got, err := ipp.ParseTarget(c.uri, c.pins); !errors.Is(err, ipp.ErrURI) {
			t.Errorf("%q: %+v, %v", c.uri, got, err)
		}
	}
}
