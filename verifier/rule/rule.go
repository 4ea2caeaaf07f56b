// Package rule names the rules that a certificate is held to: each refusal is
// a stable code with one sentence in Japanese and one in English.
//
// Codes are "format.rule", lower case, and never change their meaning; new
// ones are added, old ones stay.
package rule

import (
	"slices"
	"strings"
)

// Refusal says which rule a certificate broke first. It never carries content
// of the certificate.
type Refusal struct {
	Code string // e.g. "shc.signature"
	JA   string // what, why, what next
	EN   string
}

// Error gives the English sentence behind the code.
func (r *Refusal) Error() string { return r.Code + ": " + r.EN }

// all holds every Refusal made; New runs while packages are initialised, one
// after the other, and never later.
var all []*Refusal

// New makes a Refusal; packages declare theirs as variables.
func New(code, ja, en string) *Refusal {
	r := &Refusal{Code: code, JA: ja, EN: en}
	all = append(all, r)
	return r
}

// All gives the refusals of every linked package in the order of their codes:
// for documentation, and for tests that must cover each of them.
func All() []*Refusal {
	sorted := slices.Clone(all)
	slices.SortFunc(sorted, func(a, b *Refusal) int { return strings.Compare(a.Code, b.Code) })
	return sorted
}
