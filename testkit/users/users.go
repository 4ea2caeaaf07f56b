// Package users gives a chain's processes users of their own, as in
// production, where the machine lets us: where we are root. Elsewhere everything
// is one user's, and the centre says so.
//
// The users are numbers without a name, from a range that Debian leaves free.
package users

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"akashi/centre"
	"akashi/kiosk"
)

// The users, each with the group of its own number.
const (
	Keys = 60900 + iota // the key process
	Gateway
	Launcher
	Worker
	Session // the kiosk's session worker
	Reader
	Print
	Agent // the kiosk's
	Site  // the issuer's public site
)

// Node says so in a node's configuration.
func Node(c *centre.Config) {
	c.OneUser = !Distinct()
	if c.OneUser {
		return
	}
	of := func(id int) centre.UserFile { return centre.UserFile{UID: id, GID: id} }
	c.Users = &centre.UsersFile{Gateway: of(Gateway), Launcher: of(Launcher), Worker: of(Worker)}
}

// Kiosk says so in a kiosk's configuration.
func Kiosk(c *kiosk.Config) {
	if c.OneUser = !Distinct(); !c.OneUser {
		c.UID = kiosk.UID{Session: Session, Reader: Reader, Print: Print}
	}
}

// As is how a process is started as a user: Credential of SysProcAttr. It is
// nil where there is one user. The key process is in the launcher's group,
// which alone reaches its socket.
func As(id int) *syscall.Credential {
	if !Distinct() {
		return nil
	}
	c := &syscall.Credential{Uid: uint32(id), Gid: uint32(id)}
	if id == Keys {
		c.Groups = []uint32{Launcher}
	}
	return c
}

// LauncherUID and LauncherGID give the launcher's, as the key process must
// know them; the group is 0, none, where there is one user.
func LauncherUID() int {
	if Distinct() {
		return Launcher
	}
	return os.Getuid()
}

// LauncherGID: see LauncherUID.
func LauncherGID() int {
	if Distinct() {
		return Launcher
	}
	return 0
}

// Give makes a file, or a folder with all that is in it, a user's own. It does
// nothing where there is one user.
func Give(id int, path string) error {
	if !Distinct() {
		return nil
	}
	return filepath.WalkDir(path, func(p string, _ fs.DirEntry, err error) error {
		return errors.Join(err, os.Lchown(p, id, id))
	})
}

// World gives away the private keys in a folder that testkit/pki wrote, and
// lets everybody through to the public files.
func World(dir string) error {
	if !Distinct() {
		return nil
	}
	return errors.Join(
		os.Chmod(dir, 0o711),
		Give(Keys, filepath.Join(dir, "keys")),
		Give(Gateway, filepath.Join(dir, "gateway.key")),
		Give(Launcher, filepath.Join(dir, "launcher.key")),
		Give(Site, filepath.Join(dir, "site.key")),
	)
}

// Folder makes a user's folder, closed to all others' writing; passage lets
// them through to what they know the name of.
func Folder(id int, path string, passage bool) error {
	mode := fs.FileMode(0o700)
	if passage {
		mode = 0o711
	}
	return errors.Join(os.MkdirAll(path, mode), os.Chmod(path, mode), Give(id, path))
}

// Program gives where any user can execute a program: where it is, if all
// folders above it let them, otherwise a link or copy of it in dir, which must
// let them.
func Program(path, dir string) (string, error) {
	if !Distinct() || reachable(path) {
		return path, nil
	}
	to := filepath.Join(dir, filepath.Base(path))
	if _, err := os.Stat(to); err == nil {
		return to, nil
	}
	if os.Link(path, to) == nil {
		return to, nil
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	return to, os.WriteFile(to, b, 0o755)
}

// reachable reports whether others may pass all folders above path.
func reachable(path string) bool {
	for dir := filepath.Dir(path); ; dir = filepath.Dir(dir) {
		info, err := os.Stat(dir)
		if err != nil || info.Mode().Perm()&0o001 == 0 {
			return false
		}
		if dir == filepath.Dir(dir) {
			return true
		}
	}
}
