package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"akashi/centre/wire/release"
	"akashi/kiosk/screen"
	"akashi/testkit/edition"
	"akashi/testkit/pki"
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

func (d table) sign(key string) (string, error) {
	var out bytes.Buffer
	err := run([]string{"sign", "-draft", d.in("draft.json"), "-key", d.in(key + ".key"), "-chain", d.in(key + ".pem"),
		"-root", d.in("centre-root.pem"), "-texts", d.in("texts.json"), "-out", d.in("release.json")}, time.Now(), &out)
	return out.String(), err
}

func (d table) run(args ...string) (string, error) {
	var out bytes.Buffer
	err := run(append(args, d.in("release.json")), time.Now(), &out)
	return out.String(), err
}

func TestSignCheckShow(t *testing.T) {
	d := newDesk(t)
	d.draft(func(r *release.Release) { r.Texts["start.lead"] = edition.All("Choose.") })
	said, err := d.sign("release")
	if err != nil || !strings.HasPrefix(said, "release 7, terms 2026-11, ") || !strings.Contains(said, "4 municipalities take part, 1 texts replaced") {
		t.Fatalf("%q, %v", said, err)
	}
	if got, err := d.run("check", "-root", d.in("centre-root.pem"), "-texts", d.in("texts.json"), "-after", "6"); err != nil || got != said {
		t.Errorf("check: %q, %v", got, err)
	}
	if _, err := d.run("check", "-root", d.in("centre-root.pem"), "-after", "7"); !errors.Is(err, release.ErrRollback) {
		t.Errorf("not above 7: %v", err)
	}
	if _, err := d.run("check", "-root", d.in("vrs-ca.pem")); !errors.Is(err, release.ErrSigner) {
		t.Errorf("another root: %v", err)
	}
	shown, err := d.run("show")
	if err != nil {
		t.Fatal(err)
	}
	d.write("draft.json", []byte(shown)) // what is shown can be signed again
	if _, err := d.sign("release"); err != nil {
		t.Error(err)
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
		if _, err := d.sign(c.key); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := os.Stat(d.in("release.json")); err == nil {
			t.Errorf("%s: a file was written", name)
		}
	}
	for _, args := range [][]string{nil, {"sign"}, {"check", "x"}, {"show"}, {"show", "-root", "r", "x"}, {"publish", "x"}} {
		if err := run(args, time.Now(), &bytes.Buffer{}); !errors.Is(err, errUsage) {
			t.Errorf("%v: %v", args, err)
		}
	}
}
