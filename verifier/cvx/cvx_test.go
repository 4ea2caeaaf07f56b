package cvx

import (
	"regexp"
	"testing"
)

func TestNames(t *testing.T) {
	form := regexp.MustCompile(`^[0-9]{2,3}$`)
	if len(byCode) < 20 {
		t.Fatalf("only %d codes", len(byCode))
	}
	for code, name := range byCode {
		if !form.MatchString(code) || name == "" {
			t.Errorf("%q: %q", code, name)
		}
	}
	if got := Name("208"); got != "COVID-19, mRNA, LNP-S, PF, 30 mcg/0.3 mL dose; Pfizer" {
		t.Errorf("208 is %q", got)
	}
	for _, unknown := range []string{"", "999", "8"} {
		if Name(unknown) != "" {
			t.Errorf("%q has a name", unknown)
		}
	}
}

func TestBrokenNamesAreFound(t *testing.T) {
	for _, text := range []string{"208", "208\ta\n208\tb\n"} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%q was taken", text)
				}
			}()
			load(text)
		}()
	}
}
