package places_test

import (
	"strings"
	"testing"
	"time"

	"akashi/kiosk/screen"
	"akashi/testkit/edition"
	"akashi/testkit/pki"
	"akashi/testkit/places"
	"akashi/testkit/residents"
)

// The table makes a release that is signed and shown, with real codes and
// wards that lead to their city.
func TestPlacesMakeARelease(t *testing.T) {
	r := edition.Draft(residents.Municipalities(), time.Now())
	if err := places.Add(r); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(r.Source, "全国地方公共団体コード") || !strings.Contains(r.Source, "version 1 of 2026-11-23") {
		t.Errorf("the release is of %q", r.Source)
	}
	w, err := pki.New(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := edition.Sign(w, r); err != nil {
		t.Fatal(err)
	}
	for code, wards := range map[string]int{"011002": 10, "131016": 0, "141003": 5, "261009": 3, "472018": 0} {
		m := r.Find(code)
		if m == nil || !m.TakesPart || len(r.Wards(code)) != wards {
			t.Errorf("%s: %+v with %d wards", code, m, len(r.Wards(code)))
		}
	}
	e, err := screen.NewEdition(r)
	if err != nil {
		t.Fatal(err)
	}
	if menu := e.Menu(time.Now()); len(menu) < 45 || len(r.Prefectures) != 11 {
		t.Errorf("%d to choose from in %d prefectures", len(menu), len(r.Prefectures))
	}
}
