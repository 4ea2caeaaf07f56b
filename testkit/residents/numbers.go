package residents

import "fmt"

// numberRange starts every individual number here. No range is reserved for
// tests by the authorities; five nines are plainly synthetic.
const numberRange = "99999"

// individualNumber completes a number from its serial, 0 to 999999.
func individualNumber(serial int) string {
	n := fmt.Sprintf("%s%06d", numberRange, serial)
	return n + string('0'+NumberCheck(n))
}

// NumberCheck gives the check digit of an individual number's first 11 digits
// (行政手続における特定の個人を識別するための番号の利用等に関する法律の規定による
// 通知カード及び個人番号カード並びに情報提供ネットワークシステムによる特定個人情報の
// 提供等に関する省令 article 5): 11 minus the weighted sum mod 11, 0 where the
// remainder is 0 or 1. Weights from the right: 2 to 7, then 2 to 6.
func NumberCheck(first11 string) byte {
	sum := 0
	for n := 1; n <= 11; n++ {
		weight := n + 1
		if n > 6 {
			weight = n - 5
		}
		sum += int(first11[11-n]-'0') * weight
	}
	if rest := sum % 11; rest > 1 {
		return byte(11 - rest)
	}
	return 0
}

// municipalityCode completes a 6-digit code (全国地方公共団体コード) from its
// first five: 11 minus the sum mod 11 of the digits weighted 6 to 2, its last
// digit.
func municipalityCode(first5 string) string {
	sum := 0
	for i := range 5 {
		sum += int(first5[i]-'0') * (6 - i)
	}
	return first5 + string('0'+byte((11-sum%11)%10))
}
