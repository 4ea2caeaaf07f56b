package names

import "strings"

// What names are put together from: common kanji, morae and syllables. Whoever
// is really called so is not meant.
var (
	familyFirst  = []rune("朝雨磯薄梅榎沖帯垣霞桐葛栗桑琴笹鮫塩鈴砂滝竹凧谷椿露鶴藤鳥苗")
	familySecond = []rune("浦江尾岡垣方川木久倉越坂崎沢島瀬田津富永縄野橋畑浜原辺水村")
	givenFirst   = []rune("葵茜維詠央薫希響玖圭湖咲紗詩朱奏颯汰澄千奈乃羽帆実未睦悠遥凛")
	givenSecond  = []rune("衣絵音佳樹久子司志寿汐星多太斗登菜葉弥真海芽也里瑠和輪")

	hiragana = strings.Fields("あき いお うた えり おと かな くに こま さち しま すみ せり そよ たま つゆ とき なみ にわ ぬか ねむ のえ はる ひな ふゆ ほし まゆ みお むつ めい もも やえ ゆら よし りん れい ろか わか ゐね ゑま")
	katakana = strings.Fields("アル イレ ウス エト オラ カイ キロ クス ケマ コル サリ シノ スワ セレ ソマ タニ ツキ テオ トワ ナル ニコ ヌマ ネリ ノワ ハル ヒメ フロ ヘレ ホラ マヤ ミロ ムル メナ モリ ヤン ユラ ヨル ラナ リセ ルイ レオ ロマ ワト ヰリ ヱナ ヴェ ティ ファ")
	halved   = strings.Fields("ｱｶﾞ ｲﾃﾞ ｳｴﾎﾞ ｶﾞｼﾞ ｷﾞﾝ ｸﾞﾚ ｻﾞｯｸ ｼﾞｪﾘ ｽﾞﾐ ﾀﾞﾝﾃ ﾃﾞｨﾅ ﾄﾞｳ ﾊﾞｰﾝ ﾋﾞﾔ ﾌﾞﾙｰ ﾍﾞﾆ ﾎﾞｰﾃﾞ ﾊﾟｯﾊﾟ ﾋﾟｴﾛ ﾌﾟﾘﾏ ﾍﾟﾄﾞﾛ ﾎﾟｰﾗ ｳﾞｫｲ ﾜｰﾙﾄﾞ ﾝｺﾞﾓ")

	// latin are syllables with a diacritic or a letter that many Japanese fonts
	// lack, each once.
	latin = strings.Fields("Àbo Ádam Âge Ãlva Äke Åsa Ælin Çela Èlo Éva Êtel Ëra Ìda Íris Îlo Ïra Ðan Ñuno Òra Ósk Ôto Õne Öde Øyv Ùna Úrs Ûta Üla Ýri Þor " +
		"Ānya Ăda Ąka Ćir Ĉin Ċet Čap Ďur Đel Ēva Ĕlo Ėma Ęda Ěla Ĝor Ğan Ġor Ģir Ĥen Ħal Ĩno Īva Ĭlo Įda İlk Ĵak Ķer Ĺub Ļen Ľud Ŀal Łuk Ńil Ņik Ňad Ŋor Ōta Ŏla Ősz Œuv Ŕad Ŗut Řeh Śni Ŝan Şah Šar " +
		"Ţam Ťap Ŧur Ũrn Ūma Ŭla Ůvo Űre Ųla Ŵyn Ŷri Ÿva Źre Żyg Žan ßen ıra ĸul ƀan Ɓar Ɔli Ɖor Əli Ɛba Ƒon Ɣan Ƙal Ơna Ưng Ƴek Ʒor Ǎna Ǐda Ǒra Ǔla Ǖna Ǘla Ǚra Ǜda Ǟla Ǣla Ǥor Ǧil Ǩel Ǫna Ǭla ǰan Ǵor Ǹim Ǻke Ǽlf Ǿye " +
		"Ȁna Ȃla Ȅra Ȇno Ȋda Ȍra Ȏla Ȓad Ȕla Șer Țep Ȟal Ȧla Ȩla Ȫde Ȭda Ȯla Ȱda Ȳri Ḃor Ḅan Ḋur Ḍar Ḑan Ḕla Ḗna Ḝla Ḟon Ḡal Ḣar Ḥas Ḧel Ḩan Ḫal Ḭda Ḯra Ḱir Ḳad Ḷal Ḹla Ḿar Ṁar Ṃun Ṅil Ṇar Ṍra Ṏla Ṑna Ṓra Ṕer Ṗad Ṙan Ṛam Ṝla " +
		"Ṡar Ṣad Ṥan Ṧor Ṩar Ṫam Ṭar Ṳla Ṵra Ṹla Ṻda Ṽan Ṿan Ẁen Ẃil Ẅer Ẇan Ẋan Ẍan Ẏri Ẑan Ẓaf Ạnh Ảnh Ấn Ầu Ẩn Ẫu Ậu Ắc Ằng Ẳng Ẵng Ặc Ẹt Ẻn Ẽm Ếch Ềm Ểm Ễm Ệch Ỉnh Ịnh Ọc Ỏi Ống Ồng Ổn Ỗi Ộc Ớt Ờm Ởm Ỡm Ợt Ụt Ủng Ứng Ừng Ửng Ữu Ựu Ỳnh Ỵt Ỷ Ỹ STRAẞE MAẞ")

	// plain are syllables without any.
	plain = strings.Fields("VAL AN DRI EL OST REM BOU RG MAG DA LE NA IL SE WOL FEN STI KAR OLI VER TA MIR ZO HAN QUE PIR")
)

// kanji gives family and given name of two common kanji each.
func kanji(i int) (family, given [2]rune) {
	return [2]rune{at(familyFirst, i), at(familySecond, i*7+3)}, [2]rune{at(givenFirst, i*11+5), at(givenSecond, i*13+2)}
}

// at takes the i-th of some, from the front again behind their end.
func at[T any](from []T, i int) T { return from[i%len(from)] }

// marked are the kana that take a voiced sound mark (U+3099), and those that
// take a semi-voiced one (U+309A), as two code points each.
func marked() (all []string) {
	for _, r := range "うかきくけこさしすせそたちつてとはひふへほゝウカキクケコサシスセソタチツテトハヒフヘホワヰヱヲヽ" {
		all = append(all, string(r)+"\u3099")
	}
	for _, r := range "はひふへほハヒフヘホ" {
		all = append(all, string(r)+"\u309A")
	}
	return all
}
