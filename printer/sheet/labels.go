package sheet

import (
	"fmt"

	"akashi/verifier/credential"
)

// label is a form's text in Japanese and English.
type label struct{ ja, en string }

// The form's labels (facts: paper certificate).
var (
	labelName         = label{"氏名", "Name"}
	labelBirth        = label{"生年月日", "Date of birth"}
	labelRoman        = label{"ローマ字氏名", "Name in Roman letters"}
	labelNationality  = label{"国籍・地域", "Nationality / Region"}
	labelPassport     = label{"旅券番号", "Passport number"}
	labelDose         = label{"回数", "Dose"}
	labelDate         = label{"接種年月日", "Date"}
	labelType         = label{"ワクチンの種類", "Type of vaccine"}
	labelMaker        = label{"メーカー", "Manufacturer"}
	labelProduct      = label{"製品名", "Product"}
	labelLot          = label{"製造番号", "Lot number"}
	labelCountry      = label{"接種国", "Country"}
	labelID           = label{"証明書ID", "Certificate ID"}
	labelIssued       = label{"証明書発行年月日", "Date of issue"}
	labelMunicipality = label{"接種記録を管理する市区町村", "Municipality"}
	labelIssuer       = label{"発行者", "Issuer"}
	labelSession      = label{"照合コード", "Session code"}
	labelEnd          = label{"以下余白", "No further entries"}
	labelNext         = label{"次のページに続く", "Continued on the next page"}
	labelSpecimen     = label{"見本", "SPECIMEN"}
	labelNotValid     = label{"これは見本です。証明書としては使えません。", "Specimen only. Not valid as a certificate."}
	labelVerify       = label{"この証明書の確かめ方", "How to verify"}
)

// pause marks where a line may end.
const pause = "|"

// verifySteps says how anybody checks the paper, with pauses in the Japanese,
// which has no spaces.
var verifySteps = []label{
	{"QRコードを|検証アプリで|読み取ると、|発行者の電子署名を|だれでも|確かめられます。|通信は要りません。",
		"Scan the QR code with a verifier: anyone can check the issuer's signature, offline."},
	{"印字された|氏名と生年月日が、|読み取った内容と|同じであることを|確かめてください。",
		"Check that the name and date of birth shown match this paper."},
}

// labelShown goes before the issuer's address, which a verifier shows.
var labelShown = label{"検証アプリが示す発行者", "Issuer that the verifier shows"}

// use says what a code is for.
var use = map[string]label{
	LabelSHC:   {"国内用", "for domestic use"},
	LabelVDSNC: {"海外用", "for overseas use (ICAO)"},
}

// purpose names a kind of certificate.
func purpose(k credential.Kind) label {
	if k == credential.Overseas {
		return label{"海外用及び日本国内用", "For overseas and domestic use"}
	}
	return label{"日本国内用", "For domestic use"}
}

// longDate writes a date as Japanese forms do; an unknown month or day is said
// to be unknown.
func longDate(d credential.Date) string {
	switch {
	case d.Month == 0:
		return fmt.Sprintf("%d年 月日不明", d.Year)
	case d.Day == 0:
		return fmt.Sprintf("%d年%d月 日不明", d.Year, d.Month)
	}
	return fmt.Sprintf("%d年%d月%d日", d.Year, d.Month, d.Day)
}

// isoDate writes the date again for readers of other languages; it begins with
// the date's own text, by which a machine finds it.
func isoDate(d credential.Date) string {
	switch {
	case d.Month == 0:
		return d.String() + " (month and day unknown)"
	case d.Day == 0:
		return d.String() + " (day unknown)"
	}
	return d.String()
}

// theme is what the two kinds differ in at a glance.
type theme struct{ accent, tint, ghost colour }

func themeOf(k credential.Kind) theme {
	if k == credential.Overseas {
		return theme{colour{0x9B, 0x24, 0x2E}, colour{0xFA, 0xF1, 0xF0}, colour{0xF6, 0xE6, 0xE6}}
	}
	return theme{colour{0x1B, 0x4B, 0x83}, colour{0xEF, 0xF4, 0xFA}, colour{0xE4, 0xEC, 0xF5}}
}
