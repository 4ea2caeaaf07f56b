package lastlook

import (
	"strings"
	"testing"

	"akashi/centre/wire"
	"akashi/verifier/cardrecord"
	"akashi/verifier/credential"
	"akashi/verifier/scan"
	"akashi/verifier/shc"
)

// sheetOf is a paper's text of two pages as the form writes it.
func sheetOf(code string) []string {
	const page = "日本国内用\n氏名 Name\n髙﨑　澄乃\n生年月日 Date of birth\n1975年11月23日\n1975-11-23\nLot number\nN\n2022年1月2日\n2022-01-0N\n証明書ID Certificate ID\nAB12\n証明書発行年月日 Date of issue\n2026-11-23\n照合コード Session code CODE N / 2 ページ Page N of 2\n"
	var all []string
	for _, n := range []string{"1", "2"} {
		all = append(all, strings.NewReplacer("CODE", code, "N of", n+" of", "N / 2", n+" / 2", "\nN\n", "\n"+n+"\n", "-0N", "-0"+n).Replace(page))
	}
	return all
}

// One page of two is another paper's in one thing: at no page may it pass.
func TestEveryPageIsHeld(t *testing.T) {
	h := wire.Header{Version: wire.Version, Nonce: make([]byte, 32), Kiosk: make([]byte, 32), Counter: 1, Kind: credential.Domestic}
	code := string(wire.CodeFor(h.SessionDigest(), 1))
	for _, c := range []struct {
		name     string
		old, new string
		want     Reason
	}{
		{"its own", "", "", 0},
		{"name", "髙﨑　澄乃", "高崎　澄乃", PrintedName},
		{"a longer name", "髙﨑　澄乃", "髙﨑　澄乃子", PrintedName},
		{"name broken over lines", "髙﨑　澄乃", "髙﨑\n　澄乃", 0},
		{"no name", "氏名 Name\n", "", PrintedName},
		{"two names", "氏名 Name\n髙﨑　澄乃\n", "氏名 Name\n髙﨑　澄乃\n氏名 Name\n髙﨑　澄乃\n", PrintedName},
		{"birth date", "1975年11月23日\n1975-11-23", "1975年11月24日\n1975-11-24", PrintedBirth},
		{"birth date for Japan", "1975年11月23日", "1975年11月24日", PrintedBirth},
		{"birth date for all", "\n1975-11-23\n", "\n1975-11-24\n", PrintedBirth},
		{"session code", code, "0000-0000", PrintedSession},
		{"no session code", "照合コード Session code", "Session", PrintedSession},
		{"two session codes", "照合コード", "照合コード Session code " + code + " 1 / 2 ページ Page 1 of 2\n照合コード", PrintedSession},
		{"number of pages", "of 2", "of 3", PrintedSession},
		{"certificate ID", "AB12", "AB13", PrintedID},
		{"no certificate ID", "証明書ID Certificate ID\nAB12\n", "", PrintedID},
		{"a dose", "2022-01-0", "2022-02-0", PrintedDoses},
		{"one dose more", "Lot number\n", "Lot number\n2021-05-05\n", PrintedDoses},
		{"no table", "Lot number\n", "", PrintedDoses},
	} {
		for n := range 2 {
			pages := sheetOf(code)
			pages[n] = strings.Replace(pages[n], c.old, c.new, 1)
			s := &sight{in: Input{Header: h, Attributes: cardrecord.Attributes{Name: "髙﨑　澄乃", Birth: credential.Date{Year: 1975, Month: 11, Day: 23}}},
				card: &shc.Card{Doses: []shc.Dose{{Date: credential.Date{Year: 2022, Month: 1, Day: 1}}, {Date: credential.Date{Year: 2022, Month: 1, Day: 2}}}}}
			for _, p := range pages {
				s.pages = append(s.pages, scan.Page{Text: p})
			}
			err := s.text()
			if err == nil {
				err = s.doses()
			}
			if got := ReasonOf(err); got != c.want {
				t.Errorf("%s on page %d: reason %d, want %d", c.name, n+1, got, c.want)
			}
		}
	}
}

func TestPartialDates(t *testing.T) {
	for _, c := range []struct {
		d        credential.Date
		japanese string
		all      string
	}{
		{credential.Date{Year: 1938, Month: 5}, "1938年5月 日不明", "1938-05 (day unknown)"},
		{credential.Date{Year: 1931}, "1931年 月日不明", "1931 (month and day unknown)"},
		{credential.Date{Year: 1988, Month: 4, Day: 1}, "1988年4月1日", "1988-04-01"},
	} {
		if japanese(c.d) != c.japanese || forAll(c.d) != c.all {
			t.Errorf("%v: %q, %q", c.d, japanese(c.d), forAll(c.d))
		}
	}
}

func TestNamedAs(t *testing.T) {
	for _, c := range []struct {
		card shc.Card
		name string
		want bool
	}{
		{shc.Card{Family: "髙﨑", Given: "澄乃"}, "髙﨑　澄乃", true},
		{shc.Card{Family: "髙", Given: "﨑澄乃"}, "髙﨑　澄乃", false},
		{shc.Card{Text: "髙﨑　澄乃"}, "髙﨑　澄乃", false},
		{shc.Card{Text: "ヴィラサンビリ"}, "ヴィラサンビリ", true},
		{shc.Card{Family: "ヴィラ", Given: "サンビリ"}, "ヴィラサンビリ", false},
		{shc.Card{Family: "髙﨑", Given: "澄乃", Suffix: "Jr."}, "髙﨑　澄乃", false},
	} {
		if namedAs(&c.card, c.name) != c.want {
			t.Errorf("%+v as %q: want %v", c.card, c.name, c.want)
		}
	}
}
