package folder

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/iotest"

	"akashi/printer"
)

var pdf = []byte("%PDF-1.7\nthe sheet\n%%EOF\n")

func device(t *testing.T) (*Device, string) {
	t.Helper()
	dir := t.TempDir()
	d, err := New(dir)
	if err != nil {
		t.Fatal(err)
	}
	return d, dir
}

func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range entries {
		out = append(out, e.Name())
	}
	return out
}

func TestPrint(t *testing.T) {
	d, dir := device(t)
	outcome, err := d.Print(context.Background(), printer.Job{PDF: pdf, Copies: 3})
	if outcome != printer.Printed || err != nil {
		t.Fatal(outcome, err)
	}
	opaque := regexp.MustCompile(`^[0-9a-f]{32}\.pdf$`)
	got := names(t, dir)
	if len(got) != 3 {
		t.Fatalf("%d files, want 3", len(got))
	}
	for _, name := range got {
		path := filepath.Join(dir, name)
		b, err := os.ReadFile(path)
		info, _ := os.Stat(path)
		if err != nil || !bytes.Equal(b, pdf) || info.Mode() != 0o600 || !opaque.MatchString(name) {
			t.Errorf("%s: %d bytes, mode %v, %v", name, len(b), info.Mode(), err)
		}
	}
}

func TestBadJob(t *testing.T) {
	d, dir := device(t)
	for _, j := range []printer.Job{{PDF: pdf}, {PDF: pdf, Copies: printer.MaxCopies + 1}, {PDF: []byte("x"), Copies: 1}} {
		if outcome, err := d.Print(context.Background(), j); outcome != printer.NotPrinted || err == nil {
			t.Errorf("%v, %v", outcome, err)
		}
	}
	if len(names(t, dir)) != 0 {
		t.Error("a bad job left a file")
	}
}

// failing is a sync that fails from its nth call on.
func failing(n int, err error) func(*os.File) error {
	return func(*os.File) error {
		if n--; n < 0 {
			return err
		}
		return nil
	}
}

// TestOutcomesAreHonest fails each sync in turn: file, folder, second file, …
func TestOutcomesAreHonest(t *testing.T) {
	for n, c := range []struct {
		want  printer.Outcome
		files int
	}{
		{printer.NotPrinted, 0}, // the first sheet was not written
		{printer.Unknown, 1},    // its name may not be on the disk
		{printer.Unknown, 1},    // one of two copies
		{printer.Unknown, 2},
		{printer.Printed, 2},
	} {
		d, dir := device(t)
		d.sync = failing(n, syscall.ENOSPC)
		outcome, err := d.Print(context.Background(), printer.Job{PDF: pdf, Copies: 2})
		if outcome != c.want || len(names(t, dir)) != c.files {
			t.Errorf("sync %d fails: %v with %d files, want %v with %d", n, outcome, len(names(t, dir)), c.want, c.files)
		}
		var e *printer.Error
		if c.want != printer.Printed && (!errors.As(err, &e) || e.Fault != printer.StorageFull) {
			t.Errorf("sync %d fails: %v", n, err)
		}
		for _, name := range names(t, dir) {
			if strings.HasSuffix(name, ".part") {
				t.Errorf("sync %d fails: a part is left", n)
			}
		}
	}
}

func TestFolderGone(t *testing.T) {
	d, dir := device(t)
	if s, f, _ := d.State(t.Context()); s != printer.Ready || f != 0 {
		t.Error(s, f)
	}
	if err := os.Remove(dir); err != nil {
		t.Fatal(err)
	}
	if s, f, _ := d.State(t.Context()); s != printer.Stopped || f.Worst() != printer.Unreachable {
		t.Error(s, f)
	}
	outcome, err := d.Print(context.Background(), printer.Job{PDF: pdf, Copies: 1})
	var e *printer.Error
	if outcome != printer.NotPrinted || !errors.As(err, &e) || e.Fault != printer.Unreachable {
		t.Errorf("%v, %v", outcome, err)
	}
	if strings.Contains(err.Error()+e.Cause.Error(), dir) {
		t.Error("the error names the file")
	}
}

func TestNameTaken(t *testing.T) {
	d, dir := device(t)
	d.rand = iotest.OneByteReader(bytes.NewReader(make([]byte, 32)))
	outcome, err := d.Print(context.Background(), printer.Job{PDF: pdf, Copies: 2})
	if outcome != printer.Unknown || err == nil || len(names(t, dir)) != 1 {
		t.Errorf("%v, %v, %v", outcome, err, names(t, dir))
	}
}

