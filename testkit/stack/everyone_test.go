package stack_test

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"akashi/centre/wire"
	"akashi/testkit/residents"
	"akashi/testkit/stack"
	"akashi/testkit/vrs"
	"akashi/verifier/credential"
)

// tool gives a program's path; without it the test is skipped, under CI=true
// it fails.
func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil && os.Getenv("CI") == "true" {
		t.Fatalf("%s is missing; make deps installs it", name)
	}
	if err != nil {
		t.Skipf("%s is missing; make deps installs it", name)
	}
	return path
}

// Every resident asks for both kinds, and each session ends as it must: with
// one paper that is theirs, or with a refusal that printed and charged nothing.
func TestEveryResident(t *testing.T) {
	pdftotext, pdftoppm, zbarimg := tool(t, "pdftotext"), tool(t, "pdftoppm"), tool(t, "zbarimg")
	s := start(t, stack.Options{})
	for _, r := range residents.All() {
		for kind, want := range map[credential.Kind]wire.Code{credential.Domestic: r.Domestic, credential.Overseas: r.Overseas} {
			v := walk(t, s, r.ID, kind)
			if v.Outcome() != want {
				t.Errorf("%s %s ended %v, want %v", r.ID, kind, v.Outcome(), want)
			}
			if v.Worker > 0 && alive(v.Worker) {
				t.Errorf("%s %s: the session worker outlives its session", r.ID, kind)
			}
			if want != wire.OK {
				if len(v.Papers) != 0 || v.Charged != 0 {
					t.Errorf("%s %s: refused, and %d papers and %d yen", r.ID, kind, len(v.Papers), v.Charged)
				}
				continue
			}
			if len(v.Papers) != 1 || v.Charged == 0 {
				t.Errorf("%s %s: %d papers, %d yen", r.ID, kind, len(v.Papers), v.Charged)
				continue
			}
			text := output(t, pdftotext, "-raw", v.Papers[0], "-")
			if !strings.Contains(strings.ReplaceAll(text, "\n", ""), r.Card.Name) {
				t.Errorf("%s %s: pdftotext does not find the name as the card has it", r.ID, kind)
			}
			readsCodes(t, pdftoppm, zbarimg, v.Papers[0], kind)
		}
	}
	noID(t, s)
}

// noID makes sure that each ID was delivered or is void once all are settled.
func noID(t *testing.T, s *stack.Stack) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	n, err := s.Settled(ctx)
	if err != nil || n[vrs.Pending] != 0 || n[vrs.Unknown] != 0 || n[vrs.Delivered] == 0 {
		t.Errorf("certificate IDs at the end: %v, %v", n, err)
	}
}

// readsCodes has zbarimg read the page rendered at 300 dpi.
func readsCodes(t *testing.T, pdftoppm, zbarimg, pdf string, kind credential.Kind) {
	t.Helper()
	dir := t.TempDir()
	output(t, pdftoppm, "-r", "300", "-gray", "-png", pdf, filepath.Join(dir, "p"))
	pages, _ := filepath.Glob(filepath.Join(dir, "p*.png"))
	read := output(t, zbarimg, append([]string{"-q", "--raw", "-Sdisable", "-Sqrcode.enable"}, pages...)...)
	want := []string{"shc:/"}
	if kind == credential.Overseas {
		want = append(want, `{"data":`)
	}
	for _, w := range want {
		if !slices.ContainsFunc(strings.Split(read, "\n"), func(l string) bool { return strings.HasPrefix(l, w) }) {
			t.Errorf("%s: zbarimg reads no code that begins with %s", kind, w)
		}
	}
}

func output(t *testing.T, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v: %s", filepath.Base(name), err, complaint.Bytes())
	}
	return string(out)
}

func alive(pid int) bool {
	_, err := os.Stat("/proc/" + strconv.Itoa(pid))
	return err == nil
}
