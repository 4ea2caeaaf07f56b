package wire_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"akashi/centre/wire"
	"akashi/verifier/credential"
)

func header() wire.Header {
	return wire.Header{Version: wire.Version, Nonce: bytes.Repeat([]byte{1}, 32), Kiosk: bytes.Repeat([]byte{2}, 32), Counter: 1, Municipality: "990019", Kind: credential.Domestic, Disease: "covid-19", Terms: "2026-11"}
}

func TestDecodeTakesOneEncodingOnly(t *testing.T) {
	good := wire.Encode(header())
	if _, err := wire.Decode[wire.Header](good, wire.DefaultMaxFrame); err != nil {
		t.Fatalf("the one encoding was refused: %v", err)
	}
	text := string(good)
	for what, bad := range map[string]string{
		"white space":      " " + text,
		"trailing data":    text + "{}",
		"unknown member":   strings.Replace(text, `"version"`, `"extra":1,"version"`, 1),
		"repeated member":  strings.Replace(text, `"counter":1`, `"counter":2,"counter":1`, 1),
		"other case":       strings.Replace(text, `"counter"`, `"Counter"`, 1),
		"reordered":        `{"counter":1,"version":2` + strings.TrimPrefix(strings.Replace(text, `,"counter":1`, "", 1), `{"version":2`),
		"missing member":   strings.Replace(text, `"counter":1,`, "", 1),
		"other base64":     strings.Replace(text, `="`, `"`, 1),
		"number as string": strings.Replace(text, `"counter":1`, `"counter":"1"`, 1),
		"empty":            "",
		"null":             "null",
	} {
		if bad == text {
			t.Fatalf("%s: the case does not change the message", what)
		}
		if _, err := wire.Decode[wire.Header]([]byte(bad), wire.DefaultMaxFrame); !errors.Is(err, wire.Malformed) {
			t.Errorf("%s: %v, want malformed", what, err)
		}
	}
	if _, err := wire.Decode[wire.Header](good, len(good)-1); !errors.Is(err, wire.TooLarge) {
		t.Errorf("over the limit: %v", err)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(wire.Encode(header()))
	f.Add(wire.Encode(wire.Answer{Code: wire.Busy, RetryAfter: 3}))
	f.Add(wire.Encode(wire.Frame{Version: 1, Type: wire.TypeOpen, ID: 1, Body: wire.Encode(wire.Open{Terms: "a<b"})}))
	f.Fuzz(func(t *testing.T, b []byte) {
		if v, err := wire.Decode[wire.Header](b, 1<<16); err == nil && !bytes.Equal(wire.Encode(v), b) {
			t.Error("a second encoding of a header was accepted")
		}
		if v, err := wire.Decode[wire.Frame](b, 1<<16); err == nil && !bytes.Equal(wire.Encode(v), b) {
			t.Error("a second encoding of a frame was accepted")
		}
		if v, err := wire.Decode[wire.Answer](b, 1<<16); err == nil && !bytes.Equal(wire.Encode(v), b) {
			t.Error("a second encoding of an answer was accepted")
		}
	})
}

// Every field of the header changes every digest that binds it.
func TestHeaderIsBoundWhole(t *testing.T) {
	base := header()
	change := map[string]func(*wire.Header){
		"version": func(h *wire.Header) { h.Version++ },
		"nonce":   func(h *wire.Header) { h.Nonce = bytes.Repeat([]byte{9}, 32) },
		"kiosk":   func(h *wire.Header) { h.Kiosk = bytes.Repeat([]byte{9}, 32) },
		"counter": func(h *wire.Header) { h.Counter++ },
		"place":   func(h *wire.Header) { h.Municipality = "990027" },
		"kind":    func(h *wire.Header) { h.Kind = credential.Overseas },
		"disease": func(h *wire.Header) { h.Disease = "measles" },
		"terms":   func(h *wire.Header) { h.Terms = "2026-12" },
	}
	for name, f := range change {
		h := base
		f(&h)
		if bytes.Equal(h.Info(), base.Info()) || bytes.Equal(h.AAD(), base.AAD()) {
			t.Errorf("%s is not bound by the envelope", name)
		}
		if wire.AttestationDigest(h, nil, 1) == wire.AttestationDigest(base, nil, 1) {
			t.Errorf("%s is not bound by the attestation", name)
		}
	}
	for _, name := range []string{"version", "nonce", "kiosk", "terms"} {
		h := base
		change[name](&h)
		if h.SessionDigest() == base.SessionDigest() {
			t.Errorf("%s is not in what the card signs", name)
		}
	}
}

func TestReceiptDigestCoversAllButItsSignature(t *testing.T) {
	r := wire.Receipt{Version: 1, Counter: 1}
	signed := r
	signed.Signature, signed.Chain = []byte{1}, [][]byte{{2}}
	if wire.ReceiptDigest(r) != wire.ReceiptDigest(signed) {
		t.Error("the signature is part of what it signs")
	}
	other := r
	other.PDFDigest = []byte{1}
	if wire.ReceiptDigest(r) == wire.ReceiptDigest(other) {
		t.Error("the PDF's digest is not signed")
	}
}

func TestSessionCode(t *testing.T) {
	a, b := wire.CodeFor([32]byte{1}, 1), wire.CodeFor([32]byte{1}, 2)
	if a == b || a == wire.CodeFor([32]byte{2}, 1) {
		t.Error("two requests share a session code")
	}
	if len(a) != 9 || a[4] != '-' || strings.ContainsAny(string(a), "ILOU") {
		t.Errorf("%s is not of the form XXXX-XXXX", a)
	}
}

// The numbers cross the wire; this list is what was said once.
func TestCodesArePinned(t *testing.T) {
	pinned := map[wire.Code]string{101: "malformed", 105: "nonce-used", 204: "busy", 208: "disease-out", 301: "card-authority", 302: "card-signature", 303: "card-digest", 304: "card-not-live", 401: "no-record", 402: "record-needs-check", 403: "name-differs", 405: "no-overseas-issue", 408: "glyph-missing", 501: "vrs-down", 601: "pin-wrong", 602: "pin-locked", 605: "card-expired", 606: "last-look", 508: "centre-list-expired", 617: "list-expired", 618: "list-expiring", 619: "list-refused",
		701: "payment-change", 702: "payment-timeout", 703: "payment-fault", 704: "payment-balance", 711: "right-mistyped", 712: "right-unknown", 713: "right-used", 714: "right-expired", 715: "right-elsewhere", 716: "right-mismatch", 717: "rights-too-many", 718: "right-void", 719: "right-given"}
	for c, name := range pinned {
		if c.Name() != name {
			t.Errorf("%d is %q, and was %q", c, c.Name(), name)
		}
	}
	all := wire.Codes()
	seen := map[string]bool{}
	for _, c := range all {
		if !c.Known() || seen[c.Name()] || !strings.Contains(c.Error(), c.Name()) {
			t.Errorf("%d: name %q is unknown, repeated or not in its error", c, c.Name())
		}
		seen[c.Name()] = true
	}
	if slices.Contains(all, wire.OK) || wire.Code(999).Known() {
		t.Error("OK is an error, or an unknown number is known")
	}
	if wire.Code(999).Error() != "akashi 999" {
		t.Error("an unknown number must still be shown")
	}
}
