package defects

import (
	"strings"

	"akashi/testkit/forge"
)

const vaccine = `"vaccineCode":{"coding":[{"system":"http://hl7.org/fhir/sid/cvx","code":"208"}]}`

// cardContent are payloads of one defect that the right key signed.
func (m *maker) cardContent() {
	for code, changes := range map[string][]change{
		"shc.json": {{"member-twice", `{"iss"`, `{"iss":"x","iss"`}, {"json-cut", `}}]}`, `}}]`}, {"lone-surrogate", `"見本"`, `"\ud842"`},
			{"byte-order-mark", `{"iss"`, "\ufeff" + `{"iss"`}},
		"shc.minified": {{"space-in-json", `"vc":`, `"vc": `}},
		"shc.claims": {{"iat", `{"iss"`, `{"iat":1,"iss"`}, {"context", `"type":[`, `"@context":[],"type":[`}, {"vc-no-object", `"vc":{`, `"vc":[],"x":{`},
			{"subject-extra", `"fhirVersion"`, `"x":1,"fhirVersion"`}, {"subject-letter-case", `"credentialSubject"`, `"credentialsubject"`}},
		"shc.iss": {{"iss-http", `"iss":"https`, `"iss":"http`}, {"iss-trailing-slash", forge.URL, forge.URL + "/"}, {"iss-missing", `"iss":"` + forge.URL + `",`, ``},
			{"iss-query", forge.URL, forge.URL + "?a"}, {"iss-user", `https://`, `https://u@`}, {"iss-upper-case-scheme", `"https`, `"HTTPS`}},
		"shc.nbf": {{"nbf-missing", `"nbf":1774000000,`, ``}, {"nbf-text", `1774000000`, `"1774000000"`}, {"nbf-exponent", `1774000000`, `1.774e9`},
			{"nbf-negative", `1774000000`, `-1`}, {"nbf-beyond-time", `1774000000`, `253402300800`}, {"nbf-minus-zero", `1774000000`, `-0`}},
		"shc.exp": {{"exp-null", `"vc":`, `"exp":null,"vc":`}, {"exp-text", `"vc":`, `"exp":"never","vc":`}},
		"shc.type": {{"type-another", `#health-card"`, `#wrong-health-card"`}, {"type-text", `["https://smarthealth.cards#health-card"]`, `"https://smarthealth.cards#health-card"`},
			{"type-verifiable-credential", `#health-card"`, `#health-card","VerifiableCredential"`}, {"type-without-health-card", `#health-card"`, `#covid19"`},
			{"type-laboratory", `#health-card"`, `#health-card","https://smarthealth.cards#laboratory"`}, {"type-twice", `#health-card"`, `#health-card","https://smarthealth.cards#health-card"`}},
		"shc.rid": {{"rid-empty", `c29tZS1yaWQ`, ``}, {"rid-padded", `c29tZS1yaWQ`, `c29tZS1yaWQ=`}, {"rid-too-long", `c29tZS1yaWQ`, strings.Repeat("a", 25)},
			{"rid-null", `"c29tZS1yaWQ"`, `null`}},
		"shc.fhir-version": {{"fhir-version", `4.0.1`, `4.3.0`}},
		"shc.bundle": {{"bundle-type", `"collection"`, `"document"`}, {"bundle-id", `"type":"collection"`, `"id":"x","type":"collection"`}, {"full-url-gap", `resource:1`, `resource:2`},
			{"full-url-missing", `"fullUrl":"resource:1",`, ``}, {"entry-extra", `"fullUrl":"resource:1"`, `"search":{},"fullUrl":"resource:1"`},
			{"resource-unknown", `"Patient"`, `"Practitioner"`}, {"two-patients", forge.Immunization("2021-07-01", "FA0001"), forge.Patient},
			{"no-patient", forge.Patient, forge.Immunization("2021-07-01", "X")}},
		"shc.patient": {{"gender", `"birthDate"`, `"gender":"male","birthDate"`}, {"patient-id", `"birthDate"`, `"id":"x","birthDate"`},
			{"identifier", `"birthDate"`, `"identifier":[{"value":"123456789012"}],"birthDate"`}},
		"shc.name": {{"name-use-official", `"family"`, `"use":"official","family"`}, {"family-missing", `"family":"見本",`, ``}, {"given-missing", `,"given":["太郎"]`, ``},
			{"given-none", `["太郎"]`, `[]`}, {"name-and-text", `"family":"見本"`, `"text":"見本太郎","family":"見本"`}, {"family-empty", `"family":"見本"`, `"family":""`},
			{"family-number", `"family":"見本"`, `"family":1`}, {"name-reordered", `"family":"見本"`, "\"family\":\"見\u202e本\""}, {"name-line-break", `"family":"見本"`, `"family":"見\n本"`},
			{"name-invisible-character", `"family":"見本"`, "\"family\":\"見本\u200b\""}, {"name-blank", `"family":"見本"`, `"family":"　"`}, {"name-line-separator", `"family":"見本"`, "\"family\":\"見\u2028本\""}, {"name-damaged", `"family":"見本"`, `"family":"見�"`},
			{"two-names", `["太郎"]}]`, `["太郎"]},{"text":"x"}]`}, {"name-too-long", `"太郎"`, `"` + strings.Repeat("太", 201) + `"`}},
		"shc.birth-date": {{"birth-date-no-day", `1980-02-03`, `1980-02-30`}, {"birth-date-short", `1980-02-03`, `1980-2-3`}, {"birth-date-missing", `,"birthDate":"1980-02-03"`, ``}},
		"shc.immunization": {{"not-done", `"completed"`, `"not-done"`}, {"immunization-id", `"status"`, `"id":"x","status"`}, {"subpotent-false", `"lotNumber":"FA0001"`, `"isSubpotent":false`},
			{"protocol-applied", `"lotNumber":"FA0001"`, `"protocolApplied":[{"doseNumberPositiveInt":1}]`}, {"meta-id", `"status"`, `"meta":{"id":"x"},"status"`},
			{"assurance-unknown", `"status"`, `"meta":{"security":[{"system":"https://smarthealth.cards/ial","code":"IAL1"}]},"status"`}},
		"shc.reference": {{"reference-elsewhere", `"reference":"resource:0"`, `"reference":"resource:1"`}, {"reference-display", `"reference":"resource:0"`, `"reference":"resource:0","display":"x"`}},
		"shc.vaccine-code": {{"vaccine-display", `"code":"208"`, `"code":"208","display":"x"`}, {"vaccine-letters", `"208"`, `"2O8"`}, {"vaccine-number", `"208"`, `208`},
			{"vaccine-system", `sid/cvx`, `sid/cvx-x`}, {"vaccine-text", vaccine, `"vaccineCode":{"text":"x"}`}, {"vaccine-none", vaccine, `"vaccineCode":{"coding":[]}`},
			{"vaccine-twice", `"code":"208"}`, `"code":"208"},{"system":"http://hl7.org/fhir/sid/cvx","code":"207"}`}},
		"shc.dose-date": {{"dose-date-partial", `2021-07-01`, `2021-07`}, {"dose-date-with-time", `2021-07-01`, `2021-07-01T10:00:00+09:00`},
			{"dose-date-missing", `"occurrenceDateTime":"2021-07-01",`, ``}},
		"shc.lot":       {{"lot-empty", `"FA0001"`, `""`}, {"lot-too-long", `"FA0001"`, `"123456789012345678901"`}, {"lot-number", `"FA0001"`, `1`}, {"lot-blank", `"FA0001"`, `" "`}},
		"shc.performer": {{"performer-reference", `"display":"AKASHI_SPECIMEN"`, `"reference":"x"`}, {"performer-too-long", `"AKASHI_SPECIMEN"`, `"` + strings.Repeat("x", 31) + `"`}, {"performer-none", `[{"actor":{"display":"AKASHI_SPECIMEN"}}]`, `[]`}},
	} {
		for _, c := range changes {
			payload, description := c.apply(forge.Payload(), "A payload")
			m.text("shc/"+c.name, description, code, m.SignCard(payload))
		}
	}
}

