package channel_test

import (
	"bytes"
	"errors"
	"reflect"
	"strings"
	"testing"

	"akashi/centre/channel"
	"akashi/centre/wire"
	"akashi/verifier/cardrecord"
	"akashi/verifier/credential"
)

func header() wire.Header {
	return wire.Header{
		Version: wire.Version, Nonce: bytes.Repeat([]byte{7}, 32), Kiosk: bytes.Repeat([]byte{9}, 32),
		Counter: 2, Municipality: "990019", Kind: credential.Domestic, Disease: "covid-19", Terms: "2026-11",
	}
}

func request(h wire.Header) wire.Request {
	return wire.Request{
		Header: h, Challenge: bytes.Repeat([]byte{3}, 256),
		Files: cardrecord.Files{
			Number: []byte{1}, Attributes: bytes.Repeat([]byte{2}, 300), Integrity: bytes.Repeat([]byte{4}, 400),
			Signer: bytes.Repeat([]byte{5}, 700), APKey: bytes.Repeat([]byte{6}, 600),
		},
	}
}

func delivery() wire.Answer {
	return wire.Answer{Code: wire.OK, Delivery: &wire.Delivery{PDF: bytes.Repeat([]byte("%"), 60<<10), Codes: []string{"shc:/1"}}}
}

func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// sealed gives a fresh worker key and one request sealed to it.
func sealed(t *testing.T, h wire.Header) (*channel.WorkerKey, wire.Sealed, *channel.AnswerKey) {
	t.Helper()
	k := must(channel.NewWorkerKey())(t)
	s, a, err := channel.SealRequest(wire.Attested{Key: k.Public()}, request(h))
	if err != nil {
		t.Fatal(err)
	}
	return k, s, a
}

func TestRequestAndAnswerReachTheOtherEnd(t *testing.T) {
	h := header()
	k, s, ak := sealed(t, h)
	r, sealer, err := k.OpenRequest(h, s)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(r, request(h)) {
		t.Error("the request came out changed")
	}
	down := must(sealer.Seal(delivery()))(t)
	a := must(ak.Open(down))(t)
	if !reflect.DeepEqual(a, delivery()) {
		t.Error("the answer came out changed")
	}
}

func TestARefusalLooksLikeACertificate(t *testing.T) {
	size := func(a wire.Answer) int {
		h := header()
		k, s, _ := sealed(t, h)
		_, sealer, err := k.OpenRequest(h, s)
		if err != nil {
			t.Fatal(err)
		}
		return len(must(sealer.Seal(a))(t).Ciphertext)
	}
	if a, b := size(delivery()), size(wire.Answer{Code: wire.NoRecord}); a != b {
		t.Errorf("certificate %d bytes, refusal %d: a gateway could tell them apart", a, b)
	}
}

// changes gives, for every header field, headers that differ in it alone.
func changes(h wire.Header) map[string]wire.Header {
	all := map[string]wire.Header{}
	set := func(name string, f func(*wire.Header)) {
		c := h
		c.Nonce, c.Kiosk = bytes.Clone(h.Nonce), bytes.Clone(h.Kiosk)
		f(&c)
		all[name] = c
	}
	set("Version", func(h *wire.Header) { h.Version++ })
	set("Nonce", func(h *wire.Header) { h.Nonce[31] ^= 1 })
	set("Kiosk", func(h *wire.Header) { h.Kiosk[0] ^= 1 })
	set("Counter", func(h *wire.Header) { h.Counter++ })
	set("Municipality", func(h *wire.Header) { h.Municipality = "990027" })
	set("Kind", func(h *wire.Header) { h.Kind = credential.Overseas })
	set("Disease", func(h *wire.Header) { h.Disease = "measles" })
	set("Terms", func(h *wire.Header) { h.Terms += "a" })
	return all
}

func TestEveryChangedHeaderFieldFailsToOpen(t *testing.T) {
	h := header()
	all := changes(h)
	if n := reflect.TypeOf(h).NumField(); len(all) != n {
		t.Fatalf("%d changes for %d fields: a field is not covered", len(all), n)
	}
	want := map[string]wire.Code{"Version": wire.WrongVersion, "Nonce": wire.HeaderMismatch, "Counter": wire.HeaderMismatch}
	for name, changed := range all {
		code := wire.EnvelopeInvalid
		if c, ok := want[name]; ok {
			code = c
		}
		k, s, _ := sealed(t, h)
		if _, _, err := k.OpenRequest(changed, s); err != code {
			t.Errorf("%s changed: got %v, want %v", name, err, code)
		}
	}
}

