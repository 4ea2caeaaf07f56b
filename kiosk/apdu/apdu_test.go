package apdu

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"strings"
	"testing"
)

// script is a card that expects these commands in this order.
type script struct {
	t     *testing.T
	steps [][2]string // command, answer; hexadecimal, "!" for an exchange that fails
}

var errLine = errors.New("the line broke")

func (s *script) Transmit(_ context.Context, command []byte) ([]byte, error) {
	s.t.Helper()
	if len(s.steps) == 0 {
		s.t.Fatalf("one command too many: %X", command)
	}
	want, answer := s.steps[0][0], s.steps[0][1]
	s.steps = s.steps[1:]
	if got := strings.ToUpper(hex.EncodeToString(command)); got != want {
		s.t.Fatalf("command %s, want %s", got, want)
	}
	if answer == "!" {
		return nil, errLine
	}
	b, err := hex.DecodeString(answer)
	if err != nil {
		s.t.Fatal(err)
	}
	return b, nil
}

func (s *script) done() {
	s.t.Helper()
	if len(s.steps) != 0 {
		s.t.Errorf("%d commands were not sent", len(s.steps))
	}
}

func TestSend(t *testing.T) {
	for _, c := range []struct {
		name    string
		command []byte
		steps   [][2]string
		data    string
		want    error
	}{
		{"plain", GetData(0x00F2), [][2]string{{"00CA00F200", "31329000"}}, "12", nil},
		{"status word alone", SelectEF(0x11), [][2]string{{"00A4020C020011", "9000"}}, "", nil},
		{"status word is the error", SelectEF(0x11), [][2]string{{"00A4020C020011", "6A82"}}, "", NotFound},
		{"data waits", GetData(0x00F2), [][2]string{{"00CA00F200", "316102"}, {"00C0000002", "32339000"}}, "123", nil},
		{"data waits twice", GetData(0x00F2), [][2]string{{"00CA00F200", "6101"}, {"00C0000001", "316101"}, {"00C0000001", "329000"}}, "12", nil},
		{"wrong Le", ReadBinary(0, 256), [][2]string{{"00B0000000", "6C02"}, {"00B0000002", "31329000"}}, "12", nil},
		{"wrong Le twice", ReadBinary(0, 256), [][2]string{{"00B0000000", "6C02"}, {"00B0000002", "6C03"}}, "", Status(0x6C03)},
		{"wrong Le behind data", Sign([32]byte{}), [][2]string{
			{"802A0000333031300D060960864801650304020105000420" + strings.Repeat("00", 32) + "00", "6C80"},
			{"802A0000333031300D060960864801650304020105000420" + strings.Repeat("00", 32) + "80", "AA9000"},
		}, "\xAA", nil},
		{"wrong Le to a command without Le is not sent again", Verify([]byte("1234")), [][2]string{{"002000800431323334", "6C04"}}, "", Status(0x6C04)},
		{"the exchange fails", TriesLeft(), [][2]string{{"00200080", "!"}}, "", errLine},
		{"no status word", TriesLeft(), [][2]string{{"00200080", "90"}}, "", ErrShort},
		{"empty answer", TriesLeft(), [][2]string{{"00200080", ""}}, "", ErrShort},
		{"answer too long", TriesLeft(), [][2]string{{"00200080", strings.Repeat("00", 257) + "9000"}}, "", ErrLong},
		{"command too short", []byte{0, 0xA4, 4}, nil, "", ErrCommand},
		{"command too long", make([]byte, MaxCommand+1), nil, "", ErrCommand},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := &script{t, c.steps}
			data, err := Send(t.Context(), s, c.command)
			if !errors.Is(err, c.want) || (err == nil && string(data) != c.data) {
				t.Errorf("got %q, %v, want %q, %v", data, err, c.data, c.want)
			}
			s.done()
		})
	}
}

// endless answers every command the same.
type endless struct {
	answer []byte
	calls  int
}

func (e *endless) Transmit(context.Context, []byte) ([]byte, error) {
	e.calls++
	return bytes.Clone(e.answer), nil
}

func TestSendIsBounded(t *testing.T) {
	e := &endless{answer: []byte{0x61, 0x00}}
	if _, err := Send(t.Context(), e, TriesLeft()); !errors.Is(err, ErrRounds) || e.calls != DefaultMaxRounds {
		t.Errorf("%v after %d calls", err, e.calls)
	}
	e = &endless{answer: append(make([]byte, 256), 0x61, 0x00)}
	if _, err := Send(t.Context(), e, TriesLeft()); !errors.Is(err, ErrLong) {
		t.Errorf("%v", err)
	}
}

