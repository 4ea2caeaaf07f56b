package shc_test

import (
	"strings"
	"testing"

	"akashi/verifier/shc"
	"akashi/verifier/trust"
)

// FuzzVerify: a text passes only in the encoding that its own parts give.
func FuzzVerify(f *testing.F) {
	i := newIssuer(f)
	good := i.card(f, payload())
	for _, s := range []string{good, qr(good), "shc:/1/2/5676", "shc:/567629", good + "=", "a.b.c", strings.ToUpper(qr(good))} {
		f.Add(s)
	}
	l := i.list()
	f.Fuzz(func(t *testing.T, text string) {
		_, err := shc.Verify(text, l, now)
		if err != nil {
			return
		}
		if text != good && text != qr(good) {
			t.Fatalf("another text than the signed one passed: %q", text)
		}
	})
}

// FuzzParseUnsigned: what passes is base64url in its one form, and says a
// thing that a certificate can say.
func FuzzParseUnsigned(f *testing.F) {
	i := newIssuer(f)
	good := i.card(f, payload())
	f.Add(good[:strings.LastIndexByte(good, '.')])
	f.Add("e30.e30")
	f.Fuzz(func(t *testing.T, input string) {
		c, err := shc.ParseUnsigned([]byte(input))
		if err != nil {
			return
		}
		head, body, _ := strings.Cut(input, ".")
		for _, part := range []string{head, body} {
			if b, err := b64.DecodeString(part); err != nil || b64.EncodeToString(b) != part {
				t.Fatalf("two encodings of one part: %q", part)
			}
		}
		plausible(t, c)
	})
}

// FuzzPayload goes behind the compression and the encoding.
func FuzzPayload(f *testing.F) {
	i := newIssuer(f)
	f.Add(payload())
	f.Add(strings.Replace(payload(), "1774000000", "1774000000.5", 1))
	f.Add(`{"iss":"https://a.example","nbf":1,"vc":{}}`)
	f.Fuzz(func(t *testing.T, text string) {
		input := b64.EncodeToString([]byte(i.header())) + "." + b64.EncodeToString(deflate(t, text))
		if c, err := shc.ParseUnsigned([]byte(input)); err == nil {
			plausible(t, c)
		}
	})
}

func plausible(t *testing.T, c *shc.Card) {
	t.Helper()
	if !trust.IssuerURL(c.Issuer) || !c.Birth.Valid() || len(c.Doses) == 0 || (c.Family != "") == (c.Text != "") {
		t.Fatalf("accepted: %+v", c)
	}
	for _, d := range c.Doses {
		if !d.Date.Full() || d.CVX+d.SNOMED+d.ICD11 == "" {
			t.Fatalf("accepted: %+v", d)
		}
	}
}
