package tray

import (
	"strings"

	"akashi/centre/wire"
	"akashi/kiosk/screen"
	"akashi/testkit/residents"
)

// person is a resident as the card tray shows them.
type person struct {
	ID       string   `json:"id"`
	Name     string   `json:"name"`
	PIN      string   `json:"pin"`
	Birth    string   `json:"birth"`
	Expires  string   `json:"expires"`
	Place    string   `json:"place"` // municipality code on the card
	Ask      string   `json:"ask"`   // where the record is
	Records  int      `json:"records"`
	Doses    int      `json:"doses"`
	JA       string   `json:"ja"` // why this one hurts
	EN       string   `json:"en"`
	Domestic expected `json:"domestic"`
	Overseas expected `json:"overseas"`
}

// expected is how a request at Ask ends.
type expected struct {
	Code  wire.Code `json:"code"`
	Words *Words    `json:"words,omitempty"`
}

// place is a municipality on the kiosk's menu, or a ward that only a card
// names.
type place struct {
	Code         string `json:"code"`
	JA           string `json:"ja"`
	EN           string `json:"en"`
	Menu         bool   `json:"menu"`
	TakesPart    bool   `json:"takes_part"`
	DomesticOnly bool   `json:"domestic_only"`
}

type population struct {
	People []person `json:"people"`
	Places []place  `json:"places"`
	Panel  panel    `json:"panel"` // of every kiosk here
}

// panel is a kiosk's panel in millimetres.
type panel struct {
	Width  int `json:"width"`
	Height int `json:"height"`
}

// residents gives everybody who has a card, and every municipality.
func (s *Server) residents() population {
	all := population{Panel: panel{screen.DefaultPanel.Width, screen.DefaultPanel.Height}}
	for _, r := range s.stack.People() {
		ja, en, _ := strings.Cut(r.Note, " / ")
		p := person{
			ID: r.ID, Name: r.Card.Name, PIN: r.PIN, Birth: r.Card.Birth, Expires: r.Card.Expires,
			Place: r.Card.Municipality, Ask: r.Ask(), Records: len(r.VRS), JA: ja, EN: en,
			Domestic: expected{r.Domestic, wordsFor(r.Domestic)}, Overseas: expected{r.Overseas, wordsFor(r.Overseas)},
		}
		for _, v := range r.VRS {
			p.Doses += len(v.Doses)
		}
		all.People = append(all.People, p)
	}
	for _, m := range residents.Municipalities() {
		all.Places = append(all.Places, place{m.Code, m.NameJA, m.NameEN, m.City == "", m.Participates, m.DomesticOnly})
	}
	return all
}
