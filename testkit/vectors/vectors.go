// Package vectors reads certificates that are right and certificates with one
// defect each, and the code that each must be refused with. They are files, so
// that another verifier can be held against them too.
//
// The keys that signed them are published (testkit/forge): no list but this
// folder's may hold them.
package vectors

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"time"
)

// The kinds of input.
const (
	KindFile  = "file"  // what a person holds: a text, a file, a picture, a PDF
	KindPaper = "paper" // a signed PDF and what a scanner saw on its pages
	KindTrust = "trust" // a trust list
	KindJWKS  = "jwks"  // an issuer's key set
	KindCRL   = "crl"   // an issuer's revocation list
)

// Valid is what a Vector expects that has no defect.
const Valid = "valid"

// Vector is one input, the circumstances, and what must come of it.
type Vector struct {
	Name        string    `json:"-"` // folder and file without its ending: "shc/nbf-text"
	Description string    `json:"description"`
	Expect      string    `json:"expect"` // Valid, or the code of the rule broken
	Kind        string    `json:"kind"`
	At          time.Time `json:"at"`                  // when it is judged
	Trust       string    `json:"trust,omitempty"`     // the trust list's file name; of KindTrust the list is Input
	FileName    string    `json:"file_name,omitempty"` // of KindFile: what the file is called; empty: unknown
	Input       string    `json:"input,omitempty"`     // the bytes, when they are UTF-8
	Base64      []byte    `json:"input_base64,omitempty"`
	Fill        int       `json:"fill,omitempty"`       // as many spaces follow
	Pages       []Page    `json:"pages,omitempty"`      // of KindPaper
	OtherRoot   bool      `json:"other_root,omitempty"` // of KindTrust: another root than root.pem is pinned
	After       string    `json:"after,omitempty"`      // of KindTrust: the list, by file name, that was used before
	KeyID       string    `json:"kid,omitempty"`        // of KindCRL
	CRLVersion  int       `json:"crl_version,omitempty"`
	Issuer      string    `json:"iss,omitempty"` // of KindJWKS
}

// Page is what a scanner saw on one page of a paper.
type Page struct {
	Text    string   `json:"text"`
	Codes   []string `json:"codes"`
	Unread  int      `json:"unread,omitempty"`
	Foreign int      `json:"foreign,omitempty"` // things that no certificate's page has
}

// Bytes gives the whole input.
func (v *Vector) Bytes() []byte {
	b := append([]byte(v.Input), v.Base64...)
	return append(b, bytes.Repeat([]byte(" "), v.Fill)...)
}

// SetBytes puts an input into the vector, as text where it is text.
func (v *Vector) SetBytes(b []byte) {
	v.Input, v.Base64 = string(b), nil
	var again string
	if enc, err := json.Marshal(v.Input); err != nil || json.Unmarshal(enc, &again) != nil || again != v.Input {
		v.Input, v.Base64 = "", b
	}
}

//go:embed files
var files embed.FS

// Own gives the project's own vectors and beside them what they name: trust
// lists, and the root's public key root.pem.
func Own() fs.FS {
	sub, err := fs.Sub(files, "files")
	if err != nil {
		panic("vectors: " + err.Error()) // the folder is embedded
	}
	return sub
}

// ErrNone says that a folder holds no vector: a test over none proves nothing.
var ErrNone = errors.New("vectors: none found; write them with go run ./testkit/cmd/vectors")

// DefaultMaxVector bounds one file in bytes: a PDF in base64 has less than a
// tenth.
const DefaultMaxVector = 1 << 20

// Load reads every vector of a folder's folders, in the order of their names.
func Load(fsys fs.FS) (all []Vector, err error) {
	names, err := fs.Glob(fsys, "*/*.json")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		b, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, err
		}
		v, err := Parse(b)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		v.Name = strings.TrimSuffix(name, path.Ext(name))
		all = append(all, v)
	}
	if len(all) == 0 {
		return nil, ErrNone
	}
	return all, nil
}

var errVector = errors.New("vectors: not a vector: description, expect, kind and at, no unknown member, one input")

// Parse reads one vector.
func Parse(b []byte) (v Vector, err error) {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if len(b) > DefaultMaxVector || d.Decode(&v) != nil || d.More() {
		return v, errVector
	}
	if v.Description == "" || v.Expect == "" || v.Kind == "" || v.At.IsZero() || v.Input != "" && v.Base64 != nil {
		return v, errVector
	}
	return v, nil
}

// Encode writes a vector as its file holds it.
func Encode(v Vector) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	err := e.Encode(v)
	return b.Bytes(), err
}
