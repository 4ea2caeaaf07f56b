package screen

import (
	"strconv"
	"time"

	"akashi/kiosk/face"
	"akashi/kiosk/voice"
	"akashi/verifier/credential"
)

// Aloud gives what a certificate says as sounds for a headset, by language: who
// has it in front of them sees as much. has tells which sounds there are. It is made in the session worker; the
// page is given names of sounds and no text. nil: there are no sounds.
//
// A name that has letters without a sound of their own (kanji) is not guessed:
// the voice says that it stands on the screen. So it is with a vaccine whose name
// nobody rendered. Lots, certificate ID and issuer are not said.
func (e *Edition) Aloud(has func(voice.ID) bool, c credential.Certificate) map[string][]face.Sound {
	if has == nil {
		return nil
	}
	if e == nil {
		e = plain
	}
	all := map[string][]face.Sound{}
	for _, l := range Languages {
		if voice.Of(l) == "" {
			continue
		}
		b := voice.Book{Has: has, Private: true, Texts: func(l, key string) (string, bool) { t, ok := e.words.Words[l][key]; return t, ok }}
		for _, s := range recited(b, l, c) {
			all[l] = append(all[l], face.Sound{ID: s.Clip.ID().String(), Pause: s.Pause})
		}
	}
	return all
}

// recited gives the parts of all that is said of a certificate.
func recited(b voice.Book, language string, c credential.Certificate) []voice.Part {
	var all []voice.Part
	say := func(key, or string, values map[string]string) {
		parts, unsaid, err := b.Say(language, []voice.Piece{{Key: key, Values: values}})
		if err == nil && len(unsaid) > 0 && or != "" {
			parts, _, _ = b.Say(language, []voice.Piece{{Key: or, Values: values}})
		}
		all = append(all, parts...)
	}
	say("aloud.intro", "", nil)
	say("aloud.name", "aloud.name.shown", map[string]string{"name": c.Holder.Name})
	if t := c.Holder.Travel; t != nil {
		say("aloud.roman", "", map[string]string{"name": t.RomanName})
		say("aloud.passport", "", map[string]string{"passport": t.Passport})
	}
	say("aloud.birth", "", map[string]string{"date": day(language, c.Holder.Birth)})
	say("aloud.doses", "", map[string]string{"n": strconv.Itoa(len(c.Doses))})
	for _, d := range c.Doses {
		product := d.Vaccine.ProductEN
		if voice.Of(language) == "ja" {
			product = d.Vaccine.ProductJA
		}
		say("aloud.dose", "aloud.dose.shown", map[string]string{"n": strconv.Itoa(d.Number), "date": day(language, d.Date), "vaccine": product})
	}
	say("aloud.end", "", nil)
	return all
}

// day writes a date as a voice reads it; what is unknown is left out.
func day(language string, d credential.Date) string {
	at := time.Date(d.Year, time.Month(max(1, d.Month)), max(1, d.Day), 0, 0, 0, 0, time.UTC)
	layouts := [3]string{"2006年", "2006年1月", "2006年1月2日"}
	if voice.Of(language) == "en" {
		layouts = [3]string{"2006", "January 2006", "January 2, 2006"}
	}
	switch {
	case d.Month == 0:
		return at.Format(layouts[0])
	case d.Day == 0:
		return at.Format(layouts[1])
	}
	return at.Format(layouts[2])
}
