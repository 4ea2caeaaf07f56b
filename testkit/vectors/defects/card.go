package defects

import (
	"strings"

	"akashi/testkit/forge"
	"akashi/testkit/vectors"
	"akashi/verifier/shc"
)

// quirks are departures that real cards carry and that are accepted, beside
// what is plainly good.
func (m *maker) quirks() {
	good := forge.Payload()
	m.text("shc/good-jws", "A good card as a compact JWS.", vectors.Valid, m.SignCard(good))
	m.text("shc/good-qr", "A good card as the text of its QR code.", vectors.Valid, forge.QR(m.SignCard(good)))
	for _, c := range []change{
		{"good-no-rid", `,"rid":"c29tZS1yaWQ"`, ``}, {"good-name-as-text", `"family":"見本","given":["太郎"]`, `"text":"見本太郎"`},
		{"good-partial-birth-date", `1980-02-03`, `1980-02`}, {"good-with-exp", `"vc":`, `"exp":1900000000,"vc":`},
		{"good-no-lot", `"lotNumber":"FA0001",`, ``}, {"good-subpotent", `"lotNumber":"FA0001"`, `"isSubpotent":true`},
		{"quirk-fractional-nbf", `1774000000`, `1774000000.349618`}, {"quirk-name-use-usual", `"family"`, `"use":"usual","family"`},
		{"quirk-deprecated-types", `#health-card"`, `#health-card","https://smarthealth.cards#immunization","https://smarthealth.cards#covid19"`},
	} {
		changed, description := c.apply(good, "A good payload")
		m.text("shc/"+c.name, description, vectors.Valid, m.SignCard(changed))
	}
	m.text("vdsnc/good", "A good seal.", vectors.Valid, m.SignSeal(forge.SealData))
	padded := strings.TrimSuffix(forge.Base64(m.Seal.Certificate.Raw), "=")
	for len(padded)%4 > 0 {
		padded += "="
	}
	m.text("vdsnc/quirk-padded-cer", "A good seal whose certificate is padded with '=', as Japan wrote it.", vectors.Valid,
		forge.SealText(forge.SealData, padded, forge.Base64(forge.Raw(m.Seal.Key, forge.SealData))))
}

// cardForms are defects around the payload: text, header, signature,
// compression.
func (m *maker) cardForms() {
	k, header, good := m.Card, forge.Header(m.Card), forge.Deflate(forge.Payload())
	jws := m.SignCard(forge.Payload())
	p := strings.Split(jws, ".")
	swap := func(old, new string) string {
		return forge.JWS(k, strings.Replace(header, old, new, 1), good)
	}
	for _, c := range []struct{ name, description, expect, input string }{
		{"two-parts", "shc:/ and the digits of a JWS without its signature.", "shc.form", forge.QR(p[0] + "." + p[1])},
		{"four-parts", "shc:/ and the digits of a JWS with a fourth part.", "shc.form", forge.QR(jws + ".")},
		{"jws-too-long", "A signed JWS longer than the largest code holds.", "shc.too-long", forge.JWS(k, header, append(good, noise(1000)...))},
		{"chunked", "One of three codes of a card in the withdrawn form.", "shc.chunked", "shc:/1/3/5676"},
		{"digits-odd", "A digit too many.", "shc.digits", forge.QR(jws) + "1"}, {"digits-none", "No digit.", "shc.digits", "shc:/"},
		{"digits-of-no-letter", "A pair of digits that stands for a character outside base64url.", "shc.digits", "shc:/02" + forge.QR(jws)[5:]},
		{"digits-with-space", "A space among the digits.", "shc.digits", strings.Replace(forge.QR(jws), "shc:/", "shc:/ ", 1)},
		{"padding", "A JWS with '=' behind it.", "shc.base64", jws + "="}, {"line-break-inside", "A line break behind the header.", "shc.base64", p[0] + ".\n" + p[1] + "." + p[2]},
		{"two-line-ends", "Two line ends behind the JWS.", "shc.base64", jws + "\n\n"}, {"leading-space", "A space before the JWS.", "shc.base64", " " + jws},
		{"unused-bits", "The bits of the last character that code nothing are not zero.", "shc.base64", jws[:len(jws)-1] + after(jws[len(jws)-1])},
		{"standard-alphabet", "A character of standard base64.", "shc.base64", p[0] + "." + p[1] + "+." + p[2]},
		{"header-no-json", "A header that is no JSON.", "shc.header", forge.JWS(k, `{`, good)},
		{"header-jwk", "A header that brings its own key.", "shc.header", forge.JWS(k, `{"jwk":`+forge.JWK(&k.PublicKey)+`,`+header[1:], good)},
		{"header-crit", "A header with a critical extension.", "shc.header", forge.JWS(k, `{"crit":["b64"],`+header[1:], good)},
		{"header-twice", "A header that names its algorithm twice.", "shc.header", forge.JWS(k, `{"alg":"ES256",`+header[1:], good)},
		{"alg-none", "alg none, and a signature all the same.", "shc.alg", swap("ES256", "none")}, {"alg-hs256", "alg HS256.", "shc.alg", swap("ES256", "HS256")},
		{"alg-es384", "alg ES384.", "shc.alg", swap("ES256", "ES384")}, {"alg-missing", "No alg.", "shc.alg", swap(`"alg":"ES256",`, ``)},
		{"zip-missing", "No zip.", "shc.zip", swap(`"zip":"DEF",`, ``)}, {"zip-lower-case", "zip def.", "shc.zip", swap(`DEF`, `def`)},
		{"kid-missing", "No kid.", "shc.kid", forge.JWS(k, `{"zip":"DEF","alg":"ES256"}`, good)},
		{"kid-short", "A kid a character too short for a thumbprint.", "shc.kid", swap(`"kid":"`+header[len(header)-45:][:1], `"kid":"`)},
		{"signature-der", "A signature in ASN.1.", "shc.signature-form", p[0] + "." + p[1] + "." + forge.Base64(forge.DER(k, p[0]+"."+p[1]))},
		{"signature-short", "A signature of 63 bytes.", "shc.signature-form", p[0] + "." + p[1] + "." + forge.Base64(make([]byte, 63))},
		{"signature-empty", "No signature.", "shc.signature-form", p[0] + "." + p[1] + "."},
		{"signature-zero", "A signature of zeros.", "shc.signature", p[0] + "." + p[1] + "." + forge.Base64(make([]byte, 64))},
		{"signature-of-another", "Signed by another key under the good one's kid.", "shc.signature", forge.JWS(m.Key("another"), header, good)},
		{"payload-of-another", "The payload of another card under this one's signature.", "shc.signature",
			p[0] + "." + strings.Split(m.SignCard(strings.Replace(forge.Payload(), "太郎", "花子", 1)), ".")[1] + "." + p[2]},
		{"deflate-none", "A payload that is not compressed.", "shc.deflate", forge.JWS(k, header, []byte(forge.Payload()[:200]))},
		{"deflate-cut", "The compressed payload lacks its end.", "shc.deflate", forge.JWS(k, header, good[:len(good)-4])},
		{"deflate-tail", "A byte behind the compressed payload.", "shc.deflate", forge.JWS(k, header, append(good[:len(good):len(good)], 0))},
		{"deflate-bomb", "A payload that decompresses to more than a card needs.", "shc.inflated-size",
			m.SignCard(strings.Replace(forge.Payload(), "FA0001", strings.Repeat("x", 2*shc.DefaultMaxPayload), 1))},
	} {
		m.text("shc/"+c.name, c.description, c.expect, c.input)
	}
}

