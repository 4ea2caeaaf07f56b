package voice

import "strconv"

func itoa(n int) string { return strconv.Itoa(n) }

func en(text, spoken string) Clip { return Clip{Voice: "en", Text: text, Spoken: spoken} }

var enOnes = [...]string{"zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
	"thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"}

var enTens = [...]string{"", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"}

// enSmall gives 0 to 99, which are said as one.
func enSmall(n int) Clip {
	if n < 20 {
		return en(itoa(n), enOnes[n])
	}
	words := enTens[n/10]
	if n%10 > 0 {
		words += " " + enOnes[n%10]
	}
	return en(itoa(n), words)
}

// enNumber gives the pieces of a number: 1,240 is one, thousand, two hundred,
// forty.
func enNumber(n int) []Clip {
	if n < 100 {
		return []Clip{enSmall(n)}
	}
	var all []Clip
	for _, part := range []struct {
		unit int
		word string
	}{{1_000_000, "million"}, {1000, "thousand"}} {
		if n >= part.unit {
			all = append(append(all, enNumber(n/part.unit)...), en(part.word, part.word))
			n %= part.unit
		}
	}
	if n >= 100 {
		all = append(all, en(itoa(n/100*100), enOnes[n/100]+" hundred"))
		n %= 100
	}
	if n > 0 {
		all = append(all, enSmall(n))
	}
	return all
}

var enMonths = [...]string{"", "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"}

var enDays = [...]string{"", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth",
	"thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth", "twentieth",
	"twenty first", "twenty second", "twenty third", "twenty fourth", "twenty fifth", "twenty sixth", "twenty seventh", "twenty eighth", "twenty ninth", "thirtieth", "thirty first"}

// enDate gives the pieces of a date; month or day 0 is unknown and not said.
func enDate(year, month, day int) []Clip {
	var all []Clip
	if month > 0 {
		all = append(all, en(enMonths[month], enMonths[month]))
	}
	if month > 0 && day > 0 {
		all = append(all, enDay(day))
	}
	return append(all, enYear(year)...)
}

func enDay(day int) Clip { return en(itoa(day)+".", enDays[day]) }

// enYear gives 2026 as twenty, twenty six; 2005 as two, thousand, five.
func enYear(year int) []Clip {
	century, rest := year/100, year%100
	switch {
	case century < 10 || century > 99 || century%10 == 0 && rest < 10:
		return enNumber(year)
	case rest == 0:
		return []Clip{enSmall(century), en("hundred", "hundred")}
	case rest < 10:
		return []Clip{enSmall(century), en("oh "+itoa(rest), "oh "+enOnes[rest])}
	}
	return []Clip{enSmall(century), enSmall(rest)}
}

var enWeekdays = map[string]string{"Sun": "Sunday", "Mon": "Monday", "Tue": "Tuesday", "Wed": "Wednesday", "Thu": "Thursday", "Fri": "Friday", "Sat": "Saturday"}

// enMoment gives the pieces of a day of this year and a time of twelve hours.
func enMoment(month, day int, weekday string, hour, minute int, half string) []Clip {
	all := []Clip{en(enWeekdays[weekday], ""), en(enMonths[month], enMonths[month]), enDay(day), en("at", ""), enSmall(hour)}
	switch {
	case minute > 9:
		all = append(all, enSmall(minute))
	case minute > 0:
		all = append(all, en("oh "+itoa(minute), ""))
	}
	return append(all, en(half, enHalves[half]))
}

var enHalves = map[string]string{"AM": "ay em", "PM": "pee em"}

// enNumbers gives every piece of which numbers, money and dates are joined.
func enNumbers() []Clip {
	var all []Clip
	for n := range 100 {
		all = append(all, enSmall(n))
	}
	for n := 1; n < 10; n++ {
		all = append(all, en(itoa(n*100), enOnes[n]+" hundred"), en("oh "+itoa(n), "oh "+enOnes[n]))
	}
	for _, w := range []string{"hundred", "thousand", "million", "yen", "percent", "at"} {
		all = append(all, en(w, w))
	}
	for m := 1; m <= 12; m++ {
		all = append(all, en(enMonths[m], enMonths[m]))
	}
	for d := 1; d <= 31; d++ {
		all = append(all, enDay(d))
	}
	for _, day := range enWeekdays {
		all = append(all, en(day, ""))
	}
	for half, sound := range enHalves {
		all = append(all, en(half, sound))
	}
	return all
}
