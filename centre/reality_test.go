package centre_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"akashi/centre"
	"akashi/centre/audit"
	"akashi/centre/channel"
	"akashi/centre/fleet"
	"akashi/centre/keys"
	"akashi/centre/wire"
	"akashi/testkit/edition"
	shipped "akashi/testkit/programs"
	"akashi/testkit/residents"
	"akashi/testkit/users"
	refvrs "akashi/testkit/vrs"
	"akashi/testkit/vrs/present"
	"akashi/verifier/credential"
)

// built is the folder of the commands, removed after the tests; empty: none.
var built string

// programs has the real commands as they ship.
var programs = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "centre-e2e-")
	if err != nil {
		return "", err
	}
	built = dir
	if err := os.Chmod(dir, 0o755); err != nil { // another user runs the workers
		return "", err
	}
	if err := shipped.Into(context.Background(), dir, "centre/cmd/centre", "centre/cmd/keys"); err != nil {
		return "", err
	}
	return dir, nil
})

// program is one running command.
type program struct {
	cmd   *exec.Cmd
	ready string // its ready line
	lines chan string
	errs  *heard
	gone  chan struct{}
}

// heard keeps what a command complains of; it can be read while the command runs.
type heard struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (e *heard) Write(b []byte) (int, error) { e.mu.Lock(); defer e.mu.Unlock(); return e.b.Write(b) }
func (e *heard) String() string              { e.mu.Lock(); defer e.mu.Unlock(); return e.b.String() }
func (e *heard) Len() int                    { e.mu.Lock(); defer e.mu.Unlock(); return e.b.Len() }

func (h *house) run(name string, args ...string) *program {
	h.t.Helper()
	return h.runAs(0, name, args...)
}

// runAs runs a command as a user of testkit/users; 0: ours.
func (h *house) runAs(user int, name string, args ...string) *program {
	h.t.Helper()
	p := &program{lines: make(chan string, 1000), errs: &heard{}, gone: make(chan struct{})}
	p.cmd = exec.Command(filepath.Join(must(programs())(h.t), name), args...)
	if user != 0 {
		p.cmd.SysProcAttr = &syscall.SysProcAttr{Credential: users.As(user)}
	}
	p.cmd.Stderr = p.errs
	out := must(p.cmd.StdoutPipe())(h.t)
	if err := p.cmd.Start(); err != nil {
		h.t.Fatal(err)
	}
	ready := make(chan string, 1)
	go func() {
		s := bufio.NewScanner(out)
		for s.Scan() {
			if line, ok := strings.CutPrefix(s.Text(), "ready "); ok {
				ready <- line
				continue
			}
			if !strings.HasPrefix(s.Text(), "one user: ") {
				p.lines <- s.Text()
			}
		}
		p.cmd.Wait()
		close(p.gone)
	}()
	h.t.Cleanup(func() { p.cmd.Process.Kill(); <-p.gone })
	select {
	case p.ready = <-ready:
	case <-p.gone:
		h.t.Fatalf("%s %v: %s", name, args, p.errs)
	case <-time.After(hang):
		h.t.Fatalf("%s %v is not ready", name, args)
	}
	return p
}

// real is a house whose every process is the real one, but for VRS and kiosk.
type real struct {
	*house
	node   *program
	keys   *program
	vrs    *refvrs.VRS
	config string
}

