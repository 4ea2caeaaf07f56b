package audit_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"akashi/centre/audit"
	"akashi/centre/fleet"
	"akashi/centre/wire"
)

var start = time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)

func clock() time.Time { return start }

func open(t *testing.T, path string, each func(audit.Record)) *audit.Log {
	t.Helper()
	l, err := audit.Open(path, "n1", clock, each)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func settled(kiosk fleet.ID) audit.Event {
	return audit.Event{Settled: &audit.Settled{Node: "n1", Kiosk: kiosk, Municipality: 992011, Code: wire.OK}}
}

func verify(t *testing.T, path string) (audit.Head, []audit.Event, error) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var all []audit.Event
	h, err := audit.Verify(f, func(r audit.Record) { all = append(all, r.Event) })
	return h, all, err
}

// TestRecordIsWhatTheLogHas: what is told of an event is the line in the log.
func TestRecordIsWhatTheLogHas(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.log")
	l := open(t, path, nil)
	r, err := l.Record(settled("k1"))
	if err != nil || r.Seq != 2 { // the first says that the log was opened
		t.Fatalf("record %d, %v", r.Seq, err)
	}
	b, err := os.ReadFile(path)
	if err != nil || !bytes.Contains(b, append(wire.Encode(r), '\n')) {
		t.Errorf("%v: the log has\n%s", err, b)
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	if r, err := l.Record(settled("k1")); err != audit.ErrDown || r.Seq != 0 {
		t.Errorf("record %d after the end, %v", r.Seq, err)
	}
}

func TestALogGoesOnAfterARestart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.log")
	l := open(t, path, nil)
	if err := l.Append(settled("k1")); err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if err := l.Append(settled("k1")); err != audit.ErrDown {
		t.Errorf("after Close: %v", err)
	}
	seen := 0
	l = open(t, path, func(audit.Record) { seen++ })
	defer l.Close()
	if seen != 3 { // started, settled, stopped
		t.Errorf("%d earlier records", seen)
	}
	h, all, err := verify(t, path)
	if err != nil || h.Seq != 4 || all[3].Started == nil || all[3].Started.Torn {
		t.Errorf("%v, %+v, %v", h.Seq, all, err)
	}
}

func TestManyAppendAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.log")
	l := open(t, path, nil)
	var wg sync.WaitGroup
	for range 300 {
		wg.Go(func() {
			if err := l.Append(settled("k1")); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if h, _, err := verify(t, path); err != nil || h.Seq != 302 {
		t.Errorf("%d records, %v", h.Seq, err)
	}
	open(t, path, nil).Close() // the checkpoints are on it
}

// whole gives a log of several records as its lines.
func whole(t *testing.T) (path string, lines [][]byte) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "audit.log")
	l := open(t, path, nil)
	for _, k := range []fleet.ID{"k1", "k2", "k3"} {
		if err := l.Append(settled(k)); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return path, bytes.SplitAfter(bytes.TrimSuffix(b, []byte("\n")), []byte("\n"))
}

func TestAChangedLogIsRefused(t *testing.T) {
	path, lines := whole(t)
	lines[4] = append(lines[4], '\n')
	good := bytes.Join(lines, nil)
	swap := func(a, b int) []byte {
		l := append([][]byte(nil), lines...)
		l[a], l[b] = l[b], l[a]
		return bytes.Join(l, nil)
	}
	for name, b := range map[string][]byte{
		"a kiosk changed":        bytes.Replace(good, []byte(`"k2"`), []byte(`"k9"`), 1),
		"a code changed":         bytes.Replace(good, []byte(`"code":0`), []byte(`"code":1`), 1),
		"a time changed":         bytes.Replace(good, []byte(`"at":17`), []byte(`"at":18`), 1),
		"a line left out":        bytes.Join([][]byte{lines[0], lines[2], lines[3], lines[4]}, nil),
		"the first left out":     bytes.Join(lines[1:], nil),
		"two lines swapped":      swap(1, 2),
		"a line twice":           bytes.Join([][]byte{lines[0], lines[1], lines[1], lines[2]}, nil),
		"cut at the end":         bytes.Join(lines[:3], nil),
		"emptied":                nil,
		"white space":            bytes.Replace(good, []byte(`{"seq"`), []byte(`{ "seq"`), 1),
		"a text put in":          bytes.Replace(good, []byte(`"k2"`), []byte(`"Yamada Taro"`), 1),
		"an overlong line":       append(bytes.Clone(good), bytes.Repeat([]byte{'a'}, audit.DefaultMaxLine+1)...),
		"a line of rubbish":      append(bytes.Clone(good), "rubbish\n"...),
		"a member that is none":  bytes.Replace(good, []byte(`"kiosk"`), []byte(`"other"`), 1),
		"a line of another log":  bytes.Join([][]byte{lines[0], another(t), lines[2], lines[3], lines[4]}, nil),
		"torn, and cut as well ": append(bytes.Join(lines[:2], nil), "{"...),
	} {
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := audit.Open(path, "n1", clock, nil); !errors.Is(err, audit.ErrChain) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if err := os.WriteFile(path, good, 0o600); err != nil {
		t.Fatal(err)
	}
	open(t, path, nil).Close()
	if err := os.WriteFile(path+".checkpoint", []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := audit.Open(path, "n1", clock, nil); !errors.Is(err, audit.ErrChain) {
		t.Errorf("checkpoint of rubbish: got %v", err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if _, err := audit.Open(path, "n1", clock, nil); !errors.Is(err, audit.ErrChain) {
		t.Errorf("a log that vanished: got %v", err)
	}
}

// another gives a second line that follows from the same first one: what
// somebody writes who can compute the chain.
func another(t *testing.T) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "audit.log")
	l := open(t, path, nil)
	if err := l.Append(settled("k9")); err != nil {
		t.Fatal(err)
	}
	l.Close()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return bytes.SplitAfter(b, []byte("\n"))[1]
}

// A crash in the middle of a write leaves half a line, which nobody was told
// of; the log goes on and says so.
func TestATornEndIsCut(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.log")
	l := open(t, path, nil)
	if err := l.Append(settled("k1")); err != nil {
		t.Fatal(err)
	}
	l.Close()
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		t.Fatal(err)
	}
	f.WriteString(`{"seq":4,"at":17`)
	f.Close()
	open(t, path, nil).Close()
	_, all, err := verify(t, path)
	if err != nil || len(all) != 5 || !all[3].Started.Torn {
		t.Errorf("%d records, %v", len(all), err)
	}
}

func TestTwoProcessesCannotShareALog(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.log")
	defer open(t, path, nil).Close()
	if _, err := audit.Open(path, "n2", clock, nil); err == nil || !strings.Contains(err.Error(), "another process") {
		t.Errorf("got %v", err)
	}
}

func TestOpenRefuses(t *testing.T) {
	if _, err := audit.Open(filepath.Join(t.TempDir(), "no", "audit.log"), "n1", clock, nil); !os.IsNotExist(err) {
		t.Errorf("no folder: %v", err)
	}
	if _, err := audit.Open(filepath.Join(t.TempDir(), "audit.log"), "Node 1", clock, nil); err == nil {
		t.Error("a node that is no id was taken")
	}
}

func TestTheSetIsClosed(t *testing.T) {
	l := open(t, filepath.Join(t.TempDir(), "audit.log"), nil)
	defer l.Close()
	two := settled("k1")
	two.Stopped = &audit.Stopped{Node: "n1"}
	for name, e := range map[string]audit.Event{
		"none":                            {},
		"two":                             two,
		"a text as id":                    settled("山田　太郎"),
		"a right that changed to nothing": {Right: &audit.Right{Node: "n1", Kiosk: "k1", Change: 6}},
		"a redemption instead of another": {Right: &audit.Right{Node: "n1", Kiosk: "k1", Change: audit.RightRedeemed, Instead: &audit.Mark{}}},
		"unknown code":                    {Voided: &audit.Voided{Node: "n1", Code: 999}},
	} {
		if err := l.Append(e); err == nil || errors.Is(err, audit.ErrDown) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if l.Down() {
		t.Error("a refused event took the log down")
	}
}

// No field of any event can hold free text or bytes: only numbers, truth
// values and ids of a checked form.
func TestNoFieldCanHoldAText(t *testing.T) {
	var walk func(ty reflect.Type, path string)
	walk = func(ty reflect.Type, path string) {
		switch ty.Kind() {
		case reflect.Pointer, reflect.Array:
			walk(ty.Elem(), path)
		case reflect.Struct:
			for i := range ty.NumField() {
				walk(ty.Field(i).Type, path+"."+ty.Field(i).Name)
			}
		case reflect.Bool, reflect.Int64, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		default:
			if ty != reflect.TypeFor[fleet.ID]() {
				t.Errorf("%s is a %s", path, ty)
			}
		}
	}
	walk(reflect.TypeFor[audit.Event](), "Event")
}

func TestMunicipalityOf(t *testing.T) {
	for in, want := range map[string]audit.Municipality{"992011": 992011, "011002": 11002, "": 0, "99201": 0, "99201x": 0, "9920111": 0} {
		if got := audit.MunicipalityOf(in); got != want {
			t.Errorf("%q: %d", in, got)
		}
	}
}

func TestTimeDoesNotRunBackwards(t *testing.T) {
	now := start
	path := filepath.Join(t.TempDir(), "audit.log")
	l, err := audit.Open(path, "n1", func() time.Time { now = now.Add(-time.Hour); return now }, nil)
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	f, _ := os.Open(path)
	defer f.Close()
	var last int64
	audit.Verify(f, func(r audit.Record) {
		if r.At < last {
			t.Error("a record is older than the one before")
		}
		last = r.At
	})
}

func FuzzVerify(f *testing.F) {
	f.Add([]byte(`{"seq":1,"at":1,"event":{"stopped":{"node":"n1"}},"chain":"AA=="}` + "\n"))
	f.Add([]byte("\n"))
	f.Add([]byte(nil))
	f.Fuzz(func(t *testing.T, b []byte) {
		var again bytes.Buffer
		_, err := audit.Verify(bytes.NewReader(b), func(r audit.Record) { again.Write(append(wire.Encode(r), '\n')) })
		if err == nil && !bytes.Equal(again.Bytes(), b) {
			t.Error("a log was accepted that its records do not give")
		}
	})
}
