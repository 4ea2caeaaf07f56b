package conformance

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// MaxRaw is how much a whole verification may cost in units of the one
// ecdsa.Verify in it.
const MaxRaw = 2.0

var reFuzz = regexp.MustCompile(`(?m)^func (Fuzz[A-Za-z0-9_]*)\(`)

// fuzz counts the verifier's fuzz targets, wants seeds in each, and runs them.
func (b *bench) fuzz(ctx context.Context) ([]Figure, error) {
	targets, empty := 0, []string(nil)
	for _, folder := range []string{"verifier", "testkit/vectors"} {
		err := filepath.WalkDir(filepath.Join(b.Root, folder), func(path string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, "_test.go") {
				return err
			}
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			at := reFuzz.FindAllSubmatchIndex(text, -1)
			for i, m := range at {
				end := len(text)
				if i+1 < len(at) {
					end = at[i+1][0]
				}
				if targets++; !strings.Contains(string(text[m[0]:end]), "f.Add(") {
					empty = append(empty, string(text[m[2]:m[3]])+" has no seed")
				}
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	out, err := b.command(ctx, "go", "test", "-count=1", "-run", "^Fuzz", "./verifier/...", "./testkit/vectors")
	if err != nil {
		empty = append(empty, "their seeds: "+tail(out))
	}
	return []Figure{figure("fuzz targets", len(empty) == 0 && targets > 10, empty, "%d of the verifier, each with seeds that pass (make fuzz T=60s runs them on)", targets)}, nil
}

var reRaw = regexp.MustCompile(`([0-9.]+) x-raw`)

// speed runs BenchmarkVerifySHC.
func (b *bench) speed(ctx context.Context) ([]Figure, error) {
	out, err := b.command(ctx, "go", "test", "-run", "^$", "-bench", "^BenchmarkVerifySHC$", "-benchtime", "3000x", "./verifier/shc")
	m := reRaw.FindStringSubmatch(out)
	if err != nil || m == nil {
		return nil, fmt.Errorf("conformance: BenchmarkVerifySHC: %v: %s", err, tail(out))
	}
	x, err := strconv.ParseFloat(m[1], 64)
	return []Figure{figure("BenchmarkVerifySHC", err == nil && x <= MaxRaw, nil, "%.2f times a raw ecdsa.Verify of the same bytes in the same run (bound: %.0f)", x, MaxRaw)}, err
}

func (b *bench) command(ctx context.Context, name string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = b.Root
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func tail(s string) string {
	s = strings.TrimSpace(s)
	return s[max(0, len(s)-300):]
}
