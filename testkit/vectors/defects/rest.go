package defects

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/color"
	"image/png"
	"strings"

	"akashi/testkit/forge"
	"akashi/testkit/vectors"
	"akashi/verifier"
	"akashi/verifier/trust"
)

// files are defects of what a person brings, whatever is in it.
func (m *maker) files() {
	jws := m.SignCard(forge.Payload())
	m.text("input/good-file", "A .smart-health-card file of two cards.", vectors.Valid,
		forge.File(jws, m.SignCard(strings.Replace(forge.Payload(), "太郎", "花子", 1)))).FileName = "two.smart-health-card"
	m.text("input/good-line-end", "A QR text in a file with one line end.", vectors.Valid, forge.QR(jws)+"\r\n").FileName = "card.txt"
	m.text("input/unknown", "A text that is no certificate.", "input.unknown", "hello")
	m.text("input/nothing", "Nothing.", "input.unknown", "")
	m.text("input/health-link", "A link to a card, which is none.", "input.unknown", "shlink:/eyJ1cmwiOiJodHRwczovL2EuaW52YWxpZCJ9")
	m.text("input/too-large", "A text longer than any certificate.", "input.too-large", "x").Fill = verifier.DefaultMaxFile
	for _, c := range []struct{ name, description, content string }{
		{"file-line-end", "A line end behind a .smart-health-card file's JSON.", forge.File(jws) + "\n"}, {"file-twice", "Two objects.", forge.File(jws) + forge.File(jws)},
		{"file-extra-member", "An unknown member.", strings.Replace(forge.File(jws), "{", `{"x":1,`, 1)}, {"file-no-card", "No card.", `{"verifiableCredential":[]}`},
		{"file-qr-text", "A QR text instead of a JWS.", forge.File(forge.QR(jws))}, {"file-member-twice", "The list twice.", `{"verifiableCredential":[],` + forge.File(jws)[1:]},
		{"file-too-many", "More cards than a file may have.", forge.File(strings.Split(strings.Repeat(jws+" ", verifier.DefaultMaxCards+1), " ")[:verifier.DefaultMaxCards+1]...)},
	} {
		m.text("input/"+c.name, c.description, "input.file", c.content).FileName = "card.smart-health-card"
	}
	m.text("input/file-bad-among-good", "A good card and one that was changed.", "shc.signature", forge.File(jws, jws[:len(jws)-3]+"AAA")).FileName = "card.smart-health-card"
	m.text("input/file-name", "A .smart-health-card file under another name.", "input.file-name", forge.File(jws)).FileName = "card.json"
	m.add("paper/picture-broken", "A picture that lacks its end.", "paper.unreadable", blank(64, 64)[:60])
	m.add("paper/picture-coarse", "A picture without a code and too small for a page.", "paper.coarse", blank(200, 200))
	m.add("paper/picture-crowded", "A picture full of the corners of QR codes.", "paper.crowded", crowd(1000, 1000))
	m.add("paper/picture-without-code", "A picture as tall as a page, without a code.", "paper.no-code", blank(40, 1700))
}

// blank is a white PNG.
func blank(wide, tall int) []byte {
	return encoded(image.NewPaletted(image.Rect(0, 0, wide, tall), color.Palette{color.White, color.Black}))
}

// crowd is a PNG full of what marks a QR code's corners, 3 pixels a module.
func crowd(wide, tall int) []byte {
	p := image.NewPaletted(image.Rect(0, 0, wide, tall), color.Palette{color.White, color.Black})
	for i := range p.Pix {
		across, down := i%p.Stride%24/3-3, i/p.Stride%24/3-3
		if ring := max(across, -across, down, -down); ring < 4 && ring != 2 {
			p.Pix[i] = 1
		}
	}
	return encoded(p)
}

func encoded(p image.Image) []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, p); err != nil {
		panic("defects: " + err.Error()) // a picture in memory
	}
	return b.Bytes()
}

