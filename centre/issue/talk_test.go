package issue_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"testing"

	"akashi/centre/issue"
	"akashi/centre/wire"
)

// framed writes messages as the worker does.
func framed(messages ...[]byte) []byte {
	var b []byte
	for _, m := range messages {
		b = binary.BigEndian.AppendUint32(b, uint32(len(m)))
		b = append(b, m...)
	}
	return b
}

// tape is a worker that says what is on it, whatever it hears.
type tape struct{ io.Reader }

func (tape) Write(b []byte) (int, error) { return len(b), nil }

func TestTheLauncherTakesTheTalkInOrderOnly(t *testing.T) {
	said := func(s issue.Said) []byte { return wire.Encode(s) }
	key, done := said(issue.Said{Key: []byte{1}}), said(issue.Said{Done: &issue.Done{}})
	reserved := said(issue.Said{Reserved: []byte{2}})
	for name, c := range map[string]struct {
		script []byte
		token  bool
		ok     bool
	}{
		"whole":               {framed(key, reserved, done), true, true},
		"nothing reserved":    {framed(key, done), false, true},
		"ended after the key": {framed(key), false, false},
		"ended while issuing": {framed(key, reserved), true, false},
		"half a message":      {framed(key, reserved, done)[:30], false, false},
		"reserved twice":      {framed(key, reserved, reserved, done), true, false},
		"two keys":            {framed(key, key, done), false, false},
		"two at once":         {framed(key, said(issue.Said{Reserved: []byte{1}, Done: &issue.Done{}})), false, false},
		"empty":               {framed(key, said(issue.Said{})), false, false},
		"another encoding":    {framed(key, append([]byte(" "), done...)), false, false},
		"unknown member":      {framed(key, []byte(`{"name":"x"}`)), false, false},
		"too long":            {append(framed(key), 0xff, 0xff, 0xff, 0xff), false, false},
		"done first":          {framed(done), false, false},
		"silence":             {nil, false, false},
	} {
		l, err := issue.Begin(tape{bytes.NewReader(c.script)}, issue.Setup{Mode: issue.ModeIssue})
		if err == nil {
			_, err = l.Ask(wire.Sealed{}, 0)
			if got := l.Token() != nil; got != c.token {
				t.Errorf("%s: token %v", name, got)
			}
		}
		if (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil && !errors.Is(err, wire.Internal) {
			t.Errorf("%s: not a code: %v", name, err)
		}
	}
}

func TestTheWorkerTakesOneEncodingOnly(t *testing.T) {
	for name, script := range map[string][]byte{
		"nothing":        nil,
		"half":           framed([]byte("{}"))[:3],
		"too long":       {0xff, 0xff, 0xff, 0xff},
		"not a setup":    framed([]byte(`{"mode":1}`)),
		"unknown member": framed(bytes.Replace(wire.Encode(issue.Setup{}), []byte(`{"mode"`), []byte(`{"name":"x","mode"`), 1)),
		"no mode":        framed(wire.Encode(issue.Setup{})),
	} {
		a, b := net.Pipe()
		a.Close()
		if err := issue.Run(t.Context(), tape{bytes.NewReader(script)}, b, b, issue.Deps{}); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

func FuzzLauncher(f *testing.F) {
	f.Add(framed(wire.Encode(issue.Said{Key: []byte{1}}), wire.Encode(issue.Said{Done: &issue.Done{}})))
	f.Add([]byte{0, 0, 0, 2, '{', '}'})
	f.Fuzz(func(t *testing.T, script []byte) {
		l, err := issue.Begin(tape{bytes.NewReader(script)}, issue.Setup{Mode: issue.ModeIssue})
		if err != nil {
			return
		}
		if done, err := l.Ask(wire.Sealed{}, 0); err == nil && done.Answer != nil && len(script) < len(wire.Encode(done)) {
			t.Error("more came out than went in")
		}
	})
}
