//go:build linux

package centre_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"akashi/centre"
	"akashi/testkit/users"
)

// Orders and the folder that root writes in are none of the node's users'.
func TestANodeRefusesWhatItsUsersOwn(t *testing.T) {
	needRoot(t)
	dir := t.TempDir()
	if err := must(theWorld())(t).WriteDir(dir); err != nil {
		t.Fatal(err)
	}
	if err := users.World(dir); err != nil {
		t.Fatal(err)
	}
	c := goodConfig()
	c.Gateway.Key, c.Launcher.Key, c.Bus.Key, c.Bus.Store = "gateway.key", "launcher.key", "nats-server.key", "bus"
	c.Operator = &centre.OperatorFile{Certificate: "operator.pem", Key: "operator.key"}
	c.Audit, c.Root = "audit.log", "none.pem" // it goes no further than to its root
	users.Node(&c)
	path := write(t, filepath.Join(dir, "node.json"), string(must(json.Marshal(c))(t)))
	key, store := filepath.Join(dir, "operator.key"), filepath.Join(dir, "bus")
	for _, x := range []struct {
		name string
		do   func() error
		want string
	}{
		{"all is well", func() error { return nil }, "none.pem"},
		{"orders are the gateway's", func() error { return os.Chown(key, users.Gateway, 0) }, "operator.key: owned by user"},
		{"orders are the worker's", func() error { return os.Chown(key, users.Worker, 0) }, "operator.key: owned by user"},
		{"orders can be read", func() error { os.Chown(key, 0, 0); return os.Chmod(key, 0o644) }, "operator.key: owned by user 0, mode 644"},
		{"orders are given elsewhere", func() error { return os.Remove(key) }, "none.pem"},
		{"the folder is the launcher's", func() error { return os.Chown(store, users.Launcher, 0) }, "bus.store"},
		{"the folder is open", func() error { os.Chown(store, 0, 0); return os.Chmod(store, 0o775) }, "bus.store"},
		{"the folder is a link", func() error { os.Remove(store); return os.Symlink(t.TempDir(), store) }, "bus.store"},
	} {
		if err := x.do(); err != nil {
			t.Fatal(err)
		}
		if err := centre.RunNode(within(t), path, &strings.Builder{}); err == nil || !strings.Contains(err.Error(), x.want) {
			t.Errorf("%s: got %v", x.name, err)
		}
	}
}
