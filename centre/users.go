package centre

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"syscall"

	"akashi/centre/keys"
)

// UserFile is a user of the machine, by numbers, and the one group it has.
type UserFile struct {
	UID int `json:"uid"`
	GID int `json:"gid"`
}

// UsersFile says who the node's processes run as. The kernel then keeps the
// gateway, which strangers speak to, from the launcher's key and from the key
// process; and both from the memory of the workers, which see cleartext. The
// node itself runs as root, which it needs to start them, and starts its
// workers at the launcher's word; the key process is not the node's, and has a
// user of its own too.
type UsersFile struct {
	// Gateway owns gateway.key and nothing else.
	Gateway UserFile `json:"gateway"`
	// Launcher owns launcher.key and the audit's folder, and is the one user
	// that the key process answers.
	Launcher UserFile `json:"launcher"`
	// Worker owns nothing. It must be able to execute the worker's program.
	Worker UserFile `json:"worker"`
}

var (
	errUsers   = errors.New("centre: users: want a user each for gateway, launcher and worker, or one_user for development, and not both")
	errNotRoot = errors.New("centre: users: only root can give the node's processes users of their own: start the node as root, or set one_user for development")
)

// oneUserNotice is what a node with one_user says when it starts.
const oneUserNotice = "one user: gateway, launcher and workers all run as user %d, so whoever takes the gateway over can have the key process sign; for development only"

// checkUsers refuses what would leave two processes one user without saying so.
func (c *Config) checkUsers() error {
	if c.OneUser == (c.Users != nil) {
		return errUsers
	}
	if c.OneUser {
		return nil
	}
	if c.Bus.URL == "" && c.Bus.Store == "" {
		return errors.New("centre: bus.store: missing: the folder beside the audit is the launcher's, in which root must not write")
	}
	return c.Users.check()
}

func (u *UsersFile) check() error {
	names := []string{"gateway", "launcher", "worker"}
	all := []UserFile{u.Gateway, u.Launcher, u.Worker}
	for i, a := range all {
		if a.UID <= 0 || a.GID <= 0 {
			return fmt.Errorf("centre: users.%s: want a uid and a gid above 0: nothing is kept from root", names[i])
		}
		for j, b := range all[:i] {
			if a.UID == b.UID || a.GID == b.GID {
				return fmt.Errorf("centre: users.%s and users.%s have one uid or one gid: what is the one's would be the other's; give each its own", names[j], names[i])
			}
		}
	}
	return nil
}

// credential is the user as a new process takes it, without any further group;
// nil for the zero value.
func (u UserFile) credential() *syscall.Credential {
	if u == (UserFile{}) {
		return nil
	}
	return &syscall.Credential{Uid: uint32(u.UID), Gid: uint32(u.GID)}
}

// users gives the configured users; zero ones with one_user.
func (c *Config) users() UsersFile {
	if c.Users == nil {
		return UsersFile{}
	}
	return *c.Users
}

// checkSelf makes sure that a part runs as the user it was given.
func (c *Config) checkSelf(name string, u UserFile) error {
	if u != (UserFile{}) && (os.Getuid() != u.UID || os.Getgid() != u.GID) {
		return fmt.Errorf("centre: the %s runs as user %d, group %d, not as users.%s says: let the node start it", name, os.Getuid(), os.Getgid(), name)
	}
	return nil
}

// checkOwners makes sure, before anything starts, that each key is its user's
// alone: a key that the gateway can read is the gateway's, whoever it was meant
// for.
func (c *Config) checkOwners() error {
	if c.OneUser {
		return nil
	}
	if os.Geteuid() != 0 {
		return errNotRoot
	}
	files := map[string]int{c.Gateway.Key: c.Users.Gateway.UID, c.Launcher.Key: c.Users.Launcher.UID}
	if c.Bus.Key != "" {
		files[c.Bus.Key] = os.Geteuid()
	}
	for path, uid := range files {
		info, err := os.Stat(path)
		if err != nil {
			return err
		}
		owner := ownerOf(info)
		if owner != uid || info.Mode().Perm()&0o077 != 0 {
			return fmt.Errorf("%s: owned by user %d, mode %o: want user %d, and mode 600", path, owner, info.Mode().Perm(), uid)
		}
	}
	return c.checkOperatorKey()
}

// checkOperatorKey makes sure that orders are none of the node's own users' to
// give. Whose the key is beyond that is the operators' to say, and it need not
// lie where the node runs.
func (c *Config) checkOperatorKey() error {
	if c.Operator == nil {
		return nil
	}
	info, err := os.Stat(c.Operator.Key)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	owner, u := ownerOf(info), c.Users
	if owner == u.Gateway.UID || owner == u.Launcher.UID || owner == u.Worker.UID || info.Mode().Perm()&0o077 != 0 {
		return fmt.Errorf("%s: owned by user %d, mode %o: want an operator's own user or root, none of the node's users, and mode 600", c.Operator.Key, owner, info.Mode().Perm())
	}
	return nil
}

// checkStore makes sure that nobody else can lead the node elsewhere from the
// bus's folder, in which it removes and writes as root.
func (c *Config) checkStore() error {
	info, err := os.Lstat(c.Bus.Store)
	if err != nil {
		return err
	}
	if !info.IsDir() || ownerOf(info) != os.Geteuid() || info.Mode().Perm()&0o022 != 0 {
		return fmt.Errorf("centre: bus.store: %s: %v of user %d: want a folder of user %d, no link, that nobody else may write in", c.Bus.Store, info.Mode(), ownerOf(info), os.Geteuid())
	}
	return nil
}

func ownerOf(info fs.FileInfo) int { return int(info.Sys().(*syscall.Stat_t).Uid) }

// checkKeyProcess makes sure that none of the node's own users runs the key
// process: the keys would be that user's.
func (c *Config) checkKeyProcess() error {
	if c.OneUser {
		return nil
	}
	k, err := keys.Dial(c.Launcher.Keys)
	if err != nil {
		return errNoKeys
	}
	uid, err := k.Server()
	if err != nil {
		return err
	}
	for name, u := range map[string]UserFile{"gateway": c.Users.Gateway, "launcher": c.Users.Launcher, "worker": c.Users.Worker} {
		if u.UID == uid {
			return fmt.Errorf("centre: users.%s is user %d, who runs the key process: the keys would be the %s's; give the key process a user of its own", name, uid, name)
		}
	}
	return nil
}

// thisProgram gives this program in a form that a new process of any user can
// execute, wherever it lies, and that is still this one after an upgrade.
func thisProgram() string {
	if runtime.GOOS == "linux" {
		return "/proc/self/exe"
	}
	self, err := os.Executable()
	if err != nil {
		return os.Args[0]
	}
	return self
}
