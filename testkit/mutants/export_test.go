package mutants

import (
	"akashi/testkit/forge"
	"akashi/verifier/trust"
)

// NewMutant makes one of a test's own.
func NewMutant(format, input string, l *trust.List, codes []string) Mutant {
	return Mutant{Format: format, input: func() []byte { return []byte(input) }, List: l, At: forge.At, Codes: codes}
}
