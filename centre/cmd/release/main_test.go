package main_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"akashi/centre/wire/release"
	"akashi/kiosk/screen"
	"akashi/testkit/edition"
	"akashi/testkit/pki"
	"akashi/testkit/programs"
	"akashi/testkit/residents"
)

// table is a folder with a world's files, the kiosk's texts and a draft.
type table struct {
	t   *testing.T
	dir string
}

func newDesk(t *testing.T) table {
	t.Helper()
	w, err := pki.New(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	d := table{t, t.TempDir()}
	if err := w.WriteDir(d.dir); err != nil {
		t.Fatal(err)
	}
	var texts bytes.Buffer
	if err := screen.Print(&texts); err != nil {
		t.Fatal(err)
	}
	d.write("texts.json", texts.Bytes())
	if err := programs.Into(t.Context(), d.dir, "centre/cmd/release"); err != nil {
		t.Fatal(err)
	}
	return d
}

func (d table) in(name string) string { return filepath.Join(d.dir, name) }

func (d table) write(name string, b []byte) {
	d.t.Helper()
	if err := os.WriteFile(d.in(name), b, 0o600); err != nil {
		d.t.Fatal(err)
	}
}

// draft writes a draft that names no time of issue.
func (d table) draft(change func(*release.Release)) {
	d.t.Helper()
	r := edition.Draft(residents.Municipalities(), time.Now())
	r.Version, r.Issued = 7, time.Time{}
	change(r)
	b, err := json.MarshalIndent(r, "", "\t")
	if err != nil {
		d.t.Fatal(err)
	}
	d.write("draft.json", b)
}

// call runs the program as it ships: what it said, what it complained of, its exit.
func (d table) call(args ...string) (string, string, int) {
	d.t.Helper()
	var out, bad bytes.Buffer
	c := exec.Command(d.in("release"), args...)
	c.Stdout, c.Stderr = &out, &bad
	if err := c.Run(); err != nil && c.ProcessState == nil {
		d.t.Fatal(err)
	}
	return out.String(), bad.String(), c.ProcessState.ExitCode()
}

func (d table) sign(key string) (string, string, int) {
	d.t.Helper()
	return d.call("sign", "-draft", d.in("draft.json"), "-key", d.in(key+".key"), "-chain", d.in(key+".pem"),
		"-root", d.in("centre-root.pem"), "-texts", d.in("texts.json"), "-out", d.in("release.json"))
}

// refused tells whether the program ended with 1 and named that reason.
func refused(bad string, code int, want error) bool {
	return code == 1 && strings.Contains(bad, want.Error())
}

func TestSignCheckShow(t *testing.T) {
	d := newDesk(t)
	d.draft(func(r *release.Release) { r.Texts["start.lead"] = edition.All("Choose.") })
	said, bad, code := d.sign("release")
	if code != 0 || !strings.HasPrefix(said, "no recorded sound, and the screen says so, for: start.lead\nrelease 7, terms 2026-11, ") || !strings.Contains(said, "4 municipalities take part, 1 texts replaced") {
		t.Fatalf("%q, %q, %d", said, bad, code)
	}
	file := d.in("release.json")
	if got, bad, code := d.call("check", "-root", d.in("centre-root.pem"), "-texts", d.in("texts.json"), "-after", "6", file); code != 0 || got != said {
		t.Errorf("check: %q, %q, %d", got, bad, code)
	}
	if _, bad, code := d.call("check", "-root", d.in("centre-root.pem"), "-after", "7", file); !refused(bad, code, release.ErrRollback) {
		t.Errorf("not above 7: %q, %d", bad, code)
	}
	if _, bad, code := d.call("check", "-root", d.in("vrs-ca.pem"), file); !refused(bad, code, release.ErrSigner) {
		t.Errorf("another root: %q, %d", bad, code)
	}
	shown, bad, code := d.call("show", file)
	if code != 0 {
		t.Fatal(bad)
	}
	d.write("draft.json", []byte(shown)) // what is shown can be signed again
	if _, bad, code := d.sign("release"); code != 0 {
		t.Error(bad)
	}
}

func TestSignRefuses(t *testing.T) {
	d := newDesk(t)
	for name, c := range map[string]struct {
		change func(*release.Release)
		key    string
		want   error
	}{
		"another role":     {func(*release.Release) {}, "gateway", release.ErrPurpose},
		"a text too many":  {func(r *release.Release) { r.Texts["no.such"] = edition.All("x") }, "release", release.ErrKey},
		"a place left out": {func(r *release.Release) { r.Texts["charged"] = edition.All("Paid.") }, "release", release.ErrPlace},
		"a language":       {func(r *release.Release) { delete(r.Terms.Purpose, "ko") }, "release", release.ErrLanguage},
		"a step":           {func(r *release.Release) { r.Texts["steps.order"] = edition.All("print, pay") }, "release", release.ErrKey},
	} {
		d.draft(c.change)
		if _, bad, code := d.sign(c.key); !refused(bad, code, c.want) {
			t.Errorf("%s: %q, %d", name, bad, code)
		}
		if _, err := os.Stat(d.in("release.json")); err == nil {
			t.Errorf("%s: a file was written", name)
		}
	}
	for _, args := range [][]string{nil, {"sign"}, {"check", "x"}, {"show"}, {"show", "-root", "r", "x"}, {"publish", "x"}} {
		if _, bad, code := d.call(args...); code != 2 || !strings.HasPrefix(bad, "usage: release sign") {
			t.Errorf("%v: %q, %d", args, bad, code)
		}
	}
}
