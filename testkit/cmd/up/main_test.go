package main

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestWrongUsage(t *testing.T) {
	for _, args := range [][]string{{"-x"}, {"more"}} {
		if err := run(t.Context(), args, io.Discard); !errors.Is(err, errUsage) {
			t.Errorf("%v: %v", args, err)
		}
	}
	for _, address := range []string{"0.0.0.0:0", "192.0.2.1:80", "example.invalid:80", "127.0.0.1", ":8180"} {
		if err := run(t.Context(), []string{"-listen", address}, io.Discard); err == nil || !strings.Contains(err.Error(), "loopback") {
			t.Errorf("%s: %v", address, err)
		}
	}
}

func TestAnotherOneIsUp(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	if err := run(t.Context(), []string{"-listen", ln.Addr().String()}, io.Discard); err == nil || !strings.Contains(err.Error(), "-listen") {
		t.Errorf("%v", err)
	}
}

// It builds, comes up, answers, and ends in order when asked.
func TestUpAndDown(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	r, w := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		ended <- run(ctx, []string{"-listen", "127.0.0.1:0", "-printer", "folder"}, w)
		w.Close()
	}()
	address := ""
	for lines := bufio.NewScanner(r); address == "" && lines.Scan(); {
		address, _ = strings.CutPrefix(lines.Text(), "Akashi is up: ")
		if !strings.HasPrefix(address, "http://127.0.0.1:") {
			address = ""
		}
	}
	go io.Copy(io.Discard, r)
	if address == "" {
		t.Fatal("it did not come up: ", <-ended)
	}
	resp, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Errorf("the index page: %d", resp.StatusCode)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("it did not end well: %v", err)
	}
}
