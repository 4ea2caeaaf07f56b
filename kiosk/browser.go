package kiosk

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"akashi/centre/oneshot"
)

// Times of the browser.
const (
	DefaultFarewell = 2 * time.Minute       // from a session's end until its browser goes, whether or not anybody has read how it ended
	DefaultAnew     = time.Second           // before a browser that ended by itself is started again
	DefaultGone     = 10 * time.Second      // for killed processes to be gone
	goneLook        = 20 * time.Millisecond // between two looks at them
	maxStat         = 1 << 10               // bytes of /proc/PID/stat
	profiles        = "akashi-screen-"      // how the folder of a profile is called
)

// Browser is the program that shows the page on this kiosk's panel. It lives
// for one session, as does its profile: what a browser keeps beside the page
// (caches, what it drew) ends with the resident's visit.
type Browser struct {
	Program string   `json:"program,omitempty"` // Chromium; empty: none is started, somebody else opens the page
	Profile string   `json:"profile,omitempty"` // folder on a memory file system, such as /dev/shm
	UID     int      `json:"uid,omitempty"`     // its user, not root: as root it would run without its sandbox
	Args    []string `json:"args,omitempty"`    // more of its switches, for the panel at hand
}

// browserArgs make Chromium a kiosk: one page, nothing of its own around it,
// nothing fetched, nothing offered.
var browserArgs = []string{
	"--kiosk", "--no-first-run", "--no-default-browser-check", "--disable-pinch", "--overscroll-history-navigation=0",
	"--noerrdialogs", "--disable-session-crashed-bubble", "--disable-component-update", "--disable-background-networking",
	"--disable-sync", "--disable-extensions", "--disable-breakpad", "--disable-crash-reporter", "--disable-print-preview",
	"--disable-features=Translate,MediaRouter,OptimizationHints,AutofillServerCommunication", "--password-store=basic",
	"--deny-permission-prompts", "--autoplay-policy=no-user-gesture-required", "--disk-cache-size=1",
}

// check names what is wrong with the configuration of a browser.
func (b Browser) check() error {
	if b.Program == "" {
		return nil
	}
	switch {
	case os.Geteuid() == 0 && b.UID <= 0, b.UID < 0:
		return fmt.Errorf("%w: screen.browser.uid: the agent is root and the browser must not be; give it a user of its own", ErrConfig)
	case !filepath.IsAbs(b.Program) || !filepath.IsAbs(b.Profile):
		return fmt.Errorf("%w: screen.browser: want the whole paths of program and profile", ErrConfig)
	case !onMemory(b.Profile):
		return fmt.Errorf("%w: screen.browser.profile: %s is not on a memory file system, such as /dev/shm", ErrConfig, b.Profile)
	case b.UID > 0 && !b.owns():
		return fmt.Errorf("%w: screen.browser.profile: %s is not the browser's user's, %d; give it to them", ErrConfig, b.Profile, b.UID)
	}
	return nil
}

// owns reports whether the folder of profiles is the browser's own: it makes
// and removes them itself.
func (b Browser) owns() bool {
	var st syscall.Stat_t
	return syscall.Stat(b.Profile, &st) == nil && int(st.Uid) == b.UID
}

// browse keeps a browser in front until ctx ends: a new one for each session,
// and whenever one ends by itself. turn says that a session's is to go.
func (a *Agent) browse(ctx context.Context, turn <-chan struct{}) {
	clean := a.wipe() // of an agent that was killed
	for ctx.Err() == nil {
		err := clean
		if err == nil { // never beside what an earlier one left
			err = a.show(ctx, turn)
		}
		if err != nil {
			a.shown(false)
			wait(ctx, DefaultAnew)
		}
		clean = a.wipe()
	}
}

// show has one browser in front until it is to go; an error says that it ended
// by itself, or did not start.
func (a *Agent) show(ctx context.Context, turn <-chan struct{}) error {
	c, err := a.chromium()
	if err != nil {
		return err
	}
	a.shown(true)
	return c.await(ctx, turn)
}

// chromium is one running browser.
type chromium struct {
	cmd  *exec.Cmd
	done chan struct{}
}

// chromium starts one, as its own user and in a folder that it makes itself.
func (a *Agent) chromium() (*chromium, error) {
	b := a.config.Screen.Browser
	dir := filepath.Join(b.Profile, profiles+rand.Text())
	c := &chromium{done: make(chan struct{})}
	c.cmd = exec.Command(a.config.Program, slices.Concat([]string{"show", dir, b.Program}, browserArgs, b.Args, []string{"--user-data-dir=" + filepath.Join(dir, "profile"), a.config.Origin + "/"})...)
	c.cmd.Dir = string(os.PathSeparator)
	c.cmd.Env = []string{"HOME=" + dir, "TMPDIR=" + dir, "PATH=/usr/bin:/bin", "LANG=ja_JP.UTF-8"}
	for _, name := range []string{"DISPLAY", "WAYLAND_DISPLAY", "XDG_RUNTIME_DIR", "XAUTHORITY"} {
		if v := os.Getenv(name); v != "" {
			c.cmd.Env = append(c.cmd.Env, name+"="+v)
		}
	}
	c.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if b.UID > 0 && b.UID != os.Geteuid() {
		c.cmd.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(b.UID), Gid: uint32(b.UID)}
	}
	if err := oneshot.Tie(c.cmd); err != nil { // it goes with the agent, not with the thread that starts it
		return nil, err
	}
	go func() { c.cmd.Wait(); close(c.done) }()
	return c, nil
}

// await comes back when nothing of the browser is left; an error says that it
// ended by itself.
func (c *chromium) await(ctx context.Context, turn <-chan struct{}) error {
	var err error
	select {
	case <-ctx.Done():
	case <-turn:
	case <-c.done:
		err = fmt.Errorf("kiosk: the browser ended by itself")
	}
	c.kill()
	return err
}

// kill ends the browser and every process that it started, and waits until
// they are gone: what one of them still writes would outlive the profile.
func (c *chromium) kill() {
	for begun := time.Now(); time.Since(begun) < DefaultGone; time.Sleep(goneLook) {
		left := inSession(c.cmd.Process.Pid)
		for _, pid := range left {
			syscall.Kill(pid, syscall.SIGKILL)
		}
		select {
		case <-c.done:
			if len(left) == 0 {
				return
			}
		default:
		}
	}
}

// inSession gives the processes of a session (setsid) that have not ended.
func inSession(sid int) []int {
	all, _ := filepath.Glob("/proc/[0-9]*/stat")
	var some []int
	for _, path := range all {
		b, err := os.ReadFile(path)
		if err != nil || len(b) > maxStat {
			continue
		}
		// pid (name) state ppid pgrp session …; the name may hold anything
		fields := strings.Fields(string(b[strings.LastIndexByte(string(b), ')')+1:]))
		if len(fields) < 4 || fields[0] == "Z" || fields[3] != strconv.Itoa(sid) {
			continue
		}
		if pid, err := strconv.Atoi(filepath.Base(filepath.Dir(path))); err == nil {
			some = append(some, pid)
		}
	}
	return some
}

func wait(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
