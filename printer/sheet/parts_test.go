package sheet

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// lacking ends a test whose real part is not on this machine: visibly, and as
// a failure where everything must be there.
func lacking(t testing.TB, what string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(what)
	}
	t.Skip(what)
}

// tool runs a program on a PDF and gives its standard output. Arguments "PDF"
// stand for the file, "OUT" for a file name beside it.
func tool(t testing.TB, pdf []byte, name string, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		lacking(t, name+" is not installed")
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "sheet.pdf")
	if err := os.WriteFile(file, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	for i, a := range args {
		switch a {
		case "PDF":
			args[i] = file
		case "OUT":
			args[i] = filepath.Join(dir, "out")
		}
	}
	var stdout, stderr bytes.Buffer
	cmd := exec.Command(name, args...)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s: %v\n%s%s", name, err, stdout.String(), stderr.String())
	}
	return stdout.String()
}