// sealContent are seals of one defect that the right signer signed.
func (m *maker) sealContent() {
	for code, changes := range map[string][]change{
		"vdsnc.canonical": {{"order", `"is":"UTO","t":"icao.vacc"`, `"t":"icao.vacc","is":"UTO"`}, {"escape", `TARO`, `TAR\u004f`}, {"number-form", `"v":1`, `"v":1.0`}},
		"vdsnc.country":   {{"another-country", `"is":"UTO"`, `"is":"JPN"`}},
		"vdsnc.header": {{"type-test", `icao.vacc`, `icao.test`}, {"version-2", `"v":1`, `"v":2`}, {"header-extra", `"v":1`, `"v":1,"x":1`}, {"country-missing", `"is":"UTO",`, ``},
			{"country-two-letters", `"is":"UTO"`, `"is":"UT"`}},
		"vdsnc.message": {{"message-missing", `"msg"`, `"mess"`}, {"message-extra", `"uvci"`, `"tags":[],"uvci"`}},
		"vdsnc.uvci":    {{"uvci-missing", `"uvci":"ABC123",`, ``}, {"uvci-hyphen", `"ABC123"`, `"ABC-23"`}, {"uvci-too-long", `"ABC123"`, `"ABC1234567890"`}},
		"vdsnc.person": {{"name-too-long", `MIHON TARO`, strings.Repeat("A", 40)}, {"name-missing", `,"n":"MIHON TARO"`, ``}, {"name-soft-hyphen", `MIHON TARO`, "MIHON TA\u00adRO"}, {"name-line-break", `MIHON TARO`, `MIHON\nTARO`},
			{"birth-date-partial", `1980-02-03`, `1980-02`}, {"birth-date-missing", `"dob":"1980-02-03",`, ``}, {"passport-lower-case", `XX0000001`, `xx0000001`},
			{"passport-too-long", `XX0000001`, `XX0000000001`}, {"sex-unknown", `"n":"MIHON TARO"`, `"n":"MIHON TARO","sex":"U"`}, {"person-extra", `"n":"MIHON TARO"`, `"n":"MIHON TARO","x":""`}},
		"vdsnc.event": {{"vaccine-short", `XM0GQ8`, `XM0GQ`}, {"vaccine-no-extension-code", `XM0GQ8`, `RA0GQ8`}, {"product-missing", `"nam":"COMIRNATY",`, ``}, {"disease-space", `RA01.0`, `RA 1.0`}},
		"vdsnc.dose": {{"sequence-zero", `"seq":1`, `"seq":0`}, {"sequence-text", `"seq":1`, `"seq":"1"`}, {"dose-country", `"ctr":"UTO","dvc"`, `"ctr":"UT","dvc"`}, {"dose-date-partial", `2021-07-01`, `2021-07`},
			{"administrator-too-long", `AKASHI_SPECIMEN`, `AKASHI_SPECIMEN_SPECI`}, {"lot-missing", `"lot":"FA0001",`, ``}, {"next-dose-empty", `"dvc":"2021-07-01"`, `"dvc":"2021-07-01","dvn":""`}},
	} {
		for _, c := range changes {
			data, description := c.apply(forge.SealData, "A data object")
			m.text("vdsnc/"+c.name, description, code, m.SignSeal(data))
		}
	}
}
