package mynumber

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"akashi/kiosk/apdu"
	"akashi/verifier/cardrecord"
	"akashi/verifier/credential"
)

func TestCheck(t *testing.T) {
	for _, c := range []struct {
		name  string
		tries int
		left  int
	}{{"fresh", 3, 3}, {"one left", 1, 1}, {"locked", 0, 0}} {
		t.Run(c.name, func(t *testing.T) {
			f := newFake()
			f.tries = c.tries
			s, err := Check(t.Context(), f)
			if want := (Status{credential.Date{Year: 2033, Month: 5, Day: 17}, c.left}); err != nil || s != want {
				t.Errorf("%+v, %v", s, err)
			}
			if f.pinsSent() != 0 || f.tries != c.tries {
				t.Error("a try was spent")
			}
			if !bytes.HasPrefix(f.log[0], []byte{0, 0xCA, 0, 0xF2}) {
				t.Error("an AP was selected before the expiry was asked for")
			}
		})
	}
}

// meddling answers the commands with a prefix in the card's place.
func meddling(answer []byte, err error, prefix ...byte) func(int, []byte) ([]byte, error, bool) {
	return func(_ int, c []byte) ([]byte, error, bool) { return answer, err, bytes.HasPrefix(c, prefix) }
}

func TestCheckOtherCards(t *testing.T) {
	for _, c := range []struct {
		name   string
		meddle func(int, []byte) ([]byte, error, bool)
		status Status
		want   error
	}{
		{"another card or a phone", meddling([]byte{0x6A, 0x82}, nil, 0, 0xA4, 4), Status{}, ErrNotMyNumber},
		{"a card of another class", meddling([]byte{0x6E, 0}, nil), Status{}, ErrNotMyNumber},
		{"a card that never gets beyond 6F00", meddling([]byte{0x6F, 0}, nil), Status{}, ErrNotMyNumber},
		{"the AP without the PIN's file", meddling([]byte{0x6A, 0x82}, nil, 0, 0xA4, 2), Status{}, ErrAnswer},
		{"no expiry", meddling([]byte{0x6A, 0x88}, nil, 0, 0xCA), Status{TriesLeft: 3}, nil},
		{"expiry that is no date", meddling([]byte("20331301\x90\x00"), nil, 0, 0xCA), Status{TriesLeft: 3}, nil},
		{"expiry without a day", meddling([]byte("20331200\x90\x00"), nil, 0, 0xCA), Status{TriesLeft: 3}, nil},
		{"expiry of another length", meddling([]byte("203312\x90\x00"), nil, 0, 0xCA), Status{TriesLeft: 3}, nil},
		{"tries not reported", meddling([]byte{0x90, 0}, nil, 0, 0x20), Status{credential.Date{Year: 2033, Month: 5, Day: 17}, -1}, nil},
		{"locked by 6984", meddling([]byte{0x69, 0x84}, nil, 0, 0x20), Status{credential.Date{Year: 2033, Month: 5, Day: 17}, 0}, nil},
		{"the line breaks at the expiry", meddling(nil, errLine, 0, 0xCA), Status{}, errLine},
		{"the line breaks at SELECT", meddling(nil, errLine, 0, 0xA4, 4), Status{}, errLine},
		{"the line breaks at the PIN's file", meddling(nil, errLine, 0, 0xA4, 2), Status{}, errLine},
		{"the line breaks at the tries", meddling(nil, errLine, 0, 0x20), Status{}, errLine},
		{"an answer without a status word", meddling([]byte{0x90}, nil, 0, 0xA4), Status{}, apdu.ErrShort},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFake()
			f.meddle = c.meddle
			s, err := Check(t.Context(), f)
			if s != c.status || !errors.Is(err, c.want) {
				t.Errorf("%+v, %v", s, err)
			}
		})
	}
}

func TestFirstCommandMayAnswer6F00(t *testing.T) {
	f := newFake()
	f.meddle = func(n int, _ []byte) ([]byte, error, bool) { return []byte{0x6F, 0}, nil, n == 1 }
	if s, err := Check(t.Context(), f); err != nil || !s.Expires.Full() {
		t.Errorf("%+v, %v", s, err)
	}
	f = newFake()
	f.meddle = func(n int, _ []byte) ([]byte, error, bool) { return []byte{0x6F, 0}, nil, n == 1 }
	if _, err := Verify(t.Context(), f, mustPIN(t, pinOK)); err != nil {
		t.Error(err)
	}
	if got := f.sent(0, 0xA4, 4); got != 2 || f.pinsSent() != 1 {
		t.Errorf("SELECT sent %d times, PIN %d times", got, f.pinsSent())
	}
}

