package canary_test

import (
	"crypto/rand"
	"encoding/hex"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"akashi/testkit/canary"
	"akashi/testkit/pcscd"
	"akashi/testkit/residents"
	"akashi/testkit/simcard"
)

// TestDaemon: a PC/SC daemon that runs as pcscd.Wiping says keeps nothing of a
// card that was read through it; one that runs as usual does, which shows that
// the scan looks where it must.
func TestDaemon(t *testing.T) {
	authority, err := simcard.NewAuthority()
	if err != nil {
		t.Fatal(err)
	}
	if found := afterSession(t, authority); len(found) != 0 {
		t.Errorf("the daemon kept %d values: %v", len(found), found)
	}
	if found := afterSession(t, authority, "GLIBC_TUNABLES=glibc.malloc.perturb=0"); len(found) == 0 {
		t.Error("the control kept nothing; the scan is blind or the daemon has learned to wipe")
	}
}

// afterSession lets OpenSC read a card through a daemon of its own and looks at
// the daemon when the client has gone.
func afterSession(t *testing.T, a *simcard.Authority, env ...string) []canary.Finding {
	t.Helper()
	tool, err := exec.LookPath("opensc-tool")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip("no opensc-tool; apt-get install opensc")
	}
	people, err := residents.Generate(rand.Reader, 1)
	if err != nil {
		t.Fatal(err)
	}
	card, err := simcard.New(people[0], a, simcard.Options{Filler: -1})
	if err != nil {
		t.Fatal(err)
	}
	server := pcscd.Require(t, env...)
	canary.Require(t, server.PID())
	if _, err := server.Plug(t.Context(), 0, card); err != nil {
		t.Fatal(err)
	}
	pin := hex.EncodeToString([]byte(people[0].PIN))
	args := []string{"--reader", "0"}
	for _, apdu := range []string{"00A4040C0AD3921000310001010408", "0020009104" + pin, "00B0810000", "00B0830000", "00B0820000"} {
		args = append(args, "--send-apdu", apdu)
	}
	for end := time.Now().Add(time.Minute); ; time.Sleep(100 * time.Millisecond) {
		cmd := exec.Command(tool, args...)
		cmd.Env = append(os.Environ(), server.Env())
		out, _ := cmd.CombinedOutput() // until the daemon has seen the card, it fails
		if strings.Count(string(out), "SW1=0x90, SW2=0x00") == 5 {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("the card was never read:\n%s", out)
		}
	}
	set := compile(t, canary.Resident(people[0])...)
	found, err := set.ScanPID(server.PID())
	if err != nil {
		t.Fatal(err)
	}
	return found
}