// A gateway that changes the routing fields of the envelope too gets no
// further: the info binds them.
func TestEveryChangedHeaderFieldFailsWithMatchingEnvelope(t *testing.T) {
	h := header()
	for name, changed := range changes(h) {
		if name == "Version" {
			continue // refused before anything is opened
		}
		k, s, _ := sealed(t, h)
		s.Nonce, s.Counter = changed.Nonce, changed.Counter
		if _, _, err := k.OpenRequest(changed, s); err != wire.EnvelopeInvalid {
			t.Errorf("%s changed: got %v", name, err)
		}
	}
}

// A kiosk that seals under one header and writes another inside is refused.
func TestHeaderInsideMustBeTheAttestedOne(t *testing.T) {
	h := header()
	k := must(channel.NewWorkerKey())(t)
	s := channel.SealForTest(t, k.Public(), h, wire.Encode(request(changes(h)["Municipality"])))
	if _, _, err := k.OpenRequest(h, s); err != wire.HeaderMismatch {
		t.Errorf("got %v", err)
	}
}

func TestRequestInsideMustBeTheOneEncoding(t *testing.T) {
	h := header()
	good := string(wire.Encode(request(h)))
	for name, plain := range map[string]string{
		"space":         strings.Replace(good, `,"files"`, `, "files"`, 1),
		"unknown field": strings.Replace(good, `,"files"`, `,"other":1,"files"`, 1),
		"empty":         "",
		"trailing":      good + "\n",
	} {
		k := must(channel.NewWorkerKey())(t)
		s := channel.SealForTest(t, k.Public(), h, []byte(plain))
		if _, _, err := k.OpenRequest(h, s); err != wire.Malformed {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestChangedSealedFieldFailsToOpen(t *testing.T) {
	h := header()
	for name, c := range map[string]struct {
		change func(*wire.Sealed)
		want   wire.Code
	}{
		"nonce":           {func(s *wire.Sealed) { s.Nonce = bytes.Repeat([]byte{8}, 32) }, wire.HeaderMismatch},
		"counter":         {func(s *wire.Sealed) { s.Counter++ }, wire.HeaderMismatch},
		"enc bit":         {func(s *wire.Sealed) { s.Enc[5] ^= 1 }, wire.EnvelopeInvalid},
		"enc short":       {func(s *wire.Sealed) { s.Enc = s.Enc[1:] }, wire.Malformed},
		"enc none":        {func(s *wire.Sealed) { s.Enc = nil }, wire.Malformed},
		"text first bit":  {func(s *wire.Sealed) { s.Ciphertext[0] ^= 1 }, wire.EnvelopeInvalid},
		"text last bit":   {func(s *wire.Sealed) { s.Ciphertext[len(s.Ciphertext)-1] ^= 128 }, wire.EnvelopeInvalid},
		"text short":      {func(s *wire.Sealed) { s.Ciphertext = s.Ciphertext[1:] }, wire.Malformed},
		"text none":       {func(s *wire.Sealed) { s.Ciphertext = nil }, wire.Malformed},
		"text tag only":   {func(s *wire.Sealed) { s.Ciphertext = s.Ciphertext[:16] }, wire.Malformed},
		"text one unit":   {func(s *wire.Sealed) { s.Ciphertext = append(s.Ciphertext, make([]byte, wire.DefaultPadUp)...) }, wire.EnvelopeInvalid},
		"text over bound": {func(s *wire.Sealed) { s.Ciphertext = make([]byte, wire.DefaultMaxSealed+wire.DefaultPadUp+16) }, wire.TooLarge},
	} {
		k, s, _ := sealed(t, h)
		c.change(&s)
		if _, _, err := k.OpenRequest(h, s); err != c.want {
			t.Errorf("%s: got %v, want %v", name, err, c.want)
		}
	}
}

func TestAWorkerKeyOpensOnce(t *testing.T) {
	h := header()
	k, s, _ := sealed(t, h)
	bad := s
	bad.Ciphertext = append([]byte{1}, s.Ciphertext[1:]...)
	if _, _, err := k.OpenRequest(h, bad); err != wire.EnvelopeInvalid {
		t.Fatalf("changed envelope: %v", err)
	}
	if _, _, err := k.OpenRequest(h, s); err != wire.EnvelopeInvalid {
		t.Errorf("second try: got %v", err)
	}
}

func TestAnswersOfOthersDoNotOpen(t *testing.T) {
	h := header()
	answer := func(h wire.Header) (wire.Sealed, *channel.AnswerKey) {
		k, s, ak := sealed(t, h)
		_, sealer, err := k.OpenRequest(h, s)
		if err != nil {
			t.Fatal(err)
		}
		return must(sealer.Seal(delivery()))(t), ak
	}
	mine, key := answer(h)
	same, _ := answer(h) // another request under the very same header
	other, _ := answer(changes(h)["Counter"])
	for name, c := range map[string]struct {
		s    wire.Sealed
		want wire.Code
	}{
		"same header, other request": {same, wire.EnvelopeInvalid},
		"other counter":              {other, wire.HeaderMismatch},
		"other counter, relabelled":  {wire.Sealed{Nonce: mine.Nonce, Counter: mine.Counter, Ciphertext: other.Ciphertext}, wire.EnvelopeInvalid},
		"with enc":                   {wire.Sealed{Nonce: mine.Nonce, Counter: mine.Counter, Enc: []byte{1}, Ciphertext: mine.Ciphertext}, wire.Malformed},
		"cut":                        {wire.Sealed{Nonce: mine.Nonce, Counter: mine.Counter, Ciphertext: mine.Ciphertext[:len(mine.Ciphertext)-1]}, wire.Malformed},
		"too large":                  {wire.Sealed{Nonce: mine.Nonce, Counter: mine.Counter, Ciphertext: make([]byte, channel.DefaultMaxAnswer+wire.DefaultPadDown+16)}, wire.TooLarge},
	} {
		if _, err := key.Open(c.s); err != c.want {
			t.Errorf("%s: got %v, want %v", name, err, c.want)
		}
	}
	if _, err := key.Open(mine); err != nil {
		t.Errorf("the right answer after wrong ones: %v", err)
	}
	key.Wipe()
	if _, err := key.Open(mine); err != wire.EnvelopeInvalid {
		t.Errorf("after Wipe: got %v", err)
	}
}

func TestOneSealOneAnswer(t *testing.T) {
	h := header()
	k, s, _ := sealed(t, h)
	_, sealer, err := k.OpenRequest(h, s)
	if err != nil {
		t.Fatal(err)
	}
	large := wire.Answer{Delivery: &wire.Delivery{PDF: make([]byte, channel.DefaultMaxAnswer)}}
	if _, err := sealer.Seal(large); err != wire.TooLarge {
		t.Fatalf("too large: got %v", err)
	}
	if _, err := sealer.Seal(wire.Answer{Code: wire.TooLarge}); err != nil {
		t.Fatalf("a refusal in its place: %v", err)
	}
	if _, err := sealer.Seal(delivery()); err != wire.Internal {
		t.Errorf("second seal: got %v", err)
	}
}

func TestAnswersThatContradictThemselvesAreRefused(t *testing.T) {
	for name, a := range map[string]wire.Answer{
		"OK without a delivery": {Code: wire.OK},
		"refusal with one":      {Code: wire.NoRecord, Delivery: &wire.Delivery{}},
		"unknown code":          {Code: 999},
		"negative retry":        {Code: wire.Busy, RetryAfter: -1},
	} {
		h := header()
		k, s, ak := sealed(t, h)
		_, sealer, err := k.OpenRequest(h, s)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ak.Open(must(sealer.Seal(a))(t)); err != wire.Malformed {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestSealRequestRefuses(t *testing.T) {
	h := header()
	if _, _, err := channel.SealRequest(wire.Attested{Key: []byte("no key")}, request(h)); !errors.Is(err, wire.AttestationInvalid) {
		t.Errorf("bad key: %v", err)
	}
	r := request(h)
	r.Files.Signer = make([]byte, wire.DefaultMaxSealed)
	k := must(channel.NewWorkerKey())(t)
	if _, _, err := channel.SealRequest(wire.Attested{Key: k.Public()}, r); err != wire.TooLarge {
		t.Errorf("large request: %v", err)
	}
}
