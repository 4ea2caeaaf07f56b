package simcard_test

import (
	"context"
	"encoding/hex"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"akashi/testkit/pcscd"
	"akashi/testkit/simcard"
)

// These tests let clients that nobody of this project wrote judge the card,
// through a real PC/SC daemon: OpenSC, the scriptor of pcsc-tools, and pyscard.

// client gives the path of an independent client, or skips.
func client(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		absent(t, name+" is not on this machine; apt-get install opensc pcsc-tools python3-pyscard")
	}
	return path
}

func absent(t *testing.T, why string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(why)
	}
	t.Skip(why)
}

// insert puts a resident's card into a reader of its own daemon.
func insert(t *testing.T, id string, o simcard.Options) (*pcscd.Server, *simcard.Card) {
	t.Helper()
	server := pcscd.Require(t)
	c, err := simcard.New(resident(t, id), authority(), o)
	if err != nil {
		t.Fatal(err)
	}
	slot, err := server.Plug(t.Context(), 0, c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { slot.Pull() })
	waitForCard(t, server)
	return server, c
}

// waitForCard asks OpenSC until the daemon has noticed the card.
func waitForCard(t *testing.T, server *pcscd.Server) {
	t.Helper()
	for range 600 {
		if strings.Contains(run(t, server, "", client(t, "opensc-tool"), "--list-readers"), "Yes") {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatal("the daemon never saw the card")
}

// run runs a client against the daemon. Its exit code is not looked at: what
// counts are the answers.
func run(t *testing.T, server *pcscd.Server, stdin, name string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = append(os.Environ(), server.Env(), "LC_ALL=C", "TERM=dumb")
	cmd.Stdin = strings.NewReader(stdin)
	out, err := cmd.CombinedOutput()
	if ctx.Err() != nil {
		t.Fatalf("%s hung: %v: %s", name, err, out)
	}
	return string(out)
}

func TestOpenSC(t *testing.T) {
	tool := client(t, "opensc-tool")
	server, c := insert(t, "yoshida", simcard.Options{})
	if out := run(t, server, "", tool, "--name"); !strings.Contains(out, "jpki") {
		t.Errorf("OpenSC takes the card for %q, want jpki", out)
	}
	if out := run(t, server, "", tool, "--atr"); !strings.Contains(strings.ReplaceAll(out, ":", ""), hex.EncodeToString(c.ATR())) {
		t.Errorf("ATR %q", out)
	}
	apdus := []string{"00A4040C0AD3921000310001010408", "00A4020C020011", "00200080", "00A4020C020004", "00B0000005",
		"00B0023800", "00B0820000", "002000910431323334", "00200091"}
	args := []string{"--reader", "0"}
	for _, a := range apdus {
		args = append(args, "--send-apdu", a)
	}
	out := run(t, server, "", tool, args...)
	var words []string
	for _, m := range regexp.MustCompile(`SW1=0x(..), SW2=0x(..)`).FindAllStringSubmatch(out, -1) {
		words = append(words, m[1]+m[2])
	}
	want := []string{"9000", "9000", "63C3", "9000", "9000", "6B00", "6982", "63C2", "63C2"}
	if !slices.Equal(words, want) {
		t.Errorf("status words %v, want %v\n%s", words, want, out)
	}
	if !strings.Contains(out, "7F 21 82 02 33") {
		t.Errorf("EF 0004 does not begin as it should:\n%s", out)
	}
}

func TestScriptor(t *testing.T) {
	tool := client(t, "scriptor")
	server, c := insert(t, "takasaki", simcard.Options{})
	exchange := []string{
		"00 A4 04 0C 0A D3 92 10 00 31 00 01 01 04 08", "90 00",
		"00 B0 00 00 00", "69 86",
		"00 B0 81 00 00", "69 82",
		"00 A4 02 0C 02 00 11", "90 00",
		"00 20 00 80 04 30 30 30 30", "63 C2",
		"00 20 00 80 04 " + spaced(c.Resident().PIN), "90 00",
		"00 B0 81 00 00", "FF 10 0C " + spaced(c.Resident().Card.Number) + " FF FF 90 00",
		"00 A4 04 0C 0A D3 92 F0 00 26 01 00 00 00 01", "90 00",
		"00 A4 02 0C 02 00 06", "90 00",
		"00 B0 00 00 20", spaced("JPKIAPICCTOKEN2"+strings.Repeat(" ", 17)) + " 90 00",
		"00 A4 04 0C 07 A0 00 00 01 51 00 00", "90 00",
		"00 CA 00 F2 00", spaced(c.Resident().Card.Expires) + " 90 00",
	}
	var script strings.Builder
	script.WriteString("reset\n")
	for i := 0; i < len(exchange); i += 2 {
		script.WriteString(exchange[i] + "\n")
	}
	out := run(t, server, script.String(), tool, "-r", pcscd.Readers[0])
	var answers []string
	for _, m := range regexp.MustCompile(`(?m)^< ((?:[0-9A-F]{2} ?\n?)+) :`).FindAllStringSubmatch(out, -1) {
		answers = append(answers, strings.Join(strings.Fields(m[1]), " "))
	}
	answers = answers[max(0, len(answers)-len(exchange)/2):] // the first is the reset's
	for i := range exchange {
		if i%2 == 0 {
			continue
		}
		if i/2 >= len(answers) || answers[i/2] != exchange[i] {
			t.Fatalf("%s: want %s\n%s", exchange[i-1], exchange[i], out)
		}
	}
}

func spaced(ascii string) string {
	s := strings.ToUpper(hex.EncodeToString([]byte(ascii)))
	return strings.Join(regexp.MustCompile("..").FindAllString(s, -1), " ")
}

// pyscard is the client: it sends each APDU of its arguments and prints each
// answer. It disconnects without unpowering and connects again at "again".
const pyscard = `
import sys
from smartcard.System import readers
from smartcard.scard import SCARD_LEAVE_CARD, SCARD_UNPOWER_CARD
from smartcard.util import toBytes, toHexString
def connect(disposition):
    c = [r for r in readers() if str(r) == "Virtual PCD 00 00"][0].createConnection()
    c.connect(disposition=disposition)
    return c
c = connect(SCARD_LEAVE_CARD)
for a in sys.argv[1:]:
    if a == "again":
        c.disconnect()
        c = connect(SCARD_UNPOWER_CARD)
        continue
    data, sw1, sw2 = c.transmit(toBytes(a))
    print((toHexString(data) + " %02X %02X" % (sw1, sw2)).strip())
c.disconnect()
`

// python gives an interpreter that has pyscard: the distribution's own, since
// the package is the distribution's.
func python(t *testing.T) string {
	t.Helper()
	for _, path := range []string{"/usr/bin/python3", "python3"} {
		if exec.Command(path, "-c", "import smartcard").Run() == nil {
			return path
		}
	}
	absent(t, "no python3 with pyscard on this machine; apt-get install python3-pyscard")
	return ""
}

func TestPyscard(t *testing.T) {
	tool := python(t)
	server, c := insert(t, "hokke", simcard.Options{})
	exchange := []string{
		"00A4040C0AD3921000310001010408", "90 00",
		"00200091", "63 C3",
		"00B0820000", "69 82",
		"0020009104" + hex.EncodeToString([]byte(c.Resident().PIN)), "90 00",
		"00B0810000", "FF 10 0C " + spaced(c.Resident().Card.Number) + " FF FF 90 00",
		"again", "", // a client that leaves the card powered leaves the PIN presented
		"00B0810000", "FF 10 0C " + spaced(c.Resident().Card.Number) + " FF FF 90 00",
		"00A4040C0AD392F000260100000001", "90 00", // another AP ends that
		"00A4040C0AD3921000310001010408", "90 00",
		"00B0810000", "69 82",
		"00B0844000", "*", // a page that begins inside the file
		"00B0023800", "6B 00",
	}
	var args, want []string
	for i := 0; i < len(exchange); i += 2 {
		args = append(args, exchange[i])
		if exchange[i] != "again" {
			want = append(want, exchange[i+1])
		}
	}
	out := run(t, server, "", tool, append([]string{"-c", pyscard}, args...)...)
	got := strings.Split(strings.TrimSpace(out), "\n")
	if len(got) != len(want) {
		t.Fatalf("%d answers, want %d:\n%s", len(got), len(want), out)
	}
	for i := range want {
		if got[i] != want[i] && !(want[i] == "*" && strings.HasSuffix(got[i], "90 00")) {
			t.Errorf("answer %d: %s, want %s", i, got[i], want[i])
		}
	}
}
