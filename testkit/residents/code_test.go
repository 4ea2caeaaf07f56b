package residents

import "testing"

// TestMunicipalityCode pins the rule to real codes: Sapporo, Chiyoda, Yokohama.
func TestMunicipalityCode(t *testing.T) {
	for _, code := range []string{"011002", "131016", "141003"} {
		if got := municipalityCode(code[:5]); got != code {
			t.Errorf("%s: got %s", code, got)
		}
	}
}
