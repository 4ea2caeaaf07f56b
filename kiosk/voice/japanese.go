package voice

import "strings"

// A Japanese number is said in pieces: its thousands, hundreds, tens and ones,
// of which the last goes with the counter: 23回 is にじゅう and さんかい. What
// changes at the seam (いっかい, さんぜん, ついたち) is written down here and
// held against the engine's own reading when sounds are rendered.

var jaOnes = [...]string{"ゼロ", "イチ", "ニ", "サン", "ヨン", "ゴ", "ロク", "ナナ", "ハチ", "キュウ"}

// counter is how a counter sounds behind each of the ones and behind ten.
type counter struct {
	written string
	ones    [10]string // whole readings of 0 to 9 with it
	ten     string     // of 10; 20 to 90 put their one before it
	rest    string     // behind hundreds and more
	small   bool       // only numbers below 100 are counted with it
}

// plain is a counter that changes nothing.
func plain(written, sound string) counter {
	c := counter{written: written, ten: "ジュウ" + sound, rest: sound, small: true}
	for i, n := range jaOnes {
		c.ones[i] = n + sound
	}
	return c
}

// changed is a counter that is plain but for some numbers; ten is behind 10.
func changed(written, sound, ten string, at map[int]string) counter {
	c := plain(written, sound)
	c.ten = ten
	for i, s := range at {
		c.ones[i] = s
	}
	return c
}

func large(c counter) counter { c.small = false; return c }

// counters are those of the catalogues, the longer before the shorter.
var counters = []counter{
	changed("桁", "ケタ", "ジュッケタ", map[int]string{6: "ロッケタ", 8: "ハチケタ"}),
	changed("けた", "ケタ", "ジュッケタ", map[int]string{6: "ロッケタ", 8: "ハチケタ"}),
	plain("枚目", "マイメ"), plain("まいめ", "マイメ"), plain("まい目", "マイメ"), plain("枚", "マイ"), plain("まい", "マイ"),
	changed("回目", "カイメ", "ジュッカイメ", map[int]string{1: "イッカイメ", 6: "ロッカイメ", 8: "ハッカイメ"}),
	changed("回", "カイ", "ジュッカイ", map[int]string{1: "イッカイ", 6: "ロッカイ", 8: "ハッカイ"}),
	changed("分", "フン", "ジュップン", map[int]string{1: "イップン", 3: "サンプン", 4: "ヨンプン", 6: "ロップン", 8: "ハップン"}),
	changed("時", "ジ", "ジュウジ", map[int]string{0: "レイジ", 4: "ヨジ", 7: "シチジ", 9: "クジ"}),
	plain("部", "ブ"), plain("秒", "ビョー"),
	changed("つ", "", "トオ", map[int]string{1: "ヒトツ", 2: "フタツ", 3: "ミッツ", 4: "ヨッツ", 5: "イツツ", 6: "ムッツ", 7: "ナナツ", 8: "ヤッツ", 9: "ココノツ"}),
	large(changed("%", "パーセント", "ジュッパーセント", map[int]string{1: "イチパーセント"})),
	large(changed("円", "エン", "ジューエン", map[int]string{4: "ヨエン"})),
	large(changed("年", "ネン", "ジューネン", map[int]string{4: "ヨネン"})),
	large(plain("", "")),
}

// counterOf gives the counter that a text begins with.
func counterOf(text string) string {
	for _, c := range counters {
		if strings.HasPrefix(text, c.written) {
			return c.written
		}
	}
	return ""
}

func counterNamed(written string) counter {
	for _, c := range counters {
		if c.written == written {
			return c
		}
	}
	return counters[len(counters)-1]
}

// ranks are what stands before the ones: hundreds and thousands change too.
var jaHundreds = [...]string{"", "ヒャク", "ニヒャク", "サンビャク", "ヨンヒャク", "ゴヒャク", "ロッピャク", "ナナヒャク", "ハッピャク", "キュウヒャク"}
var jaThousands = [...]string{"", "セン", "ニセン", "サンゼン", "ヨンセン", "ゴセン", "ロクセン", "ナナセン", "ハッセン", "キュウセン"}

// special are numbers with a counter that are said as one: their sounds are
// not those of their parts.
var special = map[string]string{
	"1桁": "ヒトケタ", "2桁": "フタケタ", "11桁": "ジュウイッケタ", "12桁": "ジュウニケタ",
	"1けた": "ヒトケタ", "2けた": "フタケタ",
	"11けた": "ジュウイッケタ", "12けた": "ジュウニケタ",
}

// MaxNumber is the largest number that is said as one; longer ones are read
// digit by digit.
const MaxNumber = 99_999_999

// jaNumber gives the pieces of a number with its counter.
func jaNumber(n int, written string) []Clip {
	if written == "つ" && n > 10 {
		written = "" // じゅういち, without a counter
	}
	c := counterNamed(written)
	text := itoa(n) + written
	if kana, ok := special[text]; ok {
		return []Clip{ja(text, text, kana)}
	}
	if high := n / 10_000; high > 0 {
		all := jaGroup(high, counter{written: "万", ones: man, ten: "ジューマン", rest: "マン"})
		if n %= 10_000; n == 0 {
			if written == "" {
				return all
			}
			return append(all, ja("…"+written, c.rest, ""))
		}
		return append(all, jaGroup(n, c)...)
	}
	return jaGroup(n, c)
}

