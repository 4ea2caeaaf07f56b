//go:build linux

package centre_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"akashi/centre"
	"akashi/centre/keys"
	"akashi/testkit/residents"
	"akashi/testkit/users"
)

func init() { attacker = attack }

// attack is what whoever has taken a process of the centre over tries from its
// place: to have a key attested and something signed, and to read what is
// another's. It tells how each try ended, "" for a success.
func attack(a []string) {
	folder, launcher, worker, keyProcess := a[0], a[1], a[2], a[3]
	tries := map[string]func() error{
		"sign": func() error { return sign(filepath.Join(folder, "run", "keys.sock")) },
	}
	for _, f := range []string{"launcher.key", "gateway.key", "nats-server.key", "operator.key", "keys/shc.key", "state/audit.log"} {
		tries[f] = func() error { return readable(filepath.Join(folder, f)) }
	}
	for name, pid := range map[string]string{"launcher": launcher, "worker": worker, "key process": keyProcess} {
		tries["memory of "+name] = func() error { return readable("/proc/" + pid + "/mem") }
		tries["files of "+name] = func() error { _, err := os.ReadDir("/proc/" + pid + "/fd"); return err }
		tries["signal to "+name] = func() error { n, _ := strconv.Atoi(pid); return syscall.Kill(n, 0) }
	}
	ended := map[string]string{}
	for name, try := range tries {
		ended[name] = ""
		if err := try(); err != nil {
			ended[name] = err.Error()
		}
	}
	json.NewEncoder(os.Stdout).Encode(ended)
}

// sign goes the launcher's way to a certificate's signature: open, attest, sign.
func sign(socket string) error {
	c, err := keys.Dial(socket)
	if err != nil {
		return err
	}
	id := [16]byte{byte(os.Getuid()), 7}
	f, err := c.Open(context.Background(), id)
	if err != nil {
		return err
	}
	if _, err := c.Attest(context.Background(), id, [32]byte{1}); err != nil {
		return err
	}
	conn, err := net.FileConn(f)
	if err != nil {
		return err
	}
	_, err = keys.NewSession(conn).Sign(keys.PurposeSHC, [32]byte{2})
	return err
}

func readable(path string) error {
	f, err := os.Open(path)
	if err == nil {
		f.Close()
	}
	return err
}

// attacks runs attack as a user, and gives what succeeded.
func (r *real) attacks(user int, pids ...string) map[string]bool {
	r.t.Helper()
	c := exec.Command("/proc/self/exe", append([]string{"attack", r.dir}, pids...)...)
	c.SysProcAttr = &syscall.SysProcAttr{Credential: users.As(user)}
	c.Dir = "/"
	out, err := c.Output()
	var ended map[string]string
	if err != nil || json.Unmarshal(out, &ended) != nil {
		r.t.Fatalf("%v: %s", err, out)
	}
	done := map[string]bool{}
	for name, how := range ended {
		if how == "" {
			done[name] = true
		}
	}
	return done
}

func needRoot(t *testing.T) {
	t.Helper()
	if users.Distinct() {
		return
	}
	if os.Getenv("CI") == "true" {
		t.Fatal("only root can give processes users of their own, and CI must")
	}
	t.Skip("only root can give processes users of their own: left out")
}

