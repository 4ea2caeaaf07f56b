package simcard_test

import (
	"bytes"
	"encoding/hex"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"akashi/testkit/residents"
	"akashi/testkit/simcard"
)

// authority is shared by the tests of this package: RSA keys take a while.
var authority = sync.OnceValue(func() *simcard.Authority {
	a, err := simcard.NewAuthority()
	if err != nil {
		panic(err)
	}
	return a
})

func resident(t *testing.T, id string) residents.Resident {
	t.Helper()
	r, ok := residents.Find(id)
	if !ok {
		t.Fatalf("no resident %q", id)
	}
	return r
}

// card gives a powered card.
func card(t *testing.T, id string, o simcard.Options) *simcard.Card {
	t.Helper()
	c, err := simcard.New(resident(t, id), authority(), o)
	if err != nil {
		t.Fatal(err)
	}
	c.PowerOn()
	return c
}

// send sends an APDU written in hex and gives the answer in hex.
func send(t *testing.T, c *simcard.Card, apdu string) string {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(apdu, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return strings.ToUpper(hex.EncodeToString(c.Transmit(b)))
}

// expect runs an exchange: command, answer, command, answer; "*" in an answer
// stands for any data before what follows it.
func expect(t *testing.T, c *simcard.Card, exchange ...string) {
	t.Helper()
	for i := 0; i < len(exchange); i += 2 {
		got, want := send(t, c, exchange[i]), strings.ToUpper(strings.ReplaceAll(exchange[i+1], " ", ""))
		if tail, any := strings.CutPrefix(want, "*"); any && strings.HasSuffix(got, tail) && len(got) > len(tail) || got == want {
			continue
		}
		t.Fatalf("step %d: %s answered %s, want %s", i/2+1, exchange[i], got, want)
	}
}

const (
	selectText = "00 A4 04 0C 0A D3 92 10 00 31 00 01 01 04 08"
	selectJPKI = "00 A4 04 0C 0A D3 92 F0 00 26 01 00 00 00 01"
	selectPIN  = "00 A4 02 0C 02 00 11"
	tries      = "00 20 00 80"
)

// pin is a VERIFY of the current key file.
func pin(digits string) string { return "00 20 00 80 04 " + hex.EncodeToString([]byte(digits)) }

func TestSelect(t *testing.T) {
	c := card(t, "yoshida", simcard.Options{})
	expect(t, c,
		"00 A4 00 00", "6A86", // not a way to the master file
		"00 A4 00 0C 02 3F 00", "6A82",
		"00 A4 02 0C 02 00 11", "6A82", // no AP, no file
		selectText, "9000",
		"00 A4 00 00", "9000",
		"00 A4 04 00 0A D3 92 10 00 31 00 01 01 04 08 00", "6F0C840AD39210003100010104089000",
		"00 A4 04 00 0A D3 92 10 00 31 00 01 01 04 08", "9000",
		"00 A4 04 0C 09 D3 92 10 00 31 00 01 01 04", "6A82",
		"00 A4 04 04 0A D3 92 10 00 31 00 01 01 04 08", "6A86",
		"00 A4 02 0C 02 00 04", "9000",
		"00 A4 02 00 02 00 04 00", "6F04830200049000",
		"00 A4 02 0C 02 00 09", "6A82",
		"00 A4 02 0C 01 04", "6700",
		"00 A4 01 0C 02 00 04", "6A86",
		selectJPKI, "9000",
		"00 A4 02 0C 02 00 04", "6A82",
		"00 A4 02 0C 02 00 06", "9000",
		"00 B0 00 00 20", "4A504B4941504943 43544F4B454E32 "+strings.Repeat("20", 17)+"9000",
		"00 A4 04 0C 0A D3 92 10 00 31 00 01 01 04 02", "9000",
		"00 A4 04 0C 07 A0 00 00 00 03 00 00", "6A82",
	)
}

func TestClassesAndForms(t *testing.T) {
	expect(t, card(t, "yoshida", simcard.Options{}),
		selectText, "9000",
		"00 A4 02", "6700", "00", "6700", "", "6700",
		"00 A4 02 0C 03 00 04", "6700",
		"00 B0 00 00 00 00 00 00", "6700",
		"01 A4 02 0C 02 00 04", "6881",
		"08 B0 00 00 00", "6882",
		"90 B0 00 00 00", "6E00",
		"00 FF 00 00", "6D00",
		"80 AE 00 00 00", "6D00",
		"00 A4 02 0C 00 00 02 00 04", "9000", // extended lengths
		"00 B0 00 00 00 02 38", "*9000",
		"00 84 00 00 08", "*9000",
		"00 84 00 01 08", "6A86",
		"00 84 00 00", "6700",
		"00 C0 00 00 00", "6985",
	)
}

func TestGetDataBeforeAnyAP(t *testing.T) {
	expect(t, card(t, "yoshida", simcard.Options{}),
		"00 CA 00 F2 00", "3230333530343031 9000",
		"00 CA 00 F0 00", hex.EncodeToString([]byte(residents.Mihon[:5]))+"9000",
		"00 CA 00 F1 00", "6A88",
		"00 CA 00 F2", "6700",
		selectText, "9000",
		"00 CA 00 F2 00", "6A88",
		"00 A4 04 0C 07 A0 00 00 01 51 00 00", "9000", // issuer security domain: back to the start
		"00 CA 00 F2 00", "3230333530343031 9000",
	)
}

func TestPINCounter(t *testing.T) {
	r := resident(t, "yoshida")
	c := card(t, "yoshida", simcard.Options{})
	expect(t, c,
		selectText, "9000",
		tries, "6986", // no current file
		"00 20 00 84 04 30 30 30 30", "6981", // EF 0004 holds no PIN
		selectPIN, "9000",
		tries, "63C3", tries, "63C3", // asking spends nothing
		pin("0000"), "63C2",
		"00 20 00 80 03 30 30 30", "6700",
		tries, "63C2",
		pin(r.PIN), "9000",
		tries, "63C3",
		pin("0000"), "63C2", pin("0000"), "63C1", pin("0000"), "63C0",
		pin(r.PIN), "6984", tries, "63C0",
		"00 20 01 80", "6A86",
		"00 20 00 92", "63C0", "00 20 00 92 04 30 30 30 30", "6984", // blocked from issuance
	)
	if n := c.TriesLeft(); n != 0 {
		t.Errorf("%d tries left", n)
	}
	c.PowerOff()
	c.PowerOn()
	expect(t, c, selectText, "9000", "00 20 00 91", "63C0") // no power does not help
}

func TestReferenceKeys(t *testing.T) {
	r := resident(t, "yoshida")
	number := hex.EncodeToString([]byte(r.Card.Number))
	expect(t, card(t, "yoshida", simcard.Options{}),
		selectText, "9000",
		"00 20 00 94", "63CA",
		"00 20 00 94 0C"+number, "9000",
		"00 B0 81 00 00", "*FFFF 9000", // reference A opens the number
		"00 B0 82 00 00", "6982", // and not the attributes
		"00 B0 83 00 00", "*9000",
		"00 20 00 95 0E"+hex.EncodeToString([]byte("630401"+"2035"+r.Card.Number[7:11])), "9000",
		"00 B0 82 00 00", "*9000",
	)
}

func TestReadBinary(t *testing.T) {
	r := resident(t, "yoshida")
	c := card(t, "yoshida", simcard.Options{Filler: -1})
	expect(t, c,
		selectText, "9000",
		"00 B0 00 00 00", "6986",
		"00 B0 84 00 05", "7F21820233 9000", // free, by short identifier
		"00 B0 00 00 05", "7F21820233 9000", // which made it current
		"00 B0 02 37 00", "*9000", // the last byte
		"00 B0 02 38 00", "6B00",
		"00 B0 7F FF 00", "6B00",
		"00 B0 A4 00 00", "6A86",
		"00 B0 00 00", "6700",
		"00 B0 82 00 00", "6982",
		"00 B0 91 00 00", "6981",
		"00 20 00 91 04"+hex.EncodeToString([]byte(r.PIN)), "9000",
		"00 B0 81 00 00", "FF100C"+hex.EncodeToString([]byte(r.Card.Number))+"FFFF 9000",
		"00 B0 85 A4 00", "*FF 9000", // filler after EF 0005's object
		"00 B0 85 FF 00", "FF 9000",
		"00 B0 88 00 00", strings.Repeat("FF", 16)+"9000",
	)
	for ef, size := range map[string]int{"01": 17, "03": 336, "04": 568, "05": 256, "07": 536} {
		if got := len(readAll(t, c, ef)); got != size {
			t.Errorf("EF 00%s: %d bytes, want %d", ef, got, size)
		}
	}
}

// readAll reads a file of the text AP to its physical end in pages of 256.
func readAll(t *testing.T, c *simcard.Card, ef string) []byte {
	t.Helper()
	expect(t, c, "00 A4 02 0C 02 00 "+ef, "9000")
	var file []byte
	for {
		at := []byte{0x00, 0xB0, byte(len(file) >> 8), byte(len(file)), 0x00}
		answer := c.Transmit(at)
		n := len(answer) - 2
		if bytes.Equal(answer[n:], []byte{0x6B, 0x00}) {
			return file
		}
		if !bytes.Equal(answer[n:], []byte{0x90, 0x00}) {
			t.Fatalf("EF 00%s at %d: %X", ef, len(file), answer[n:])
		}
		if file = append(file, answer[:n]...); n < 256 {
			return file
		}
	}
}

// TestSecurityState: it outlives a warm reset and a client, not the power, not
// another AP, and in a strict card not even the same one.
func TestSecurityState(t *testing.T) {
	verified := func(o simcard.Options) *simcard.Card {
		c := card(t, "yoshida", o)
		expect(t, c, selectText, "9000", selectPIN, "9000", pin(resident(t, "yoshida").PIN), "9000")
		return c
	}
	c := verified(simcard.Options{})
	c.Reset()
	expect(t, c, "00 B0 81 00 00", "*9000")
	expect(t, c, selectText, "9000", "00 B0 81 00 00", "*9000")
	expect(t, c, selectJPKI, "9000", selectText, "9000", "00 B0 81 00 00", "6982")

	c = verified(simcard.Options{})
	c.PowerOff()
	if c.Transmit([]byte{0, 0xA4, 0, 0}) != nil {
		t.Error("a card without power answered")
	}
	c.PowerOn()
	expect(t, c, "00 20 00 80", "6986", selectText, "9000", "00 B0 81 00 00", "6982")

	c = verified(simcard.Options{})
	expect(t, c, selectPIN, "9000", pin("0000"), "63C2", "00 B0 81 00 00", "6982")

	c = verified(simcard.Options{Strict: true})
	expect(t, c, "00 B0 81 00 00", "*9000", selectText, "9000", "00 B0 81 00 00", "6982")
}

func TestVariants(t *testing.T) {
	r := resident(t, "yoshida")
	expect(t, card(t, "locked", simcard.Options{}), selectText, "9000", selectPIN, "9000", tries, "63C0", pin("0000"), "6984")
	expect(t, card(t, "locked", simcard.Options{BlockedQuery: true}), selectText, "9000", selectPIN, "9000", tries, "6984")
	expect(t, card(t, "yoshida", simcard.Options{VerifiedQuery: true}),
		selectText, "9000", selectPIN, "9000", tries, "63C3", pin(r.PIN), "9000", tries, "9000")
	expect(t, card(t, "yoshida", simcard.Options{FirstFails: true}), selectText, "6F00", selectText, "9000")
	expect(t, card(t, "yoshida", simcard.Options{ShortReads: 3}), selectText, "9000", "00 B0 84 00 00", "7F2182 9000")
	expect(t, card(t, "yoshida", simcard.Options{ExactLe: true}),
		selectText, "9000", "00 B0 84 00 00", "*9000", "00 B0 02 30 00", "6C08", "00 B0 02 30 08", "*9000")
	expect(t, card(t, "yoshida", simcard.Options{MoreData: true}),
		selectText, "9000", "00 B0 84 00 05", "6105", "00 C0 00 00 02", "7F21 6103", "00 C0 00 00 00", "820233 9000", "00 C0 00 00 00", "6985")
}

func TestChangePIN(t *testing.T) {
	r := resident(t, "yoshida")
	state := filepath.Join(t.TempDir(), "card.json")
	c := card(t, "yoshida", simcard.Options{State: state})
	expect(t, c, selectText, "9000",
		"00 24 01 80 04 35 35 35 35", "6986",
		"00 A4 02 0C 02 00 04", "9000", "00 24 01 80 04 35 35 35 35", "6981",
		selectPIN, "9000", "00 24 01 80 04 35 35 35 35", "6982",
		pin(r.PIN), "9000", "00 24 00 80 04 35 35 35 35", "6A86", "00 24 01 80 03 35 35 35", "6700",
		"00 24 01 80 04 35 35 35 35", "9000")
	again := card(t, "yoshida", simcard.Options{State: state})
	expect(t, again, selectText, "9000", selectPIN, "9000", pin(r.PIN), "63C2", pin("5555"), "9000")
}

func TestStateFile(t *testing.T) {
	state := filepath.Join(t.TempDir(), "card.json")
	c := card(t, "yoshida", simcard.Options{State: state})
	key := readAPKey(t, c)
	expect(t, c, selectPIN, "9000", pin("0000"), "63C2")
	again := card(t, "yoshida", simcard.Options{State: state})
	expect(t, again, selectText, "9000", selectPIN, "9000", tries, "63C2")
	if !bytes.Equal(key, readAPKey(t, again)) {
		t.Error("the card has another AP key after a restart")
	}
	if _, err := simcard.New(resident(t, "takasaki"), authority(), simcard.Options{State: state}); err == nil {
		t.Error("another card took the state file")
	}
}

func readAPKey(t *testing.T, c *simcard.Card) []byte {
	t.Helper()
	expect(t, c, selectText, "9000", selectPIN, "9000", pin(c.Resident().PIN), "9000")
	return readAll(t, c, "07")[:270]
}

func TestFaultsOfThePlace(t *testing.T) {
	if c := card(t, "yoshida", simcard.Options{Faults: simcard.Faults{Mute: true}}); c.ATR() != nil || c.Transmit([]byte{0, 0xA4, 0, 0}) != nil {
		t.Error("a mute card answered")
	}
	expect(t, card(t, "yoshida", simcard.Options{Faults: simcard.Faults{NotMyNumber: true}}),
		selectText, "6A82", selectJPKI, "6A82", "00 CA 00 F2 00", "6A88")

	c := card(t, "yoshida", simcard.Options{Faults: simcard.Faults{LeaveAt: 2}})
	expect(t, c, selectText, "9000", selectPIN, "")
	expect(t, c, selectText, "") // it is gone
	c.PowerOn()
	expect(t, c, selectText, "9000", selectPIN, "9000")

	c = card(t, "yoshida", simcard.Options{Faults: simcard.Faults{SwapAt: 3, Swap: card(t, "takasaki", simcard.Options{})}})
	expect(t, c, selectText, "9000", selectPIN, "9000", tries, "6986")

	c = card(t, "yoshida", simcard.Options{Faults: simcard.Faults{Rewrite: func(_, r []byte) []byte { return append(r, 0x90) }}})
	expect(t, c, selectText, "900090")
}

// TestLatency: the pauses are asked for, not measured.
func TestLatency(t *testing.T) {
	var slept []time.Duration
	c := card(t, "yoshida", simcard.Options{Latency: 45 * time.Millisecond, Sleep: func(d time.Duration) { slept = append(slept, d) }})
	expect(t, c, selectText, "9000", "80 2A 00 01 00", "6A86")
	if len(slept) != 2 || slept[0] != 45*time.Millisecond || slept[1] != 675*time.Millisecond {
		t.Errorf("slept %v", slept)
	}
}

func TestATR(t *testing.T) {
	atr := card(t, "yoshida", simcard.Options{}).ATR()
	var check byte
	for _, b := range atr[1:] {
		check ^= b
	}
	if check != 0 || atr[0] != 0x3B || int(atr[1]&0x0F) != len(atr)-5 {
		t.Errorf("ATR %X", atr)
	}
}

func TestRefusals(t *testing.T) {
	r := resident(t, "yoshida")
	if _, err := simcard.New(r, nil, simcard.Options{}); err == nil {
		t.Error("no authority, no error")
	}
	r.PIN = "12345"
	if _, err := simcard.New(r, authority(), simcard.Options{}); err == nil {
		t.Error("a PIN of 5 digits, no error")
	}
	if _, err := simcard.AuthorityFrom([16]byte{'5'}, nil); err == nil {
		t.Error("a real authority's key id, no error")
	}
	if _, err := simcard.AuthorityFrom([16]byte{'9', '9'}, nil); err == nil {
		t.Error("no key, no error")
	}
}
