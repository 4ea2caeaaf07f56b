package keys_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/sha256"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"akashi/centre/keys"
)

func TestAnotherUserIsRefused(t *testing.T) {
	custody, err := keys.Open(keyDir(t))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "s")
	ln, err := keys.Listen(path, 0)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- keys.Serve(ctx, ln, custody, keys.Limits{Launchers: []int{os.Getuid() + 1}}) }()
	if _, err := keys.Dial(path); err != keys.NotLauncher {
		t.Errorf("another user: %v", err)
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestServeEndsEverything(t *testing.T) {
	p := start(t, keys.Limits{})
	s := p.session(t, 1)
	if err := p.stop(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Sign(keys.PurposeSHC, [32]byte{1}); err == nil {
		t.Error("a session outlived the key process")
	}
	if _, err := p.Open(context.Background(), [16]byte{1}); err == nil {
		t.Error("the key process answers after its end")
	}
	if _, err := keys.Dial(p.path); err == nil {
		t.Error("Dial found a key process that has ended")
	}
}

func TestCancelledQuestionReturns(t *testing.T) {
	path := filepath.Join(t.TempDir(), "silent")
	ln, err := net.Listen("unix", path) // takes connections and never answers
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	p := start(t, keys.Limits{})
	ctx, cancel := context.WithCancel(context.Background())
	control := controlAt(t, p, path)
	done := make(chan error, 2)
	go func() { _, err := control.Open(ctx, [16]byte{1}); done <- err }()
	go func() { _, err := control.Public(ctx); done <- err }()
	cancel()
	for range 2 {
		select {
		case err := <-done:
			if !errors.Is(err, context.Canceled) {
				t.Errorf("%v, want %v", err, context.Canceled)
			}
		case <-time.After(patience):
			t.Fatal("a cancelled question hangs")
		}
	}
}

// controlAt gives a Control whose key process has been replaced by what
// listens at path.
func controlAt(t *testing.T, p process, path string) *keys.Control {
	t.Helper()
	if err := p.stop(); err != nil {
		t.Fatal(err)
	}
	os.Remove(p.path)
	if err := os.Symlink(path, p.path); err != nil {
		t.Fatal(err)
	}
	return p.Control
}

// What answers is not always a key process: every wrong answer is an error,
// and no descriptor that came with it stays open.
func TestControlRefusesWrongAnswers(t *testing.T) {
	for name, answer := range map[string][]byte{
		"nothing": nil, "short": {1, 0, 0}, "no descriptor": {1, 0, 0, 0, 0, 0},
		"body": {1, 0, 0, 0, 0, 1, 7}, "version": {3, 0, 0, 0, 0, 0}, "no JSON": {1, 0, 0, 0, 0, 2, '{', ']'},
		"empty signature": {1, 0, 0, 0, 0, 0}, "unknown refusal": {1, 99, 0, 0, 0, 0},
	} {
		p := start(t, keys.Limits{})
		path := filepath.Join(t.TempDir(), "s")
		ln, err := net.Listen("unix", path)
		if err != nil {
			t.Fatal(err)
		}
		go func() {
			for {
				conn, err := ln.Accept()
				if err != nil {
					return
				}
				io.ReadFull(conn, make([]byte, 50))
				conn.Write(answer)
				conn.Close()
			}
		}()
		control, ctx := controlAt(t, p, path), context.Background()
		if f, err := control.Open(ctx, [16]byte{1}); err == nil || f != nil {
			t.Errorf("%s: Open passed", name)
		}
		if _, err := control.Attest(ctx, [16]byte{1}, [32]byte{}); err == nil {
			t.Errorf("%s: Attest passed", name)
		}
		if _, err := control.Public(ctx); err == nil {
			t.Errorf("%s: Public passed", name)
		}
		if _, err := control.Counts(ctx); err == nil {
			t.Errorf("%s: Counts passed", name)
		}
		ln.Close()
	}
}

func TestPublic(t *testing.T) {
	p, w := start(t, keys.Limits{}), theWorld(t)
	public, err := p.Public(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	kid, err := keys.Thumbprint(&w.SHC.Key.PublicKey)
	if err != nil || public.KeyID != kid {
		t.Errorf("key id %q, want %q (%v)", public.KeyID, kid, err)
	}
	for _, purpose := range keys.Purposes() {
		chain, err := public.Certificates(purpose)
		if err != nil || len(chain) == 0 {
			t.Errorf("%s: %v", purpose, err)
		}
	}
	if _, err := public.Certificates("mint"); err == nil {
		t.Error("an unknown purpose has a chain")
	}
	public.Chains[keys.PurposePDF] = [][]byte{{1}}
	if _, err := public.Certificates(keys.PurposePDF); err == nil {
		t.Error("a broken chain parses")
	}
}

func TestManySessionsAtOnce(t *testing.T) {
	p, w := start(t, keys.Limits{}), theWorld(t)
	var all sync.WaitGroup
	for id := range byte(32) {
		all.Go(func() {
			f, err := p.Open(context.Background(), [16]byte{id + 1})
			if err != nil {
				t.Error(err)
				return
			}
			conn, err := net.FileConn(f)
			f.Close()
			if err != nil {
				t.Error(err)
				return
			}
			defer conn.Close()
			digest := sha256.Sum256([]byte{id})
			der, err := keys.NewSession(conn).Sign(keys.PurposeReceipt, digest)
			if err != nil || !ecdsa.VerifyASN1(&w.Receipt.Key.PublicKey, digest[:], der) {
				t.Errorf("session %d: %v", id, err)
			}
		})
	}
	all.Wait()
	if c := p.counts(t); c.Sessions != 32 || c.Signed[keys.PurposeReceipt] != 32 {
		t.Errorf("counts: %+v", c)
	}
}

// Who may be a launcher, and who reaches the socket at all.
func TestAnotherUserThanTheKeyProcess(t *testing.T) {
	for _, c := range []struct {
		launchers []int
		oneUser   bool
		ok        bool
	}{
		{[]int{902}, false, true}, {[]int{902, 900}, false, false}, {[]int{0}, false, false}, {[]int{900}, true, true},
	} {
		config := keys.Config{LauncherUIDs: c.launchers, OneUser: c.oneUser}
		if err := config.CheckUser(900); (err == nil) != c.ok {
			t.Errorf("%+v: %v", c, err)
		}
	}
	for _, bad := range []string{`"launcher_uids":[-1]`, `"launcher_uids":[1],"launcher_gid":-1`} {
		if _, err := keys.ParseConfig([]byte(`{"dir":"d","socket":"s",` + bad + `}`)); err == nil {
			t.Errorf("%s: read", bad)
		}
	}
	dir := t.TempDir()
	for gid, want := range map[int]os.FileMode{0: 0o600, os.Getgid() + 1: 0o660} {
		if gid != 0 && os.Getuid() != 0 {
			continue // only root is a member of any group
		}
		path := filepath.Join(dir, "s")
		ln, err := keys.Listen(path, gid)
		if err != nil {
			t.Fatal(err)
		}
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != want {
			t.Errorf("group %d: %v, %v", gid, info.Mode(), err)
		}
		ln.Close()
	}
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	if _, err := keys.Listen(filepath.Join(dir, "s"), 0); err != keys.ErrFolder {
		t.Errorf("a folder that is open to all: %v", err)
	}
	if err := errors.Join(os.Chmod(dir, 0o755), os.Chown(dir, 60901, 60901)); err != nil {
		return // only root gives a folder away
	}
	if _, err := keys.Listen(filepath.Join(dir, "s"), 0); err != keys.ErrFolder {
		t.Errorf("another user's folder: %v", err)
	}
}

func TestListen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	first, err := keys.Listen(path, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := keys.Listen(path, 0); err == nil {
		t.Fatal("a socket that answers was taken over")
	}
	first.SetUnlinkOnClose(false) // as a killed process leaves it
	first.Close()
	second, err := keys.Listen(path, 0)
	if err != nil {
		t.Fatalf("a socket left behind was not replaced: %v", err)
	}
	second.Close()
	if err := os.WriteFile(path, []byte("a file"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := keys.Listen(path, 0); err == nil {
		t.Error("a file was replaced by a socket")
	}
	if _, err := keys.Listen("/"+strings.Repeat("x", 200), 0); err == nil {
		t.Error("a path that no socket can have passed")
	}
}
