package centre_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/json"
	"errors"
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
	"akashi/centre/issue"
	"akashi/centre/keys"
	"akashi/centre/vrs"
	"akashi/centre/wire"
	"akashi/testkit/residents"
	refvrs "akashi/testkit/vrs"
	"akashi/testkit/vrs/present"
	"akashi/verifier"
	"akashi/verifier/credential"
)

// programs builds the real commands once, without cgo as they ship.
var programs = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "centre-e2e-")
	if err != nil {
		return "", err
	}
	if err := os.Chmod(dir, 0o755); err != nil { // another user runs the workers
		return "", err
	}
	for _, p := range []string{"centre", "keys"} {
		cmd := exec.Command("go", "build", "-o", filepath.Join(dir, p), "akashi/centre/cmd/"+p)
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			return "", errors.New(string(out))
		}
	}
	return dir, nil
})

// program is one running command.
type program struct {
	cmd   *exec.Cmd
	ready string // its ready line
	lines chan string
	errs  *bytes.Buffer
	gone  chan struct{}
}

func (h *house) run(name string, args ...string) *program {
	h.t.Helper()
	p := &program{lines: make(chan string, 1000), errs: &bytes.Buffer{}, gone: make(chan struct{})}
	p.cmd = exec.Command(filepath.Join(must(programs())(h.t), name), args...)
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
			p.lines <- s.Text()
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
	vrs    *refvrs.VRS
	config string
}

func buildReal(t *testing.T) *real {
	t.Helper()
	h := &house{t: t, w: must(theWorld())(t), dir: t.TempDir(), kiosks: nil}
	if err := h.w.WriteDir(h.dir); err != nil {
		t.Fatal(err)
	}
	r := &real{house: h, config: filepath.Join(h.dir, "node.json")}
	addr := r.startVRS()
	r.writeFleet()
	socket := filepath.Join(must(os.MkdirTemp("", "k"))(t), "s") // t.TempDir may be too long for a socket
	t.Cleanup(func() { os.RemoveAll(filepath.Dir(socket)) })
	r.write("keys.json", keys.Config{Dir: filepath.Join(h.dir, "keys"), Socket: socket, LauncherUIDs: []int{os.Getuid()}})
	h.run("keys", "serve", "-config", filepath.Join(h.dir, "keys.json"))
	c := centre.Config{
		Node: "n1", Root: "centre-root.pem", Fleet: "fleet.json", Audit: "audit.log", Events: true,
		Gateway:  centre.GatewayFile{Listen: "127.0.0.1:0", Certificate: "gateway.pem", Key: "gateway.key"},
		Bus:      centre.BusFile{Listen: "127.0.0.1:0", Certificate: "nats-server.pem", Key: "nats-server.key"},
		Launcher: centre.LauncherFile{Certificate: "launcher.pem", Key: "launcher.key", Keys: socket, Trust: "trust.json", TrustRoot: "trust-root.pem"},
		VRS:      centre.VRSFile{Address: addr, ServerName: "vrs.akashi.invalid", Roots: "vrs-ca.pem", Binding: "vrs-binding.pem"},
	}
	if os.Getuid() == 0 {
		c.Launcher.WorkerUID = 65534
	}
	r.write("node.json", c)
	r.node = h.run("centre", "node", "-config", r.config)
	h.addr = r.node.ready
	return r
}