func buildReal(t *testing.T) *real {
	t.Helper()
	h := &house{t: t, w: must(theWorld())(t), dir: must(os.MkdirTemp("", "ak"))(t), kiosks: nil} // t.TempDir lets no other user through
	t.Cleanup(func() { os.RemoveAll(h.dir) })
	r := &real{house: h, config: filepath.Join(h.dir, "node.json")}
	for _, err := range []error{
		h.w.WriteDir(h.dir), users.World(h.dir), os.Chmod(h.dir, 0o711),
		users.Folder(users.Keys, filepath.Join(h.dir, "run"), true), users.Folder(users.Launcher, filepath.Join(h.dir, "state"), false),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	addr := r.startVRS()
	r.writeFleet()
	r.startKeys()
	c := centre.Config{
		Node: "n1", Root: "centre-root.pem", Fleet: "fleet.json", Release: "release.json", Audit: "state/audit.log", Events: true,
		Gateway:  centre.GatewayFile{Listen: "127.0.0.1:0", Certificate: "gateway.pem", Key: "gateway.key"},
		Bus:      centre.BusFile{Listen: "127.0.0.1:0", Certificate: "nats-server.pem", Key: "nats-server.key", Store: "bus"},
		Launcher: centre.LauncherFile{Certificate: "launcher.pem", Key: "launcher.key", Keys: r.socket(), Trust: "trust.json", TrustRoot: "trust-root.pem"},
		Operator: &centre.OperatorFile{Certificate: "operator.pem", Key: "operator.key"},
		VRS:      centre.VRSFile{Address: addr, ServerName: "vrs.akashi.invalid", Roots: "vrs-ca.pem", Binding: "vrs-binding.pem"},
	}
	users.Node(&c)
	r.write("node.json", c)
	r.node = h.run("centre", "node", "-config", r.config)
	h.addr = r.node.ready
	return r
}

func (r *real) socket() string { return filepath.Join(r.dir, "run", "keys.sock") }

// startKeys starts the key process, under its own user where we are root.
func (r *real) startKeys() {
	r.t.Helper()
	r.write("keys.json", keys.Config{
		Dir: filepath.Join(r.dir, "keys"), Socket: r.socket(), OneUser: !users.Distinct(),
		LauncherUIDs: []int{users.LauncherUID()}, LauncherGID: users.LauncherGID(),
	})
	r.keys = r.runAs(users.Keys, "keys", "serve", "-config", filepath.Join(r.dir, "keys.json"))
}

func (r *real) write(name string, v any) {
	r.t.Helper()
	if err := os.WriteFile(filepath.Join(r.dir, name), wire.Encode(v), 0o644); err != nil {
		r.t.Fatal(err)
	}
}

func (r *real) startVRS() string {
	r.t.Helper()
	r.vrs = must(refvrs.New(refvrs.OfWorld(r.w)))(r.t)
	if err := r.vrs.Load(residents.Municipalities(), residents.All()); err != nil {
		r.t.Fatal(err)
	}
	ln := must(net.Listen("tcp", "127.0.0.1:0"))(r.t)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { r.vrs.Serve(ctx, ln); close(done) }()
	r.t.Cleanup(func() { cancel(); <-done })
	return ln.Addr().String()
}

func (r *real) writeFleet() {
	var c fleet.Config
	for _, m := range residents.Municipalities() {
		if m.City == "" && !m.Participates {
			c.Suspended = append(c.Suspended, fleet.SuspendedConfig{Code: m.Code})
		}
	}
	screen := edition.Draft(residents.Municipalities(), time.Now())
	screen.Terms.Version = terms
	if err := edition.Write(r.w, screen, filepath.Join(r.dir, "release.json")); err != nil {
		r.t.Fatal(err)
	}
	r.kiosks = map[string]tls.Certificate{}
	for i := range 3 {
		id := "k" + strconv.Itoa(i)
		r.kiosks[id] = must(r.w.Kiosk(id))(r.t)
		d := fleet.Digest(sha256.Sum256(r.kiosks[id].Certificate[0]))
		c.Kiosks = append(c.Kiosks, fleet.KioskConfig{ID: id, Certificate: d.String(), Enabled: true})
	}
	r.write("fleet.json", c)
}

// issue runs one resident's request through everything real.
func (r *real) issue(k *kiosk, id string, kind credential.Kind, municipality string) (wire.Answer, wire.Header, error) {
	resident, ok := residents.Find(id)
	if !ok {
		r.t.Fatalf("no resident %s", id)
	}
	card := must(present.Read(r.w, resident))(r.t)
	h, err := k.open()
	if err != nil {
		return wire.Answer{}, h, err
	}
	h.Municipality, h.Kind = municipality, kind
	e := must(card.Answer(h.SessionDigest()))(r.t)
	a, err := k.begin(h)
	if err != nil {
		return wire.Answer{}, h, err
	}
	s, key, err := channel.SealRequest(a, wire.Request{Header: h, Files: e.Files, Challenge: e.Challenge})
	if err != nil {
		return wire.Answer{}, h, err
	}
	f, err := k.ask(wire.TypeRequest, s)
	if err != nil {
		return wire.Answer{}, h, err
	}
	answer, err := key.Open(must(channel.Body[wire.Sealed](f))(r.t))
	return answer, h, err
}

// event gives the next event line of the node that f wants.
func (r *real) event(f func(audit.Event) bool) audit.Event {
	r.t.Helper()
	for {
		select {
		case line := <-r.node.lines:
			v, err := wire.Decode[audit.Record]([]byte(line), audit.DefaultMaxLine)
			if err != nil {
				r.t.Fatalf("not an event: %q", line)
			}
			if f(v.Event) {
				return v.Event
			}
		case <-time.After(hang):
			r.t.Fatalf("the event does not come: %s", r.node.errs)
		}
	}
}
