package shc_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"akashi/verifier/credential"
	"akashi/verifier/rule"
	"akashi/verifier/shc"
	"akashi/verifier/trust"
)

func TestVerify(t *testing.T) {
	i := newIssuer(t)
	jws := i.card(t, payload())
	want := &shc.Card{
		Issuer: iss, KeyID: i.kid, NotBefore: time.Unix(1774000000, 0).UTC(),
		Family: "見本", Given: "太郎", Birth: credential.Date{Year: 1980, Month: 2, Day: 3},
		Doses: []shc.Dose{
			{CVX: "208", Date: credential.Date{Year: 2021, Month: 7, Day: 1}, Lot: "FA0001", Performer: "AKASHI_SPECIMEN"},
			{CVX: "208", Date: credential.Date{Year: 2021, Month: 7, Day: 22}, Lot: "FA0002", Performer: "AKASHI_SPECIMEN"},
		},
		RevocationID: "c29tZS1yaWQ",
	}
	for _, text := range []string{jws, qr(jws)} {
		got, err := shc.Verify(text, i.list(), now)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("Verify = %+v, %v, want %+v", got, err, want)
		}
	}
	got, err := shc.ParseUnsigned([]byte(jws[:strings.LastIndexByte(jws, '.')]))
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("ParseUnsigned = %+v, %v", got, err)
	}
}

// accepted lists payloads that are unlike the plain one and still within the
// rules; quirk marks those that nobody may write any more.
func accepted(t *testing.T) map[string]struct {
	payload string
	quirk   bool
} {
	type p = struct {
		payload string
		quirk   bool
	}
	return map[string]p{
		"name as text":      {change(t, `"family":"見本","given":["太郎"]`, `"text":"見本太郎"`), false},
		"prefix and suffix": {change(t, `"family":"見本"`, `"prefix":["Dr"],"suffix":["Jr."],"family":"見本"`), false},
		"two given names":   {change(t, `["太郎"]`, `["太郎","次郎"]`), false},
		"partial birth":     {change(t, `1980-02-03`, `1980-02`), false},
		"year of birth":     {change(t, `1980-02-03`, `1980`), false},
		"expiry":            {change(t, `"vc":`, `"exp":1900000000,"vc":`), false},
		"no rid":            {change(t, `,"rid":"c29tZS1yaWQ"`, ``), false},
		"no lot":            {change(t, `"lotNumber":"FA0001",`, ``), false},
		"no performer":      {change(t, `,"performer":[{"actor":{"display":"AKASHI_SPECIMEN"}}]`, ``), false},
		"subpotent":         {change(t, `"lotNumber":"FA0001"`, `"isSubpotent":true`), false},
		"assurance":         {change(t, `"status":`, `"meta":{"security":[{"system":"https://smarthealth.cards/ial","code":"IAL2"}]},"status":`), false},
		"three code systems": {change(t, `"code":"208"}]`, `"code":"208"},{"system":"http://snomed.info/sct","code":"1119349007"},`+
			`{"system":"http://id.who.int/icd/release/11/mms","code":"XM0GQ8"}]`), false},
		"fractional nbf":   {change(t, `1774000000`, `1774000000.349618`), true},
		"fractional exp":   {change(t, `"vc":`, `"exp":1900000000.5,"vc":`), true},
		"name.use usual":   {change(t, `"family"`, `"use":"usual","family"`), true},
		"deprecated types": {change(t, `#health-card"`, `#health-card","https://smarthealth.cards#immunization","https://smarthealth.cards#covid19"`), true},
	}
}

func TestAcceptedForms(t *testing.T) {
	i := newIssuer(t)
	for name, c := range accepted(t) {
		jws := i.card(t, c.payload)
		if _, err := shc.Verify(jws, i.list(), now); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		_, err := shc.ParseUnsigned([]byte(jws[:strings.LastIndexByte(jws, '.')]))
		if c.quirk == (err == nil) {
			t.Errorf("%s, about to be signed: %v", name, err)
		}
	}
	if len(shc.Quirks()) != 3 {
		t.Error("the table of quirks grew or shrank: say so in the tests above")
	}
}

// provoked collects the codes that the tests of this package saw.
var provoked = map[*rule.Refusal]bool{}

