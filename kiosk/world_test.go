package kiosk_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"akashi/centre/wire"
	"akashi/centre/wire/release"
	"akashi/kiosk"
	"akashi/kiosk/reader"
	"akashi/printer/glyph"
	"akashi/testkit/compiled"
	"akashi/testkit/edition"
	"akashi/testkit/payunit"
	"akashi/testkit/pki"
	"akashi/testkit/programs"
	"akashi/testkit/residents"
	"akashi/testkit/robot"
	"akashi/testkit/simcard"
	"akashi/testkit/simcard/tray"
	"akashi/testkit/users"
	"akashi/verifier/credential"
)

// hang bounds what must not hang; nothing is timed.
const hang = 2 * time.Minute

const origin = "http://127.0.0.1:8080"

// program has the kiosk as it ships.
var program = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "kiosk")
	if err != nil {
		return "", err
	}
	if err := os.Chmod(dir, 0o755); err != nil { // for the users of a session's processes
		return "", err
	}
	path := filepath.Join(dir, "kiosk")
	if err := programs.Into(context.Background(), dir, "kiosk/cmd/kiosk"); err != nil {
		return err.Error(), err
	}
	return path, nil
})

// code is the folder of compiled code for all tests of one run.
var code = sync.OnceValues(func() (string, error) {
	path, err := program()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(filepath.Dir(path), "compiled") // beside the program, where every user may read
	return dir, compiled.Into(context.Background(), path, dir)
})

// relay makes this test program a reader process: it passes the reader's
// protocol on to the socket that its name gives.
func relay(name string) {
	f := os.NewFile(3, "session")
	down, err := net.Dial("unix", name)
	if err != nil {
		os.Exit(1)
	}
	if os.Args[len(os.Args)-1] == "-look" {
		os.Exit(0)
	}
	up, err := net.FileConn(f)
	if err != nil {
		os.Exit(1)
	}
	go func() { io.Copy(up, down); os.Exit(0) }()
	io.Copy(down, up)
	os.Exit(0)
}

func TestMain(m *testing.M) {
	if len(os.Args) > 2 && os.Args[1] == "-name" {
		relay(os.Args[2])
	}
	end := m.Run()
	if path, err := program(); err == nil {
		os.RemoveAll(filepath.Dir(path))
	}
	os.Exit(end)
}

// town is a centre of the test's own, one kiosk whose agent is a process, and
// a reader with simulated cards on it.
type town struct {
	t      testing.TB
	dir    string
	pki    *pki.World
	gate   *gate
	tray   *tray.Tray
	unit   *payunit.Unit
	agent  *exec.Cmd
	config kiosk.Config
	done   chan struct{} // closed when the agent is gone
	more   []*os.File    // files that the agent is started with
	out    bytes.Buffer
	page   string // origin of the page in front

	noCards func()                                // takes the reader away
	command func(command, response []byte) []byte // sees what the card is asked; nil: nobody
}