// A gateway that is wholly taken over has its own key and no other; neither
// have workers or the launcher what is not theirs. The launcher's own success
// shows that the attack is a real one.
func TestATakenOverGatewayGetsNothingSigned(t *testing.T) {
	needRoot(t)
	r := buildReal(t)
	k := r.kiosk("k0")
	h := must(k.open())(t)
	h.Municipality = residents.Mihon
	must(k.begin(h))(t) // a worker waits
	pids := []string{strconv.Itoa(r.part("launcher")), strconv.Itoa(r.part("worker")), strconv.Itoa(r.keys.cmd.Process.Pid)}
	for _, open := range []bool{false, true} {
		if open { // even if the socket were anybody's to reach
			if err := os.Chmod(r.socket(), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		for user, may := range map[int]string{
			users.Gateway: "gateway.key", users.Worker: "signal to worker", 65534: "",
			users.Launcher: "sign launcher.key state/audit.log memory of launcher files of launcher signal to launcher",
		} {
			for done := range r.attacks(user, pids...) {
				if !strings.Contains(may, done) {
					t.Errorf("user %d, socket open %v: %s", user, open, done)
				}
			}
		}
	}
	if done := r.attacks(users.Launcher, pids...); !done["sign"] || !done["launcher.key"] {
		t.Errorf("the launcher itself cannot: %v", done)
	}
	for part, user := range map[string]int{"gateway": users.Gateway, "launcher": users.Launcher, "worker": users.Worker} {
		b := string(must(os.ReadFile("/proc/" + strconv.Itoa(r.part(part)) + "/status"))(t))
		for _, line := range []string{fmt.Sprintf("Uid:\t%d\t%[1]d\t%[1]d\t%[1]d\n", user), fmt.Sprintf("Gid:\t%d\t%[1]d\t%[1]d\t%[1]d\n", user), "Groups:\t \n", "CapPrm:\t0000000000000000\n", "CapAmb:\t0000000000000000\n", "NoNewPrivs:\t1\n"} {
			if !strings.Contains(b, line) {
				t.Errorf("%s: no %q in its status:\n%s", part, line, b)
			}
		}
		if part != "worker" && !strings.Contains(b, "CapBnd:\t0000000000000000\n") { // a worker's fence lets it start no program
			t.Errorf("%s: its bounding set is not empty:\n%s", part, b)
		}
	}
}

func TestUsersThatAreRefused(t *testing.T) {
	of := func(id int) centre.UserFile { return centre.UserFile{UID: id, GID: id} }
	three := centre.UsersFile{Gateway: of(1), Launcher: of(2), Worker: of(3)}
	with := func(f func(*centre.Config)) centre.Config {
		c, u := goodConfig(), three
		c.OneUser, c.Users, c.Bus.Store = false, &u, "bus"
		f(&c)
		return c
	}
	read := func(c centre.Config) error {
		_, err := centre.ReadConfig(write(t, filepath.Join(t.TempDir(), "node.json"), string(must(json.Marshal(c))(t))))
		return err
	}
	if err := read(with(func(*centre.Config) {})); err != nil {
		t.Fatal(err)
	}
	for what, f := range map[string]func(*centre.Config){
		"want a user each":                 func(c *centre.Config) { c.Users = nil },
		"and not both":                     func(c *centre.Config) { c.OneUser = true },
		"users.gateway and users.launcher": func(c *centre.Config) { c.Users.Launcher.UID = 1 },
		"users.launcher and users.worker":  func(c *centre.Config) { c.Users.Worker.UID = 2 },
		"users.gateway and users.worker":   func(c *centre.Config) { c.Users.Worker.GID = 1 },
		"users.worker: want":               func(c *centre.Config) { c.Users.Worker = centre.UserFile{} },
		"users.launcher: want":             func(c *centre.Config) { c.Users.Launcher.GID = 0 },
		"users.gateway: want":              func(c *centre.Config) { c.Users.Gateway.UID = -1 },
		"bus.store":                        func(c *centre.Config) { c.Bus.Store = "" },
	} {
		if err := read(with(f)); err == nil || !strings.Contains(err.Error(), what) {
			t.Errorf("%s: got %v", what, err)
		}
	}
}

// A node does not start while a key is another's too, and says when all is one
// user's.
func TestWhatANodeSaysOfItsUsers(t *testing.T) {
	dir := t.TempDir()
	if err := must(theWorld())(t).WriteDir(dir); err != nil {
		t.Fatal(err)
	}
	c := goodConfig()
	c.Gateway.Key, c.Launcher.Key, c.Bus.Key = "gateway.key", "launcher.key", "nats-server.key"
	path := filepath.Join(dir, "node.json")
	run := func() (string, error) {
		write(t, path, string(must(json.Marshal(c))(t)))
		var out bytes.Buffer
		err := centre.RunNode(within(t), path, &out)
		return out.String(), err
	}
	c.Audit = "audit.log"
	c.Root = "none.pem" // it goes no further
	if out, err := run(); !errors.Is(err, os.ErrNotExist) || !strings.HasPrefix(out, fmt.Sprintf("one user: gateway, launcher and workers all run as user %d", os.Getuid())) {
		t.Errorf("%q, %v", out, err)
	}
	users.Node(&c)
	if c.OneUser {
		of := func(id int) centre.UserFile { return centre.UserFile{UID: id, GID: id} }
		c.OneUser, c.Users = false, &centre.UsersFile{Gateway: of(1), Launcher: of(2), Worker: of(3)}
		c.Bus.Store = "bus"
		if _, err := run(); err == nil || !strings.Contains(err.Error(), "only root") {
			t.Errorf("not root: %v", err)
		}
		return
	}
	c.Bus.Store = "bus"
	if _, err := run(); err == nil || !strings.Contains(err.Error(), "owned by user 0") {
		t.Errorf("keys of root: %v", err)
	}
	if err := errors.Join(users.World(dir), os.Chmod(filepath.Join(dir, "launcher.key"), 0o640)); err != nil {
		t.Fatal(err)
	}
	if _, err := run(); err == nil || !strings.Contains(err.Error(), "mode 640") {
		t.Errorf("a key that a group may read: %v", err)
	}
	for command, want := range map[string]string{"launcher": "runs as user 0", "gateway": "runs as user 0"} {
		out, err := exec.Command(filepath.Join(must(programs())(t), "centre"), command, "-config", path).CombinedOutput()
		if err == nil || !strings.Contains(string(out), want) {
			t.Errorf("%s by hand: %s", command, out)
		}
	}
}
