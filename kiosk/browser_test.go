package kiosk_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"akashi/centre/wire"
	"akashi/centre/wire/release"
	"akashi/kiosk"
	"akashi/kiosk/face"
	"akashi/kiosk/screen"
	"akashi/testkit/browser"
	"akashi/testkit/robot"
)

// nobody is a user who owns nothing here.
const nobody = 65534

// withBrowser is a kiosk that starts its own browser, as a user of its own and
// with its real sandbox; only the panel is lacking.
func withBrowser(t *testing.T, profile string) func(*kiosk.Config) {
	t.Helper()
	browser.Need(t)
	program, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatal(err)
	}
	return func(k *kiosk.Config) {
		withPage(k)
		k.Screen.Browser = kiosk.Browser{Program: program, Profile: profile, Args: []string{"--headless=new", "--disable-gpu", "--remote-debugging-port=0"}}
		if os.Geteuid() == 0 {
			k.Screen.Browser.UID = nobody
		}
		k.Seconds.Farewell = 1
	}
}

// memory makes a folder on a memory file system that any user may enter.
func memory(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "ak")
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if os.Geteuid() == 0 { // it is the browser's own
		if err := errors.Join(os.Chmod(dir, 0o700), os.Chown(dir, nobody, nobody)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// profileOf waits for a browser with another profile than old and gives it.
func profileOf(t *testing.T, dir, old string) string {
	t.Helper()
	for begun := time.Now(); time.Since(begun) < hang; time.Sleep(20 * time.Millisecond) {
		all, _ := filepath.Glob(filepath.Join(dir, "*"))
		if len(all) == 1 && all[0] != old && len(namers(all[0])) > 2 {
			return all[0]
		}
	}
	t.Fatalf("no browser but that of %q", old)
	return ""
}

// namers gives the processes whose command line names a profile.
func namers(profile string) []int {
	all, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	var some []int
	for _, f := range all {
		var pid int
		if b, err := os.ReadFile(f); err == nil && strings.Contains(string(b), profile) {
			fmt.Sscanf(f, "/proc/%d/", &pid)
			some = append(some, pid)
		}
	}
	return some
}

func (c *town) post(path string) {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.t.Context(), hang)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.page+path, nil)
	if err != nil {
		c.t.Fatal(err)
	}
	r.Header.Set("Origin", c.page)
	a, err := http.DefaultClient.Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	a.Body.Close()
	if a.StatusCode >= 300 {
		c.t.Fatal(a.Status)
	}
}

// A browser lives for one session: it goes when the end was read, when nobody
// reads it, and with the agent; a crash brings a new one, also in the middle of a
// session, which is then over. Nothing of the old one is left, process or file.
func TestBrowserLivesForOneSession(t *testing.T) {
	dir := memory(t)
	c := newTown(t, withBrowser(t, dir))
	c.await(wire.OK)
	first := profileOf(t, dir, "")
	for _, pid := range namers(first) {
		var st syscall.Stat_t
		if syscall.Stat(fmt.Sprintf("/proc/%d", pid), &st) == nil && st.Uid == 0 {
			t.Errorf("process %d of the browser is root's", pid)
		}
	}
	gone := func(profile string) {
		t.Helper()
		if left := namers(profile); len(left) > 0 {
			t.Errorf("processes %v are left", left)
		}
		if _, err := os.Stat(profile); err == nil {
			t.Errorf("the profile is left")
		}
	}
	c.post("/done")
	second := profileOf(t, dir, first)
	gone(first)
	for _, pid := range namers(second)[:1] {
		syscall.Kill(pid, syscall.SIGKILL)
	}
	third := profileOf(t, dir, second)
	gone(second)
	third = browserKilledInASession(t, c, dir, third)
	c.post("/session") // nobody ever connects: the door closes, the session ends, nobody reads how
	c.stop()
	gone(third)
	if all, _ := filepath.Glob(filepath.Join(dir, "*")); len(all) != 0 {
		t.Errorf("left: %v", all)
	}
}

// stop ends the agent in order.
func (c *town) stop() {
	c.t.Helper()
	c.agent.Process.Signal(syscall.SIGTERM)
	select {
	case <-c.done:
	case <-time.After(hang):
		c.t.Fatal("the agent does not end")
	}
}

// withSleeper is a kiosk whose browser does nothing but live.
func withSleeper(t *testing.T, dir string) func(*kiosk.Config) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("only root gives the browser a user of its own")
	}
	script := filepath.Join(t.TempDir(), "browser")
	if err := os.WriteFile(script, []byte("#!/bin/sh\nexec sleep 1000\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	for d := filepath.Dir(script); d != "/" && d != os.TempDir(); d = filepath.Dir(d) {
		if err := os.Chmod(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return func(k *kiosk.Config) {
		withPage(k)
		k.Screen.Browser = kiosk.Browser{Program: script, Profile: dir, UID: nobody}
		k.Seconds.Farewell = 3
	}
}

// another waits for the one browser's profile that is not old.
func another(t *testing.T, dir, old string) string {
	t.Helper()
	for begun := time.Now(); time.Since(begun) < hang; time.Sleep(20 * time.Millisecond) {
		if all, _ := filepath.Glob(filepath.Join(dir, "akashi-screen-*")); len(all) == 1 && all[0] != old {
			return all[0]
		}
	}
	t.Fatalf("no browser but that of %q", old)
	return ""
}

// No browser starts beside what an earlier one left; a start that is refused
// does not take a farewell back: the browser of the session before goes.
func TestBrowserStartsCleanAndGoes(t *testing.T) {
	dir := memory(t)
	left := filepath.Join(dir, "akashi-screen-left")
	if err := os.MkdirAll(filepath.Join(left, "somebody's"), 0o700); err != nil { // root's: the browser's user cannot remove it
		t.Fatal(err)
	}
	c := newTown(t, withSleeper(t, dir))
	c.await(wire.OK)
	time.Sleep(2 * kiosk.DefaultAnew)
	if all, _ := filepath.Glob(filepath.Join(dir, "akashi-screen-*")); len(all) != 1 {
		t.Errorf("beside what an earlier one left: %v", all)
	}
	if err := os.RemoveAll(left); err != nil {
		t.Fatal(err)
	}
	first := another(t, dir, left)
	s := c.pressStart()
	robot.Follow(t.Context(), s.Address, c.page, s.Token, robot.Plan{Seen: func(face.Tell) {}, Refuse: true})
	c.release(next(7, func(r *release.Release) {
		y, m, d := time.Now().In(release.Japan).Date()
		r.Closed = []release.Day{release.Day(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Format(time.DateOnly))}
	}))
	c.await(wire.OutOfHours)
	if s := c.pressStart(); s.Code != wire.OutOfHours {
		t.Errorf("on a closed day: %+v", s)
	}
	another(t, dir, first)
}

// pressStart asks for a session as the page does.
func (c *town) pressStart() (s screen.Started) {
	c.t.Helper()
	r, err := http.NewRequestWithContext(c.t.Context(), http.MethodPost, c.page+"/session?release=0", nil)
	if err != nil {
		c.t.Fatal(err)
	}
	r.Header.Set("Origin", c.page)
	a, err := http.DefaultClient.Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer a.Body.Close()
	if err := json.NewDecoder(a.Body).Decode(&s); err != nil {
		c.t.Fatal(err)
	}
	return s
}
