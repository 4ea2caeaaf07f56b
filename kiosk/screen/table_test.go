package screen_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// access is the page that says which test holds which rule.
const access = "../ACCESS.md"

var (
	ruleRow = regexp.MustCompile(`(?m)^\| (UI-\d\d) \| ([^|]+) \| ([^|]+) \|$`)
	testOf  = regexp.MustCompile(`^(kiosk(?:/[a-z]+)?)\.(Test[A-Za-z0-9]+)$`)
)

// Every rule has a row, every row its tests, and every test exists.
func TestRulesHaveTheirTests(t *testing.T) {
	b, err := os.ReadFile(access)
	do(t, err)
	rows := ruleRow.FindAllStringSubmatch(string(b), -1)
	if len(rows) != 24 {
		t.Fatalf("%d rows", len(rows))
	}
	for i, r := range rows {
		if want := fmt.Sprintf("UI-%02d", i+1); r[1] != want {
			t.Errorf("row %d is %s", i+1, r[1])
		}
		for _, name := range strings.Split(strings.TrimSpace(r[3]), ", ") {
			m := testOf.FindStringSubmatch(name)
			if m == nil {
				t.Errorf("%s: %q is no test", r[1], name)
				continue
			}
			if !defined(t, filepath.Join("../..", m[1]), m[2]) {
				t.Errorf("%s: there is no %s", r[1], name)
			}
		}
	}
}

// defined reports whether a folder has a test of a name.
func defined(t *testing.T, dir, name string) bool {
	t.Helper()
	return fileOf(t, dir, name) != ""
}

// fileOf gives the file of a folder that has a test of a name; "" when none
// has.
func fileOf(t *testing.T, dir, name string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*_test.go"))
	do(t, err)
	for _, f := range files {
		b, err := os.ReadFile(f)
		do(t, err)
		if strings.Contains(string(b), "\nfunc "+name+"(t *testing.T) {") {
			return string(b)
		}
	}
	return ""
}