func TestVerifyReadSign(t *testing.T) {
	f := newFake()
	if _, err := Check(t.Context(), f); err != nil {
		t.Fatal(err)
	}
	f.log = nil
	card, err := Verify(t.Context(), f, mustPIN(t, pinOK))
	if err != nil {
		t.Fatal(err)
	}
	files, err := card.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for id, got := range map[uint16][]byte{1: files.Number, 3: files.Integrity, 4: files.Signer, 7: files.APKey} {
		if !bytes.Equal(got, f.files[id]) {
			t.Errorf("EF %04X: %d bytes are not the card's %d", id, len(got), len(f.files[id]))
		}
	}
	if !bytes.Equal(files.Attributes, f.files[2][:104]) {
		t.Errorf("EF 0002: %d bytes, want the object without what follows it", len(files.Attributes))
	}
	signature, err := card.Sign(t.Context(), [32]byte{7})
	if err != nil || len(signature) != 256 || signature[0] != 7 {
		t.Errorf("%d bytes, %v", len(signature), err)
	}
	if f.sent(0, 0xA4, 4) != 1 || f.pinsSent() != 1 {
		t.Errorf("AP selected %d times, PIN presented %d times", f.sent(0, 0xA4, 4), f.pinsSent())
	}
}

// TestReadLongAttributes pages through an EF 0002 of more than 256 bytes whose
// length takes three bytes and is not minimal.
func TestReadLongAttributes(t *testing.T) {
	for _, n := range []int{0x9F, 251, 252, 300, 700} {
		f := newFake()
		f.files[2] = append([]byte{0xFF, 0x20, 0x82, byte(n >> 8), byte(n)}, bytes.Repeat([]byte{1}, n+9)...)
		card, err := Verify(t.Context(), f, mustPIN(t, pinOK))
		if err != nil {
			t.Fatal(err)
		}
		files, err := card.Read(t.Context())
		if err != nil || len(files.Attributes) != n+5 {
			t.Errorf("value of %d: %d bytes, %v", n, len(files.Attributes), err)
		}
	}
}

func TestWrongPIN(t *testing.T) {
	f := newFake()
	for _, left := range []int{2, 1, 0} {
		before := f.pinsSent()
		_, err := Verify(t.Context(), f, mustPIN(t, "9999"))
		var wrong *PINError
		if !errors.As(err, &wrong) || wrong.Left != left || errors.Is(err, ErrLocked) != (left == 0) {
			t.Errorf("want %d left, got %v", left, err)
		}
		if f.pinsSent() != before+1 {
			t.Errorf("PIN sent %d times", f.pinsSent()-before)
		}
	}
	before := f.pinsSent()
	if _, err := Verify(t.Context(), f, mustPIN(t, pinOK)); err != ErrLocked {
		t.Errorf("locked card: %v", err)
	}
	if f.pinsSent() != before {
		t.Error("a PIN was sent to a locked card")
	}
}

func TestVerifyIsNeverSentTwice(t *testing.T) {
	for _, c := range []struct {
		name   string
		answer []byte
		err    error
		want   []error
	}{
		{"the line breaks", nil, errLine, []error{ErrTryUnknown, errLine}},
		{"no status word", []byte{}, nil, []error{ErrTryUnknown, apdu.ErrShort}},
		{"6F00", []byte{0x6F, 0}, nil, []error{ErrAnswer}},
		{"6C04", []byte{0x6C, 4}, nil, []error{ErrAnswer}},
		{"6982", []byte{0x69, 0x82}, nil, []error{ErrAnswer, apdu.SecurityNotMet}},
		{"6984 in between", []byte{0x69, 0x84}, nil, []error{ErrLocked}},
		{"6983 in between", []byte{0x69, 0x83}, nil, []error{ErrLocked}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFake()
			f.meddle = meddling(c.answer, c.err, 0, 0x20, 0, 0x80, 4)
			card, err := Verify(t.Context(), f, mustPIN(t, pinOK))
			for _, want := range c.want {
				if !errors.Is(err, want) || card != nil {
					t.Errorf("got %v, want %v", err, want)
				}
			}
			if f.pinsSent() != 1 {
				t.Errorf("PIN sent %d times", f.pinsSent())
			}
		})
	}
}

