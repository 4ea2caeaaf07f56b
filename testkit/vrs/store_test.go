package vrs_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"akashi/centre/vrs"
	"akashi/testkit/pki"
	"akashi/testkit/residents"
	refvrs "akashi/testkit/vrs"
	"akashi/verifier/cardrecord"
	"akashi/verifier/credential"
)

func TestEveryStatementNamesItsArea(t *testing.T) {
	src, err := os.ReadFile("area.go")
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(src), "= `"); n != len(refvrs.Statements()) {
		t.Errorf("area.go has %d statements, the test knows %d", n, len(refvrs.Statements()))
	}
	for _, s := range refvrs.Statements() {
		reads := strings.Contains(s, "WHERE municipality = ?1") && !strings.Contains(s, " OR ")
		writes := strings.HasPrefix(s, "INSERT INTO") && strings.Contains(s, "(municipality, ") && strings.Contains(s, "VALUES (?1, ")
		if !reads && !writes {
			t.Errorf("not bound to one area: %s", s)
		}
	}
}

func TestSettlementsSurviveARestart(t *testing.T) {
	w, err := world()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "vrs.db")
	s := serve(t, func(c *refvrs.Config) { c.Database = file })
	a := query(t, s, ask(t, "yoshida", residents.Mihon, credential.Domestic))
	again := refvrs.OfWorld(w)
	again.Database = file
	v, err := refvrs.New(again)
	if err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	if empty, err := v.Empty(context.Background()); err != nil || empty {
		t.Fatal("the database was not kept", err)
	}
	for _, name := range []string{file, file + "-wal"} {
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s is not its owner's alone: %v, %v", filepath.Base(name), info, err)
		}
	}
	second := &service{VRS: v, w: w, clock: s.clock, addr: s.addr}
	if got := settle(t, second, residents.Mihon, a, a.SettleToken, vrs.Delivered); got != vrs.Settled {
		t.Error(got)
	}
	if got := state(t, second); got != refvrs.Delivered {
		t.Error(got)
	}
}

func TestDatabasesOfAnotherVersionAreRefused(t *testing.T) {
	w, err := world()
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{"garbage": []byte(strings.Repeat("not a database", 100))} {
		file := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(file, content, 0o600); err != nil {
			t.Fatal(err)
		}
		c := refvrs.OfWorld(w)
		c.Database = file
		if _, err := refvrs.New(c); err == nil {
			t.Errorf("%s was opened", name)
		}
	}
	c := refvrs.OfWorld(w)
	c.Database = filepath.Join(t.TempDir(), "no", "such", "folder")
	if _, err := refvrs.New(c); err == nil {
		t.Error("a database in a folder that there is not")
	}
}

func TestConfigsThatWouldNotHold(t *testing.T) {
	w, err := world()
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*refvrs.Config){
		"no binding key":     func(c *refvrs.Config) { c.Binding = nil },
		"an RSA binding key": func(c *refvrs.Config) { c.Binding = w.Cards.Key },
		"no client root":     func(c *refvrs.Config) { c.Clients = nil },
		"no card authority":  func(c *refvrs.Config) { c.Cards = nil },
		"a production card authority": func(c *refvrs.Config) {
			c.Cards = cardrecord.Authorities{{'5'}: &w.Cards.Key.PublicKey}
		},
	} {
		c := refvrs.OfWorld(w)
		change(&c)
		if v, err := refvrs.New(c); err == nil {
			v.Close()
			t.Errorf("%s: taken", name)
		}
	}
}

func TestIDsHaveTheirForm(t *testing.T) {
	seen := map[credential.ID]bool{}
	letters := map[rune]int{}
	for range 2000 {
		id, err := refvrs.NewID(rand.Reader)
		if err != nil || len(id) != 12 || !id.Valid() || seen[id] {
			t.Fatal(id, err)
		}
		seen[id] = true
		for _, c := range id {
			letters[c]++
		}
	}
	if len(letters) != 36 {
		t.Errorf("%d of 36 characters used", len(letters))
	}
	if _, err := refvrs.NewID(bytes.NewReader([]byte{255, 1})); err == nil {
		t.Error("an ID out of too little randomness")
	}
}

func TestConfigFile(t *testing.T) {
	w, err := pki.New(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := w.WriteDir(dir); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "vrs.json")
	write := func(text string) {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(`{"listen":"127.0.0.1:0","world":"` + dir + `","fault":"swap-record"}`)
	f, err := refvrs.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	v, err := f.New(residents.Municipalities(), residents.All())
	if err != nil {
		t.Fatal(err)
	}
	v.Close()
	for _, bad := range []string{
		``, `{`, `[]`, `{"listen":"127.0.0.1:0"}`, `{"world":"x"}`, `{"listen":"a","world":"b","more":1}`,
		`{"listen":"a","world":"b"} {}`, `{"listen":"a","world":"b","pad":"` + strings.Repeat("x", 70<<10) + `"}`,
	} {
		write(bad)
		if _, err := refvrs.ReadFile(path); err == nil {
			t.Errorf("taken: %.60s", bad)
		}
	}
	for _, f := range []refvrs.File{{Listen: "x", World: t.TempDir()}, {Listen: "x", World: dir, Fault: "nonsense"}} {
		if v, err := f.New(nil, nil); err == nil {
			v.Close()
			t.Errorf("taken: %+v", f)
		}
	}
}

func TestProvisionsAreRecordedWithoutTheNumber(t *testing.T) {
	s := serve(t, nil)
	who, _ := residents.Find("yoshida")
	q := ask(t, who.ID, residents.Mihon, credential.Domestic)
	query(t, s, q)
	query(t, s, q) // the same question is not a second provision
	query(t, s, ask(t, who.ID, residents.Reiji, credential.Domestic))
	all, err := s.Provisions()
	if err != nil || len(all) != 2 {
		t.Fatal(all, err)
	}
	if !strings.HasPrefix(all[0], residents.Mihon+" certificate ") || !strings.HasSuffix(all[0], " found") || !strings.HasSuffix(all[1], " no-record") {
		t.Error(all)
	}
	for _, p := range all {
		if strings.Contains(p, who.Card.Number) || strings.Contains(p, who.Card.Name) {
			t.Error("the record of a provision names the person")
		}
	}
}
