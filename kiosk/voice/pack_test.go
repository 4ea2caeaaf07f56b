package voice_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"strings"
	"testing"

	"akashi/kiosk/voice"
)

func someSounds() map[voice.ID][]byte {
	return map[voice.ID][]byte{
		voice.Clip{Voice: "ja", Text: "1回"}.ID():  []byte("OggS one"),
		voice.Clip{Voice: "ja", Text: "2回"}.ID():  []byte("OggS two"),
		voice.Clip{Voice: "en", Text: "yen"}.ID(): []byte("OggS yen"),
	}
}

func TestPack(t *testing.T) {
	p, err := voice.ParsePack(voice.NewPack(someSounds()).Encode())
	if err != nil || p.Len() != 3 {
		t.Fatal(p, err)
	}
	for id, want := range someSounds() {
		if b, ok := p.Sound(id); !ok || !bytes.Equal(b, want) || !p.Has(id) {
			t.Errorf("%s is %q, %v", id, b, ok)
		}
	}
	if _, ok := p.Sound(voice.ID{}); ok {
		t.Error("there is a sound that was never made")
	}
}

func TestPackRefuses(t *testing.T) {
	good := voice.NewPack(someSounds()).Encode()
	edit := func(f func([]byte) []byte) []byte { return f(bytes.Clone(good)) }
	const first = 20 // of the index
	for name, b := range map[string][]byte{
		"empty": nil, "cut head": good[:18], "other magic": append([]byte("akashi voices 2\n"), good[16:]...), "cut": good[:len(good)-1], "more": append(bytes.Clone(good), 0),
		"a number over the bound": edit(func(b []byte) []byte { binary.BigEndian.PutUint32(b[16:], voice.DefaultMaxSounds+1); return b }),
		"more entries than there": edit(func(b []byte) []byte { binary.BigEndian.PutUint32(b[16:], 9999); return b }),
		"an empty sound":          edit(func(b []byte) []byte { binary.BigEndian.PutUint32(b[first+12:], 0); return b }),
		"a sound over the bound":  edit(func(b []byte) []byte { binary.BigEndian.PutUint32(b[first+12:], voice.DefaultMaxSound+1); return b }),
		"two of one name":         edit(func(b []byte) []byte { copy(b[first:first+12], b[first+16:]); return b }),
	} {
		if _, err := voice.ParsePack(b); !errors.Is(err, voice.ErrPack) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestID(t *testing.T) {
	id := voice.Clip{Voice: "ja", Text: "1回"}.ID()
	if got, err := voice.ParseID(id.String()); err != nil || got != id {
		t.Errorf("%s, %v", got, err)
	}
	if id == (voice.Clip{Voice: "en", Text: "1回"}).ID() {
		t.Error("two voices have one sound")
	}
	for _, s := range []string{"", "0", strings.ToUpper(id.String()), id.String() + "00", "../" + id.String()[:21], "zz" + id.String()[2:]} {
		if _, err := voice.ParseID(s); !errors.Is(err, voice.ErrID) {
			t.Errorf("%q: %v", s, err)
		}
	}
}

func TestNames(t *testing.T) {
	if n, err := voice.ParseNames([]byte("# a list\n\nja\t見本市\tみほんし\nen\tMihon City\nen\tXBB\tex bee bee\n")); err != nil || len(n) != 3 || n[2].Spoken != "ex bee bee" || n[0].Spoken != "みほんし" {
		t.Errorf("%+v, %v", n, err)
	}
	for _, s := range []string{"ja\t見本市", "ja\t見本市\t", "ja\t見本市\t見本市", "ja\t\tみ", "en\t", "en", "ko\tx", "en\tA\t", "en\tA\tB\tC", "en\tA\nen\tA", "en\t A", "ja\t見本市\tみほんし\t"} {
		if n, err := voice.ParseNames([]byte(s)); !errors.Is(err, voice.ErrNames) {
			t.Errorf("%q: %+v, %v", s, n, err)
		}
	}
	if _, err := voice.ParseNames(make([]byte, voice.DefaultMaxNameFile+1)); !errors.Is(err, voice.ErrNames) {
		t.Error(err)
	}
	if _, err := voice.ParseNames([]byte(strings.Repeat("en\t", 1))); !errors.Is(err, voice.ErrNames) {
		t.Error(err)
	}
}

// A pack that is taken is the one encoding of what it holds.
func FuzzPack(f *testing.F) {
	f.Add(voice.NewPack(someSounds()).Encode())
	f.Add(voice.NewPack(nil).Encode())
	f.Add([]byte("akashi voices 1\n\x00\x00\x00\x01"))
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := voice.ParsePack(b)
		if err == nil && !bytes.Equal(p.Encode(), b) {
			t.Errorf("%q is taken, and encoded otherwise", b)
		}
	})
}

func FuzzNames(f *testing.F) {
	f.Add([]byte("ja\t見本市\tみほんし\nen\tMihon City\n"))
	f.Add([]byte("# x\n\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		all, err := voice.ParseNames(b)
		for _, n := range all {
			if err == nil && (n.Text == "" || n.Voice != "ja" && n.Voice != "en") {
				t.Errorf("%+v", n)
			}
		}
	})
}

// Whatever is asked for, a plan has only sounds that are there, and what it
// leaves out it says.
func FuzzSay(f *testing.F) {
	f.Add("ja", "あと{n}回まで入力できます。", "3")
	f.Add("en", "Pay ¥240", "")
	f.Add("ja", "2021年6月1日 99,999,999円", "見本市")
	f.Add("en", "December 31, 1999: {n}%", "-1")
	b := book(f)
	f.Fuzz(func(t *testing.T, language, text, value string) {
		b.Texts = func(string, string) (string, bool) { return text, true }
		parts, unsaid, err := b.Say(language, []voice.Piece{{Key: "k", Values: map[string]string{"n": value, "place": value, "phone": value, "sum": value}}})
		if err != nil && len(parts)+len(unsaid) > 0 {
			t.Errorf("%v with %d parts", err, len(parts))
		}
		for _, p := range parts {
			if !b.Has(p.Clip.ID()) {
				t.Errorf("%+v has no sound", p.Clip)
			}
		}
	})
}