func TestReadRefuses(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*fake)
		want   error
	}{
		{"integrity shorter than it must be", func(f *fake) { f.files[3] = f.files[3][:335] }, ErrAnswer},
		{"certificate missing", func(f *fake) { delete(f.files, 4) }, ErrAnswer},
		{"attributes shorter than their header says", func(f *fake) { f.files[2] = f.files[2][:90] }, ErrAnswer},
		{"attributes empty", func(f *fake) { f.files[2] = nil }, ErrAnswer},
		{"attributes beyond their bound", func(f *fake) { copy(f.files[2], []byte{0xFF, 0x20, 0x82, 0xFF, 0xFF}) }, ErrAnswer},
		{"attributes of indefinite length", func(f *fake) { f.files[2][2] = 0x80 }, ErrAnswer},
		{"PIN state lost midway", func(f *fake) {
			f.meddle = meddling([]byte{0x69, 0x82}, nil, 0, 0xB0, 1)
		}, apdu.SecurityNotMet},
		{"removed midway", func(f *fake) { f.meddle = meddling(nil, errLine, 0, 0xB0, 2) }, errLine},
		{"removed at a SELECT", func(f *fake) { f.meddle = meddling(nil, errLine, 0, 0xA4, 2, 0x0C, 2, 0, 7) }, errLine},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFake()
			card, err := Verify(t.Context(), f, mustPIN(t, pinOK))
			if err != nil {
				t.Fatal(err)
			}
			c.change(f)
			files, err := card.Read(t.Context())
			if !errors.Is(err, c.want) || files.Number != nil || files.Attributes != nil {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
}

func TestSignRefuses(t *testing.T) {
	for _, c := range []struct {
		name   string
		answer []byte
		err    error
		want   error
	}{
		{"short signature", []byte{1, 2, 3, 0x90, 0}, nil, ErrAnswer},
		{"6985", []byte{0x69, 0x85}, nil, ErrAnswer},
		{"removed", nil, errLine, errLine},
	} {
		f := newFake()
		card, err := Verify(t.Context(), f, mustPIN(t, pinOK))
		if err != nil {
			t.Fatal(err)
		}
		f.meddle = meddling(c.answer, c.err, 0x80, 0x2A)
		if s, err := card.Sign(t.Context(), [32]byte{}); s != nil || !errors.Is(err, c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestPIN(t *testing.T) {
	for _, bad := range []string{"", "123", "12345", "12a4", "１２３４", "-123", "12 4"} {
		b := []byte(bad)
		if _, err := NewPIN(b); err != ErrPINForm {
			t.Errorf("%q: %v", bad, err)
		}
		if len(bytes.Trim(b, "\x00")) != 0 {
			t.Errorf("%q stays in the argument", bad)
		}
	}
	b := []byte(pinOK)
	p, err := NewPIN(b)
	if err != nil || !bytes.Equal(b, make([]byte, 4)) {
		t.Errorf("%v, argument %q", err, b)
	}
	copied := p
	p.Wipe()
	for _, p := range []PIN{p, copied, {}} {
		f := newFake()
		if _, err := Verify(t.Context(), f, p); err != ErrPINForm || len(f.log) != 0 {
			t.Errorf("a PIN that is gone: %v, %d commands", err, len(f.log))
		}
	}
	PIN{}.Wipe()
}

// TestVerifyWipesItsCommand looks at the command's memory after the call.
func TestVerifyWipesItsCommand(t *testing.T) {
	f := newFake()
	var kept []byte
	f.meddle = func(_ int, c []byte) ([]byte, error, bool) {
		if len(c) == 9 && c[1] == 0x20 {
			kept = c
		}
		return nil, nil, false
	}
	if _, err := Verify(t.Context(), f, mustPIN(t, pinOK)); err != nil {
		t.Fatal(err)
	}
	if kept == nil || !bytes.Equal(kept, make([]byte, 9)) {
		t.Errorf("the command holds %q", kept)
	}
}

func TestPINStaysShut(t *testing.T) {
	p := mustPIN(t, "7391")
	v := struct {
		p PIN
		P *PIN
	}{p, &p}
	var out bytes.Buffer
	for _, v := range []any{p, &p, v, &v} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x"} {
			fmt.Fprintf(&out, verb+"\n", v)
		}
		if j, err := json.Marshal(v); err == nil {
			out.Write(j)
		}
		slog.New(slog.NewTextHandler(&out, nil)).Info("", "v", v)
	}
	for _, secret := range []string{"7391", "37333931", "55 51 57 49"} {
		if strings.Contains(out.String(), secret) {
			t.Errorf("%q came out", secret)
		}
	}
}

// FuzzCard: whatever a card answers, the steps end, the PIN goes out at most
// once, and files that are given have their sizes.
func FuzzCard(f *testing.F) {
	f.Add([]byte{2, 0x6A, 0x88, 2, 0x90, 0, 2, 0x90, 0, 2, 0x63, 0xC3, 2, 0x90, 0, 2, 0x90, 0})
	f.Add([]byte{2, 0x6F, 0, 2, 0x61, 9, 4, 1, 2, 0x90, 0, 2, 0x6C, 3})
	f.Fuzz(func(t *testing.T, answers []byte) {
		c := newFake()
		c.meddle = func(int, []byte) ([]byte, error, bool) {
			if len(answers) == 0 {
				return nil, nil, false // the honest card goes on
			}
			n := min(int(answers[0]), len(answers)-1)
			a := bytes.Clone(answers[1 : 1+n])
			answers = answers[1+n:]
			return a, nil, true
		}
		card, err := Verify(t.Context(), c, mustPIN(t, pinOK))
		if c.pinsSent() > 1 || (err == nil) != (card != nil) {
			t.Fatalf("PIN sent %d times, %v", c.pinsSent(), err)
		}
		if err != nil {
			return
		}
		files, err := card.Read(t.Context())
		if err == nil && (len(files.Number) != cardrecord.NumberSize || len(files.APKey) != cardrecord.APKeySize || len(files.Attributes) > cardrecord.DefaultMaxAttributes) {
			t.Fatal("a file of another size came through")
		}
	})
}
