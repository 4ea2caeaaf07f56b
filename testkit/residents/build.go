package residents

import (
	"fmt"
	"time"

	"akashi/centre/vrs"
	"akashi/centre/wire"
	"akashi/verifier/credential"
)

func people() []Resident {
	all := make([]Resident, len(table))
	for i, w := range table {
		all[i] = build(i+1, w)
	}
	return all
}

// build makes the resident of one row. serial, from 1, gives number, PIN,
// address and lots, so that no two residents share one.
func build(serial int, w row) Resident {
	r := Resident{
		ID:  w.id,
		PIN: fmt.Sprintf("%04d", (serial*2657+1009)%10000),
		Card: CardData{
			Name: w.name, Birth: w.birth, Sex: w.sex,
			Address:      address(w.municipality, serial),
			Number:       individualNumber((serial*27183 + 100003) % 500000),
			Expires:      "20350401",
			Municipality: w.municipality,
		},
		Overseas: wire.NoOverseasIssue,
		Note:     w.note,
	}
	if w.id != "norecord" {
		r.VRS = []Record{{
			Municipality: Answering(w.municipality), Name: w.name, Birth: birthText(w.birth),
			Doses: adult(serial, w.doses),
		}}
	}
	if w.shape != nil {
		w.shape(&r)
	}
	for i := range r.VRS {
		number(r.VRS[i].Doses, serial, i)
	}
	return r
}

// birthText gives VRS's form of the card's date; rows hold valid dates only.
func birthText(compact string) string {
	d, err := credential.ParseCompact(compact)
	if err != nil {
		panic("residents: a row's birth date is not a date")
	}
	return d.String()
}

// address gives an invented address with full-width numbers, as cards have.
func address(code string, serial int) string {
	place := ""
	for _, m := range municipalities {
		if m.Code == code {
			place = m.NameJA
		}
	}
	return fmt.Sprintf("架空県%s例示町%s丁目%s番%s号", place, wide(serial%9+1), wide(serial%17+1), wide(serial))
}

// wide writes a number in full-width digits.
func wide(n int) string {
	s := ""
	for _, c := range fmt.Sprint(n) {
		s += string('０' + (c - '0'))
	}
	return s
}

// schedule is the ordinary adult's, in the order in which Japan offered it.
var schedule = []vrs.Dose{
	dose("2021-06-12", "comirnaty"), dose("2021-07-03", "comirnaty"), dose("2022-02-05", "spikevax"),
	dose("2022-08-06", "comirnaty"), dose("2022-11-12", "comirnaty-ba45"), dose("2023-05-20", "spikevax-ba1"),
	dose("2023-10-21", "comirnaty-xbb15"),
}

// adult gives the first n doses of the schedule, moved by some days.
func adult(serial, n int) []vrs.Dose {
	all := append([]vrs.Dose(nil), schedule[:n]...)
	for i := range all {
		day, err := time.Parse(time.DateOnly, all[i].Date)
		if err != nil {
			panic("residents: the schedule's dates are not dates")
		}
		all[i].Date = day.AddDate(0, 0, serial%25).Format(time.DateOnly)
	}
	return all
}

func dose(date, product string) vrs.Dose {
	return vrs.Dose{Date: date, Product: product, Country: "JPN"}
}

// number gives doses their numbers, and lots that nobody else has. Doses that
// a second municipality holds go on counting after the first's.
func number(doses []vrs.Dose, serial, record int) {
	for i := range doses {
		doses[i].Number = i + 1 + 2*record
		doses[i].Lot = fmt.Sprintf("AKS%04d%d%d", serial, record, i+1)
	}
}

func doses(list ...vrs.Dose) func(*Resident) {
	return func(r *Resident) { r.VRS[0].Doses = append([]vrs.Dose(nil), list...) }
}

// products keeps the schedule's dates and changes what was given.
func products(codes ...string) func(*Resident) {
	return func(r *Resident) {
		for i, c := range codes {
			r.VRS[0].Doses[i].Product = c
		}
	}
}

// travel puts a passport on file and an earlier overseas issue with it.
func travel(roman, nationality string) func(*Resident) {
	return func(r *Resident) {
		passport := "XZ" + r.Card.Number[5:11]
		r.VRS[0].Passport = &credential.Travel{RomanName: roman, Nationality: nationality, Passport: passport}
		r.VRS[0].OverseasIssue = &OverseasIssue{Passport: passport, On: "2022-09-01", Counter: true}
		r.Overseas = wire.OK
	}
}

// both makes requests of either kind end in code.
func both(code wire.Code, shape func(*Resident)) func(*Resident) {
	return func(r *Resident) {
		overseas(code, shape)(r)
		r.Domestic = code
	}
}

func overseas(code wire.Code, shape func(*Resident)) func(*Resident) {
	return func(r *Resident) {
		if shape != nil {
			shape(r)
		}
		r.Overseas = code
	}
}
