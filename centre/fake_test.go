package centre_test

import (
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"io"
	"net"
	"os"
	"syscall"
	"testing"
	"time"

	"akashi/centre"
	"akashi/centre/channel"
	"akashi/centre/issue"
	"akashi/centre/oneshot"
	"akashi/centre/wire"
)

// attacker is what this binary does in the gateway's place; only Linux tries.
var attacker func([]string)

// This binary is its own worker: a real process that speaks like one, and does
// what the request's first file tells it.
func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == "fake-worker" {
		fakeWorker()
		os.Exit(0)
	}
	if len(os.Args) > 2 && os.Args[1] == "attack" {
		attacker(os.Args[2:])
		os.Exit(0)
	}
	code := m.Run()
	os.RemoveAll(built)
	os.Exit(code)
}

func fakeWorker() {
	pipe, err := net.FileConn(oneshot.File(centre.FileLauncher))
	if err != nil {
		os.Exit(3)
	}
	s := hear[issue.Setup](pipe)
	switch s.Mode {
	case issue.ModeSettle:
		say(pipe, issue.Said{Done: &issue.Done{Event: issue.Event{Code: wire.Code(len(s.Settle.Enc))}}}) // the test's own choice
		return
	case issue.ModeVoid:
		say(pipe, issue.Said{Done: &issue.Done{}})
		return
	}
	key, err := channel.NewWorkerKey()
	if err != nil {
		os.Exit(3)
	}
	say(pipe, issue.Said{Key: key.Public()})
	order := hear[issue.Go](pipe)
	r, sealer, err := key.OpenRequest(*s.Header, order.Sealed)
	if err != nil {
		say(pipe, issue.Said{Done: &issue.Done{Event: issue.Event{Code: err.(wire.Code), At: issue.OpenEnvelope}}})
		return
	}
	obey(pipe, string(r.Files.Number))
	var d [1]byte
	rand.Read(d[:])
	time.Sleep(time.Duration(d[0]%40) * time.Millisecond) // answers overtake each other
	a, err := sealer.Seal(wire.Answer{Code: wire.NoRecord, Phone: hex.EncodeToString(r.Challenge)})
	if err != nil {
		os.Exit(3)
	}
	e := issue.Event{Code: wire.NoRecord, At: issue.QueryVRS}
	e.Micros[issue.QueryVRS] = 7
	say(pipe, issue.Said{Done: &issue.Done{Answer: &a, Event: e}})
}

// obey does what a test wants to see survived.
func obey(pipe net.Conn, order string) {
	switch order {
	case "die reserved":
		say(pipe, issue.Said{Reserved: make([]byte, 32)})
		syscall.Kill(os.Getpid(), syscall.SIGKILL)
	case "die":
		syscall.Kill(os.Getpid(), syscall.SIGKILL)
	case "wait": // until the test, as VRS, lets it go on
		vrs, err := net.FileConn(oneshot.File(centre.FileVRS))
		if err != nil {
			os.Exit(3)
		}
		vrs.Write([]byte{1})
		vrs.Read(make([]byte, 1))
	case "wait reserved":
		say(pipe, issue.Said{Reserved: make([]byte, 32)})
		obey(pipe, "wait")
	case "hang":
		time.Sleep(time.Hour)
	case "rubbish":
		pipe.Write([]byte{0, 0, 0, 2, '{', '}'})
	case "unknown code":
		say(pipe, issue.Said{Done: &issue.Done{Event: issue.Event{Code: 999, At: 99}}})
	}
}

func say(w io.Writer, v any) {
	b := wire.Encode(v)
	w.Write(binary.BigEndian.AppendUint32(nil, uint32(len(b))))
	w.Write(b)
}

func hear[T any](r io.Reader) T {
	var n [4]byte
	if _, err := io.ReadFull(r, n[:]); err != nil {
		os.Exit(3)
	}
	b := make([]byte, binary.BigEndian.Uint32(n[:]))
	if _, err := io.ReadFull(r, b); err != nil {
		os.Exit(3)
	}
	v, err := wire.Decode[T](b, len(b))
	if err != nil {
		os.Exit(3)
	}
	return v
}
