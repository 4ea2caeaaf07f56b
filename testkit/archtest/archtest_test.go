package archtest_test

import (
	"bufio"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"akashi/testkit/archtest"
	"akashi/testkit/programs"
)

func tree(t *testing.T) (string, []archtest.Package) {
	t.Helper()
	root, err := archtest.Root()
	if err != nil {
		t.Fatal(err)
	}
	all, err := archtest.List(root, false, "./...")
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 10 {
		t.Fatalf("only %d packages listed; the rules below would hold of nothing", len(all))
	}
	return root, all
}

// allowed is the import list of the design: what a folder may import of the
// others. A folder may always import itself; testkit may import anything.
var allowed = map[string][]string{
	"verifier": {},
	"printer":  {"verifier/credential"},
	"centre":   {"verifier/", "printer/sheet", "printer/glyph"},
	"kiosk":    {"centre/wire/", "centre/channel", "centre/oneshot", "printer/", "verifier/"},
}

func mayImport(from, to string) bool {
	top, _, _ := strings.Cut(to, "/")
	if top == from || from == "testkit" {
		return true
	}
	for _, a := range allowed[from] {
		if to == strings.TrimSuffix(a, "/") || strings.HasSuffix(a, "/") && strings.HasPrefix(to, a) {
			return true
		}
	}
	return false
}

func TestImportsRunDownOnly(t *testing.T) {
	_, all := tree(t)
	for _, p := range all {
		for _, i := range p.Imports {
			to, ours := strings.CutPrefix(i, archtest.Module+"/")
			if ours && !mayImport(p.Folder(), to) {
				t.Errorf("%s imports %s: the design has no such arrow", p.Rel(), to)
			}
		}
	}
}

func TestOnlyPlannedFolders(t *testing.T) {
	_, all := tree(t)
	for _, p := range all {
		if !slices.Contains([]string{"kiosk", "centre", "verifier", "printer", "testkit"}, p.Folder()) {
			t.Errorf("%s: no such folder in the design", p.Rel())
		}
		for _, part := range strings.Split(p.Rel(), "/") {
			if slices.Contains([]string{"common", "util", "utils", "models", "types", "pkg", "internal", "misc", "helpers"}, part) {
				t.Errorf("%s: a package is named by its duty", p.Rel())
			}
		}
	}
}

func TestWhatOnlyOnePackageMayImport(t *testing.T) {
	_, all := tree(t)
	withCgo, err := archtest.List(must(archtest.Root()), true, "./...")
	if err != nil {
		t.Fatal(err)
	}
	only := map[string]string{
		"github.com/ebfe/scard":      "kiosk/pcsc",
		"C":                          "kiosk/pcsc",
		"github.com/miekg/pkcs11":    "centre/keys/pkcs11", // the other adapter with cgo in it
		"database/sql":               "testkit/vrs",
		"modernc.org/sqlite":         "testkit/vrs",
		"github.com/go-pdf/fpdf":     "printer/sheet",
		"github.com/nats-io/nats.go": "centre",
	}
	for _, p := range append(all, withCgo...) {
		for _, i := range p.Imports {
			if home, ok := only[i]; ok && p.Rel() != home {
				t.Errorf("%s imports %s, which only %s may", p.Rel(), i, home)
			}
		}
	}
}

