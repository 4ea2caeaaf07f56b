package history_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"akashi/centre/keys/history"
)

var start = time.Date(2026, 4, 1, 9, 0, 0, 0, time.UTC)

func id(s string) string {
	d := sha256.Sum256([]byte(s))
	return base64.RawURLEncoding.EncodeToString(d[:])
}

func digest(s string) string {
	d := sha256.Sum256([]byte(s))
	return hex.EncodeToString(d[:])
}

// created, published and so on are the lines that a record is made of.
func created(name, purpose string) history.Record {
	return history.Record{Event: history.Created, Key: name, Purpose: purpose, ID: id(name)}
}

func published(name, certificate string) history.Record {
	return history.Record{Event: history.Published, Key: name, Certificate: digest(certificate)}
}

func event(e history.Event, name, reason string) history.Record {
	return history.Record{Event: e, Key: name, Reason: reason}
}

// whole is a record with every event in it.
func whole(t testing.TB) *history.History {
	t.Helper()
	h := &history.History{}
	for i, r := range []history.Record{
		created("shc", "shc"), published("shc", "1"), event(history.Activated, "shc", ""),
		created("vrs-tls", "vrs-tls"), created("shc-2", "shc"), published("shc-2", "2"), published("shc", "renewed"),
		event(history.Retired, "shc", ""), event(history.Activated, "shc-2", "鍵の交代"), event(history.Destroyed, "shc", ""),
		event(history.Revoked, "shc-2", "its server was taken"), event(history.Destroyed, "vrs-tls", "never used"),
	} {
		if err := h.Append(start.Add(time.Duration(i)*time.Hour), r); err != nil {
			t.Fatal(i, err)
		}
	}
	return h
}

func TestEveryKeyIsFollowed(t *testing.T) {
	h, err := history.Parse(whole(t).Bytes())
	if err != nil {
		t.Fatal(err)
	}
	first, _ := h.Key("shc")
	if first.State != history.Destroyed || first.Certificate != digest("renewed") || !first.Shown() || first.Private() || first.Signs() ||
		!first.Published.Equal(start.Add(time.Hour)) || !first.Retired.Equal(start.Add(7*time.Hour)) || !first.Ended.Equal(start.Add(9*time.Hour)) {
		t.Errorf("%+v", first)
	}
	second, _ := h.Key("shc-2")
	if second.State != history.Revoked || second.Shown() || second.Generation != 2 || !second.Retired.Equal(start.Add(10*time.Hour)) {
		t.Errorf("%+v", second)
	}
	if _, ok := h.Key("shc-3"); ok || len(h.Keys()) != 3 {
		t.Errorf("%d keys", len(h.Keys()))
	}
	longer := h.Clone()
	if err := longer.Append(start.Add(24*time.Hour), created("pdf", "pdf")); err != nil {
		t.Fatal(err)
	}
	if !longer.Extends(h) || h.Extends(longer) || len(h.Keys()) != 3 {
		t.Error("a longer record does not extend the shorter one, or the shorter one has grown")
	}
}