// papers are signed PDFs whose pages say something else than their codes.
func (m *maker) papers() {
	pdf := m.NewPDF().Sign()
	good, seal := forge.Payload(), m.SignSeal(forge.SealData)
	card := func(old, new string) string { return forge.QR(m.SignCard(strings.Replace(good, old, new, 1))) }
	const text = "氏名 Name\n見本　太郎\nMIHON TARO\n1980年2月3日\n1980-02-03\nXX0000001\n" +
		"1 2021年7月1日 2021-07-01\nコミナティ\nCOMIRNATY FA0001 UTO\n2 2021年7月22日 2021-07-22\nコミナティ\nCOMIRNATY FA0002 UTO\nABC123\n2026年4月1日\n2026-04-01\n"
	page := func(printed string, codes ...string) vectors.Page {
		return vectors.Page{Text: printed, Codes: codes}
	}
	swap := func(old, new string) string { return strings.Replace(text, old, new, 1) }
	same := card("", "")
	for _, c := range []struct {
		name, description, expect string
		page                      vectors.Page
	}{
		{"good", "Both codes and the same in print.", vectors.Valid, page(text, same, seal)},
		{"no-code", "A signed paper without a code.", "paper.no-code", page(text)},
		{"code-unread", "A code that could not be read.", "paper.unread", vectors.Page{Text: text, Codes: []string{same}, Unread: 1}},
		{"foreign", "A page with something that no certificate has.", "paper.foreign", vectors.Page{Text: text, Codes: []string{same}, Foreign: 1}},
		{"code-of-another-person", "Two good codes of two persons.", "paper.codes-differ", page(text, same, card("太郎", "花子"))},
		{"code-of-another-dose", "Two good codes that tell of different lots.", "paper.codes-differ", page(text, card("FA0002", "FA0009"), seal)},
		{"code-bad-among-good", "A good code and one that was changed.", "vdsnc.signature", page(text, same, strings.Replace(seal, "TARO", "JIRO", 1))},
		{"code-of-something-else", "A code that leads elsewhere.", "input.unknown", page(text, same, "https://example.invalid")},
		{"name-not-printed", "Another name in print.", "paper.name", page(swap("見本　太郎", "見本　花子"), same)},
		{"name-longer", "A longer name in print.", "paper.name", page(swap("見本　太郎", "見本　太郎丸"), same)},
		{"name-variant", "A variant of the name's last character in print.", "paper.name", page(swap("見本　太郎", "見本　太郎\U000e0100"), same)},
		{"birth-date-not-printed", "Another birth date in print.", "paper.birth-date", page(swap("1980-02-03", "1980-02-13"), same)},
		{"dose-date-not-printed", "Another date of vaccination in print.", "paper.dose", page(swap("2021-07-01", "2021-07-02"), same)},
		{"lot-longer", "A longer lot number in print.", "paper.dose", page(swap("FA0001", "FA00010"), same)},
		{"lots-exchanged", "The lots of two doses exchanged in print.", "paper.dose", page(strings.NewReplacer("FA0001", "FA0002", "FA0002", "FA0001").Replace(text), same)},
		{"dose-more", "A dose in print that no code has.", "paper.dose", page(swap("ABC123", "3 2022-02-01\nFA0003 UTO"), same)},
		{"dose-less", "A dose of the code is not printed.", "paper.dose", page(swap("2021-07-22", ""), same)},
		{"product-longer", "A longer product name in print.", "paper.dose", page(swap("COMIRNATY", "COMIRNATY Omicron"), seal)},
		{"passport-not-printed", "Another passport number in print.", "paper.passport", page(swap("XX0000001", "XX0000007"), seal)},
		{"id-not-printed", "Another certificate ID in print.", "paper.id", page(swap("ABC123", "ABC124"), seal)},
	} {
		v := m.add("paper/"+c.name, c.description, c.expect, pdf)
		v.Kind, v.Pages = vectors.KindPaper, []vectors.Page{c.page}
	}
	m.twoPages(pdf, text, same)
}