func refused(t *testing.T, name string, err error, want *rule.Refusal) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: %v, want %s", name, err, want.Code)
	}
	provoked[want] = true
}

func TestRefusedContent(t *testing.T) {
	i := newIssuer(t)
	const vaccine = `"vaccineCode":{"coding":[{"system":"http://hl7.org/fhir/sid/cvx","code":"208"}]}`
	for _, c := range []struct {
		old, new string
		want     *rule.Refusal
	}{
		{`{"iss"`, `{"iss":"x","iss"`, shc.ErrJSON}, {`}}]}`, `}}]`, shc.ErrJSON}, {`"見本"`, `"\ud842"`, shc.ErrJSON}, {`{"iss"`, "\ufeff" + `{"iss"`, shc.ErrJSON},
		{`{"iss"`, `{ "iss"`, shc.ErrMinified}, {`"vc":`, `"vc": `, shc.ErrMinified},
		{`{"iss"`, `{"iat":1,"iss"`, shc.ErrClaims}, {`"type":[`, `"@context":[],"type":[`, shc.ErrClaims},
		{`"fhirVersion"`, `"x":1,"fhirVersion"`, shc.ErrClaims}, {`"vc":{`, `"vc":[],"x":{`, shc.ErrClaims},
		{`"credentialSubject"`, `"credentialsubject"`, shc.ErrClaims},
		{`"iss":"https`, `"iss":"http`, shc.ErrIssuerURL}, {iss, iss + "/", shc.ErrIssuerURL}, {`"iss":"` + iss + `",`, ``, shc.ErrIssuerURL},
		{`"nbf":1774000000,`, ``, shc.ErrNotBeforeForm}, {`1774000000`, `"1774000000"`, shc.ErrNotBeforeForm}, {`1774000000`, `1.774e9`, shc.ErrNotBeforeForm},
		{`1774000000`, `-1`, shc.ErrNotBeforeForm}, {`1774000000`, `253402300800`, shc.ErrNotBeforeForm}, {`1774000000`, `1.5e9`, shc.ErrNotBeforeForm},
		{`1774000000`, `1.0123456789`, shc.ErrNotBeforeForm}, {`1774000000`, `-0`, shc.ErrNotBeforeForm},
		{`"vc":`, `"exp":null,"vc":`, shc.ErrExpiryForm}, {`"vc":`, `"exp":"never","vc":`, shc.ErrExpiryForm},
		{`#health-card"`, `#wrong-health-card"`, shc.ErrType}, {`["https://smarthealth.cards#health-card"]`, `"https://smarthealth.cards#health-card"`, shc.ErrType},
		{`#health-card"`, `#health-card","VerifiableCredential"`, shc.ErrType}, {`#health-card"`, `#covid19"`, shc.ErrType},
		{`#health-card"`, `#health-card","https://smarthealth.cards#health-card"`, shc.ErrType}, {`#health-card"`, `#health-card","https://smarthealth.cards#laboratory"`, shc.ErrType},
		{`c29tZS1yaWQ`, ``, shc.ErrRevocationID}, {`c29tZS1yaWQ`, `c29tZS1yaWQ=`, shc.ErrRevocationID}, {`c29tZS1yaWQ`, strings.Repeat("a", 25), shc.ErrRevocationID},
		{`"c29tZS1yaWQ"`, `null`, shc.ErrRevocationID},
		{`4.0.1`, `4.0.0`, shc.ErrFHIRVersion},
		{`"Bundle"`, `"bundle"`, shc.ErrBundle}, {`"collection"`, `"document"`, shc.ErrBundle}, {`"type":"collection"`, `"id":"x","type":"collection"`, shc.ErrBundle},
		{`resource:1`, `resource:2`, shc.ErrBundle}, {`"fullUrl":"resource:1",`, ``, shc.ErrBundle}, {`"fullUrl":"resource:1"`, `"search":{},"fullUrl":"resource:1"`, shc.ErrBundle},
		{`"Patient"`, `"Practitioner"`, shc.ErrBundle}, {immunization("2021-07-01", "FA0001"), patient, shc.ErrBundle}, {patient, immunization("2021-07-01", "X"), shc.ErrBundle},
		{`"birthDate"`, `"gender":"male","birthDate"`, shc.ErrPatient}, {`"birthDate"`, `"id":"x","birthDate"`, shc.ErrPatient},
		{`"family"`, `"use":"official","family"`, shc.ErrName}, {`"family":"見本",`, ``, shc.ErrName}, {`,"given":["太郎"]`, ``, shc.ErrName}, {`["太郎"]`, `[]`, shc.ErrName},
		{`"family":"見本"`, `"text":"見本太郎","family":"見本"`, shc.ErrName}, {`"family":"見本"`, `"family":""`, shc.ErrName}, {`"family":"見本"`, `"family":1`, shc.ErrName},
		{`"family":"見本"`, `"family":"見\u202e本"`, shc.ErrName}, {`"family":"見本"`, `"family":"見\n本"`, shc.ErrName}, {`"family":"見本","given"`, `"text":"x","given"`, shc.ErrName},
		{`["太郎"]}]`, `["太郎"]},{"text":"x"}]`, shc.ErrName}, {`"太郎"`, `"` + strings.Repeat("太", 201) + `"`, shc.ErrName},
		{`1980-02-03`, `1980-02-30`, shc.ErrBirth}, {`1980-02-03`, `1980-2-3`, shc.ErrBirth}, {`,"birthDate":"1980-02-03"`, ``, shc.ErrBirth},
		{`"completed"`, `"not-done"`, shc.ErrImmunization}, {`"status"`, `"id":"x","status"`, shc.ErrImmunization}, {`"lotNumber":"FA0001"`, `"isSubpotent":false`, shc.ErrImmunization},
		{`"status"`, `"meta":{"id":"x"},"status"`, shc.ErrImmunization}, {`"status"`, `"meta":{"security":[{"code":"IAL2"}]},"status"`, shc.ErrImmunization},
		{`"status"`, `"meta":{"security":[{"system":"https://smarthealth.cards/ial","code":"IAL1"}]},"status"`, shc.ErrImmunization},
		{`"lotNumber":"FA0001"`, `"protocolApplied":[{"doseNumberPositiveInt":1}]`, shc.ErrImmunization},
		{`"reference":"resource:0"`, `"reference":"resource:1"`, shc.ErrReference}, {`"reference":"resource:0"`, `"reference":"resource:0","display":"x"`, shc.ErrReference},
		{`"code":"208"`, `"code":"208","display":"x"`, shc.ErrVaccine}, {`"208"`, `"2O8"`, shc.ErrVaccine}, {`"208"`, `"2080"`, shc.ErrVaccine}, {`"208"`, `208`, shc.ErrVaccine},
		{`sid/cvx`, `sid/cvx-TEMPORARY-CODE-SYSTEM`, shc.ErrVaccine}, {vaccine, `"vaccineCode":{"coding":[]}`, shc.ErrVaccine}, {vaccine, `"vaccineCode":{"text":"x"}`, shc.ErrVaccine},
		{`"code":"208"}`, `"code":"208"},{"system":"http://hl7.org/fhir/sid/cvx","code":"207"}`, shc.ErrVaccine},
		{`2021-07-01`, `2021-07`, shc.ErrDoseDate}, {`2021-07-01`, `2021-07-01T10:00:00+09:00`, shc.ErrDoseDate}, {`"occurrenceDateTime":"2021-07-01",`, ``, shc.ErrDoseDate},
		{`"FA0001"`, `""`, shc.ErrLot}, {`"FA0001"`, `"123456789012345678901"`, shc.ErrLot}, {`"FA0001"`, `1`, shc.ErrLot},
		{`"display":"AKASHI_SPECIMEN"`, `"reference":"x"`, shc.ErrPerformer}, {`"AKASHI_SPECIMEN"`, `"` + strings.Repeat("x", 31) + `"`, shc.ErrPerformer},
		{`[{"actor"`, `[{"function":{},"actor"`, shc.ErrPerformer}, {`[{"actor":{"display":"AKASHI_SPECIMEN"}}]`, `[]`, shc.ErrPerformer},
		{`{"display":"AKASHI_SPECIMEN"}`, `{}`, shc.ErrPerformer},
	} {
		_, err := shc.Verify(i.card(t, change(t, c.old, c.new)), i.list(), now)
		refused(t, c.old+" -> "+c.new, err, c.want)
	}
}