func TestNoEntropy(t *testing.T) {
	d, dir := device(t)
	d.rand = iotest.ErrReader(io.ErrUnexpectedEOF)
	if outcome, err := d.Print(context.Background(), printer.Job{PDF: pdf, Copies: 1}); outcome != printer.NotPrinted || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("%v, %v", outcome, err)
	}
	if len(names(t, dir)) != 0 {
		t.Error("a file without a name")
	}
}

func TestCancelled(t *testing.T) {
	d, dir := device(t)
	ctx, cancel := context.WithCancel(context.Background())
	d.sync = func(*os.File) error { cancel(); return nil }
	outcome, err := d.Print(ctx, printer.Job{PDF: pdf, Copies: 2})
	if outcome != printer.Unknown || !errors.Is(err, context.Canceled) || len(names(t, dir)) != 1 {
		t.Errorf("cancelled after the first copy: %v, %v", outcome, err)
	}
	outcome, err = d.Print(ctx, printer.Job{PDF: pdf, Copies: 1})
	if outcome != printer.NotPrinted || !errors.Is(err, context.Canceled) || len(names(t, dir)) != 1 {
		t.Errorf("cancelled before: %v, %v", outcome, err)
	}
}

func TestNew(t *testing.T) {
	dir := t.TempDir()
	if _, err := New(filepath.Join(dir, "none")); err == nil {
		t.Error("a folder that is not there")
	}
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := New(file); err == nil {
		t.Error("a file as the folder")
	}
}

// printing makes this test program a process that hangs in the nth sync of a
// print of two copies.
const printing = "FOLDER_TEST_PRINTING"

func TestMain(m *testing.M) {
	if dir := os.Getenv(printing); dir != "" {
		hangIn(dir, len(os.Args))
	}
	os.Exit(m.Run())
}

func hangIn(dir string, n int) {
	d, err := New(dir)
	if err != nil {
		os.Exit(1)
	}
	d.sync = func(*os.File) error {
		if n--; n == 0 {
			fmt.Println("up")
			select {}
		}
		return nil
	}
	go d.Print(context.Background(), printer.Job{PDF: pdf, Copies: 2})
	io.Copy(io.Discard, os.Stdin) // until it is killed
}

// A process that is killed at any sync leaves at most a part, which the next
// New removes; a sheet is never removed.
func TestKilledWhilePrinting(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for n, want := range []struct{ parts, sheets int }{{1, 0}, {0, 1}, {1, 1}, {0, 2}} {
		dir := t.TempDir()
		c := exec.Command(self, make([]string, n)...)
		c.Env = []string{printing + "=" + dir}
		if _, err := c.StdinPipe(); err != nil {
			t.Fatal(err)
		}
		out, err := c.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		line, _ := bufio.NewReader(out).ReadString('\n')
		c.Process.Kill()
		c.Wait()
		parts, sheets := count(t, dir)
		if line != "up\n" || parts != want.parts || sheets != want.sheets {
			t.Fatalf("sync %d: said %q, left %d parts and %d sheets", n, line, parts, sheets)
		}
		if _, err := New(dir); err != nil {
			t.Fatal(err)
		}
		if parts, sheets := count(t, dir); parts != 0 || sheets != want.sheets {
			t.Errorf("sync %d: %d parts and %d sheets after the next New", n, parts, sheets)
		}
	}
}

// count tells parts from sheets.
func count(t *testing.T, dir string) (parts, sheets int) {
	t.Helper()
	for _, name := range names(t, dir) {
		if strings.HasSuffix(name, ".part") {
			parts++
		} else {
			sheets++
		}
	}
	return parts, sheets
}

func TestSweepTakesPartsOnly(t *testing.T) {
	dir := t.TempDir()
	id := strings.Repeat("0a", 16)
	stay := []string{"." + id + ".pdf", "." + id[1:] + ".part", id + ".part", id + ".pdf", "." + id + ".part.x", "note.part"}
	for _, name := range append(stay, "."+id+".part") {
		if err := os.WriteFile(filepath.Join(dir, name), pdf, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	sub := "." + strings.Repeat("0b", 16) + ".part"
	if err := os.Mkdir(filepath.Join(dir, sub), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := Sweep(dir); err != nil {
		t.Fatal(err)
	}
	got := names(t, dir)
	if len(got) != len(stay)+1 || slices.Contains(got, "."+id+".part") {
		t.Errorf("left %v", got)
	}
	if err := Sweep(filepath.Join(dir, "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a folder that is not there: %v", err)
	}
}
