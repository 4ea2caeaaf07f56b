package main_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"syscall"
	"testing"
	"time"

	"akashi/kiosk/mynumber"
	"akashi/kiosk/reader"
	"akashi/testkit/pcscd"
	"akashi/testkit/simcard"
	"akashi/verifier/cardrecord"
)

// TestSession reads a card from insertion to removal and verifies its records.
func TestSession(t *testing.T) {
	server := pcscd.Require(t)
	p := start(t, server)
	c := newCard(t, simcard.Options{Strict: true, FirstFails: true})
	waited := make(chan error, 1)
	go func() { waited <- p.WaitCard(limited(t)) }()
	slot := plug(t, server, 0, c)
	if err := <-waited; err != nil {
		t.Fatal(err)
	}
	status, err := mynumber.Check(limited(t), p)
	if err != nil || !status.Expires.Full() || status.TriesLeft != 3 {
		t.Fatalf("%+v, %v", status, err)
	}
	card := verified(t, p, c)
	files, err := card.Read(limited(t))
	if err != nil {
		t.Fatal(err)
	}
	digest := cardrecord.SessionDigest(1, []byte("nonce"), []byte("kiosk"), "terms")
	signature, err := card.Sign(limited(t), digest)
	if err != nil {
		t.Fatal(err)
	}
	record, err := cardrecord.Parse(files)
	if err != nil {
		t.Fatal(err)
	}
	a := authority()
	if err := errors.Join(record.Verify(cardrecord.Authorities{a.KeyID(): a.Public()}), record.VerifyChallenge(digest, signature)); err != nil {
		t.Error(err)
	}
	go slot.Pull()
	if err := p.WaitRemoved(limited(t)); err != nil {
		t.Error(err)
	}
	if err := p.End(); err != nil {
		t.Error(err)
	}
	p.Close()
	if code := p.exit(t); code != 0 || p.stderr.Len() != 0 {
		t.Errorf("exit code %d, said %q", code, p.stderr.String())
	}
}

// TestPowerIsCut: however a session ends, the card forgets the PIN. It lies on
// the reader all the while.
func TestPowerIsCut(t *testing.T) {
	server := pcscd.Require(t)
	c := newCard(t, simcard.Options{})
	plug(t, server, 0, c)
	for _, end := range []struct {
		name string
		do   func(t *testing.T, p *process)
	}{
		{"End", func(t *testing.T, p *process) {
			if err := p.End(); err != nil {
				t.Error(err)
			}
			stranger(t, server)
		}},
		{"the session worker closes or dies", func(t *testing.T, p *process) { p.Close() }},
		{"a cancelled call", func(t *testing.T, p *process) {
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(10*time.Millisecond, cancel)
			wantFault(t, p.WaitRemoved(ctx), reader.Closed)
		}},
		{"WaitRemoved, at once", func(t *testing.T, p *process) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			wantFault(t, p.WaitRemoved(ctx), reader.Deadline)
		}},
		{"the parent's death", func(t *testing.T, p *process) { p.cmd.Process.Signal(syscall.SIGTERM) }},
		{"the next WaitCard", func(t *testing.T, p *process) {
			if err := p.WaitCard(limited(t)); err != nil || c.Verified() {
				t.Errorf("%v; PIN still open: %v", err, c.Verified())
			}
		}},
		{"the reader process is killed", func(t *testing.T, p *process) {
			p.cmd.Process.Kill()
			p.exit(t)
			next := start(t, server)
			if err := next.WaitCard(limited(t)); err != nil || c.Verified() {
				t.Errorf("next session: %v; PIN still open: %v", err, c.Verified())
			}
		}},
	} {
		t.Run(end.name, func(t *testing.T) {
			p := start(t, server)
			if err := p.WaitCard(limited(t)); err != nil {
				t.Fatal(err)
			}
			verified(t, p, c)
			end.do(t, p)
			eventually(t, "the card forgets the PIN", func() bool { return !c.Verified() })
		})
	}
}

// stranger is another process that comes right after a session, before the
// daemon by itself takes the power from a card that nobody uses: it must not
// be able to read what the PIN opened (EF 0002 of the AP that was current).
func stranger(t *testing.T, server *pcscd.Server) {
	t.Helper()
	tool, err := exec.LookPath("opensc-tool")
	if err != nil {
		t.Logf("without opensc-tool this is not tried: %v", err)
		return
	}
	cmd := exec.Command(tool, "-c", "default", "-r", "0", "-s", "00A4020C020002", "-s", "00B0000000")
	cmd.Env = append(os.Environ(), server.Env())
	out, _ := cmd.CombinedOutput()
	if !bytes.Contains(out, []byte("Received")) || bytes.Contains(out, []byte("SW1=0x90")) {
		t.Errorf("another process gets:\n%s", out)
	}
}

