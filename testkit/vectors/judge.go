package vectors

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"akashi/testkit/forge"
	"akashi/verifier"
	"akashi/verifier/inquiry"
	"akashi/verifier/rule"
	"akashi/verifier/trust"
	"akashi/verifier/trust/keep"
)

// Judge is this project's verifier, held to vectors: what a person holds goes
// through the verify command itself, and everything else to the function that
// reads it.
type Judge struct {
	fsys fs.FS
	dir  string // a copy of the trust lists for the command
	root *ecdsa.PublicKey
}

// NewJudge makes a Judge of the vectors in fsys; dir is an empty folder of the
// caller's.
func NewJudge(fsys fs.FS, dir string) (*Judge, error) {
	j := &Judge{fsys: fsys, dir: dir}
	names, err := fs.Glob(fsys, "*.*")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		b, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, err
		}
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			return nil, err
		}
	}
	b, err := fs.ReadFile(fsys, RootFile)
	if err != nil {
		return nil, err
	}
	j.root, err = parseRoot(b)
	return j, err
}

// RootFile names the public key that signed the trust lists.
const RootFile = "root.pem"

var errRoot = errors.New("vectors: " + RootFile + " is no public key on P-256")

func parseRoot(b []byte) (*ecdsa.PublicKey, error) {
	block, _ := pem.Decode(b)
	if block == nil {
		return nil, errRoot
	}
	k, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return nil, err
	}
	pub, ok := k.(*ecdsa.PublicKey)
	if !ok {
		return nil, errRoot
	}
	return pub, nil
}

// Code judges a vector: Valid, or the code of the first rule broken. An error
// says that it could not be judged.
func (j *Judge) Code(v *Vector) (code string, err error) {
	switch v.Kind {
	case KindFile:
		return j.file(v)
	case KindPaper:
		err = j.paper(v)
	case KindTrust:
		err = j.trust(v)
	case KindJWKS:
		_, err = trust.ParseJWKS(v.Bytes(), v.Issuer)
	case KindCRL:
		if v.KeyID == "" {
			err = j.amend(v)
			break
		}
		_, err = trust.ParseCRL(v.Bytes(), v.KeyID, v.CRLVersion)
	default:
		return "", fmt.Errorf("%s: kind %q is not known", v.Name, v.Kind)
	}
	var r *rule.Refusal
	switch {
	case err == nil:
		return Valid, nil
	case errors.As(err, &r):
		return r.Code, nil
	}
	return "", fmt.Errorf("%s: %w", v.Name, err)
}

// file asks the verify command. A vector without a file name comes through the
// standard input.
func (j *Judge) file(v *Vector) (string, error) {
	args := []string{"-json", "-at", v.At.Format(time.RFC3339), "-trust", filepath.Join(j.dir, v.Trust), "-root", filepath.Join(j.dir, RootFile)}
	name := "-"
	if v.FileName != "" {
		sub, err := os.MkdirTemp(j.dir, "input")
		if err != nil {
			return "", err
		}
		defer os.RemoveAll(sub)
		name = filepath.Join(sub, filepath.Base(v.FileName))
		if err := os.WriteFile(name, v.Bytes(), 0o600); err != nil {
			return "", err
		}
	}
	var out, complaint bytes.Buffer
	now := func() time.Time { return v.At }
	exit := inquiry.Run(append(args, name), inquiry.Env{Stdin: bytes.NewReader(v.Bytes()), Stdout: &out, Stderr: &complaint, Now: now})
	var answer struct {
		Valid bool
		Code  string
	}
	if err := json.Unmarshal(out.Bytes(), &answer); err != nil || exit > 1 || answer.Valid != (exit == 0) {
		return "", fmt.Errorf("%s: verify ended with %d: %s%s", v.Name, exit, out.String(), complaint.String())
	}
	if answer.Valid {
		return Valid, nil
	}
	return answer.Code, nil
}

func (j *Judge) paper(v *Vector) error {
	l, err := j.List(v.Trust, v.At)
	if err != nil {
		return err
	}
	var pages []verifier.Page
	for _, p := range v.Pages {
		pages = append(pages, verifier.Page{Text: p.Text, Codes: p.Codes, Unread: p.Unread, Foreign: p.Foreign})
	}
	_, err = verifier.VerifyPDF(v.Bytes(), pages, l, v.At)
	return err
}

// List reads a trust list that a vector names.
func (j *Judge) List(name string, at time.Time) (*trust.List, error) {
	b, err := fs.ReadFile(j.fsys, name)
	if err != nil {
		return nil, err
	}
	return trust.Parse(b, j.root, at, 0)
}

// amend takes a revocation list to the trust list that the vector names.
func (j *Judge) amend(v *Vector) error {
	l, err := j.List(v.Trust, v.At)
	if err != nil {
		return err
	}
	return l.Amend(v.Bytes())
}

// trust takes a list as a verifier does that remembers another.
func (j *Judge) trust(v *Vector) error {
	root := j.root
	if v.OtherRoot {
		k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			return err
		}
		root = &k.PublicKey
	}
	var known keep.State
	if v.After != "" {
		before, err := j.List(v.After, v.At)
		if err != nil {
			return err
		}
		known = keep.StateOf(before)
	}
	l, err := trust.Parse(v.Bytes(), root, v.At, known.Version)
	if err != nil {
		return err
	}
	return known.Check(l)
}

// JudgeUnder makes a Judge for vectors that name a trust list of the caller's;
// it is signed for the occasion. dir is an empty folder of the caller's.
func JudgeUnder(l *trust.List, name, dir string) (*Judge, error) {
	w, err := forge.New("published vectors")
	if err != nil {
		return nil, err
	}
	list, err := w.Encode(l)
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKIXPublicKey(&w.Root.PublicKey)
	if err != nil {
		return nil, err
	}
	root := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
	for file, b := range map[string][]byte{name: list, RootFile: root} {
		if err := os.WriteFile(filepath.Join(dir, file), b, 0o600); err != nil {
			return nil, err
		}
	}
	return &Judge{os.DirFS(dir), dir, &w.Root.PublicKey}, nil
}