// after gives the character behind c in the alphabet: the same bits but the
// last.
func after(c byte) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	return alphabet[strings.IndexByte(alphabet, c)+1:][:1]
}

// noise gives bytes that do not compress.
func noise(n int) []byte {
	b, x := make([]byte, n), uint32(1)
	for i := range b {
		x = x*1664525 + 1013904223
		b[i] = byte(x >> 24)
	}
	return b
}

// cardTrust are defects of key, issuer, time and revocation.
func (m *maker) cardTrust() {
	good := forge.Payload()
	m.text("shc/issuer-not-listed", "A card of an issuer and a key that no list has.", "shc.issuer",
		forge.JWS(m.Key("another"), forge.Header(m.Key("another")), forge.Deflate(strings.Replace(good, forge.URL, "https://another.akashi.invalid", 1))))
	m.text("shc/issuer-of-another-key", "A card in the name of an issuer that is not on the list, signed by a listed key of another.", "shc.issuer",
		m.SignCard(strings.Replace(good, forge.URL, "https://another.akashi.invalid", 1)))
	m.text("shc/key-not-listed", "A card in the listed issuer's name, signed by a key that it does not have.", "shc.key",
		forge.JWS(m.Key("another"), forge.Header(m.Key("another")), forge.Deflate(good)))
	m.text("shc/key-of-a-neighbour", "A card in the listed issuer's name, signed by the key of another listed issuer.", "shc.key",
		forge.JWS(m.Key("neighbour"), forge.Header(m.Key("neighbour")), forge.Deflate(good)))
	v := m.text("shc/before-nbf", "A good card, a second before its nbf.", "shc.not-yet-valid", m.SignCard(strings.Replace(good, "1774000000", "1775001601", 1)))
	v.At = forge.At
	m.text("shc/at-exp", "A card at the very second of its exp.", "shc.expired", m.SignCard(strings.Replace(good, `"vc":`, `"exp":1775001600,"vc":`, 1)))
	m.text("shc/retired-key", "A card whose nbf is the very second in which its key was retired.", "shc.retired-key",
		m.SignCard(strings.Replace(good, "1774000000", "1774000001", 1))).Trust = "retired.json"
	m.text("shc/good-before-retirement", "A card of a retired key, issued a second before that.", vectors.Valid, m.SignCard(good)).Trust = "retired.json"
	m.text("shc/revoked", "A card whose rid stands in the revocation list.", "shc.revoked", m.SignCard(good)).Trust = "revoked.json"
	m.text("shc/revoked-by-time", "A card whose rid stands in the revocation list with a time after its nbf.", "shc.revoked", m.SignCard(good)).Trust = "revoked-by-time.json"
	m.text("shc/good-revoked-before", "A card whose rid stands in the revocation list with the time of its nbf: earlier cards are meant.", vectors.Valid,
		m.SignCard(strings.Replace(good, "1774000000", "1774000001", 1))).Trust = "revoked-by-time.json"
}
