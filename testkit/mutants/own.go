package mutants

import (
	"iter"
	"slices"
	"strings"

	"akashi/testkit/vectors"
)

// Own gives the project's own vectors of these formats that must be refused:
// the defects that no change of a byte or a claim leads to.
func Own(all []vectors.Vector, j *vectors.Judge) iter.Seq[Mutant] {
	formats := map[string]string{"shc": SHC, "vdsnc": VDSNC, "pdf": PDF}
	return func(yield func(Mutant) bool) {
		for _, v := range all {
			format := formats[strings.Split(v.Name, "/")[0]]
			if format == "" || v.Expect == vectors.Valid || v.Kind != vectors.KindFile {
				continue
			}
			l, err := j.List(v.Trust, v.At)
			if err != nil {
				panic("mutants: " + v.Name + ": " + err.Error()) // TestOwn of testkit/vectors would have failed
			}
			m := Mutant{Format: format, Region: "vector " + v.Name, What: v.Description, Codes: []string{v.Expect}, List: l, At: v.At}
			m.input = func() []byte { return slices.Clip(v.Bytes()) }
			if !yield(m) {
				return
			}
		}
	}
}
