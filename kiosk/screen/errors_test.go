package screen_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"akashi/centre/wire"
)

// errorsPage is the page that says which test provokes which code.
const errorsPage = "../ERRORS.md"

var (
	errorRow   = regexp.MustCompile(`(?m)^\| (\d{3}) ([a-z-]+) \| ([^|]+) \| ([^|]+) \|$`)
	provokedBy = regexp.MustCompile(`^((?:kiosk|centre|testkit)(?:/[a-z]+)*)\.(Test[A-Za-z0-9]+)$`)
)

// Every code stands on the page once, under its own name, with tests that
// exist, one of which is of the code.
func TestEveryErrorIsProvoked(t *testing.T) {
	b, err := os.ReadFile(errorsPage)
	do(t, err)
	idents := identifiers(t)
	left := map[wire.Code]bool{}
	for _, c := range wire.Codes() {
		left[c] = true
	}
	for _, r := range errorRow.FindAllStringSubmatch(string(b), -1) {
		n, err := strconv.Atoi(r[1])
		do(t, err)
		c := wire.Code(n)
		if !left[c] || c.Name() != r[2] {
			t.Errorf("%s %s is no code, or stands there twice", r[1], r[2])
		}
		delete(left, c)
		if !provokes(t, r[4], "wire."+idents[n]) {
			t.Errorf("%s: no test of its row has wire.%s", r[2], idents[n])
		}
	}
	for c := range left {
		t.Errorf("%v has no row", c)
	}
}

// provokes holds that the tests of a row exist, and reports whether a code is
// in the file of one of them.
func provokes(t *testing.T, row, code string) (is bool) {
	t.Helper()
	word := regexp.MustCompile(regexp.QuoteMeta(code) + `\b`)
	for _, name := range strings.Split(strings.TrimSpace(row), ", ") {
		m := provokedBy.FindStringSubmatch(name)
		if m == nil {
			t.Errorf("%q is no test", name)
			continue
		}
		in := fileOf(t, filepath.Join("../..", m[1]), m[2])
		if in == "" {
			t.Errorf("there is no %s", name)
		}
		is = is || word.MatchString(in)
	}
	return is
}

// identifiers gives the constants of the codes as the source names them.
func identifiers(t *testing.T) map[int]string {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), "../../centre/wire/code.go", nil, 0)
	do(t, err)
	all := map[int]string{}
	ast.Inspect(f, func(n ast.Node) bool {
		v, ok := n.(*ast.ValueSpec)
		if !ok || len(v.Values) != 1 {
			return true
		}
		if l, ok := v.Values[0].(*ast.BasicLit); ok && l.Kind == token.INT {
			c, err := strconv.Atoi(l.Value)
			do(t, err)
			all[c] = v.Names[0].Name
		}
		return true
	})
	return all
}
