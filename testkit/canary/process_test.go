package canary_test

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"akashi/testkit/canary"
	"akashi/testkit/canary/leak"
)

// leaking starts a process that keeps secrets.
func leaking(t *testing.T, secrets ...[]byte) *leak.Process {
	t.Helper()
	p, err := leak.Start(secrets...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	canary.Require(t, p.PID)
	return p
}

// grown is a secret that this program's own file does not hold.
func grown() string { return strings.ReplaceAll("証■野　𠮷■川", "■", "") }

// TestScanPID is the scan's own control: what a process keeps is found, in each
// form, and what it does not keep is not.
func TestScanPID(t *testing.T) {
	var deflated bytes.Buffer
	z, err := flate.NewWriter(&deflated, flate.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	z.Write([]byte(`{"iss":"https://specimen.akashi.invalid/issuer","vc":{"name":"` + grown() + `"},"doses":["2021-06-12","2021-07-03","2022-02-05"]}`))
	z.Close()
	s := compile(t, canary.Value{Label: "name", Text: grown()})
	for name, secret := range map[string][]byte{
		"utf-8": []byte(grown()), "utf-16": wide(grown()), "deflate": deflated.Bytes(),
	} {
		p := leaking(t, secret)
		found, err := s.ScanPID(p.PID)
		if err != nil {
			t.Fatal(err)
		}
		if len(found) == 0 {
			t.Errorf("%s: the leak is not found", name)
		}
		for _, f := range found {
			if !strings.Contains(f.Where, "process ") || f.Label != "name" || strings.Contains(f.String(), grown()) {
				t.Errorf("%s: %v", name, f)
			}
		}
	}
	before := s.Scanned()
	found, err := s.ScanPID(leaking(t, []byte("something else")).PID)
	if err != nil {
		t.Fatal(err)
	}
	if len(found) != 0 {
		t.Errorf("found where it is not: %v", found)
	}
	if searched := s.Scanned() - before; searched < 1<<20 {
		t.Errorf("only %d bytes of the process were searched", searched)
	}
}

func wide(s string) (b []byte) {
	for _, r := range s {
		if r < 0x10000 {
			b = binary.LittleEndian.AppendUint16(b, uint16(r))
		} else {
			r -= 0x10000
			b = binary.LittleEndian.AppendUint16(b, uint16(0xD800+r>>10))
			b = binary.LittleEndian.AppendUint16(b, uint16(0xDC00+r&0x3FF))
		}
	}
	return b
}

// TestDeletedFile: a file without a name is still looked at.
func TestDeletedFile(t *testing.T) {
	f, err := os.Create(filepath.Join(t.TempDir(), "gone"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteString(grown()); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("sleep", "600")
	cmd.ExtraFiles = []*os.File{f}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { cmd.Process.Kill(); cmd.Wait() }()
	os.Remove(f.Name())
	canary.Require(t, cmd.Process.Pid)
	found, err := compile(t, canary.Value{Label: "name", Text: grown()}).ScanPID(cmd.Process.Pid)
	if err != nil {
		t.Fatal(err)
	}
	if len(found) != 1 || !strings.Contains(found[0].Where, "deleted file") {
		t.Errorf("%v", found)
	}
}

func TestScanPIDErrors(t *testing.T) {
	s := compile(t, canary.Value{Label: "name", Text: grown()})
	if _, err := s.ScanPID(os.Getpid()); err == nil {
		t.Error("scanned itself, who holds the canaries")
	}
	if _, err := s.ScanPID(1 << 30); err == nil {
		t.Error("no such process, no error")
	}
	if os.Geteuid() != 0 {
		if _, err := s.ScanPID(1); !errors.Is(err, canary.ErrNotPermitted) {
			t.Errorf("somebody else's process: %v", err)
		}
		return
	}
	// Once more, as somebody who may not look at root's processes. The test's
	// program stands in a folder of root's.
	program := filepath.Join(t.TempDir(), "canary.test")
	content, err := os.ReadFile(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(program, content, 0o755); err != nil {
		t.Fatal(err)
	}
	for dir := filepath.Dir(program); dir != os.TempDir() && dir != "/"; dir = filepath.Dir(dir) {
		os.Chmod(dir, 0o755)
	}
	cmd := exec.Command(program, "-test.run", "^TestScanPIDErrors$")
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	cmd.Dir = "/"
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("as another user: %v\n%s", err, out)
	}
}

func TestScanTree(t *testing.T) {
	dir := t.TempDir()
	write := func(name, content string) {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("clean/a", "nothing here")
	rest := strings.Repeat("y", 2<<20)
	write("log/b.log", strings.Repeat("x", 4<<20-5)+grown()+rest)    // across two chunks
	write("log/c.log", strings.Repeat("x", 4<<20+1000)+grown()+rest) // where the first looks ahead
	write("log/short.log", "..."+grown())
	write("names/"+grown()+".pdf", "by its name alone")
	write("print/c.pdf", grown())
	write("db/vrs.sqlite", grown())
	if err := os.Symlink("/nowhere/"+grown(), filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	s := compile(t, canary.Value{Label: "name", Text: grown()})
	found, err := s.ScanTree(dir, filepath.Join(dir, "print"), filepath.Join(dir, "db", "vrs.sqlite"))
	if err != nil {
		t.Fatal(err)
	}
	places := map[string]uint64{}
	for _, f := range found {
		places[strings.ReplaceAll(f.Where, dir, "")] = f.Offset
		if strings.Contains(f.String(), grown()) {
			t.Errorf("the finding tells the value: %v", f)
		}
	}
	want := map[string]uint64{"/log/b.log": 4<<20 - 5, "/log/c.log": 4<<20 + 1000, "/log/short.log": 3, "a file's name in /names": 0, "link /link": 9}
	for where, offset := range want {
		if at, ok := places[where]; !ok || at != offset {
			t.Errorf("%s: found at %d, %v", where, at, ok)
		}
	}
	if len(places) != len(want) {
		t.Errorf("%v", places)
	}
}

// TestScanTreeErrors: what could not be read does not count as clean.
func TestScanTreeErrors(t *testing.T) {
	s := compile(t, canary.Value{Label: "name", Text: grown()})
	if _, err := s.ScanTree("/proc/self/does-not-exist"); err != nil {
		t.Errorf("a folder that is gone: %v", err)
	}
	if _, err := s.ScanTree("/proc/1/task/1/mem"); err == nil {
		t.Error("a file that cannot be read, no error")
	}
}
