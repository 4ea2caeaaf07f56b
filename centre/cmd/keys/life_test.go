package main_test

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
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"akashi/centre/keys"
	"akashi/testkit/pki"
	"akashi/testkit/softhsm"
)

// patience is a limit against hangs only.
const patience = time.Minute

// does runs the command and gives all that it said; code is its exit code.
func does(t *testing.T, code int, args ...string) string {
	t.Helper()
	c := command(t, args...)
	if conf := os.Getenv(softhsm.Variable); conf != "" {
		c.Env = []string{softhsm.Variable + "=" + conf}
	}
	out, err := c.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) || c.ProcessState.ExitCode() != code {
		t.Fatalf("keys %s: %v, want exit code %d\n%s", strings.Join(args, " "), err, code, out)
	}
	return string(out)
}

func TestHelp(t *testing.T) {
	for _, args := range [][]string{{"help"}, {"-h"}, {"rotate", "-h"}} {
		if text := does(t, 0, args...); !strings.Contains(text, "keys rotate -dir DIR") || !strings.Contains(text, "there is no export") {
			t.Errorf("%v:\n%s", args, text)
		}
	}
	for _, args := range [][]string{{"list", "-dir", "x", "-token", "y"}, {"revoke", "-dir", "x", "-key", "y"}, {"export", "-dir", "x"}} {
		does(t, 2, args...)
	}
}

func TestDays(t *testing.T) {
	for ago, code := range map[int]int{0: 0, 340: 3, 360: 4, 400: 4} {
		w, err := pki.New(nil, func() time.Time { return time.Now().AddDate(0, 0, -ago) })
		if err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		if err := w.WriteDir(dir); err != nil {
			t.Fatal(err)
		}
		if text := does(t, code, "days", "-dir", filepath.Join(dir, "keys")); (code == 0) == strings.Contains(text, "keys rotate -purpose shc") {
			t.Errorf("%d days old:\n%s", ago, text)
		}
	}
}

// serving is a key process at work.
type serving struct {
	*keys.Control
	cmd *exec.Cmd

	mu   sync.Mutex
	said bytes.Buffer
}

func (s *serving) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.said.Write(b)
}

func (s *serving) hasSaid(what string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Contains(s.said.String(), what)
}

func serve(t *testing.T, dir, token string) *serving {
	t.Helper()
	run := t.TempDir()
	socket, config := filepath.Join(run, "s"), filepath.Join(run, "keys.json")
	text := fmt.Sprintf(`{"dir":%q,"token":%q,"socket":%q,"launcher_uids":[%d],"one_user":true}`, dir, token, socket, os.Getuid())
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	s := &serving{cmd: command(t, "serve", "-config", config)}
	s.cmd.Env = []string{softhsm.Variable + "=" + os.Getenv(softhsm.Variable)}
	s.cmd.Stderr = s
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		s.cmd.Wait()
		t.Fatalf("%q, %v: %s", line, err, s.said.String())
	}
	go io.Copy(io.Discard, out)
	if s.Control, err = keys.Dial(socket); err != nil {
		t.Fatal(err)
	}
	return s
}

// attests has the key process open a session and sign.
func (s *serving) attests(t *testing.T, id byte) error {
	t.Helper()
	f, err := s.Open(context.Background(), [16]byte{id})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	_, err = s.Attest(context.Background(), [16]byte{id}, [32]byte{1})
	return err
}

func (s *serving) chain(t *testing.T, p keys.Purpose) string {
	t.Helper()
	public, err := s.Public(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return string(public.Chains[p][0])
}

func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !is(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("never: %s", what)
		}
	}
}

// A centre's keys in a token, by the command alone: made, certified, published,
// at work, changed while at work, missed when the token is gone.
func TestLifeInAToken(t *testing.T) {
	hall := softhsm.Require(t)
	token := hall.Token(t, "akashi")
	w, err := pki.New(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	dir, public := filepath.Join(t.TempDir(), "keys"), filepath.Join(t.TempDir(), "public")
	answer := func() {
		t.Helper()
		if err := w.AnswerAll(dir); err != nil {
			t.Fatal(err)
		}
		does(t, 0, "publish", "-dir", dir, "-out", public)
	}
	does(t, 0, "create", "-dir", dir, "-issuer", pki.IssuerURL, "-token", token.File)
	does(t, 4, "days", "-dir", dir)
	answer()
	does(t, 1, "activate", "-dir", dir) // without the token
	if said := does(t, 0, "activate", "-dir", dir, "-token", token.File); strings.Count(said, "signs from now on") != 6 {
		t.Errorf("activated:\n%s", said)
	}
	does(t, 0, "days", "-dir", dir)
	s := serve(t, dir, token.File)
	if err := s.attests(t, 1); err != nil {
		t.Fatal(err)
	}
	if b, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", s.cmd.Process.Pid)); err != nil || bytes.Contains(b, []byte(token.PIN)) {
		t.Errorf("the PIN is in the arguments, or: %v", err)
	}

	before := s.chain(t, keys.PurposePDF)
	does(t, 1, "rotate", "-dir", dir, "-purpose", "pdf") // would leave the token
	does(t, 0, "rotate", "-dir", dir, "-purpose", "pdf", "-token", token.File)
	answer()
	does(t, 0, "activate", "-dir", dir, "-token", token.File)
	eventually(t, "the new key is at work", func() bool { return s.chain(t, keys.PurposePDF) != before })
	does(t, 0, "rotate", "-dir", dir, "-purpose", "shc", "-token", token.File)
	answer()
	if said := does(t, 1, "activate", "-dir", dir, "-key", "shc-2", "-token", token.File); !strings.Contains(said, "not before") {
		t.Errorf("too early:\n%s", said)
	}
	does(t, 0, "activate", "-dir", dir, "-key", "shc-2", "-now", "-reason", "a test", "-token", token.File)
	if err := s.cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the change is said", func() bool { return s.hasSaid("taken as they are now") })
	does(t, 0, "destroy", "-dir", dir, "-key", "pdf", "-reason", "changed", "-token", token.File)
	if list := does(t, 0, "list", "-dir", dir); strings.Count(list, "token") != 7 || !strings.Contains(list, "destroyed") {
		t.Errorf("list:\n%s", list)
	}

	hall.Remove(t)
	if err := s.attests(t, 2); err != keys.KeyFault {
		t.Errorf("without a token: %v", err)
	}
	hall.Insert(t)
	if err := s.attests(t, 3); err != nil {
		t.Errorf("with the token back: %v", err)
	}
	if err := errors.Join(s.cmd.Process.Signal(syscall.SIGTERM), s.cmd.Wait()); err != nil {
		t.Errorf("the key process ended with %v", err)
	}
	if s.hasSaid(token.PIN) {
		t.Error("the PIN was said")
	}
}

// A wrong PIN stops the start in words, and starting again spends no try.
func TestWrongPIN(t *testing.T) {
	token := softhsm.Require(t).Token(t, "akashi")
	dir := filepath.Join(t.TempDir(), "keys")
	token.WritePIN(t, "wrong-pin-3971")
	said := does(t, 1, "create", "-dir", dir, "-token", token.File)
	if !strings.Contains(said, "refused the PIN") || strings.Contains(said, "3971") {
		t.Errorf("%s", said)
	}
	token.WritePIN(t, token.PIN)
	if said := does(t, 1, "create", "-dir", dir, "-token", token.File); !strings.Contains(said, "run `keys token`") {
		t.Errorf("%s", said)
	}
	does(t, 0, "token", "-token", token.File)
	does(t, 0, "create", "-dir", dir, "-token", token.File)
}