// Whatever may not follow is refused, and nothing is changed.
func TestAppendRefuses(t *testing.T) {
	at := start.Add(48 * time.Hour)
	for name, c := range map[string]struct {
		give history.Record
		at   time.Time
		want error
	}{
		"clock":            {created("pdf", "pdf"), start, history.ErrClock},
		"generation":       {created("shc-2", "shc"), at, history.ErrStep},
		"name":             {created("x", "pdf"), at, history.ErrStep},
		"purpose":          {created("-x", "-x"), at, history.ErrStep},
		"purpose too long": {created(strings.Repeat("a", 17), strings.Repeat("a", 17)), at, history.ErrStep},
		"the same key":     {history.Record{Event: history.Created, Key: "pdf", Purpose: "pdf", ID: id("shc")}, at, history.ErrStep},
		"no id":            {history.Record{Event: history.Created, Key: "pdf", Purpose: "pdf"}, at, history.ErrStep},
		"id":               {history.Record{Event: history.Created, Key: "pdf", Purpose: "pdf", ID: "AAAA"}, at, history.ErrStep},
		"token":            {history.Record{Event: history.Created, Key: "pdf", Purpose: "pdf", ID: id("pdf"), Token: "AB"}, at, history.ErrStep},
		"nobody":           {event(history.Retired, "pdf", ""), at, history.ErrStep},
		"event":            {event("lost", "shc", ""), at, history.ErrStep},
		"destroyed twice":  {event(history.Destroyed, "shc", ""), at, history.ErrStep},
		"back":             {event(history.Activated, "shc", ""), at, history.ErrStep},
		"publish nothing":  {history.Record{Event: history.Published, Key: "vrs-tls"}, at, history.ErrStep},
		"revoke silently":  {event(history.Revoked, "shc", ""), at, history.ErrReason},
		"two lines":        {event(history.Revoked, "shc", "a\nb"), at, history.ErrReason},
		"long":             {event(history.Revoked, "shc", strings.Repeat("x", history.DefaultMaxReason+1)), at, history.ErrReason},
	} {
		h := whole(t)
		before := h.Bytes()
		if err := h.Append(c.at, c.give); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
		if !bytes.Equal(before, h.Bytes()) || len(h.Keys()) != 3 {
			t.Errorf("%s: a refused line is in the record", name)
		}
	}
	h := &history.History{}
	for _, r := range []history.Record{created("shc", "shc"), published("shc", "1"), event(history.Activated, "shc", ""), created("shc-2", "shc"), published("shc-2", "2")} {
		if err := h.Append(start, r); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.Append(start, event(history.Activated, "shc-2", "")); !errors.Is(err, history.ErrStep) || !strings.Contains(err.Error(), "retire it first") {
		t.Errorf("two keys for one purpose: %v", err)
	}
	if err := h.Append(start, published("shc-2", "2")); !errors.Is(err, history.ErrStep) {
		t.Errorf("a certificate published twice: %v", err)
	}
}

// Any byte that is another one is found.
func TestEveryByteCounts(t *testing.T) {
	text := whole(t).Bytes()
	for i := range text {
		b := bytes.Clone(text)
		b[i] ^= 1
		if _, err := history.Parse(b); !errors.Is(err, history.ErrDamaged) {
			t.Fatalf("byte %d was changed: %v", i, err)
		}
	}
	lines := bytes.SplitAfter(text, []byte("\n"))
	for i := range len(lines) - 2 {
		b := append(bytes.Join(lines[:i], nil), bytes.Join(lines[i+1:], nil)...)
		if _, err := history.Parse(b); !errors.Is(err, history.ErrDamaged) {
			t.Errorf("line %d was left out: %v", i+1, err)
		}
	}
	if _, err := history.Parse(make([]byte, history.DefaultMaxFile+1)); !errors.Is(err, history.ErrDamaged) {
		t.Errorf("too long: %v", err)
	}
}

func TestFile(t *testing.T) {
	dir := t.TempDir()
	if _, err := history.Read(dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no record: %v", err)
	}
	h := whole(t)
	if err := os.WriteFile(filepath.Join(dir, history.File+".new"), []byte("left by a power cut"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := h.Write(dir); err != nil {
		t.Fatal(err)
	}
	back, err := history.Read(dir)
	if err != nil || !back.Extends(h) || !h.Extends(back) {
		t.Errorf("read back otherwise: %v", err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*.new")); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
	if err := os.Chmod(filepath.Join(dir, history.File), 0o646); err != nil {
		t.Fatal(err)
	}
	if _, err := history.Read(dir); err == nil || !strings.Contains(err.Error(), "chmod") {
		t.Errorf("a record that others can write: %v", err)
	}
	if err := h.Write(filepath.Join(dir, "none")); err == nil {
		t.Error("written into a folder that is not there")
	}
}

// FuzzParse: a record that is taken encodes to the same bytes, and can go on.
func FuzzParse(f *testing.F) {
	text := whole(f).Bytes()
	f.Add(text)
	f.Add(text[:bytes.IndexByte(text, '\n')+1])
	f.Add([]byte{})
	f.Add([]byte("{}\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		h, err := history.Parse(b)
		if err != nil {
			if !errors.Is(err, history.ErrDamaged) {
				t.Fatal(err)
			}
			return
		}
		if !bytes.Equal(h.Bytes(), b) {
			t.Fatal("two records read alike")
		}
		for _, k := range h.Keys() {
			if k.Signs() && (!k.Shown() || !k.Private()) {
				t.Fatalf("%+v", k)
			}
		}
	})
}