func TestReadUpTo(t *testing.T) {
	full := strings.Repeat("AB", 256)
	for _, c := range []struct {
		name  string
		n     int
		steps [][2]string
		size  int
		want  error
	}{
		{"one command", 17, [][2]string{{"00B0000011", strings.Repeat("AB", 17) + "9000"}}, 17, nil},
		{"paging", 336, [][2]string{{"00B0000000", full + "9000"}, {"00B0010050", strings.Repeat("AB", 80) + "9000"}}, 336, nil},
		{"the card gives less at a time", 4, [][2]string{{"00B0000004", "ABAB9000"}, {"00B0000202", "ABAB9000"}}, 4, nil},
		{"end by 6B00", 300, [][2]string{{"00B0000000", full + "9000"}, {"00B001002C", "6B00"}}, 256, nil},
		{"end by 6282", 300, [][2]string{{"00B0000000", "AB6282"}}, 1, nil},
		{"end by an empty answer", 300, [][2]string{{"00B0000000", "9000"}}, 0, nil},
		{"end by 6C", 20, [][2]string{{"00B0000014", "6C11"}, {"00B0000011", strings.Repeat("AB", 17) + "9000"}, {"00B0001103", "6B00"}}, 17, nil},
		{"more than asked for", 2, [][2]string{{"00B0000002", "ABABAB9000"}}, 0, ErrLong},
		{"PIN not presented", 2, [][2]string{{"00B0000002", "6982"}}, 0, SecurityNotMet},
		{"the exchange fails midway", 300, [][2]string{{"00B0000000", full + "9000"}, {"00B001002C", "!"}}, 0, errLine},
		{"offset cannot be said", 0x8001, nil, 0, ErrLong},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := &script{t, c.steps}
			data, err := ReadUpTo(t.Context(), s, 0, c.n)
			if !errors.Is(err, c.want) || len(data) != c.size {
				t.Errorf("got %d bytes, %v", len(data), err)
			}
			s.done()
		})
	}
}

func TestTries(t *testing.T) {
	for s, want := range map[Status]int{0x63C0: 0, 0x63C3: 3, 0x63CF: 15, 0x6984: 0, 0x6983: 0, 0x9000: -1, 0x6300: -1, 0x63D1: -1, 0x6982: -1} {
		left, ok := s.Tries()
		if !ok {
			left = -1
		}
		if left != want {
			t.Errorf("%04X: %d, want %d", uint16(s), left, want)
		}
	}
}

func TestStatusOf(t *testing.T) {
	if s, ok := StatusOf(errors.Join(errLine, NotFound)); !ok || s != NotFound {
		t.Error("the status word inside is not found")
	}
	if _, ok := StatusOf(errLine); ok {
		t.Error("a failed exchange has a status word")
	}
	if NotFound.Error() != "apdu: the card answered 6A82" {
		t.Error(NotFound.Error())
	}
}

func TestCommandsRefuse(t *testing.T) {
	for name, f := range map[string]func(){
		"AID of 4":     func() { SelectDF(make([]byte, 4)) },
		"AID of 17":    func() { SelectDF(make([]byte, 17)) },
		"no PIN":       func() { Verify(nil) },
		"PIN of 17":    func() { Verify(make([]byte, 17)) },
		"read nothing": func() { ReadBinary(0, 0) },
		"read 257":     func() { ReadBinary(0, 257) },
		"offset":       func() { ReadBinary(0x8000, 1) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s was taken", name)
				}
			}()
			f()
		}()
	}
}

// scripted gives the fuzzer's bytes as answers, each behind its length.
type scripted struct{ rest []byte }

func (s *scripted) Transmit(_ context.Context, command []byte) ([]byte, error) {
	if len(command) > MaxCommand {
		panic("command too long")
	}
	if len(s.rest) == 0 {
		return nil, errLine
	}
	n := min(int(s.rest[0]), len(s.rest)-1)
	a := s.rest[1 : 1+n]
	s.rest = s.rest[1+n:]
	return bytes.Clone(a), nil
}

// FuzzRead: whatever a card answers, a read ends within its bounds.
func FuzzRead(f *testing.F) {
	f.Add([]byte{4, 0xAB, 0xAB, 0x90, 0, 2, 0x6B, 0}, 17)
	f.Add([]byte{2, 0x61, 2, 4, 1, 2, 0x61, 2, 2, 0x90, 0}, 300)
	f.Add([]byte{2, 0x6C, 1, 3, 1, 0x90, 0}, 1)
	f.Fuzz(func(t *testing.T, answers []byte, n int) {
		data, err := ReadUpTo(t.Context(), &scripted{answers}, 0, n)
		if len(data) > n && n >= 0 || err != nil && data != nil {
			t.Fatalf("%d bytes of %d, %v", len(data), n, err)
		}
	})
}
