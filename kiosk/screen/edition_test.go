package screen_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"akashi/centre/wire"
	"akashi/centre/wire/release"
	"akashi/kiosk/screen"
	"akashi/testkit/edition"
	"akashi/testkit/residents"
)

// Every text of the screen may be replaced, but the terms, which have a place of
// their own; whatever replaces one is found under its key, as it is spoken.
func TestEditionReplaces(t *testing.T) {
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, release.Japan)
	r := edition.Draft(residents.Municipalities(), now)
	r.Texts["code.no-record.why"] = edition.All("because")
	r.Terms.Clauses = r.Terms.Clauses[:2]
	r.Find("992011").Hours = &release.Hours{Opens: 13 * 60, Closes: 20 * 60}
	e, err := screen.NewEdition(r)
	if err != nil {
		t.Fatal(err)
	}
	told, own := e.Texts(wire.NoRecord), screen.Texts(wire.NoRecord)
	for i := range told {
		if told[i].Why != "because" || told[i].What != own[i].What || own[i].Why == "because" {
			t.Errorf("%s: %+v", told[i].Language, told[i])
		}
	}
	menu := e.Menu(now)
	if len(menu) != 4 || len(menu[0].Wards) != 2 || menu[0].Shut || menu[0].PrefectureEN != residents.PrefectureEN {
		t.Errorf("the menu is %+v", menu)
	}
	if m := menu[1]; !m.Shut || m.Opens != now.Add(time.Hour).Unix() {
		t.Errorf("an hour before it opens: %+v", m)
	}
}

func TestEditionRefuses(t *testing.T) {
	for key, want := range map[string]error{
		"terms.1": release.ErrKey, "purpose.law.text": release.ErrKey, "code.no-record": release.ErrKey,
		"code.no-such.what": release.ErrKey, "Consent": release.ErrKey, "": release.ErrKey,
		"copies.each": release.ErrPlace, "start.lead": nil, "code.busy.next": nil,
	} {
		r := edition.Draft(residents.Municipalities(), time.Now())
		r.Texts[key] = edition.All("x")
		if _, err := screen.NewEdition(r); want == nil && err != nil || want != nil && (!errors.Is(err, want) || !strings.Contains(err.Error(), key)) {
			t.Errorf("%q: %v, want %v", key, err, want)
		}
	}
}

// What `kiosk texts` prints is what a release is held against at the desk.
func TestCatalogueIsPrinted(t *testing.T) {
	var out strings.Builder
	if err := screen.Print(&out); err != nil {
		t.Fatal(err)
	}
	c, err := release.ReadCatalogue([]byte(out.String()))
	if err != nil || len(c) != len(screen.Catalogue()) || len(c) < 400 {
		t.Errorf("%d texts, %v", len(c), err)
	}
}