// TestParentDies: the parent is killed while somebody else keeps the socket
// open; the reader ends all the same, and the card loses its power.
func TestParentDies(t *testing.T) {
	server := pcscd.Require(t)
	c := newCard(t, simcard.Options{})
	plug(t, server, 0, c)
	shell := []string{"sh", "-c", `"$0" -name "$1" -pcscd "$2" -fd 3 & wait`, program(t), pcscd.Readers[0], server.Socket}
	p := launch(t, server, shell)
	if err := p.WaitCard(limited(t)); err != nil {
		t.Fatal(err)
	}
	verified(t, p, c)
	p.cmd.Process.Kill()
	p.exit(t)
	eventually(t, "the card forgets the PIN", func() bool { return !c.Verified() })
	wantFault(t, p.WaitCard(limited(t)), reader.Closed)
}

// TestClosedOff looks at what the kernel says of the process.
func TestClosedOff(t *testing.T) {
	server := pcscd.Require(t)
	p := start(t, server)
	if err := p.End(); err != nil { // an answer: it has closed itself off
		t.Fatal(err)
	}
	for file, want := range map[string]string{
		"limits": `Max core file size +0 +0 `,
		"status": `NoNewPrivs:\t1\nSeccomp:\t2\n`,
	} {
		b, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(p.cmd.Process.Pid), file))
		if err != nil {
			t.Skipf("no /proc here: %v", err)
		}
		if !regexp.MustCompile(want).Match(b) {
			t.Errorf("%s: no %q", file, want)
		}
	}
}

// TestRemovedMidRead: the card leaves at some command of the read.
func TestRemovedMidRead(t *testing.T) {
	server := pcscd.Require(t)
	c := newCard(t, simcard.Options{Faults: simcard.Faults{LeaveAt: 8}})
	plug(t, server, 0, c)
	p := start(t, server)
	if err := p.WaitCard(limited(t)); err != nil {
		t.Fatal(err)
	}
	card := verified(t, p, c)
	files, err := card.Read(limited(t))
	wantFault(t, err, reader.Removed)
	if files.Number != nil {
		t.Error("files came in part")
	}
	_, err = p.Transmit(limited(t), []byte{0, 0xB0, 0, 0, 0})
	wantFault(t, err, reader.NoCard)
	if err := p.WaitRemoved(limited(t)); err != nil {
		t.Error(err)
	}
	again := newCard(t, simcard.Options{})
	plug(t, server, 0, again)
	if err := p.WaitCard(limited(t)); err != nil {
		t.Fatalf("the same process with the next card: %v", err)
	}
	verified(t, p, again)
}

func TestTwoCards(t *testing.T) {
	server := pcscd.Require(t)
	plug(t, server, 0, newCard(t, simcard.Options{}))
	second := plug(t, server, 1, newCard(t, simcard.Options{}))
	p := start(t, server)
	eventually(t, "two cards are seen", func() bool {
		return reader.FaultOf(p.WaitCard(limited(t))) == reader.TwoCards
	})
	if err := second.Pull(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "one card is taken", func() bool { return p.WaitCard(limited(t)) == nil })
}

// TestHeldByAnother: another process has the card exclusively.
func TestHeldByAnother(t *testing.T) {
	server := pcscd.Require(t)
	c := newCard(t, simcard.Options{})
	plug(t, server, 0, c)
	first := start(t, server)
	if err := first.WaitCard(limited(t)); err != nil {
		t.Fatal(err)
	}
	verified(t, first, c)
	p := start(t, server)
	wantFault(t, p.WaitCard(limited(t)), reader.Held)
	if !c.Verified() {
		t.Error("the other session was disturbed")
	}
	first.Close()
	first.exit(t)
	if err := p.WaitCard(limited(t)); err != nil {
		t.Errorf("after the other has ended: %v", err)
	}
}