func (r *real) write(name string, v any) {
	r.t.Helper()
	if err := os.WriteFile(filepath.Join(r.dir, name), wire.Encode(v), 0o600); err != nil {
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
	c := fleet.Config{Terms: terms}
	for _, m := range residents.Municipalities() {
		x := fleet.MunicipalityConfig{Code: m.Code, City: m.City, Phone: m.Phone, Fee: m.Fee}
		if m.City == "" {
			x.TakesPart, x.Kinds, x.Opens, x.Closes = m.Participates, []string{"domestic", "overseas"}, "00:00", "24:00"
		}
		c.Municipalities = append(c.Municipalities, x)
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

func TestTheRealCentreIssues(t *testing.T) {
	r := buildReal(t)
	k := r.kiosk("k0")
	list := must(r.w.TrustList())(t)
	a, h, err := r.issue(k, "yoshida", credential.Domestic, residents.Mihon)
	if err != nil || a.Code != wire.OK {
		t.Fatalf("%v, %v: %s", a.Code, err, r.node.errs)
	}
	if err := channel.CheckReceipt(r.w.Centre.Pool(), a.Delivery.Receipt, time.Now()); err != nil {
		t.Error(err)
	}
	digest := h.SessionDigest()
	if !bytes.Equal(a.Delivery.Receipt.SessionDigest, digest[:]) || a.Delivery.Receipt.Counter != h.Counter {
		t.Error("the receipt is another request's")
	}
	resident, _ := residents.Find("yoshida")
	v, err := verifier.Verify(a.Delivery.Codes[0], list, time.Now())
	if err != nil || !strings.HasPrefix(string(a.Delivery.PDF), "%PDF") {
		t.Errorf("the code does not verify: %v", err)
	} else if v.Name != resident.Card.Name && strings.ReplaceAll(v.Name, " ", "　") != resident.Card.Name {
		t.Errorf("the code names %q", v.Name)
	}
	e := r.event(func(e audit.Event) bool { return e.Ended != nil }).Ended
	for step, micros := range e.Micros {
		if micros == 0 {
			t.Errorf("%s took no time", issue.Step(step))
		}
	}
	if e.Code != wire.OK || e.Kiosk != "k0" {
		t.Errorf("event %+v", e)
	}
	r.settles(k, a.Delivery)
	for id, want := range map[string]wire.Code{"norecord": wire.NoRecord, "needscheck": wire.RecordNeedsCheck} {
		if a, _, err := r.issue(k, id, credential.Domestic, residents.Mihon); err != nil || a.Code != want || a.Delivery != nil {
			t.Errorf("%s: %v, %v", id, a.Code, err)
		}
	}
	r.leavesNothing()
}

func (r *real) settles(k *kiosk, d *wire.Delivery) {
	r.t.Helper()
	word := wire.Encode(vrs.Settlement{Token: d.SettleToken, Outcome: vrs.Delivered})
	s := must(channel.SealSettlement(d.SettleKey, residents.Mihon, word))(r.t)
	if _, err := k.ask(wire.TypeSettle, s); err != nil {
		r.t.Errorf("settle: %v", err)
	}
	counts := must(r.vrs.Counts(context.Background()))(r.t)
	if counts[refvrs.State(vrs.Delivered)] != 1 {
		r.t.Errorf("VRS counts %v", counts)
	}
	r.event(func(e audit.Event) bool { return e.Settled != nil && e.Settled.Code == wire.OK })
}

// leavesNothing ends the node in order: its children are gone, its log is
// whole, and nothing was said on standard error.
func (r *real) leavesNothing() {
	r.t.Helper()
	children := descendants(r.t, r.node.cmd.Process.Pid)
	if len(children) == 0 {
		r.t.Error("the node has no launcher")
	}
	r.node.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-r.node.gone:
	case <-time.After(hang):
		r.t.Fatal("the node does not end")
	}
	if !r.node.cmd.ProcessState.Success() || r.node.errs.Len() > 0 {
		r.t.Errorf("%v: %s", r.node.cmd.ProcessState, r.node.errs)
	}
	r.allGone(children)
	out, err := exec.Command(filepath.Join(must(programs())(r.t), "centre"), "audit", "-verify", filepath.Join(r.dir, "audit.log")).CombinedOutput()
	if err != nil || !strings.Contains(string(out), "chain whole") {
		r.t.Errorf("audit -verify: %s", out)
	}
}

// descendants gives a process's children and theirs.
func descendants(t testing.TB, pid int) []int {
	t.Helper()
	files, err := filepath.Glob("/proc/" + strconv.Itoa(pid) + "/task/*/children")
	if err != nil {
		t.Fatal(err)
	}
	var all []int
	for _, f := range files {
		b, _ := os.ReadFile(f)
		for _, s := range strings.Fields(string(b)) {
			n, _ := strconv.Atoi(s)
			all = append(append(all, n), descendants(t, n)...)
		}
	}
	return all
}

func (h *house) allGone(pids []int) {
	h.t.Helper()
	h.until("the children are gone", func() bool {
		for _, pid := range pids {
			b, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
			if err == nil && !bytes.Contains(b, []byte(") Z ")) {
				return false
			}
		}
		return true
	})
}

func TestChildrenEndWithAKilledNode(t *testing.T) {
	r := buildReal(t)
	k := r.kiosk("k0")
	h := must(k.open())(t)
	h.Municipality = residents.Mihon
	must(k.begin(h))(t) // a worker waits
	children := descendants(t, r.node.cmd.Process.Pid)
	if len(children) < 2 {
		t.Fatalf("launcher and worker: %v", children)
	}
	r.fenced(children)
	r.node.cmd.Process.Kill()
	r.allGone(children)
}

// fenced looks from outside at whether the worker is: seccomp, no new
// privileges, its own user.
func (r *real) fenced(pids []int) {
	r.t.Helper()
	found := false
	for _, pid := range pids {
		b, _ := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
		s := string(b)
		if !strings.Contains(s, "Seccomp:\t2") {
			continue
		}
		found = true
		if !strings.Contains(s, "NoNewPrivs:\t1") || (os.Getuid() == 0 && !strings.Contains(s, "Uid:\t65534\t65534")) {
			r.t.Errorf("the worker's status: %s", s)
		}
	}
	if !found {
		r.t.Error("no child is fenced")
	}
}

func TestTheNodeStartsItsLauncherAgain(t *testing.T) {
	r := buildReal(t)
	k := r.kiosk("k0")
	must(k.open())(t)
	for _, pid := range descendants(t, r.node.cmd.Process.Pid) {
		syscall.Kill(pid, syscall.SIGKILL)
	}
	r.until("it serves again", func() bool {
		_, err := k.open()
		if err != nil && !errors.Is(err, wire.Busy) && !errors.Is(err, wire.Internal) {
			t.Fatalf("meanwhile: %v", err)
		}
		return err == nil
	})
	if a, _, err := r.issue(k, "yoshida", credential.Domestic, residents.Mihon); err != nil || a.Code != wire.OK {
		t.Errorf("after it: %v, %v", a.Code, err)
	}
}

func TestAWorkerWithoutALauncherEnds(t *testing.T) {
	out, err := exec.Command(filepath.Join(must(programs())(t), "centre"), "worker").CombinedOutput()
	if err == nil || !strings.Contains(string(out), "started by a launcher") {
		t.Errorf("%v: %s", err, out)
	}
}

func TestCommandsTellState(t *testing.T) {
	r := buildReal(t)
	r.kiosk("k0").alarm()
	url := r.busURL()
	tell := func(args ...string) (s centre.State) {
		t.Helper()
		c := exec.Command(filepath.Join(must(programs())(t), "centre"), append([]string{"state", "-config", r.config, "-bus", url, "-operator", "7"}, args...)...)
		out, err := c.CombinedOutput()
		if err != nil || json.Unmarshal(out, &s) != nil {
			t.Fatalf("%v: %s", args, out)
		}
		return s
	}
	s := tell()
	if len(s.Alarms) != 1 || s.Alarms[0].Cleared {
		t.Fatalf("state %+v", s)
	}
	if s = tell("-clear", strconv.FormatUint(s.Alarms[0].ID, 10)); !s.Alarms[0].Cleared {
		t.Errorf("state %+v", s)
	}
	if s = tell("-stop"); !s.Stopped {
		t.Errorf("state %+v", s)
	}
	if s = tell("-resume"); s.Stopped {
		t.Errorf("state %+v", s)
	}
}

// busURL reads it from the launcher's command line.
func (r *real) busURL() string {
	r.t.Helper()
	for _, pid := range descendants(r.t, r.node.cmd.Process.Pid) {
		b, _ := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/cmdline")
		args := strings.Split(string(b), "\x00")
		for i, a := range args {
			if a == "-bus" {
				return args[i+1]
			}
		}
	}
	r.t.Fatal("no launcher")
	return ""
}