var man = func() [10]string { return plain("万", "マン").ones }()

// jaGroup gives the pieces of 0 to 9999; the last one has the counter.
func jaGroup(n int, c counter) []Clip {
	if n < 10 {
		return []Clip{jaUnit(n, c)}
	}
	var all []Clip
	bare := counters[len(counters)-1]
	for _, unit := range []int{1000, 100, 10, 1} {
		d := n / unit * unit
		if d == 0 {
			continue
		}
		if n %= unit; n == 0 {
			return append(all, jaUnit(d, c))
		}
		all = append(all, jaUnit(d, bare))
	}
	return all
}

// jaUnit gives 0 to 9, 10 to 90, 100 to 900 or 1000 to 9000 with a counter.
func jaUnit(d int, c counter) Clip {
	text := itoa(d) + c.written
	switch {
	case d < 10:
		return ja(text, text, c.ones[d])
	case d == 10:
		return ja(text, text, c.ten)
	case d < 100:
		return ja(text, text, jaOnes[d/10]+c.ten)
	case d < 1000:
		return ja(text, text, jaHundreds[d/100]+c.rest)
	}
	return ja(text, text, jaThousands[d/1000]+c.rest)
}

var jaDays = [...]string{"", "ツイタチ", "フツカ", "ミッカ", "ヨッカ", "イツカ", "ムイカ", "ナノカ", "ヨウカ", "ココノカ", "トオカ",
	"ジュウイチニチ", "ジュウニニチ", "ジュウサンニチ", "ジュウヨッカ", "ジュウゴニチ", "ジュウロクニチ", "ジュウシチニチ", "ジュウハチニチ", "ジュウクニチ", "ハツカ",
	"ニジュウイチニチ", "ニジュウニニチ", "ニジュウサンニチ", "ニジュウヨッカ", "ニジュウゴニチ", "ニジュウロクニチ", "ニジュウシチニチ", "ニジュウハチニチ", "ニジュウクニチ", "サンジュウニチ", "サンジュウイチニチ"}

var jaMonths = [...]string{"", "イチガツ", "ニガツ", "サンガツ", "シガツ", "ゴガツ", "ロクガツ", "シチガツ", "ハチガツ", "クガツ", "ジュウガツ", "ジュウイチガツ", "ジュウニガツ"}

// jaDate gives the pieces of a date; month or day 0 is unknown and not said.
func jaDate(year, month, day int) []Clip {
	all := jaNumber(year, "年")
	if month > 0 {
		all = append(all, ja(itoa(month)+"月", jaMonths[month], jaMonths[month]))
	}
	if month > 0 && day > 0 {
		all = append(all, ja(itoa(day)+"日", jaDays[day], jaDays[day]))
	}
	return all
}

var jaWeekdays = map[string]string{"日": "ニチヨウビ", "月": "ゲツヨウビ", "火": "カヨウビ", "水": "スイヨウビ", "木": "モクヨウビ", "金": "キンヨウビ", "土": "ドヨウビ"}

func jaWeekday(short string) Clip {
	return ja(short+"曜日", short+"曜日", jaWeekdays[short])
}

// jaMoment gives the pieces of a day of this year and a time.
func jaMoment(month, day int, weekday string, hour, minute int) []Clip {
	all := []Clip{ja(itoa(month)+"月", jaMonths[month], jaMonths[month]), ja(itoa(day)+"日", jaDays[day], jaDays[day]), jaWeekday(weekday)}
	if all = append(all, jaNumber(hour, "時")...); minute > 0 {
		all = append(all, jaNumber(minute, "分")...)
	}
	return all
}

// jaNumbers gives every piece of which numbers and dates are joined.
func jaNumbers() []Clip {
	var all []Clip
	for text, kana := range special {
		all = append(all, ja(text, text, kana))
	}
	for _, c := range append(counters, counter{written: "万", ones: man, ten: "ジューマン", rest: "マン"}) {
		top := 4
		if c.small {
			top = 2
		}
		for _, unit := range []int{1, 10, 100, 1000}[:top] {
			for d := range 10 {
				if (d > 0 || unit == 1) && !(c.written == "つ" && d*unit > 10) {
					all = append(all, jaUnit(d*unit, c))
				}
			}
		}
		if !c.small && c.written != "" && c.written != "万" {
			all = append(all, ja("…"+c.written, c.rest, ""))
		}
	}
	for m := 1; m <= 12; m++ {
		all = append(all, ja(itoa(m)+"月", jaMonths[m], jaMonths[m]))
	}
	for d := 1; d <= 31; d++ {
		all = append(all, ja(itoa(d)+"日", jaDays[d], jaDays[d]))
	}
	for short := range jaWeekdays {
		all = append(all, jaWeekday(short))
	}
	return all
}

// ja is a clip whose reading is known. spoken is what the engine is tried with:
// with digits and counter as written it finds the accent; where it reads them
// otherwise, the kana are rendered.
func ja(text, spoken, kana string) Clip {
	return Clip{Voice: "ja", Text: text, Spoken: spoken, Kana: kana}
}
