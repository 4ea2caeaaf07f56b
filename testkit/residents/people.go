package residents

import (
	"akashi/centre/vrs"
	"akashi/centre/wire"
)

// row is one resident as the table below writes them; build fills in the rest.
type row struct {
	id, name, birth string
	sex             byte
	municipality    string // of the card; the record stands at the city that answers for it
	doses           int    // of the ordinary adult schedule
	note            string
	shape           func(*Resident)
}

// longAddress passes 127 bytes, where the card's lengths change their form.
const longAddress = "大字例文字字続々続々長々番地一千二百三十四番地の五十六見本団地第七十八号棟第九百十二号室気付"

var table = []row{
	{"yoshida", "𠮷田　凪渡", "19880401", '1', Mihon, 3,
		"U+20BB7 は BMP の外 / 𠮷 is outside the BMP (4 bytes of UTF-8, a surrogate pair in UTF-16)", travel("YOSHIDA NAGITO", "JPN")},
	{"takasaki", "髙﨑　澄乃", "19751123", '2', Mihon, 2,
		"はしごだか U+9AD9 と たつさき U+FA11 / variant forms that substitution tables fold into 高 and 崎", nil},
	{"watanabe", "渡邉\U000E0102　槙羽", "19690930", '1', Reiji, 4,
		"異体字セレクタ U+E0102 / a variation sequence: two code points, one glyph", nil},
	{"hokke", "浜梨　𩸽子", "19950708", '2', Mihon, 5,
		"ほっけ U+29E3D が名にある / a non-BMP ideograph in the given name", nil},
	{"dakuten", "穂積　か\u3099く", "20001010", '1', Mihon, 1,
		"か＋結合濁点 U+3099 / a combining mark that must be drawn as one letter", nil},
	{"hankaku", "ﾎﾞｰﾘﾝｽｷﾞ　ｼﾞｭﾉ", "19820217", '1', Reiji, 2,
		"半角カナ / half-width kana with separate voiced marks", products("vaxzevria", "vaxzevria")},
	{"mononym", "ヴィラサンビリ", "19910605", '9', Mihon, 2,
		"全角空白なし: 氏と名に分けられない / no U+3000: one name, no split to invent; sex 9", products("nuvaxovid", "nuvaxovid")},
	{"longroman", "ヴァランドリエル　マグダレーナ", "19790819", '2', Mihon, 7,
		"ローマ字氏名 39 文字・7 回接種 / Roman name of 39 characters and 7 doses: the largest VDS-NC", travel("VALANDRIELLE OSTREMBOURG MAGDALENA ILSE", "UTO")},
	{"idot", "ERDEMLİ　İLKAYA", "19860112", '2', Mihon, 6,
		"İ U+0130 / a Latin letter that many Japanese fonts lack", travel("ERDEMLI ILKAYA", "UTO")},
	{"unknownday", "瀬良　トヨノ", "19380500", '2', Reiji, 5,
		"生まれた日が不明 / day of birth unknown: domestic only", overseas(wire.BirthDayUnknown, travel("SERA TOYONO", "JPN"))},
	{"unknownmonth", "沢辺　ゑい", "19310000", '0', Mihon, 4,
		"生まれた月日が不明 / month and day of birth unknown; sex 0", nil},
	{"formername", "野々宮　千紗都", "19900303", '2', Mihon, 3,
		"VRS では改姓後の名、カードは旧氏 / the card bears a name that VRS registers as a former one", func(r *Resident) {
			r.VRS[0].Name, r.VRS[0].FormerNames = "久慈川　千紗都", []string{"野々宮　千紗都"}
		}},
	{"othername", "美作　ろまん", "19870526", '1', Reiji, 3,
		"VRS の名が異なる / VRS has another name: the municipality must look first", both(wire.NameDiffers, func(r *Resident) {
			travel("MIMASAKA ROMAN", "JPN")(r)
			r.VRS[0].Name = "美作　浪漫"
		})},
	{"norecord", "戸隠　無以", "19990131", '1', Mihon, 0,
		"接種記録なし / no record anywhere", both(wire.NoRecord, nil)},
	{"two", "二俣　往", "19841224", '1', Mihon, 2,
		"二つの市で接種 / doses in two municipalities: one certificate each", func(r *Resident) {
			second := r.VRS[0]
			second.Municipality, second.Doses = Reiji, adult(63, 5)[2:]
			r.VRS = append(r.VRS, second)
		}},
	{"ward", "北園　汐菜", "19930914", '2', ReijiNorth, 3,
		"政令指定都市の区に住む / lives in a ward; the designated city answers", nil},
	{"traveller", "早瀬　帆南江", "19810710", '2', Reiji, 4,
		"同じ旅券で海外用を発行済み; 黄熱の接種もある / earlier overseas issue with the same passport; a dose against yellow fever too", func(r *Resident) {
			travel("HAYASE HONAE", "JPN")(r)
			r.VRS[0].Others = map[string][]vrs.Dose{"yellow-fever": {dose("2024-02-10", "yf-vax")}}
			number(r.VRS[0].Others["yellow-fever"], 90, 0)
		}},
	{"firstoverseas", "船津　渡里", "19960229", '1', Mihon, 3,
		"旅券はあるが海外用の発行歴なし; うるう日生まれ / passport, but no earlier overseas issue; born on a leap day", func(r *Resident) {
			travel("FUNATSU WATARI", "JPN")(r)
			r.VRS[0].OverseasIssue, r.Overseas = nil, wire.NoOverseasIssue
		}},
	{"newpassport", "旅居　改", "19730818", '1', Mihon, 3,
		"発行後に旅券を更新 / the passport was renewed since the earlier overseas issue", overseas(wire.PassportChanged, func(r *Resident) {
			travel("TABII ARATA", "JPN")(r)
			r.VRS[0].OverseasIssue.Passport = "XZ9900000"
		})},
	{"locked", "鍵谷　閉", "19680404", '1', Mihon, 3,
		"暗証番号がロック済み / the PIN is locked", both(wire.PINLocked, func(r *Resident) { r.Card.Locked = true })},
	{"expired", "期末　過", "19770331", '1', Reiji, 3,
		"カードの有効期限切れ / the card has expired", both(wire.CardExpired, func(r *Resident) { r.Card.Expires = "20230401" })},
	{"child", "小牧　ひよ", "20180303", '2', Mihon, 3,
		"5〜11歳用; 代理人がカードを持つ / a child: an agent holds the card, doses for ages 5 to 11", func(r *Resident) {
			doses(dose("2023-04-08", "comirnaty-5-11"), dose("2023-04-29", "comirnaty-5-11"), dose("2023-08-05", "comirnaty-5-11"))(r)
			r.Card.Expires = "20310303"
		}},
	{"infant", "産野　みつ", "20220515", '1', Reiji, 3,
		"6か月〜4歳用 / an infant, doses for ages 6 months to 4 years", func(r *Resident) {
			doses(dose("2023-01-14", "comirnaty-6m-4"), dose("2023-02-04", "comirnaty-6m-4"), dose("2023-04-08", "comirnaty-6m-4"))(r)
			r.Card.Expires = "20310515"
		}},
	{"noglyph", "\U00031350原　灯里子", "19920802", '2', Mihon, 3,
		"どのフォントにもない字 U+31350 / an ideograph that no font has: refused before payment", both(wire.GlyphMissing, travel("MUJIHARA TORIKO", "JPN"))},
	{"needscheck", "要田　確", "19641010", '1', Mihon, 3,
		"VRS の記録が要確認 / the record is marked for a check", both(wire.RecordNeedsCheck, func(r *Resident) { r.VRS[0].NeedsCheck = true })},
	{"notparticipating", "模木　参", "19940620", '1', Mogi, 2,
		"コンビニ交付に参加しない村 / the municipality does not take part", both(wire.MunicipalityOut, nil)},
	{"birthdiffers", "生田目　違", "19850505", '2', Mihon, 2,
		"VRS の生年月日が異なる / VRS has another date of birth", both(wire.BirthDiffers, func(r *Resident) {
			travel("NAMATAME TAGAU", "JPN")(r)
			r.VRS[0].Birth = "1985-05-06"
		})},
	{"twin-a", "双葉沢　伊万", "19780117", '1', Mihon, 2,
		"同姓同名・同じ生年月日の別人 / same name and birth date as twin-b, another person", nil},
	{"twin-b", "双葉沢　伊万", "19780117", '1', Reiji, 5,
		"同姓同名・同じ生年月日の別人 / same name and birth date as twin-a, another person", nil},
	{"town", "試野　路子", "19590211", '2', Shiken, 6,
		"国内用だけの町 / a town that offers the domestic kind only", overseas(wire.KindOut, travel("SHINO MICHIKO", "JPN"))},
	{"abroad", "異国沢　渉平", "19701103", '1', Mihon, 0,
		"国外での接種を含む; 三社の製品 / one dose abroad, three makers", func(r *Resident) {
			abroad := dose("2021-07-03", "jcovden")
			abroad.Country = "USA"
			doses(abroad, dose("2022-01-22", "spikevax"), dose("2022-10-15", "spikevax-ba45"), dose("2023-05-20", "comirnaty-ba1"), dose("2023-10-07", "spikevax-xbb15"))(r)
		}},
	{"compat", "神\uFA19林　羽\uFA1E音", "19830623", '2', Mihon, 3,
		"CJK 互換漢字 U+FA19 と U+FA1E: NFC では別の字になる / compatibility ideographs that NFC folds away", nil},
	{"longname", "ヴァンデンブルーメンシュトラーセルベルク　アレクサンドリーナヴィルヘルミーナカタリーナ", "19660606", '2', Mihon, 2,
		"127 バイトを超える氏名と住所 / name and address past 127 bytes, where the card's lengths change form", func(r *Resident) {
			r.Card.Address += longAddress
		}},
}