// twoPages are papers whose doses go on on a second page, which begins with the
// person again and ends with the date of issue as the first does.
func (m *maker) twoPages(pdf []byte, text, code string) {
	head, rest, _ := strings.Cut(text, "1 2021")
	one, rest, _ := strings.Cut("1 2021"+rest, "2 2021")
	two, tail, _ := strings.Cut("2 2021"+rest, "ABC123")
	tail = "ABC123" + tail
	first, second := vectors.Page{Text: head + one + tail, Codes: []string{code}}, vectors.Page{Text: head + two + tail}
	for _, c := range []struct {
		name, description, expect string
		pages                     []vectors.Page
	}{
		{"two-pages", "Doses that go on on a second page.", vectors.Valid, []vectors.Page{first, second}},
		{"two-pages-one-missing", "The second page is missing.", "paper.dose", []vectors.Page{first}},
		{"two-pages-exchanged", "The second page comes first.", "paper.dose", []vectors.Page{second, first}},
		{"two-pages-alike", "The first page twice, and the second.", "paper.dose", []vectors.Page{first, first, second}},
		{"two-pages-dose-more", "A dose on the second page that no code has.", "paper.dose", []vectors.Page{first, {Text: head + two + "3 2022-02-01\nFA0003 UTO\n" + tail}}},
	} {
		v := m.add("paper/"+c.name, c.description, c.expect, pdf)
		v.Kind, v.Pages = vectors.KindPaper, c.pages
	}
}

// keySets are defects of an issuer's key set.
func (m *maker) keySets() {
	good := forge.JWK(&m.Card.PublicKey)
	set := func(keys ...string) string { return `{"keys":[` + strings.Join(keys, ",") + `]}` }
	swap := func(old, new string) string { return set(strings.Replace(good, old, new, 1)) }
	chain := base64.StdEncoding.EncodeToString(m.Seal.Certificate.Raw)
	for _, c := range []struct{ name, description, expect, input string }{
		{"jwks-good", "A key set of one key.", vectors.Valid, set(good)}, {"jwks-empty", "No key.", "trust.jwks", set()}, {"jwks-key-twice", "A key twice.", "trust.jwks", set(good, good)},
		{"jwks-private", "A private key among the public ones.", "trust.jwks", swap(`"kty"`, `"d":"AAAA","kty"`)}, {"jwks-kid", "A kid that is not the thumbprint.", "trust.jwks", swap(`"kid":"`, `"kid":"A`)},
		{"jwks-encryption", "A key for encryption.", "trust.jwks", swap(`"sig"`, `"enc"`)}, {"jwks-curve", "A key of another curve.", "trust.jwks", swap(`P-256`, `P-384`)},
		{"jwks-chain-empty", "An empty chain.", "trust.jwks-chain", swap(`"kty"`, `"x5c":[],"kty"`)}, {"jwks-chain-of-another", "The chain of another key.", "trust.jwks-chain", swap(`"kty"`, `"x5c":["`+chain+`"],"kty"`)},
	} {
		v := m.text("trust/"+c.name, c.description, c.expect, c.input)
		v.Kind, v.Trust, v.Issuer = vectors.KindJWKS, "", forge.URL
	}
}

// revocations are defects of an issuer's revocation list.
func (m *maker) revocations() {
	kid := trust.Thumbprint(&m.Card.PublicKey)
	good := `{"kid":"` + kid + `","method":"rid","ctr":3,"rids":["AAAA","c29tZS1yaWQ.1774000001"]}`
	for _, c := range []struct {
		expect string
		change
	}{
		{vectors.Valid, change{"crl-good", `AAAA`, `BBBB`}}, {"trust.crl", change{"crl-of-another-key", `"kid":"` + kid, `"kid":"A` + kid[1:]}}, {"trust.crl", change{"crl-extra-member", `"ctr"`, `"x":1,"ctr"`}},
		{"trust.crl", change{"crl-counter-text", `3`, `"3"`}}, {"trust.crl-method", change{"crl-method", `"rid",`, `"bloom",`}}, {"trust.crl-version", change{"crl-older", `"ctr":3`, `"ctr":2`}},
		{"trust.crl-rid", change{"crl-rid-padded", `AAAA`, `AAA=`}}, {"trust.crl-rid", change{"crl-rid-too-long", `AAAA`, strings.Repeat("A", 25)}},
		{"trust.crl-rid", change{"crl-time-padded", `.177`, `.0177`}}, {"trust.crl-duplicate", change{"crl-rid-twice", `["AAAA"`, `["AAAA","AAAA.5"`}},
	} {
		input := strings.Replace(good, c.old, c.new, 1)
		if input == good {
			panic("defects: " + c.name) // a table of this package
		}
		v := m.text("trust/"+c.name, "A revocation list of counter 3 in which "+brief(c.old)+" became "+brief(c.new)+".", c.expect, input)
		v.Kind, v.Trust, v.KeyID, v.CRLVersion = vectors.KindCRL, "", kid, 3
	}
}
