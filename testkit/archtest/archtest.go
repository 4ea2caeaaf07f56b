// Package archtest holds the project's plan against its code: which package
// may import which, where cgo, a database and the network may be, and how a
// package is documented. Its tests are the plan; this file reads the tree.
package archtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Module is the module's path, the prefix of every import of the project.
const Module = "akashi"

// Package is what the go command says of one package.
type Package struct {
	ImportPath   string
	Dir          string
	Name         string
	Doc          string
	GoFiles      []string
	CgoFiles     []string
	IgnoredFiles []string `json:"IgnoredGoFiles"`
	TestGoFiles  []string
	XTestGoFiles []string
	Imports      []string
	TestImports  []string
	XTestImports []string
	Deps         []string
	Standard     bool
}

// Rel gives the package's path below the module: "verifier/shc".
func (p Package) Rel() string { return strings.TrimPrefix(p.ImportPath, Module+"/") }

// Folder gives the top-level folder that the package stands in.
func (p Package) Folder() string { f, _, _ := strings.Cut(p.Rel(), "/"); return f }

// Root finds the repository's root by walking up to go.mod.
func Root() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", errors.New("archtest: no go.mod above the working directory; run inside the repository")
		}
		dir = up
	}
}

// List asks the go command for the packages that patterns name, in the
// environment with cgo on or off.
func List(root string, cgo bool, patterns ...string) ([]Package, error) {
	cmd := exec.Command("go", append([]string{"list", "-json"}, patterns...)...)
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if cgo {
		cmd.Env = append(os.Environ(), "CGO_ENABLED=1")
	}
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("archtest: go list: %w: %s", err, complaint.String())
	}
	var list []Package
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p Package
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return list, nil
		} else if err != nil {
			return nil, err
		}
		list = append(list, p)
	}
}