// TestDaemonKilled: pcscd dies under a session; the same reader process goes
// on once it is back.
func TestDaemonKilled(t *testing.T) {
	server := pcscd.Require(t)
	c := newCard(t, simcard.Options{})
	plug(t, server, 0, c)
	p := start(t, server)
	if err := p.WaitCard(limited(t)); err != nil {
		t.Fatal(err)
	}
	card := verified(t, p, c)
	if err := server.Kill(); err != nil {
		t.Fatal(err)
	}
	_, err := card.Sign(limited(t), [32]byte{})
	wantFault(t, err, reader.Unavailable)
	waited := make(chan error, 1)
	go func() { waited <- p.WaitCard(limited(t)) }()
	if err := server.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	plug(t, server, 0, c)
	if err := <-waited; err != nil {
		t.Fatalf("after the restart: %v", err)
	}
	if c.Verified() {
		t.Error("the card still holds the PIN for presented")
	}
	verified(t, p, c)
	if err := server.Kill(); err != nil {
		t.Fatal(err)
	}
	wantFault(t, p.WaitCard(limited(t)), reader.Unavailable)
}

// TestWrongPINAndLocked: the tries come over the whole stack, and a locked
// card is sent no PIN.
func TestWrongPINAndLocked(t *testing.T) {
	server := pcscd.Require(t)
	c := newCard(t, simcard.Options{})
	plug(t, server, 0, c)
	p := start(t, server)
	if err := p.WaitCard(limited(t)); err != nil {
		t.Fatal(err)
	}
	for left := 2; left >= 0; left-- {
		pin, _ := mynumber.NewPIN([]byte("0000"))
		_, err := mynumber.Verify(limited(t), p, pin)
		var wrong *mynumber.PINError
		if !errors.As(err, &wrong) || wrong.Left != left || c.TriesLeft() != left {
			t.Errorf("want %d, got %v; the card has %d", left, err, c.TriesLeft())
		}
	}
	before := c.Commands()
	pin, _ := mynumber.NewPIN([]byte(c.Resident().PIN))
	if _, err := mynumber.Verify(limited(t), p, pin); !errors.Is(err, mynumber.ErrLocked) {
		t.Errorf("%v", err)
	}
	if c.Commands() != before+3 {
		t.Errorf("%d commands to a locked card; SELECT, SELECT and the query are 3", c.Commands()-before)
	}
}

func TestNoDaemon(t *testing.T) {
	server := pcscd.Require(t)
	if err := server.Kill(); err != nil {
		t.Fatal(err)
	}
	wantFault(t, start(t, server).WaitCard(limited(t)), reader.Unavailable)
}

func TestUsage(t *testing.T) {
	for _, args := range [][]string{nil, {"-name", "x", "-fd", "2"}, {"-name", "x", "more"}, {"-fd", "3"}} {
		err := exec.Command(program(t), args...).Run()
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() != 2 {
			t.Errorf("%q: %v", args, err)
		}
	}
	out, err := exec.Command(program(t), "-name", "x", "-fd", "9").CombinedOutput()
	if err == nil || !bytes.Contains(out, []byte("file descriptor 9")) {
		t.Errorf("no socket: %v, %s", err, out)
	}
}

// BenchmarkSession is a whole reading over real PC/SC: insertion is over, the
// card has no latency of its own.
func BenchmarkSession(b *testing.B) {
	server := pcscd.Require(b)
	c := newCard(b, simcard.Options{})
	plug(b, server, 0, c)
	p := start(b, server)
	for b.Loop() {
		if err := p.WaitCard(limited(b)); err != nil {
			b.Fatal(err)
		}
		if _, err := mynumber.Check(limited(b), p); err != nil {
			b.Fatal(err)
		}
		card := verified(b, p, c)
		if _, err := card.Read(limited(b)); err != nil {
			b.Fatal(err)
		}
		if _, err := card.Sign(limited(b), [32]byte{}); err != nil {
			b.Fatal(err)
		}
		if err := p.End(); err != nil {
			b.Fatal(err)
		}
	}
}

// A look takes no card and tells by its exit code what there is, also while the
// daemon is away and when it is back.
func TestLook(t *testing.T) {
	server := pcscd.Require(t)
	look := func() int {
		cmd := exec.CommandContext(t.Context(), program(t), "-name", pcscd.Readers[0], "-pcscd", server.Socket, "-look")
		cmd.Env = []string{}
		cmd.Run()
		return cmd.ProcessState.ExitCode()
	}
	if code := look(); code != 0 {
		t.Errorf("no card: %d", code)
	}
	c := newCard(t, simcard.Options{})
	slot := plug(t, server, 0, c)
	eventually(t, "the card is seen", func() bool { return look() == reader.ExitCard })
	slot.Pull()
	eventually(t, "the card is gone", func() bool { return look() == 0 })
	if err := server.Kill(); err != nil {
		t.Fatal(err)
	}
	if code := look(); code != 1 {
		t.Errorf("no daemon: %d", code)
	}
	if err := server.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the reader is back", func() bool { return look() == 0 })
}
