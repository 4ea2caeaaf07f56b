package kiosk

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"akashi/centre/oneshot"
	"akashi/printer/folder"
)

// What belongs to another user's processes is made and removed by a process of
// that user: the agent needs no right over others' files.

// DefaultSweep bounds the removal of what a browser or a print process left.
const DefaultSweep = 30 * time.Second

// Show is the body of the browser's process: it makes the folder that the
// browser lives in, which must not be there yet, and becomes the program. It
// returns only with an error.
func Show(dir, program string, args []string) error {
	if err := os.Mkdir(dir, 0o700); err != nil {
		return err
	}
	if err := os.Chdir(dir); err != nil {
		return err
	}
	return syscall.Exec(program, append([]string{program}, args...), os.Environ())
}

// Wipe removes what browsers left below a folder of profiles.
func Wipe(dir string) error {
	old, err := filepath.Glob(filepath.Join(dir, profiles+"*"))
	for _, path := range old {
		err = errors.Join(err, os.RemoveAll(path))
	}
	return err
}

// Sweep removes what a killed print process left in its folder.
func Sweep(dir string) error { return folder.Sweep(dir) }

// as runs one of these as a user, or here where that is ours. ctx does not end
// it: what is left has to go when an agent ends, too.
func (a *Agent) as(user int, do func(string) error, name, dir string) error {
	if user == 0 || user == os.Geteuid() {
		return do(dir)
	}
	p, err := oneshot.Start(context.Background(), oneshot.Spec{Path: a.config.Program, Args: []string{name, dir}, UID: user, MaxLife: DefaultSweep})
	if err != nil {
		return err
	}
	return p.Wait()
}

// sweep removes what a killed print process left; a network printer has no
// folder.
func (a *Agent) sweep() error {
	if a.config.Printer.Folder == "" {
		return nil
	}
	return a.as(a.config.UID.Print, Sweep, "sweep", a.config.Printer.Folder)
}

// wipe removes what browsers left.
func (a *Agent) wipe() error {
	b := a.config.Screen.Browser
	return a.as(b.UID, Wipe, "wipe", b.Profile)
}
