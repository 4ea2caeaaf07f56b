package stack

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"akashi/centre/wire"
	"akashi/testkit/pcscd"
	"akashi/verifier/scan"
)

// CanPCSC reports whether cards can go through a real pcscd here, and if not
// what is lacking, in one line.
func CanPCSC(ctx context.Context, bin string) (bool, error) {
	if err := pcscd.Missing(); err != nil {
		return false, err
	}
	if !HasReader(bin) {
		return false, errors.New("stack: no reader process: cgo, pkg-config or libpcsclite-dev is missing; `make deps` installs them")
	}
	dir, err := os.MkdirTemp("", "ak")
	if err != nil {
		return false, err
	}
	defer os.RemoveAll(dir)
	// Only trying tells whether the machine gives a daemon its namespaces.
	s, err := pcscd.Start(ctx, dir)
	if err != nil {
		return false, errors.New(strings.ReplaceAll(err.Error(), "\n", "; "))
	}
	return true, s.Close()
}

// Outcome is how the visit's first request ended, or the session when it came
// to none.
func (v Visit) Outcome() wire.Code {
	if v.Event.Made > 0 && v.Event.Requests[0].Code != wire.OK {
		return v.Event.Requests[0].Code
	}
	return v.Code
}

// Keep writes into dir what a relying party gets from one paper:
// certificate.pdf, page-1.png …, shc.txt, shc.jws and, if there is one,
// vdsnc.json. Everything is read back from the paper itself.
func Keep(ctx context.Context, paper, dir string) error {
	s, err := scan.Shared(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	return KeepWith(s, paper, dir)
}

// KeepWith is Keep with a scanner that is there already.
func KeepWith(s *scan.Scanner, paper, dir string) error {
	pdf, err := os.ReadFile(paper)
	if err != nil {
		return err
	}
	pages, err := s.PDF(pdf)
	if err != nil {
		return err
	}
	files := map[string][]byte{"certificate.pdf": pdf}
	for i, p := range pages {
		if files[fmt.Sprintf("page-%d.png", i+1)], err = s.PNG(pdf, i, PageDPI); err != nil {
			return err
		}
		for _, code := range p.Codes {
			if jws, ok := digits(code); ok {
				files["shc.txt"], files["shc.jws"] = []byte(code), []byte(jws)
			} else {
				files["vdsnc.json"] = []byte(code)
			}
		}
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for name, b := range files {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// Publish writes into dir what a verifier needs beforehand: jwks.json,
// trust.json with trust-root.pem, csca.pem.
func (s *Stack) Publish(dir string) error {
	for _, name := range []string{"jwks.json", "trust.json", "csca.pem", "trust-root.pem"} {
		b, err := os.ReadFile(filepath.Join(s.PKI(), name))
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// PageDPI is the resolution of the pictures that Keep makes, in dots an inch:
// the densest code still has more than three dots a module.
const PageDPI = 200

// digits reads the digit pairs of a shc:/ text, for a file that holds the JWS.
func digits(code string) (jws string, ok bool) {
	d, ok := strings.CutPrefix(code, "shc:/")
	if !ok || len(d)%2 != 0 {
		return "", false
	}
	b := make([]byte, len(d)/2)
	for i := range b {
		b[i] = (d[2*i]-'0')*10 + (d[2*i+1] - '0') + '-'
	}
	return string(b), true
}
