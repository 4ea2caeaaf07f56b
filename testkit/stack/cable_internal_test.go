package stack

import (
	"testing"
	"time"
)

// A document's beginning is seen however the line cuts it, once, and nothing
// else is taken for it.
func TestEye(t *testing.T) {
	for name, c := range map[string]struct {
		parts []string
		want  int
	}{
		"in one":         {[]string{"header%PDF-1.7 and more", "more"}, 1},
		"cut":            {[]string{"header%P", "DF", "-1.7"}, 1},
		"byte by byte":   {[]string{"%", "P", "D", "F", "-", "1"}, 1},
		"two":            {[]string{"%PDF-1", "x", "y%PDF-2"}, 2},
		"none":           {[]string{"%PD", "E-", "PDF-"}, 0},
		"another before": {[]string{"%PDF%PDF", "-"}, 1},
	} {
		n := 0
		e := eye{begins: func(time.Time) { n++ }}
		for _, p := range c.parts {
			if m, err := e.Write([]byte(p)); m != len(p) || err != nil {
				t.Fatal(m, err)
			}
		}
		if n != c.want {
			t.Errorf("%s: seen %d times, want %d", name, n, c.want)
		}
	}
}
