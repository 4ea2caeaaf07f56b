// Package defects makes the project's own vectors: what is right, and beside it
// everything that a verifier must refuse, one defect at a time.
package defects

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"strings"

	"akashi/testkit/forge"
	"akashi/testkit/vectors"
)

// Word is what the vectors' keys are derived from.
const Word = "vectors 1"

// maker collects vectors of one world.
type maker struct {
	*forge.World
	all []vectors.Vector
}

// All makes every vector, and the files that they name.
func All() (all []vectors.Vector, beside map[string][]byte, err error) {
	w, err := forge.New(Word)
	if err != nil {
		return nil, nil, err
	}
	m := &maker{World: w}
	m.quirks()
	m.cardForms()
	m.cardContent()
	m.cardTrust()
	m.files()
	m.sealForms()
	m.sealContent()
	m.documents()
	m.signatures()
	m.papers()
	m.keySets()
	m.revocations()
	for _, step := range []func() error{m.sealSigners, m.documentSigners, m.lists, m.revokedSigners} {
		if err := step(); err != nil {
			return nil, nil, err
		}
	}
	beside, err = m.beside()
	return m.all, beside, err
}

// add adds a vector that a person would hold, judged at forge.At under
// trust.json, and gives it to be changed.
func (m *maker) add(name, description, expect string, input []byte) *vectors.Vector {
	v := vectors.Vector{Name: name, Description: description, Expect: expect, Kind: vectors.KindFile, At: forge.At, Trust: "trust.json"}
	v.SetBytes(input)
	m.all = append(m.all, v)
	return &m.all[len(m.all)-1]
}

func (m *maker) text(name, description, expect, input string) *vectors.Vector {
	return m.add(name, description, expect, []byte(input))
}

// change is a defect that is one place of a good text put differently.
type change struct{ name, old, new string }

// apply changes the first place and says so in a sentence.
func (c change) apply(good, what string) (changed, description string) {
	if !strings.Contains(good, c.old) || c.old == c.new {
		panic(fmt.Sprintf("defects: %s: %q is not in what is good", c.name, c.old)) // a table of this package
	}
	return strings.Replace(good, c.old, c.new, 1), fmt.Sprintf("%s in which %s became %s; signed by the right key.", what, brief(c.old), brief(c.new))
}

func brief(s string) string {
	if s == "" {
		return "nothing"
	}
	if r := []rune(s); len(r) > 120 {
		s = string(r[:60]) + " … (" + fmt.Sprint(len(r)) + " characters)"
	}
	return fmt.Sprintf("%q", s)
}

// beside gives the files that vectors name: trust lists and the root's key.
func (m *maker) beside() (map[string][]byte, error) {
	der, err := x509.MarshalPKIXPublicKey(&m.Root.PublicKey)
	if err != nil {
		return nil, err
	}
	out := map[string][]byte{vectors.RootFile: pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})}
	lists := m.trustLists()
	revoked, err := m.signersRevoked()
	if err != nil {
		return nil, err
	}
	lists["signers-revoked.json"] = revoked.list
	for name, l := range lists {
		if out[name], err = m.Encode(l); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return out, nil
}