func TestRefusedForm(t *testing.T) {
	i := newIssuer(t)
	jws := i.card(t, payload())
	parts := strings.Split(jws, ".")
	good := deflate(t, payload())
	many := change(t, `"lotNumber":"FA0001"`, `"lotNumber":"`+strings.Repeat("x", 17000)+`"`)
	for name, c := range map[string]struct {
		text string
		want *rule.Refusal
	}{
		"empty":               {"", shc.ErrForm},
		"one part":            {"abc", shc.ErrForm},
		"two parts":           {parts[0] + "." + parts[1], shc.ErrForm},
		"four parts":          {jws + ".", shc.ErrForm},
		"beyond any card":     {strings.Repeat("A", shc.DefaultMaxText+1), shc.ErrTooLong},
		"line end":            {jws + "\n", shc.ErrBase64},
		"line break inside":   {parts[0] + ".\n" + parts[1] + "." + parts[2], shc.ErrBase64},
		"padding":             {jws + "=", shc.ErrBase64},
		"unused bits":         {jws[:len(jws)-1] + next(jws[len(jws)-1]), shc.ErrBase64},
		"standard alphabet":   {parts[0] + "." + parts[1] + "+." + parts[2], shc.ErrBase64},
		"space in front":      {" " + jws, shc.ErrBase64},
		"upper-case prefix":   {"SHC" + qr(jws)[3:], shc.ErrForm},
		"digits odd":          {qr(jws) + "1", shc.ErrDigits},
		"digits none":         {"shc:/", shc.ErrDigits},
		"digits pair too big": {"shc:/78", shc.ErrDigits},
		"digits of no letter": {"shc:/02", shc.ErrDigits},
		"digits no digits":    {"shc:/5:", shc.ErrDigits},
		"digits and a slash":  {"shc:/1/2", shc.ErrDigits},
		"digits and slashes":  {"shc:/1//2", shc.ErrDigits},
		"chunked":             {"shc:/1/3/5676", shc.ErrChunked},
		"header no JSON":      {i.sign(t, `{`, good), shc.ErrHeader},
		"header with a key":   {i.sign(t, `{"jwk":1,`+i.header()[1:], good), shc.ErrHeader},
		"alg none":            {i.sign(t, strings.Replace(i.header(), "ES256", "none", 1), good), shc.ErrAlgorithm},
		"alg missing":         {i.sign(t, strings.Replace(i.header(), `"alg":"ES256",`, "", 1), good), shc.ErrAlgorithm},
		"zip missing":         {i.sign(t, strings.Replace(i.header(), `"zip":"DEF",`, "", 1), []byte(payload())), shc.ErrZip},
		"kid missing":         {i.sign(t, `{"zip":"DEF","alg":"ES256"}`, good), shc.ErrKeyID},
		"kid another form":    {i.sign(t, strings.Replace(i.header(), i.kid, i.kid[1:], 1), good), shc.ErrKeyID},
		"too long":            {i.card(t, payload()[:40]+noise(2000)), shc.ErrTooLong},
		"signature DER":       {jws + "AAAA", shc.ErrSignatureForm},
		"signature wrong":     {parts[0] + "." + parts[1] + "." + b64.EncodeToString(make([]byte, 64)), shc.ErrSignature},
		"signature of other":  {newIssuer(t).sign(t, i.header(), good), shc.ErrSignature},
		"not compressed":      {i.sign(t, i.header(), []byte(payload()[:200])), shc.ErrDeflate},
		"cut":                 {i.sign(t, i.header(), good[:len(good)-4]), shc.ErrDeflate},
		"trailing data":       {i.sign(t, i.header(), append(good, 0)), shc.ErrDeflate},
		"bomb":                {i.card(t, many), shc.ErrInflated},
		"trailing JSON":       {i.card(t, payload()+"{}"), shc.ErrJSON},
		"deep":                {i.card(t, strings.Repeat("[", 100)), shc.ErrJSON},
	} {
		_, err := shc.Verify(c.text, i.list(), now)
		refused(t, name, err, c.want)
	}
	if _, err := shc.ParseUnsigned([]byte("abc")); !errors.Is(err, shc.ErrForm) {
		t.Errorf("ParseUnsigned of one part: %v", err)
	}
}