// A PKCS#11 module is somebody else's code: only the key process loads one.
func TestOnlyTheKeyProcessLoadsModules(t *testing.T) {
	found := false
	for _, p := range must(archtest.List(must(archtest.Root()), true, "./...")) {
		loads := slices.Contains(p.Deps, "github.com/miekg/pkcs11")
		if p.Name == "main" && loads != (p.Rel() == "centre/cmd/keys") {
			t.Errorf("%s: can load a PKCS#11 module: %v", p.Rel(), loads)
		}
		found = found || loads
	}
	if !found {
		t.Error("nothing can load a module; is it listed with cgo?")
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func TestVerifierIsOffline(t *testing.T) {
	root, _ := tree(t)
	for _, pkg := range []string{"./verifier", "./verifier/cmd/verify"} {
		list, err := archtest.List(root, false, pkg)
		if err != nil {
			t.Fatal(err)
		}
		for _, dep := range list[0].Deps {
			if dep == "net/http" || dep == "net/rpc" || strings.HasPrefix(dep, "google.golang.org/grpc") {
				t.Errorf("%s depends on %s: it must be able to do its work on a machine without a network", pkg, dep)
			}
		}
	}
}

func TestVerifierRootNeedsNoRenderer(t *testing.T) {
	root, _ := tree(t)
	list, err := archtest.List(root, false, "./verifier")
	if err != nil {
		t.Fatal(err)
	}
	for _, dep := range list[0].Deps {
		if strings.Contains(dep, "wazero") || strings.Contains(dep, "pdfium") || dep == archtest.Module+"/verifier/scan" {
			t.Errorf("verifier depends on %s: it must stay small enough for a web page", dep)
		}
	}
}

// The five packages of the order stay in code that ships.
func TestOrderedPackagesAreUsed(t *testing.T) {
	root, _ := tree(t)
	all := must(archtest.List(root, true, "./..."))
	for _, want := range []string{"github.com/ebfe/scard", "github.com/go-pdf/fpdf", "github.com/skip2/go-qrcode", "github.com/gorilla/websocket", "github.com/lestrrat-go/jwx/v2/"} {
		if !slices.ContainsFunc(all, func(p archtest.Package) bool {
			return p.Folder() != "testkit" && slices.ContainsFunc(p.Imports, func(i string) bool { return strings.HasPrefix(i, want) })
		}) {
			t.Errorf("%s is imported by no package that ships", want)
		}
	}
}

// Under make test the build stands at its beginning: then every program is here
// that a package makes.
func TestBuildsWithoutCgo(t *testing.T) {
	root, all := tree(t)
	if os.Getenv(programs.Variable) != "" {
		for _, p := range all {
			if p.Name != "main" {
				continue
			}
			if _, err := os.Stat(programs.Built(p.Rel())); err != nil {
				t.Error(err)
			}
		}
		return
	}
	cmd := exec.Command("go", "build", "./...")
	cmd.Dir, cmd.Env = root, append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("CGO_ENABLED=0 go build ./...: %v\n%s", err, out)
	}
}

func TestEveryPackageHasOneDoc(t *testing.T) {
	_, all := tree(t)
	for _, p := range all {
		docs := 0
		for _, f := range slices.Concat(p.GoFiles, p.IgnoredFiles) {
			file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(p.Dir, f), nil, parser.PackageClauseOnly|parser.ParseComments)
			if err != nil {
				t.Fatal(err)
			}
			if file.Doc == nil {
				continue
			}
			docs++
			want := "Package " + p.Name + " "
			if p.Name == "main" {
				want = "Command " + filepath.Base(p.Dir) + " "
			}
			if !strings.HasPrefix(file.Doc.Text(), want) {
				t.Errorf("%s/%s: the package doc must begin with %q", p.Rel(), f, want)
			}
		}
		if docs != 1 {
			t.Errorf("%s has %d package docs, want one", p.Rel(), docs)
		}
	}
}

// maxMain bounds a command's own lines: flags, configuration, New, Run.
const maxMain = 200

func TestMainsAreWiring(t *testing.T) {
	_, all := tree(t)
	for _, p := range all {
		if p.Name != "main" {
			continue
		}
		if !strings.Contains("/"+p.Rel()+"/", "/cmd/") {
			t.Errorf("%s: commands stand under cmd/", p.Rel())
		}
		lines := 0
		for _, f := range p.GoFiles {
			lines += countLines(t, filepath.Join(p.Dir, f))
		}
		if lines > maxMain && p.Folder() != "testkit" {
			t.Errorf("%s has %d lines, more than the %d of wiring", p.Rel(), lines, maxMain)
		}
	}
}

func countLines(t *testing.T, path string) int {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	n := 0
	for s := bufio.NewScanner(f); s.Scan(); {
		n++
	}
	return n
}

func TestOnlyExternalTestsImportTestkit(t *testing.T) {
	_, all := tree(t)
	for _, p := range all {
		if p.Folder() == "testkit" {
			continue
		}
		for _, i := range p.TestImports {
			if strings.HasPrefix(i, archtest.Module+"/testkit") {
				t.Errorf("an in-package test of %s imports %s: make it an external _test package", p.Rel(), i)
			}
		}
	}
}

func TestNothingIsLeftToDo(t *testing.T) {
	root, all := tree(t)
	marks := []string{"TO" + "DO", "FIX" + "ME", "XX" + "X:", "not " + "implemented"}
	for _, p := range all {
		for _, f := range slices.Concat(p.GoFiles, p.TestGoFiles, p.XTestGoFiles) {
			b, err := os.ReadFile(filepath.Join(p.Dir, f))
			if err != nil {
				t.Fatal(err)
			}
			for n, line := range strings.Split(string(b), "\n") {
				for _, m := range marks {
					if strings.Contains(line, m) {
						rel, _ := filepath.Rel(root, filepath.Join(p.Dir, f))
						t.Errorf("%s:%s says %q: it is done, or it stands in an issue", rel, strconv.Itoa(n+1), m)
					}
				}
			}
		}
	}
}
