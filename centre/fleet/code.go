package fleet

import "fmt"

// Clock is a time of day in minutes from midnight, 0 to 1440.
type Clock int

// ParseClock reads HH:MM, 00:00 to 24:00.
func ParseClock(s string) (Clock, bool) {
	if len(s) != 5 || s[2] != ':' {
		return 0, false
	}
	var n [4]int
	for i, at := range []int{0, 1, 3, 4} {
		n[i] = int(s[at]) - '0'
		if n[i] < 0 || n[i] > 9 {
			return 0, false
		}
	}
	h, m := n[0]*10+n[1], n[2]*10+n[3]
	if m > 59 || h*60+m > 24*60 {
		return 0, false
	}
	return Clock(h*60 + m), true
}

// String gives HH:MM.
func (c Clock) String() string { return fmt.Sprintf("%02d:%02d", int(c)/60, int(c)%60) }

// validCode checks a municipality code (全国地方公共団体コード): five digits and a
// check digit, (11 - weighted sum mod 11) mod 10 with weights 6 to 2.
func validCode(s string) bool {
	if len(s) != 6 {
		return false
	}
	sum := 0
	for i, c := range []byte(s) {
		if c < '0' || c > '9' {
			return false
		}
		if i < 5 {
			sum += int(c-'0') * (6 - i)
		}
	}
	return (11-sum%11)%10 == int(s[5]-'0')
}
