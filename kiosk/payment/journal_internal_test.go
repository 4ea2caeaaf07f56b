package payment

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"akashi/centre/wire"
)

func sample() *entry {
	return &entry{ID: bytes.Repeat([]byte{7}, 16), Stage: Printing, Since: 99, Bill: wire.Bill{Amount: 120, Municipality: "990019", Kind: 1, Copies: 1}}
}

func TestJournalKeepsWholeEntries(t *testing.T) {
	j := journal{filepath.Join(t.TempDir(), "journal")}
	if all, err := j.open(); err != nil || len(all) != 0 {
		t.Fatalf("%v, %v", all, err)
	}
	e := sample()
	if err := j.put(e); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(j.file(e)+".new", []byte(`{"id`), 0o600); err != nil { // a write that was cut
		t.Fatal(err)
	}
	all, err := j.open()
	if err != nil || len(all) != 1 || !bytes.Equal(wire.Encode(all[0]), wire.Encode(e)) {
		t.Errorf("%+v, %v", all, err)
	}
	if err := errors.Join(j.drop(e), j.drop(e)); err != nil {
		t.Error(err)
	}
	if all, err := j.open(); err != nil || len(all) != 0 {
		t.Errorf("%+v, %v", all, err)
	}
}

// What cannot be read is money that nobody knows of: the kiosk does not start.
func TestJournalOfNoSense(t *testing.T) {
	other := sample()
	other.ID[0] = 8
	for name, b := range map[string][]byte{
		"rubbish": []byte("x"), "empty": nil, "another's name": wire.Encode(other), "cut": wire.Encode(sample())[:40],
	} {
		j := journal{t.TempDir()}
		if err := os.WriteFile(j.file(sample()), b, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := j.open(); !errors.Is(err, ErrJournal) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzEntry(f *testing.F) {
	f.Add(wire.Encode(sample()))
	r := sample()
	r.Stage, r.With, r.Given, r.Expires = Charged, wire.NewRightNumber(1, 2), wire.NewRightNumber(3, 4), 5
	f.Add(wire.Encode(r))
	f.Add([]byte(`{"id":"AAAAAAAAAAAAAAAAAAAAAA==","stage":"undo"}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		e, err := parse(b)
		if err == nil && (!bytes.Equal(wire.Encode(e), b) || !e.valid()) {
			t.Error("a second encoding was accepted")
		}
	})
}

// Every stage either waits for a session, and has a way on after a loss of
// power, or has a step.
func TestEveryStageHasAWayOn(t *testing.T) {
	for s := range stages {
		_, cut := after[s]
		if steps[s] == nil && !cut {
			t.Errorf("%s has no way on", s)
		}
	}
}

// The words of both languages are there for every receipt.
func TestReceiptWords(t *testing.T) {
	for _, l := range languages {
		b := wire.Encode(catalogue[l])
		if bytes.Contains(b, []byte(`""`)) {
			t.Errorf("%s lacks a word: %s", l, b)
		}
	}
	long := cut(string(bytes.Repeat([]byte("市"), 100)))
	if len(long) > 120 || len(long)%3 != 0 {
		t.Errorf("cut to %d bytes", len(long))
	}
}

// A pipe in the journal, which nobody writes to, does not hold up the start.
func TestPipeInTheJournal(t *testing.T) {
	j := journal{t.TempDir()}
	if err := syscall.Mkfifo(filepath.Join(j.dir, "x.json"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := j.open(); !errors.Is(err, ErrJournal) {
		t.Errorf("got %v", err)
	}
}