func newTown(t testing.TB, change ...func(*kiosk.Config)) *town {
	t.Helper()
	if _, err := glyph.Load(); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	path, err := program()
	if err != nil {
		t.Fatal(path, err)
	}
	cache, err := code()
	if err != nil {
		t.Fatal(err)
	}
	w, err := pki.New(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "ak") // short, as socket paths must be
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	c := &town{t: t, dir: dir, pki: w, tray: tray.New()}
	for _, d := range []string{"state", "out"} {
		if err := os.Mkdir(filepath.Join(dir, d), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.WriteDir(dir); err != nil {
		t.Fatal(err)
	}
	if err := w.WriteKiosk(dir, "kiosk-1"); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.Chmod(dir, 0o711), users.Folder(users.Print, filepath.Join(dir, "out"), false)); err != nil {
		t.Fatal(err)
	}
	c.gate = newGate(t, w)
	c.serveCards()
	c.serveUnit()
	c.config = kiosk.Config{
		Centre: c.gate.address, CentreRoot: "centre-root.pem", Certificate: "kiosk.pem", Key: "kiosk.key",
		Trust: "trust.json", TrustRoot: "trust-root.pem", Disease: residents.Disease, Origin: origin,
		Control: "control.sock", State: "state", Cache: cache,
		Reader: kiosk.Reader{Socket: "reader.sock"}, Printer: kiosk.Printer{Folder: "out"}, Payment: kiosk.Payment{Socket: "unit.sock"}, Program: path,
	}
	users.Kiosk(&c.config)
	for _, f := range change {
		f(&c.config)
	}
	if c.config.Reader.Program != "" {
		c.config.Reader.Name = filepath.Join(dir, "reader.sock")
	}
	first := edition.Draft(residents.Municipalities(), time.Now())
	if c.config.Screen.Listen != "" {
		first = edition.Draft(residents.Municipalities()[:2], time.Now()) // enough for a finger
		first.Texts["start.lead"] = edition.All(markup)
		first.Notices = []release.Notice{{From: first.Issued, Until: first.Expires, Text: edition.All(markup)}}
	}
	c.release(first)
	c.start()
	return c
}

// markup is what a page must show as the letters that it is.
const markup = `<b id="bold" onclick="x()">Choose</b> & go`

// release signs a screen release that the gate gives from now on.
func (c *town) release(r *release.Release) {
	c.t.Helper()
	b, err := edition.Sign(c.pki, r)
	if err != nil {
		c.t.Fatal(err)
	}
	c.gate.with(func(g *gate) { g.version, g.release = r.Version, b })
}

// serveCards serves the tray at the socket that the agent connects to.
func (c *town) serveCards() {
	ln, err := net.Listen("unix", filepath.Join(c.dir, "reader.sock"))
	if err != nil {
		c.t.Fatal(err)
	}
	c.noCards = func() { ln.Close() }
	c.t.Cleanup(c.noCards)
	if err := os.Chmod(filepath.Join(c.dir, "reader.sock"), 0o666); err != nil { // for the reader's user
		c.t.Fatal(err)
	}
	go func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			go reader.Serve(c.t.Context(), conn, c.tray)
		}
	}()
}

// serveUnit puts a payment unit beside the kiosk; what it remembers is in its
// own memory, whatever happens to the agent.
func (c *town) serveUnit() {
	var err error
	if c.unit, err = payunit.New("", nil); err != nil {
		c.t.Fatal(err)
	}
	stop, err := c.unit.Serve(context.Background(), filepath.Join(c.dir, "unit.sock"))
	if err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(stop)
}

// start starts the agent and waits until it serves and has its line.
func (c *town) start() {
	c.t.Helper()
	b, err := json.Marshal(c.config)
	if err != nil {
		c.t.Fatal(err)
	}
	file := filepath.Join(c.dir, "kiosk.json")
	if err := os.WriteFile(file, b, 0o600); err != nil {
		c.t.Fatal(err)
	}
	c.agent = exec.Command(c.config.Program, "agent", "-config", file)
	c.agent.Stderr, c.agent.ExtraFiles, c.agent.SysProcAttr = &c.out, c.more, users.AsAgent()
	c.give()
	stdout, err := c.agent.StdoutPipe()
	if err != nil {
		c.t.Fatal(err)
	}
	if err := c.agent.Start(); err != nil {
		c.t.Fatal(err)
	}
	done := make(chan struct{})
	c.done = done
	agent := c.agent
	ready := make(chan string, 1)
	go func() {
		line, _ := bufio.NewReader(stdout).ReadString('\n')
		ready <- line
		agent.Wait()
		close(done)
	}()
	c.t.Cleanup(func() { agent.Process.Kill(); <-done })
	if line := <-ready; !strings.HasPrefix(line, "kiosk ready control=") {
		<-done
		c.t.Fatalf("the agent said %q: %s", line, c.out.String())
	} else {
		_, c.page, _ = strings.Cut(strings.TrimSpace(line), " origin=")
	}
}

// give makes the agent's user's what is the agent's: all but the folder that
// paper comes out in.
func (c *town) give() {
	c.t.Helper()
	if !users.Distinct() {
		return
	}
	err := os.Lchown(c.dir, users.Agent, users.Agent)
	all, gerr := filepath.Glob(filepath.Join(c.dir, "*"))
	for _, path := range all {
		if filepath.Base(path) != "out" {
			gerr = errors.Join(gerr, users.Give(users.Agent, path))
		}
	}
	if err = errors.Join(err, gerr); err != nil {
		c.t.Fatal(err)
	}
}

