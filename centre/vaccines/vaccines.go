// Package vaccines holds the tables of vaccines: versioned data files that say
// which product is what in every format, each row with its source.
package vaccines

import (
	"errors"

	"akashi/verifier/credential"
)

// Set is every table of the build, validated.
type Set struct{}

// Load reads and validates the embedded tables.
func Load() (*Set, error) { return nil, errors.ErrUnsupported }

// Disease gives a table's disease by its code, e.g. "covid-19".
func (s *Set) Disease(code string) (credential.Disease, error) {
	return credential.Disease{}, errors.ErrUnsupported
}

// Find gives the row of a product in a disease's table.
func (s *Set) Find(disease, product string) (credential.Vaccine, error) {
	return credential.Vaccine{}, errors.ErrUnsupported
}

// Products gives the product codes of a disease's table in the file's order.
func (s *Set) Products(disease string) []string { return nil }
