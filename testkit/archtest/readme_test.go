package archtest_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"akashi/centre/issue"
	"akashi/kiosk/session"
	"akashi/testkit/archtest"
)

func readme(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(must(archtest.Root()), "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// steps gives the named steps of the README's line behind a marker.
func steps(t *testing.T, text, name string) []string {
	t.Helper()
	_, after, ok := strings.Cut(text, "<!-- steps: "+name+" -->\n")
	if !ok {
		t.Fatalf("the README has no steps of %s", name)
	}
	line, _, _ := strings.Cut(after, "\n")
	line = strings.NewReplacer("[ ", "", " ]", "").Replace(line)
	return strings.Split(line, " → ")
}

func TestReadmeNamesTheSteps(t *testing.T) {
	text := readme(t)
	if got := steps(t, text, "kiosk/session"); !slices.Equal(got, session.Steps[:]) {
		t.Errorf("the README's session is %q, the code's %q", got, session.Steps)
	}
	if got := steps(t, text, "centre/issue"); !slices.Equal(got, issue.Steps()) {
		t.Errorf("the README's issuing is %q, the code's %q", got, issue.Steps())
	}
}

// Every command and file that the README names is there.
func TestReadmeIsTrue(t *testing.T) {
	root, text := must(archtest.Root()), readme(t)
	makefile, err := os.ReadFile(filepath.Join(root, "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile("`?make ([a-z]+)").FindAllStringSubmatch(text, -1) {
		if m[1] != "and" && !strings.Contains(string(makefile), "\n"+m[1]+":") {
			t.Errorf("the README says make %s; the Makefile has no such target", m[1])
		}
	}
	for _, m := range regexp.MustCompile(`\./((?:kiosk|centre|verifier|printer|testkit)/[a-z/]*[a-z])`).FindAllStringSubmatch(text, -1) {
		if _, err := os.Stat(filepath.Join(root, m[1])); err != nil {
			t.Errorf("the README names %s: %v", m[1], err)
		}
	}
	if _, err := os.Stat(filepath.Join(root, "printer/sheet/specimen.png")); err != nil {
		t.Error(err)
	}
}
