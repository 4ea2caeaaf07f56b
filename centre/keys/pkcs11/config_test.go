package pkcs11

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

const good = `{"module":"/m.so","label":"akashi","pin_file":"/pin"}`

func TestParseConfig(t *testing.T) {
	c, err := ParseConfig([]byte(good))
	if err != nil || c != (Config{"/m.so", "akashi", "/pin", DefaultSessions}) {
		t.Fatalf("%+v, %v", c, err)
	}
	for name, text := range map[string]string{
		"empty": "", "unknown member": `{"module":"/m.so","label":"akashi","pin_file":"/pin","pin":"1234"}`,
		"module": `{"label":"akashi","pin_file":"/pin"}`, "relative": strings.Replace(good, "/m.so", "m.so", 1),
		"label": strings.Replace(good, "akashi", "", 1), "long label": strings.Replace(good, "akashi", strings.Repeat("a", 33), 1),
		"pin file": strings.Replace(good, "/pin", "pin", 1), "more": good + good,
		"sessions": strings.Replace(good, "}", `,"sessions":257}`, 1), "no sessions": strings.Replace(good, "}", `,"sessions":-1}`, 1),
		"too long": strings.Repeat(" ", DefaultMaxConfig+1),
	} {
		if _, err := ParseConfig([]byte(text)); err == nil {
			t.Errorf("%s: passed", name)
		}
	}
	if _, err := ReadConfig(filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("a description that is not there was read")
	}
}

// No error, and no description, has a PIN in it.
func TestReadPIN(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pin")
	c := Config{PINFile: path}
	if _, err := c.readPIN(); err == nil {
		t.Error("no file: passed")
	}
	for name, p := range map[string]struct {
		content string
		mode    os.FileMode
		want    string // empty: refused
	}{
		"line": {"2468-secret\n", 0o600, "2468-secret"}, "bare": {"2468-secret", 0o400, "2468-secret"},
		"empty": {"", 0o600, ""}, "line feed alone": {"\n", 0o600, ""}, "two lines": {"2468-secret\nx\n", 0o600, ""},
		"DOS": {"2468-secret\r\n", 0o600, ""}, "zero": {"2468\x00secret", 0o600, ""}, "readable": {"2468-secret", 0o640, ""},
		"long": {strings.Repeat("2468-secret", 25), 0o600, ""},
	} {
		os.Remove(path)
		if err := os.WriteFile(path, []byte(p.content), p.mode); err != nil {
			t.Fatal(err)
		}
		got, err := c.readPIN()
		if string(got) != p.want || (err == nil) != (p.want != "") || err != nil && strings.Contains(err.Error(), "2468") {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

// FuzzParseConfig: what is taken encodes back to the same.
func FuzzParseConfig(f *testing.F) {
	f.Add([]byte(good))
	f.Add([]byte(strings.Replace(good, "}", `,"sessions":2}`, 1)))
	f.Add([]byte("{}"))
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := ParseConfig(b)
		if err != nil {
			return
		}
		again, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		if d, err := ParseConfig(again); err != nil || !reflect.DeepEqual(c, d) {
			t.Fatalf("%+v, %v; was %+v", d, err, c)
		}
	})
}