// next gives the character behind c in the alphabet: the same bits but the last.
func next(c byte) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	return alphabet[strings.IndexByte(alphabet, c)+1:][:1]
}

// noise gives text that does not compress.
func noise(n int) string {
	b := make([]byte, n)
	x := uint32(1)
	for i := range b {
		x = x*1664525 + 1013904223
		b[i] = byte(x >> 24)
	}
	return string(b)
}

func TestRefusedTrust(t *testing.T) {
	i, other := newIssuer(t), newIssuer(t)
	good := i.card(t, payload())
	retired := func(later time.Duration) *trust.List {
		l := i.list()
		l.SHC[0].Keys[0].Until = time.Unix(1774000000, 0).Add(later)
		return l
	}
	revoked := func(entry string) *trust.List {
		l := i.list()
		l.SHC[0].Revoked = map[string][]string{i.kid: {entry}}
		return l
	}
	twoIssuers := i.list()
	twoIssuers.SHC[0].URL = "https://other.example.invalid"
	for name, c := range map[string]struct {
		text string
		l    *trust.List
		at   time.Time
		want *rule.Refusal
	}{
		"empty list":                      {good, &trust.List{}, now, shc.ErrIssuer},
		"key of another issuer":           {good, twoIssuers, now, shc.ErrIssuer},
		"unknown key of a known issuer":   {other.card(t, payload()), i.list(), now, shc.ErrKey},
		"unknown key, broken content":     {other.card(t, "{"), i.list(), now, shc.ErrJSON},
		"key of one, name of another":     {good, both(i, other), now, shc.ErrKey},
		"before nbf":                      {good, i.list(), time.Unix(1773999999, 0), shc.ErrNotYet},
		"at exp":                          {i.card(t, change(t, `"vc":`, `"exp":1774000001,"vc":`)), i.list(), time.Unix(1774000001, 0), shc.ErrExpired},
		"revoked":                         {good, revoked("c29tZS1yaWQ"), now, shc.ErrRevoked},
		"issued when its key was retired": {good, retired(0), now, shc.ErrRetired},
		"revoked when issued before":      {good, revoked("c29tZS1yaWQ.1774000001"), now, shc.ErrRevoked},
	} {
		_, err := shc.Verify(c.text, c.l, c.at)
		refused(t, name, err, c.want)
	}
	for name, l := range map[string]*trust.List{"another rid": revoked("c29tZQ"), "retired a second later": retired(time.Second), "issued at the time": revoked("c29tZS1yaWQ.1774000000")} {
		if _, err := shc.Verify(good, l, time.Unix(1774000000, 0)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// both is a list on which the URL of the test's issuer has the key of other,
// and another issuer has the key of i.
func both(i, other issuer) *trust.List {
	l := other.list()
	l.SHC = append(l.SHC, trust.SHCIssuer{URL: "https://third.example.invalid", Keys: []trust.SHCKey{{ID: i.kid, Key: &i.key.PublicKey}}})
	return l
}

// TestEveryRefusal stands last: it looks at what the tests above provoked.
func TestEveryRefusal(t *testing.T) {
	for _, r := range rule.All() {
		if strings.HasPrefix(r.Code, "shc.") && !provoked[r] {
			t.Errorf("%s: no test provokes it", r.Code)
		}
	}
}

// TestEveryCharacterCounts changes each character of a card's two texts: none
// may be free.
func TestEveryCharacterCounts(t *testing.T) {
	i := newIssuer(t)
	jws := i.card(t, payload())
	for text, alphabet := range map[string]string{jws: "A_.=", qr(jws): "08/"} {
		for at := range len(text) {
			for _, c := range []byte(alphabet) {
				if text[at] == c {
					continue
				}
				if _, err := shc.Verify(text[:at]+string(c)+text[at+1:], i.list(), now); err == nil {
					t.Fatalf("character %d of %d changed from %q to %q passed", at, len(text), text[at], c)
				}
			}
		}
	}
}