// await waits until the agent's state is code.
func (c *town) await(code wire.Code) {
	c.t.Helper()
	for begun := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		if got := c.once("state").Code; got == code {
			return
		} else if time.Since(begun) > hang {
			c.t.Fatalf("state %v, want %v: %s", got, code, c.out.String())
		}
	}
}

func (c *town) dial(do string) (net.Conn, *bufio.Reader) {
	c.t.Helper()
	return c.send(kiosk.Command{Do: do})
}

func (c *town) send(cmd kiosk.Command) (net.Conn, *bufio.Reader) {
	c.t.Helper()
	conn, err := net.Dial("unix", filepath.Join(c.dir, "control.sock"))
	if err != nil {
		c.t.Fatal(err)
	}
	conn.SetDeadline(time.Now().Add(hang))
	conn.Write(append(wire.Encode(cmd), '\n'))
	return conn, bufio.NewReader(conn)
}

func (c *town) once(do string) kiosk.Reply {
	c.t.Helper()
	conn, r := c.dial(do)
	defer conn.Close()
	return c.reply(r)
}

func (c *town) reply(r *bufio.Reader) kiosk.Reply {
	c.t.Helper()
	line, err := r.ReadBytes('\n')
	if err != nil {
		c.t.Fatalf("the agent hung up: %v: %s", err, c.out.String())
	}
	v, err := wire.Decode[kiosk.Reply](bytes.TrimSpace(line), 1<<20)
	if err != nil {
		c.t.Fatalf("reply %s: %v", line, err)
	}
	return v
}

func (c *town) card(id string) (residents.Resident, *simcard.Card) {
	c.t.Helper()
	r, ok := residents.Find(id)
	if !ok {
		c.t.Fatalf("no resident %s", id)
	}
	a, err := simcard.AuthorityFrom(c.pki.Cards.ID, c.pki.Cards.Key)
	if err != nil {
		c.t.Fatal(err)
	}
	card, err := simcard.New(r, a, simcard.Options{Faults: simcard.Faults{Rewrite: c.command}})
	if err != nil {
		c.t.Fatal(err)
	}
	c.gate.with(func(g *gate) { g.resident = r })
	return r, card
}

// visit is one session from outside.
type visit struct {
	first, last kiosk.Reply
	record      robot.Record
	err         error
}

// walk takes a resident through with their own card and PIN.
func (c *town) walk(id string, kind credential.Kind, change ...func(*robot.Plan, kiosk.Reply)) visit {
	c.t.Helper()
	r, card := c.card(id)
	conn, replies := c.dial("start")
	defer conn.Close()
	v := visit{first: c.reply(replies)}
	if v.first.Address == "" {
		return v
	}
	plan := robot.Plan{
		PINs: []string{r.PIN}, Choices: []robot.Choice{{Municipality: r.Ask(), Kind: kind, Copies: 1}},
		Insert: func() { c.tray.Lay(card) }, Take: c.tray.Clear,
	}
	for _, f := range change {
		f(&plan, v.first)
	}
	ctx, cancel := context.WithTimeout(c.t.Context(), hang)
	defer cancel()
	v.record, v.err = robot.Follow(ctx, v.first.Address, v.first.Origin, v.first.Token, plan)
	c.tray.Clear()
	line, err := replies.ReadBytes('\n')
	if err == nil {
		v.last, _ = wire.Decode[kiosk.Reply](bytes.TrimSpace(line), 1<<20)
	}
	return v
}

// papers gives what lies in the printer's folder.
func (c *town) papers() []string {
	all, err := filepath.Glob(filepath.Join(c.dir, "out", "*"))
	if err != nil {
		c.t.Fatal(err)
	}
	return all
}

// children gives the processes whose parent is pid.
func children(t testing.TB, pid int) []int {
	t.Helper()
	all, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		t.Fatal(err)
	}
	var found []int
	for _, path := range all {
		b, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		_, rest, ok := strings.Cut(string(b), ") ")
		f := strings.Fields(rest)
		if ok && len(f) > 1 && f[1] == strconv.Itoa(pid) {
			n, _ := strconv.Atoi(filepath.Base(filepath.Dir(path)))
			found = append(found, n)
		}
	}
	return found
}

// files gives how many files a process has open.
func files(t testing.TB, pid int) int {
	t.Helper()
	all, err := os.ReadDir("/proc/" + strconv.Itoa(pid) + "/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(all)
}
