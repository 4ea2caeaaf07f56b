package residents

import (
	"fmt"
	"io"
	"math/rand/v2"
)

// Ordinary characters (JIS level 1) that names are put together from. Four
// drawn at random give over 300,000 names; whoever is really called so is not
// meant.
var (
	familyFirst  = []rune("朝雨磯薄梅榎沖帯垣霞桐葛栗桑琴笹鮫塩鈴砂滝竹凧谷椿露鶴藤鳥苗")
	familySecond = []rune("浦江尾岡垣方川木久倉越坂崎沢島瀬田谷津富永縄野橋畑浜原辺水村")
	givenFirst   = []rune("葵茜維詠央薫希響玖圭湖咲紗詩朱奏颯汰澄千奈乃羽帆実未睦悠遥凛")
	givenSecond  = []rune("衣絵音佳樹久子紗司志寿汐星多太斗登菜音葉弥帆真海芽也里瑠和輪")
)

// Generate makes n ordinary residents: each has a record in one municipality
// that takes part, a passport and an earlier overseas issue, so both kinds of
// certificate are issued for them. The same bytes of random give the same
// residents; at most 10,000.
func Generate(random io.Reader, n int) ([]Resident, error) {
	if n < 0 || n > 10000 {
		return nil, fmt.Errorf("residents: %d asked for; ask for 0 to 10000", n)
	}
	var seed [32]byte
	if _, err := io.ReadFull(random, seed[:]); err != nil {
		return nil, fmt.Errorf("residents: random source: %w", err)
	}
	g := rand.New(rand.NewChaCha8(seed))
	names := map[string]bool{}
	all := make([]Resident, 0, n)
	for i := range n {
		name := drawName(g, names)
		serial := 1000 + i
		r := build(serial, row{
			id: fmt.Sprintf("g%04d", i+1), name: name, birth: drawBirth(g), sex: '1' + byte(g.IntN(2)),
			municipality: []string{Mihon, Reiji}[g.IntN(2)], doses: 1 + g.IntN(len(schedule)),
			note: "ふつうの合成住民 / an ordinary synthetic resident",
		})
		r.PIN = fmt.Sprintf("%04d", g.IntN(10000))
		// The upper half of the range, which the table never uses; 37 has no
		// factor in common with 500,000, so no two are alike.
		r.Card.Number = individualNumber(500000 + i*37%500000)
		travel(fmt.Sprintf("SPECIMEN %s", letters(i)), "UTO")(&r)
		all = append(all, r)
	}
	return all, nil
}

func drawName(g *rand.Rand, taken map[string]bool) string {
	pick := func(from []rune) string { return string(from[g.IntN(len(from))]) }
	for {
		name := pick(familyFirst) + pick(familySecond) + "　" + pick(givenFirst) + pick(givenSecond)
		if !taken[name] {
			taken[name] = true
			return name
		}
	}
}

func drawBirth(g *rand.Rand) string {
	return fmt.Sprintf("%04d%02d%02d", 1930+g.IntN(75), 1+g.IntN(12), 1+g.IntN(28))
}

// letters writes i with A to Z, so that every Roman name differs.
func letters(i int) string {
	s := ""
	for range 4 {
		s = string(rune('A'+i%26)) + s
		i /= 26
	}
	return s
}
