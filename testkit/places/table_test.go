package places

import (
	"testing"

	"akashi/centre/wire/release"
)

// A table without its version, day or source is refused.
func TestTableHasAHead(t *testing.T) {
	const good = "#\t1\t2026-11-23\tsomewhere\n"
	if err := add(&release.Release{}, good); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"", "01\t北海道\tほっかいどう\tHokkaido\n", "#\t0\t2026-11-23\tx\n", "#\t01\t2026-11-23\tx\n", "#\t1\t2026-11\tx\n", "#\t1\t2026-11-23\t\n", "#\t1\t2026-11-23\n", good + "01\t北海道\n"} {
		if add(&release.Release{}, bad) == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}
