package session_test

import (
	"testing"

	"akashi/centre/wire"
	"akashi/kiosk/screen"
	"akashi/kiosk/session"
	"akashi/kiosk/voice"
	"akashi/printer"
)

// A printer's reason that is joined to why nobody knows what came out is said
// whole, in every language that is spoken.
func TestJoinedReasonsAreSaid(t *testing.T) {
	all := map[voice.ID]bool{}
	for _, c := range voice.List(screen.Spoken(), nil) {
		all[c.ID()] = true
	}
	book := voice.Book{Has: func(id voice.ID) bool { return all[id] }, Texts: func(string, string) (string, bool) { return "", false }}
	said := 0
	for _, code := range []wire.Code{wire.PrintUnknown, wire.RightGiven} {
		for _, f := range []printer.Fault{printer.PaperOut, printer.PaperJam, printer.TonerOut, printer.CoverOpen, printer.Unreachable} {
			plain := screen.Texts(code)
			for i, w := range session.Because(nil, screen.Texts(code), f) {
				if voice.Of(w.Language) == "" {
					continue
				}
				said++
				parts, unsaid, err := book.Say(w.Language, []voice.Piece{{Key: "code.616.why", Text: w.Why}})
				if err != nil || len(unsaid) > 0 || len(parts) < 2 || w.Why == plain[i].Why {
					t.Errorf("%s, fault %v, %v: %d sounds, %q of %q unsaid, %v", w.Language, f, code, len(parts), unsaid, w.Why, err)
				}
			}
		}
	}
	if said != 2*5*3 {
		t.Errorf("%d reasons", said)
	}
}
