package keep_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"akashi/centre/wire/release"
	"akashi/centre/wire/release/keep"
	"akashi/testkit/edition"
	"akashi/testkit/pki"
	"akashi/testkit/residents"
	trust "akashi/verifier/trust/keep"
)

// shelf is a keeper's folder with a clock of its own.
type shelf struct {
	t   *testing.T
	w   *pki.World
	c   keep.Config
	now time.Time
}

func newShelf(t *testing.T) *shelf {
	t.Helper()
	w, err := pki.New(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	s := &shelf{t: t, w: w, now: time.Now()}
	s.c = keep.Config{File: filepath.Join(t.TempDir(), "release"), Root: w.Centre.Pool(), Now: func() time.Time { return s.now }}
	return s
}

func (s *shelf) release(version int, change ...func(*release.Release)) []byte {
	s.t.Helper()
	r := edition.Draft(residents.Municipalities()[:1], time.Now())
	r.Version = version
	for _, f := range change {
		f(r)
	}
	b, err := edition.Sign(s.w, r)
	if err != nil {
		s.t.Fatal(err)
	}
	return b
}

func (s *shelf) open() *keep.Keeper {
	s.t.Helper()
	k, err := keep.Open(s.c)
	if err != nil {
		s.t.Fatal(err)
	}
	return k
}

func (s *shelf) stands(k *keep.Keeper, version int, refused string) {
	s.t.Helper()
	if got := k.Look(); got.Version() != version || got.Refused() != refused {
		s.t.Errorf("version %d, %q; want %d, %q", got.Version(), got.Refused(), version, refused)
	}
}

// The newest is kept, also over a restart; what may not follow leaves it.
func TestTheNewestIsKept(t *testing.T) {
	s := newShelf(t)
	k := s.open()
	s.stands(k, 0, "")
	if k.Look().Lasts(0) {
		t.Error("nothing is in force")
	}
	second := s.release(2)
	for _, c := range []struct {
		b       []byte
		version int
		refused string
	}{
		{s.release(1), 1, ""}, {second, 2, ""}, {s.release(1), 2, "release.rollback"}, {second, 2, ""},
		{s.release(2, func(r *release.Release) { r.Phone = "1" }), 2, "release.same-version"},
		{[]byte("{}"), 2, "release.malformed"}, {s.release(5)[:900], 2, "release.malformed"},
		{s.release(4, func(r *release.Release) { r.NotBefore = r.NotBefore.Add(time.Hour) }), 2, "release.not-yet"},
	} {
		_ = k.Take(c.b)
		s.stands(k, c.version, c.refused)
	}
	k = s.open()
	s.stands(k, 2, "")
	if err := k.Take(s.release(1)); !errors.Is(err, release.ErrRollback) {
		t.Errorf("an older one after a restart: %v", err)
	}
	k.Refuse(release.ErrRollback)
	s.stands(k, 2, "release.rollback")
	k.Refuse(nil)
	s.stands(k, 2, "")
}

// Time goes on: a release warns, ends, and is told from a forged one all the
// same after a restart long after.
func TestItEnds(t *testing.T) {
	s := newShelf(t)
	k := s.open()
	if err := k.Take(s.release(1)); err != nil {
		t.Fatal(err)
	}
	look := k.Look()
	if !look.Lasts(24*time.Hour) || look.Ending() || look.Days() < 88 {
		t.Errorf("at first: %d days", look.Days())
	}
	s.now = s.now.AddDate(0, 0, 80)
	if look := k.Look(); !look.Lasts(0) || !look.Ending() {
		t.Error("near its end it must warn")
	}
	s.now = s.now.AddDate(3, 0, 0) // its signer's certificate is over too
	for _, k := range []*keep.Keeper{k, s.open()} {
		if look := k.Look(); look.Lasts(0) || look.Days() != 0 || look.Version() != 1 {
			t.Errorf("after its end: %+v", look)
		}
	}
}

// What was changed on the disk, or is another centre's, is not taken as
// nothing.
func TestADamagedShelf(t *testing.T) {
	s := newShelf(t)
	k := s.open()
	if err := k.Take(s.release(1)); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(s.c.File)
	if err != nil {
		t.Fatal(err)
	}
	own := s.c.Root
	other := newShelf(t)
	s.c.Root = other.c.Root
	if _, err := keep.Open(s.c); !errors.Is(err, release.ErrSigner) {
		t.Errorf("another root: %v", err)
	}
	s.c.Root = own
	b[len(b)/2] ^= 1
	if err := os.WriteFile(s.c.File, b, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := keep.Open(s.c); err == nil {
		t.Error("a damaged file was opened")
	}
}

// A release that this end cannot use is refused, and one that it could use
// until its software changed is in force no more.
func TestWhatCannotBeUsedHere(t *testing.T) {
	s := newShelf(t)
	var no error
	s.c.Hold = func(*release.Release) error { return no }
	k := s.open()
	if err := k.Take(s.release(1)); err != nil {
		t.Fatal(err)
	}
	no = release.ErrKey
	if err := k.Take(s.release(2)); !errors.Is(err, release.ErrKey) {
		t.Errorf("got %v", err)
	}
	s.stands(k, 1, "release.key")
	k = s.open()
	if look := k.Look(); look.Lasts(0) || look.Version() != 1 {
		t.Error("it is in force though it cannot be shown")
	}
	no = nil
	if err := k.Take(s.release(2)); err != nil || !k.Look().Lasts(0) {
		t.Errorf("the next one: %v", err)
	}
}

// A source is followed while the process runs; at the start it must be in
// order.
func TestASourceIsFollowed(t *testing.T) {
	s := newShelf(t)
	s.c.Source = filepath.Join(t.TempDir(), "release.json")
	if _, err := keep.Open(s.c); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no source: %v", err)
	}
	put := func(b []byte) {
		t.Helper()
		if err := errors.Join(os.WriteFile(s.c.Source+".new", b, 0o600), os.Rename(s.c.Source+".new", s.c.Source)); err != nil {
			t.Fatal(err)
		}
	}
	put(s.release(2))
	k := s.open()
	s.stands(k, 2, "")
	put(s.release(3))
	s.stands(k, 3, "")
	put(s.release(1))
	s.stands(k, 3, "release.rollback")
	soon := s.release(4, func(r *release.Release) { r.NotBefore = r.NotBefore.Add(time.Hour) })
	put(soon)
	s.stands(k, 3, "release.not-yet")
	s.now = s.now.Add(2 * time.Hour) // its time has come, and the file is as it was
	s.stands(k, 4, "")
	if err := os.Remove(s.c.Source); err != nil {
		t.Fatal(err)
	}
	s.stands(k, 4, "release.file")
	put(s.release(1))
	if _, err := keep.Open(s.c); !errors.Is(err, release.ErrRollback) {
		t.Errorf("an older source at the start: %v", err)
	}
	s.c.Source = t.TempDir()
	if _, err := keep.Open(s.c); !errors.Is(err, trust.ErrNotFile) { // nor is a pipe waited for: trust.OpenFile
		t.Errorf("a folder: %v", err)
	}
}
