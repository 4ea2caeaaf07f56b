// Package vaccines holds the tables of vaccines: versioned data files that say
// which product is what in every format, each row with its source.
//
// A disease is a file in tables/; no other package knows one by name.
package vaccines

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"

	"akashi/verifier/credential"
)

//go:embed tables/*.json
var embedded embed.FS

// Set is every table of the build, validated.
type Set struct {
	tables map[string]*table // by the disease's code
}

// The two ways in which nothing is found.
var (
	ErrDisease = errors.New("vaccines: no table for this disease; add its table to centre/vaccines/tables")
	ErrProduct = errors.New("vaccines: the disease's table has no such product; add it with its source, or correct the record")
)

// Load reads and validates the embedded tables. An error is a defect of the
// build.
func Load() (*Set, error) { return load(embedded) }

func load(files fs.FS) (*Set, error) {
	names, err := fs.Glob(files, "tables/*.json")
	if err != nil {
		return nil, err
	}
	if len(names) == 0 {
		return nil, errors.New("vaccines: no table at all; the build is incomplete")
	}
	s := &Set{map[string]*table{}}
	for _, name := range names {
		b, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		t, err := parse(b)
		if err != nil {
			return nil, fmt.Errorf("vaccines: %s: %w", name, err)
		}
		if want := t.Disease.Code + ".json"; path.Base(name) != want {
			return nil, fmt.Errorf("vaccines: %s: the table is of %s; call the file %s", name, t.Disease.Code, want)
		}
		s.tables[t.Disease.Code] = t
	}
	return s, nil
}

// Disease gives a table's disease by its code, e.g. "covid-19".
func (s *Set) Disease(code string) (credential.Disease, error) {
	t, ok := s.tables[code]
	if !ok {
		return credential.Disease{}, ErrDisease
	}
	return credential.Disease{Code: t.Disease.Code, NameJA: t.Disease.NameJA, NameEN: t.Disease.NameEN}, nil
}

// Find gives the row of a product in a disease's table.
func (s *Set) Find(disease, product string) (credential.Vaccine, error) {
	t, ok := s.tables[disease]
	if !ok {
		return credential.Vaccine{}, ErrDisease
	}
	for _, r := range t.Vaccines {
		if r.Code == product {
			return r.vaccine(), nil
		}
	}
	return credential.Vaccine{}, ErrProduct
}

// Products gives the product codes of a disease's table in the file's order;
// none for an unknown disease.
func (s *Set) Products(disease string) []string {
	var codes []string
	if t, ok := s.tables[disease]; ok {
		for _, r := range t.Vaccines {
			codes = append(codes, r.Code)
		}
	}
	return codes
}
