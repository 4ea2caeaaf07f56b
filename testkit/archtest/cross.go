package archtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// source is what the go command says of one package for another system; its
// files are those that this system builds.
type source struct {
	ImportPath string
	Name       string
	Dir        string
	GoFiles    []string
	ImportMap  map[string]string
	Error      *struct{ Err string }
}

// ours reports whether a package is the project's, and not written by the go
// command.
func (s source) ours() bool {
	return strings.HasPrefix(s.ImportPath, Module+"/") && !strings.HasSuffix(s.ImportPath, ".test")
}

// Compiles reports everything that keeps the packages that patterns name, and
// with tests theirs, from compiling for another system, without cgo. It checks
// types only, and of what is imported no more than the declarations that
// something needs: a build would compile the standard library once more.
func Compiles(root, goos string, tests bool, patterns ...string) error {
	all, err := sources(root, goos, tests, patterns)
	if err != nil {
		return err
	}
	c := checker{fset: token.NewFileSet(), all: map[string]source{}, done: map[string]*types.Package{"unsafe": types.Unsafe}}
	for _, s := range all {
		c.all[s.ImportPath] = s
	}
	for _, s := range all {
		if s.ours() {
			c.check(s.ImportPath)
		}
	}
	return errors.Join(c.errs...)
}

func sources(root, goos string, tests bool, patterns []string) (all []source, err error) {
	args := []string{"list", "-e", "-deps", "-json=ImportPath,Name,Dir,GoFiles,ImportMap,Error"}
	if tests {
		args = append(args, "-test")
	}
	cmd := exec.Command("go", append(args, patterns...)...)
	cmd.Dir, cmd.Env = root, append(os.Environ(), "CGO_ENABLED=0", "GOARCH=arm64", "GOOS="+goos)
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("archtest: go list for %s: %w", goos, err)
	}
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var s source
		if err := d.Decode(&s); errors.Is(err, io.EOF) {
			return all, nil
		} else if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
}

// checker checks packages, and those that they import when they are asked for.
type checker struct {
	fset *token.FileSet
	all  map[string]source
	done map[string]*types.Package
	errs []error
}

func (c *checker) check(importPath string) *types.Package {
	if p, ok := c.done[importPath]; ok {
		return p
	}
	s := c.all[importPath]
	say := func(err error) {
		if s.ours() {
			c.errs = append(c.errs, err)
		}
	}
	if s.Error != nil {
		say(errors.New(s.Error.Err))
	}
	var files []*ast.File
	for _, name := range s.GoFiles {
		f, err := parser.ParseFile(c.fset, filepath.Join(s.Dir, name), nil, parser.SkipObjectResolution)
		if err != nil {
			say(err)
			continue
		}
		if !s.ours() {
			c.strip(f, s)
		}
		files = append(files, f)
	}
	conf := types.Config{
		Importer: importer{c, s}, Error: say, IgnoreFuncBodies: !s.ours(), Sizes: types.SizesFor("gc", "arm64"),
	}
	path, _, _ := strings.Cut(importPath, " ")
	p, _ := conf.Check(path, c.fset, files, nil) // errors went to say
	c.done[importPath] = p
	return p
}

// strip takes the functions' bodies and the tables' rows from a file, and the
// imports that only they need.
func (c *checker) strip(f *ast.File, s source) {
	for _, d := range f.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok {
			fn.Body = nil
		}
	}
	used := map[string]bool{".": true}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CompositeLit:
			n.Elts = nil
		case *ast.SelectorExpr:
			if x, ok := n.X.(*ast.Ident); ok {
				used[x.Name] = true
			}
		}
		return true
	})
	idle := func(spec ast.Spec) bool {
		i := spec.(*ast.ImportSpec)
		if i.Name != nil {
			return !used[i.Name.Name]
		}
		return !used[c.all[s.means(strings.Trim(i.Path.Value, `"`))].Name]
	}
	f.Decls = slices.DeleteFunc(f.Decls, func(d ast.Decl) bool {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.IMPORT {
			return false
		}
		g.Specs = slices.DeleteFunc(g.Specs, idle)
		return len(g.Specs) == 0
	})
}

// means gives the package that a path in a source's files stands for.
func (s source) means(path string) string {
	if as, ok := s.ImportMap[path]; ok {
		return as
	}
	return path
}

// importer finds what one package imports.
type importer struct {
	c *checker
	s source
}

// Import gives the package that a path means there.
func (i importer) Import(path string) (*types.Package, error) {
	if path = i.s.means(path); path == "unsafe" {
		return types.Unsafe, nil
	}
	if _, ok := i.c.all[path]; !ok {
		return nil, fmt.Errorf("%s cannot be imported", path)
	}
	return i.c.check(path), nil
}
