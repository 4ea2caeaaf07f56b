package site_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"akashi/centre/site"
	"akashi/centre/vrs"
)

// TestMain lets this program be the site that TestKilled kills.
func TestMain(m *testing.M) {
	if dir := os.Getenv("AKASHI_SITE_STATE"); dir != "" {
		follow(dir)
	}
	os.Exit(m.Run())
}

// follow takes one revocation after the other, and says how many it has shown.
func follow(dir string) {
	l, err := site.OpenLists(dir)
	if err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
	for {
		if err := l.Take(1); err != nil {
			fmt.Println("error", err)
			os.Exit(1)
		}
		version, n := l.Shown()
		fmt.Println("shown", version, n)
	}
}

// TestKilled ends a site at any moment of its writing: what it has shown is
// there again, under no lower a counter.
func TestKilled(t *testing.T) {
	dir := t.TempDir()
	version, shown := 0, 0
	for i := range 12 {
		c := exec.Command(os.Args[0])
		c.Env = append(os.Environ(), "AKASHI_SITE_STATE="+dir)
		out, err := c.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		for n := 0; lines.Scan(); n++ {
			var v, k int
			if _, err := fmt.Sscanf(lines.Text(), "shown %d %d", &v, &k); err != nil {
				t.Error(lines.Text())
				break
			}
			if v < version || k < shown {
				t.Errorf("kill %d: version %d with %d entries, after %d with %d", i, v, k, version, shown)
			}
			version, shown = v, k
			if n == 3+i%4 {
				_ = c.Process.Kill() // lines that it has written until then are still read
			}
		}
		_ = c.Wait()
	}
	if shown < 12*4 || version != shown {
		t.Errorf("version %d with %d entries in the end", version, shown)
	}
	own, err := site.OpenLists(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer own.Close()
	if _, err := site.OpenLists(dir); err == nil {
		t.Error("two sites work on one state")
	}
}

// TestUnwritable: what cannot be kept is not shown, and is there when it can.
func TestUnwritable(t *testing.T) {
	p := newPlace(t)
	p.revoke(p.kid, "AAAA")
	s := p.open()
	poll(t, s)
	for i, name := range []string{p.kid + ".json", "followed"} {
		shown := strings.Join([]string{"AAAA", "BBBB", "CCCC"}[:i+1], " ")
		p.revoke(p.kid, []string{"BBBB", "CCCC"}[i])
		block := p.path("state", name+".new")
		if err := os.Mkdir(block, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := s.Poll(context.Background()); err == nil {
			t.Errorf("%s was written into a folder's name", name)
		}
		p.expect(s, "while "+name+" cannot be written", i+1, shown)
		if got := p.said(); got != "[{state not-written}]" {
			t.Errorf("%s: said %s", name, got)
		}
		if err := os.Remove(block); err != nil {
			t.Fatal(err)
		}
		poll(t, s)
		p.said()
	}
	p.expect(s, "in the end", 3, "AAAA BBBB CCCC")
}

func FuzzMark(f *testing.F) {
	f.Add(site.MarkOf(3, vrs.FirstChain(), map[string]int{strings.Repeat("k", 43): 2}))
	f.Add([]byte("{}\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if again, ok := site.ParseMark(b); ok && string(again) != string(b) {
			t.Errorf("%q was read, and is written %q", b, again)
		}
	})
}

func FuzzConfig(f *testing.F) {
	f.Add([]byte(goodConfig))
	f.Add([]byte(`{"listen":"127.0.0.1:0"}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := site.ParseConfig(b)
		if err == nil && (c.Listen == "" || c.State == "") {
			t.Errorf("%q passed", b)
		}
	})
}
