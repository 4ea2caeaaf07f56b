package main_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"akashi/centre/keys"
	"akashi/testkit/pki"
	"akashi/testkit/programs"
)

// binary is the command as it ships.
var binary string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "keys")
	if err != nil {
		panic(err)
	}
	binary = filepath.Join(dir, "keys")
	code := 1
	if err := programs.Into(context.Background(), dir, "centre/cmd/keys"); err != nil {
		fmt.Fprintln(os.Stderr, err)
	} else {
		code = m.Run()
	}
	os.RemoveAll(dir)
	os.Exit(code)
}

func command(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	c := exec.CommandContext(t.Context(), binary, args...)
	c.Env = []string{}
	return c
}

// worldDir lays out stand-in authorities.
func worldDir(t *testing.T) string {
	t.Helper()
	w, err := pki.New(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := w.WriteDir(dir); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestJWKS(t *testing.T) {
	dir := worldDir(t)
	out, err := command(t, "jwks", "-dir", filepath.Join(dir, "keys")).Output()
	want, readErr := os.ReadFile(filepath.Join(dir, "jwks.json"))
	if err != nil || readErr != nil || string(bytes.TrimSpace(out)) != string(bytes.TrimSpace(want)) {
		t.Errorf("%v %v\n%s\n%s", err, readErr, out, want)
	}
}

func TestUsage(t *testing.T) {
	for _, args := range [][]string{
		{}, {"mint"}, {"serve"}, {"create"}, {"create", "-dir", "x", "y"}, {"serve", "-config", "x", "-dir", "y"}, {"create", "-colour"},
	} {
		err := command(t, args...).Run()
		if e, ok := err.(*exec.ExitError); !ok || e.ExitCode() != 2 {
			t.Errorf("%v: %v, want exit code 2", args, err)
		}
	}
}

func TestFailures(t *testing.T) {
	dir := t.TempDir()
	bad := filepath.Join(dir, "bad.json")
	if err := os.WriteFile(bad, []byte(`{"dir":"x","socket":"y","launcher_uids":[0],"colour":1}`), 0o600); err != nil {
		t.Fatal(err)
	}
	empty := filepath.Join(dir, "empty.json")
	if err := os.WriteFile(empty, []byte(`{"dir":"`+dir+`","socket":"`+dir+`/s","launcher_uids":[0]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"serve", "-config", filepath.Join(dir, "none")}, {"serve", "-config", bad}, {"serve", "-config", empty},
		{"jwks", "-dir", dir}, {"create", "-dir", filepath.Join(dir, "k"), "-issuer", "http://x"},
	} {
		out, err := command(t, args...).CombinedOutput()
		if e, ok := err.(*exec.ExitError); !ok || e.ExitCode() != 1 || len(out) == 0 {
			t.Errorf("%v: %v %s, want exit code 1 and a reason", args, err, out)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "s")); err == nil {
		t.Error("a socket was made before the keys were read")
	}
}

func TestCreate(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "keys")
	out, err := command(t, "create", "-dir", dir).CombinedOutput()
	if err != nil || !bytes.Contains(out, []byte("NAME.csr")) {
		t.Fatalf("%v: %s", err, out)
	}
	made, err := filepath.Glob(filepath.Join(dir, "*.key"))
	if err != nil || len(made) != len(keys.Purposes()) {
		t.Errorf("%d keys, %v", len(made), err)
	}
}

// The key process as it runs in production: ready line, sessions, and an end
// on SIGTERM that leaves nothing behind.
func TestServe(t *testing.T) {
	dir := worldDir(t)
	socket := filepath.Join(t.TempDir(), "keys.sock")
	config := filepath.Join(dir, "keys.json")
	text := fmt.Sprintf(`{"dir":%q,"socket":%q,"launcher_uids":[%d],"one_user":true}`, filepath.Join(dir, "keys"), socket, os.Getuid())
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c := command(t, "serve", "-config", config)
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	c.Stderr = os.Stderr
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || line != "ready keys "+socket+"\n" {
		t.Fatalf("%q, %v", line, err)
	}
	control, err := keys.Dial(socket)
	if err != nil {
		t.Fatal(err)
	}
	f, err := control.Open(context.Background(), [16]byte{1})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := control.Attest(context.Background(), [16]byte{1}, [32]byte{1}); err != nil {
		t.Error(err)
	}
	hidden(t, c.Process.Pid)
	if err := c.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := c.Wait(); err != nil {
		t.Errorf("the key process ended with %v", err)
	}
	if _, err := os.Stat(socket); err == nil {
		t.Error("the socket is still there")
	}
}

// hidden holds the process against what Harden says of it.
func hidden(t *testing.T, pid int) {
	t.Helper()
	limits, err := os.ReadFile(fmt.Sprintf("/proc/%d/limits", pid))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(limits)) {
		if f := strings.Fields(line); strings.HasPrefix(line, "Max core file size") && f[4] != "0" {
			t.Errorf("the key process may dump core: %s", line)
		}
	}
	// A process that is not dumpable belongs to root in /proc, whoever runs it.
	if info, err := os.Stat(fmt.Sprintf("/proc/%d/mem", pid)); err == nil && os.Getuid() != 0 {
		if info.Sys().(*syscall.Stat_t).Uid != 0 {
			t.Error("the key process is dumpable")
		}
	}
}
