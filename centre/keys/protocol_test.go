package keys

import (
	"bytes"
	"errors"
	"testing"

	"akashi/centre/wire"
)

func TestParseControl(t *testing.T) {
	id, digest := [16]byte{1}, [32]byte{2}
	for name, c := range map[string]struct {
		give []byte
		want error
	}{
		"open":                 {controlRequest{op: opOpen, id: id}.encode(), nil},
		"open relay":           {controlRequest{op: opOpenRelay, id: id}.encode(), nil},
		"attest":               {controlRequest{opAttest, id, digest}.encode(), nil},
		"public":               {controlRequest{op: opPublic}.encode(), nil},
		"counts":               {controlRequest{op: opCounts}.encode(), nil},
		"short":                {controlRequest{op: opPublic}.encode()[1:], Malformed},
		"long":                 {append(controlRequest{op: opPublic}.encode(), 0), Malformed},
		"empty":                {nil, Malformed},
		"version":              {append([]byte{2}, controlRequest{op: opPublic}.encode()[1:]...), WrongVersion},
		"operation 0":          {controlRequest{id: id}.encode(), Malformed},
		"operation 6":          {controlRequest{op: 6}.encode(), Malformed},
		"open without id":      {controlRequest{op: opOpen}.encode(), Malformed},
		"open with digest":     {controlRequest{opOpen, id, digest}.encode(), Malformed},
		"attest without id":    {controlRequest{op: opAttest, digest: digest}.encode(), Malformed},
		"public of a session":  {controlRequest{op: opPublic, id: id}.encode(), nil},
		"public with digest":   {controlRequest{opPublic, id, digest}.encode(), Malformed},
		"counts with a digest": {controlRequest{op: opCounts, digest: digest}.encode(), Malformed},
	} {
		if _, err := parseControl(c.give); err != c.want {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

func TestParseSession(t *testing.T) {
	for _, p := range Purposes() {
		r, err := parseSession(sessionRequest{p, [32]byte{7}}.encode())
		if err != nil || r.purpose != p || r.digest != [32]byte{7} {
			t.Errorf("%s: %+v, %v", p, r, err)
		}
	}
	good := sessionRequest{PurposeSHC, [32]byte{}}.encode()
	for name, c := range map[string]struct {
		give []byte
		want error
	}{
		"short": {good[1:], Malformed}, "long": {append(bytes.Clone(good), 0), Malformed},
		"version":   {append([]byte{9}, good[1:]...), WrongVersion},
		"purpose 0": {append([]byte{1, 0}, good[2:]...), Malformed},
		"purpose 7": {append([]byte{1, 7}, good[2:]...), Malformed},
	} {
		if _, err := parseSession(c.give); err != c.want {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

func TestReadAnswer(t *testing.T) {
	for name, c := range map[string]struct {
		give []byte
		body string
		want error
	}{
		"body":              {encodeAnswer(0, []byte("12345678")), "12345678", nil},
		"refusal":           {encodeAnswer(Spent, nil), "", Spent},
		"version":           {[]byte{2, 0, 0, 0, 0, 0}, "", WrongVersion},
		"refusal with body": {encodeAnswer(Spent, []byte("x")), "", Malformed},
		"too long":          {encodeAnswer(0, make([]byte, 73)), "", Malformed},
		"length overflow":   {[]byte{1, 0, 0xff, 0xff, 0xff, 0xff}, "", Malformed},
	} {
		body, err := readAnswer(bytes.NewReader(c.give), maxSignature)
		if string(body) != c.body || err != c.want {
			t.Errorf("%s: %q, %v", name, body, err)
		}
	}
	for n := range len(encodeAnswer(0, []byte("1234"))) {
		if _, err := readAnswer(bytes.NewReader(encodeAnswer(0, []byte("1234"))[:n]), maxSignature); err == nil {
			t.Errorf("an answer cut to %d bytes passed", n)
		}
	}
}

// The numbers are pinned: they cross the socket between two builds.
func TestNumbersArePinned(t *testing.T) {
	for i, p := range []Purpose{"attest", "receipt", "shc", "vdsnc", "pdf", "vrs-tls"} {
		if purposeNumber(p) != byte(i+1) {
			t.Errorf("%s has the number %d", p, purposeNumber(p))
		}
	}
	if len(refusals) != int(KeyEnded) || KeyEnded != 12 {
		t.Errorf("%d refusals have a text, want %d", len(refusals), KeyEnded)
	}
	for r := Malformed; r <= KeyEnded; r++ {
		busy := r == RateCap || r == TooManySessions
		if errors.Is(r, wire.Busy) != busy || errors.Is(r, wire.KeyRefused) == busy {
			t.Errorf("%v maps to %v", r, errors.Unwrap(r))
		}
	}
	if Refusal(200).Error() == "" {
		t.Error("an unknown refusal has no text")
	}
}

func FuzzControl(f *testing.F) {
	f.Add(controlRequest{op: opOpen, id: [16]byte{1}}.encode())
	f.Add(controlRequest{opAttest, [16]byte{1}, [32]byte{2}}.encode())
	f.Add(controlRequest{op: opCounts}.encode())
	f.Fuzz(func(t *testing.T, b []byte) {
		if r, err := parseControl(b); err == nil && !bytes.Equal(r.encode(), b) {
			t.Errorf("%x encodes as %x", b, r.encode())
		}
	})
}

func FuzzSession(f *testing.F) {
	f.Add(sessionRequest{PurposeSHC, [32]byte{1}}.encode())
	f.Add(sessionRequest{PurposeVRSTLS, [32]byte{}}.encode())
	f.Fuzz(func(t *testing.T, b []byte) {
		if r, err := parseSession(b); err == nil && !bytes.Equal(r.encode(), b) {
			t.Errorf("%x encodes as %x", b, r.encode())
		}
	})
}

func FuzzAnswer(f *testing.F) {
	f.Add(encodeAnswer(0, []byte("signature")))
	f.Add(encodeAnswer(RateCap, nil))
	f.Fuzz(func(t *testing.T, b []byte) {
		r := bytes.NewReader(b)
		body, err := readAnswer(r, maxSignature)
		read := b[:len(b)-r.Len()]
		var refused Refusal
		switch {
		case err == nil && !bytes.Equal(encodeAnswer(0, body), read):
			t.Errorf("%x does not encode back", read)
		case errors.As(err, &refused) && refused != Malformed && refused != WrongVersion && !bytes.Equal(encodeAnswer(refused, nil), read):
			t.Errorf("refusal %x does not encode back", read)
		case len(body) > maxSignature:
			t.Errorf("a body of %d bytes passed", len(body))
		}
	})
}
