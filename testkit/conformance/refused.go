package conformance

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"akashi/testkit/forge"
	"akashi/testkit/mutants"
	"akashi/testkit/vectors"
	"akashi/verifier/rule"
)

// published judges the vectors that others published.
func (b *bench) published(context.Context) ([]Figure, error) {
	all, l, err := vectors.Published(filepath.Join(b.Root, "..", vectors.PublishedDir))
	if errors.Is(err, vectors.ErrNotPublished) {
		state := Unmeasured
		if os.Getenv("CI") == "true" {
			state = Missed
		}
		return []Figure{{Name: "published vectors", State: state, Told: err.Error()}}, nil
	}
	if err != nil {
		return nil, err
	}
	dir, err := b.folder("published")
	if err != nil {
		return nil, err
	}
	j, err := vectors.JudgeUnder(l, "published.json", dir)
	if err != nil {
		return nil, err
	}
	keys, err := vectors.JapanKeys(all)
	if err != nil {
		return nil, err
	}
	return []Figure{
		judged("published vectors", j, all),
		figure("Japan's issuer", keys == 3, nil, "%d of 3 keys load, each chain verifies", keys),
	}, nil
}

// own judges the project's own vectors.
func (b *bench) own(context.Context) ([]Figure, error) {
	all, j, err := b.ownVectors()
	if err != nil {
		return nil, err
	}
	seen, missing := map[string]bool{}, []string(nil)
	for _, v := range all {
		seen[v.Expect] = true
	}
	rules := rule.All()
	codes := 0
	for _, r := range rules {
		if strings.HasPrefix(r.Code, "lint.") { // the centre's, before it signs
			continue
		}
		if codes++; !seen[r.Code] {
			missing = append(missing, "no vector: "+r.Code)
		}
	}
	return []Figure{judged("own vectors", j, all),
		figure("codes of the verifier", len(missing) == 0, missing, "%d of %d have a vector", codes-len(missing), codes)}, nil
}

func (b *bench) ownVectors() ([]vectors.Vector, *vectors.Judge, error) {
	all, err := vectors.Load(vectors.Own())
	if err != nil {
		return nil, nil, err
	}
	dir, err := b.folder("own")
	if err != nil {
		return nil, nil, err
	}
	j, err := vectors.NewJudge(vectors.Own(), dir)
	return all, j, err
}

// judged judges vectors and gives their figure.
func judged(name string, j *vectors.Judge, all []vectors.Vector) Figure {
	var wrong []string
	for i := range all {
		if got, err := j.Code(&all[i]); err != nil || got != all[i].Expect {
			wrong = append(wrong, fmt.Sprintf("%s: %s, want %s; %v", all[i].Name, got, all[i].Expect, err))
		}
	}
	return figure(name, len(wrong) == 0, wrong, "%d of %d judged right, with the expected code", len(all)-len(wrong), len(all))
}

// mutants judges everything that mutants can make of good certificates.
func (b *bench) mutants(context.Context) ([]Figure, error) {
	w, err := forge.New("mutants")
	if err != nil {
		return nil, err
	}
	all, j, err := b.ownVectors()
	if err != nil {
		return nil, err
	}
	t := mutants.Run(mutants.Every(b.One, mutants.All(w)))
	own := mutants.Run(mutants.Own(all, j))
	bad := slices.Concat(t.Accepted, t.Wrong, t.Faults, own.Accepted, own.Wrong, own.Faults)
	codes := map[string]bool{}
	for code := range maps.Keys(t.Codes) {
		codes[code] = true
	}
	for code := range maps.Keys(own.Codes) {
		codes[code] = true
	}
	var never []string
	for _, r := range rule.All() {
		if f, _, _ := strings.Cut(r.Code, "."); strings.Contains("shc vdsnc pdf", f) && !codes[r.Code] {
			never = append(never, r.Code+" was never the answer")
		}
	}
	n := t.Judged + own.Judged
	f := figure("mutants", t.Good() && own.Good() && n >= MinMutants/b.One, bad, "%d of %d refused (SHC %d, VDS-NC %d, PDF %d), no crash", n-len(bad), n,
		t.ByFormat[mutants.SHC]+own.ByFormat[mutants.SHC], t.ByFormat[mutants.VDSNC]+own.ByFormat[mutants.VDSNC], t.ByFormat[mutants.PDF]+own.ByFormat[mutants.PDF])
	if f.State == Met {
		for _, reason := range slices.Sorted(maps.Keys(t.Harmless)) {
			f.Detail = append(f.Detail, fmt.Sprintf("besides, %d are still right: %s", t.Harmless[reason], reason))
		}
	}
	return []Figure{f,
		figure("rules that mutants broke", len(never) == 0, never, "%d codes, by changes in %d places", len(codes), len(t.Regions)+len(own.Regions)),
		figure("memory of a mutant", t.MaxAlloc <= mutants.DefaultMaxAlloc, nil, "at most %d KiB allocated for one (bound: %d KiB)", t.MaxAlloc>>10, mutants.DefaultMaxAlloc>>10),
	}, nil
}
