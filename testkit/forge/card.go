package forge

import (
	"bytes"
	"compress/flate"
	"crypto/ecdsa"
	"encoding/base64"
	"strings"

	"akashi/verifier/trust"
)

// Base64 is base64url without padding.
func Base64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// Deflate compresses as cards are compressed (RFC 1951, no frame).
func Deflate(text string) []byte {
	var b bytes.Buffer
	w, _ := flate.NewWriter(&b, flate.BestCompression) // the level exists
	w.Write([]byte(text))                              // a Buffer takes everything
	w.Close()
	return b.Bytes()
}

// Header is the good header for a key.
func Header(k *ecdsa.PrivateKey) string {
	return `{"zip":"DEF","alg":"ES256","kid":"` + trust.Thumbprint(&k.PublicKey) + `"}`
}

// JWS signs a header and the bytes of a payload, whatever they are.
func JWS(k *ecdsa.PrivateKey, header string, payload []byte) string {
	input := Base64([]byte(header)) + "." + Base64(payload)
	return input + "." + Base64(Raw(k, input))
}

// SignCard signs a payload as a card of this world.
func (w *World) SignCard(payload string) string {
	return JWS(w.Card, Header(w.Card), Deflate(payload))
}

// QR writes a JWS as the text of a code: two digits a character.
func QR(jws string) string {
	var b strings.Builder
	b.WriteString("shc:/")
	for _, c := range []byte(jws) {
		b.WriteByte('0' + (c-45)/10)
		b.WriteByte('0' + (c-45)%10)
	}
	return b.String()
}

// File writes JWSs as a .smart-health-card file.
func File(jws ...string) string {
	return `{"verifiableCredential":["` + strings.Join(jws, `","`) + `"]}`
}

// Patient and Immunization are the resources of a good card.
const Patient = `{"resourceType":"Patient","name":[{"family":"見本","given":["太郎"]}],"birthDate":"1980-02-03"}`

// Immunization is one dose of a good card.
func Immunization(date, lot string) string {
	return `{"resourceType":"Immunization","status":"completed","vaccineCode":{"coding":[{"system":"http://hl7.org/fhir/sid/cvx","code":"208"}]},` +
		`"patient":{"reference":"resource:0"},"occurrenceDateTime":"` + date + `","lotNumber":"` + lot + `","performer":[{"actor":{"display":"AKASHI_SPECIMEN"}}]}`
}

// Payload is a good card's: every defect is one change of it.
func Payload() string {
	return `{"iss":"` + URL + `","nbf":1774000000,"vc":{"type":["https://smarthealth.cards#health-card"],"credentialSubject":{"fhirVersion":"4.0.1",` +
		`"fhirBundle":{"resourceType":"Bundle","type":"collection","entry":[{"fullUrl":"resource:0","resource":` + Patient + `},` +
		`{"fullUrl":"resource:1","resource":` + Immunization("2021-07-01", "FA0001") + `},` +
		`{"fullUrl":"resource:2","resource":` + Immunization("2021-07-22", "FA0002") + `}]}},"rid":"c29tZS1yaWQ"}}`
}

// JWK writes a public key as a key set holds it.
func JWK(k *ecdsa.PublicKey) string {
	b, _ := k.Bytes() // of P-256: 4, x, y
	return `{"kty":"EC","kid":"` + trust.Thumbprint(k) + `","use":"sig","alg":"ES256","crv":"P-256","x":"` +
		Base64(b[1:33]) + `","y":"` + Base64(b[33:]) + `"}`
}
