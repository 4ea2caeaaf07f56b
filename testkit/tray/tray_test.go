package tray_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"akashi/testkit/residents"
	"akashi/testkit/stack"
	"akashi/testkit/tray"
)

// patience is against hangs only.
const patience = 3 * time.Minute

// chain is the one running chain of these tests; they run one after the other.
var chain = sync.OnceValues(start)

type running struct {
	stack  *stack.Stack
	server *tray.Server
	base   string
	ended  chan error
	stop   context.CancelFunc
}

// programs is where TestMain has built the chain's programs.
var programs string

func TestMain(m *testing.M) {
	os.Exit(func() int {
		dir, err := os.MkdirTemp("", "bin")
		if err == nil {
			defer os.RemoveAll(dir)
			programs, err = dir, stack.Build(context.Background(), dir)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		code := m.Run()
		if err := end(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		return code
	}())
}

func start() (*running, error) {
	people := residents.All()
	people[slices.IndexFunc(people, func(r residents.Resident) bool { return r.ID == "two" })] = residentOfTwo()
	s, err := stack.Start(context.Background(), stack.Options{Bin: programs, People: people, Kiosks: 2, Pages: true, Site: true})
	if err != nil {
		return nil, err
	}
	t, err := tray.New(tray.Options{Stack: s, Bin: programs})
	if err != nil {
		return nil, err
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(context.Background())
	r := &running{stack: s, server: t, base: "http://" + ln.Addr().String(), ended: make(chan error, 1), stop: stop}
	go func() { r.ended <- t.Serve(ctx, ln) }()
	return r, nil
}

// end ends the chain as the command does, and says what did not end well.
func end() error {
	r, err := chain()
	if err != nil {
		return err
	}
	r.stop()
	for _, f := range []func() error{func() error { return <-r.ended }, r.server.Close, r.stack.Close} {
		if err := f(); err != nil {
			return err
		}
	}
	return nil
}

func up(t *testing.T) *running {
	t.Helper()
	r, err := chain()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// get asks for an address and gives status and body.
func (r *running) get(t *testing.T, path string) (*http.Response, []byte) {
	t.Helper()
	resp, err := http.Get(r.base + path)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, b
}

// post does what the page does and gives the status.
func (r *running) post(t *testing.T, path string, body any) int {
	t.Helper()
	b, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequest(http.MethodPost, r.base+path, bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Origin", r.base)
	return status(t, req)
}

func status(t *testing.T, req *http.Request) int {
	t.Helper()
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	return resp.StatusCode
}

// await follows the stream until the state is as wanted.
func (r *running) await(t *testing.T, what string, want func(tray.State) bool) tray.State {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.base+"/api/tray", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var last tray.State
	lines := bufio.NewScanner(resp.Body)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		data, ok := bytes.CutPrefix(lines.Bytes(), []byte("data: "))
		if !ok {
			continue
		}
		last = tray.State{}
		if err := json.Unmarshal(data, &last); err != nil {
			t.Fatal(err)
		}
		if want(last) {
			return last
		}
	}
	t.Fatalf("%s: never; last state %+v", what, last)
	return last
}

// idle waits until nothing is under way, and fails when something went wrong.
func (r *running) idle(t *testing.T) tray.State {
	t.Helper()
	st := r.await(t, "idle", func(s tray.State) bool { return s.Doing == tray.Nothing })
	if st.Fault != "" {
		t.Fatal(st.Fault)
	}
	return st
}
