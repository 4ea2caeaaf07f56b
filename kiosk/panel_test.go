package kiosk_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"akashi/centre/wire"
)

// panel is the browser that the agent started, driven by its debugging port.
type panel struct {
	t  *testing.T
	ws *websocket.Conn
	n  int
}

// drive finds the page of the browser that lives in profile.
func drive(t *testing.T, profile string) *panel {
	t.Helper()
	for begun := time.Now(); time.Since(begun) < hang; time.Sleep(50 * time.Millisecond) {
		port, _, ok := bytes.Cut(must(os.ReadFile(filepath.Join(profile, "profile", "DevToolsActivePort"))), []byte("\n"))
		if !ok {
			continue
		}
		a, err := http.Get("http://127.0.0.1:" + string(port) + "/json")
		if err != nil {
			continue
		}
		var pages []struct{ Type, WebSocketDebuggerURL string }
		err = json.NewDecoder(a.Body).Decode(&pages)
		a.Body.Close()
		if err != nil || len(pages) == 0 || pages[0].Type != "page" {
			continue
		}
		if ws, _, err := websocket.DefaultDialer.Dial(pages[0].WebSocketDebuggerURL, nil); err == nil {
			t.Cleanup(func() { ws.Close() })
			return &panel{t: t, ws: ws}
		}
	}
	t.Fatal("the browser cannot be driven")
	return nil
}

func must(b []byte, _ error) []byte { return b }

// is evaluates a condition in the page.
func (p *panel) is(condition string) bool {
	p.t.Helper()
	p.n++
	p.ws.SetReadDeadline(time.Now().Add(hang))
	err := p.ws.WriteJSON(map[string]any{"id": p.n, "method": "Runtime.evaluate", "params": map[string]any{"expression": condition, "returnByValue": true}})
	var got struct {
		ID     int
		Result struct{ Result struct{ Value any } }
	}
	for err == nil && got.ID != p.n {
		err = p.ws.ReadJSON(&got)
	}
	if err != nil {
		p.t.Fatal(err)
	}
	return got.Result.Result.Value == true
}

// at waits for a screen and taps what selectors find there, one after another.
func (p *panel) at(screen string, selectors ...string) *panel {
	p.t.Helper()
	p.until(`document.querySelector('main')?.dataset.screen === '` + screen + `'`)
	for _, s := range selectors {
		p.until(`(e => e && !e.disabled && (e.click(), true))(document.querySelector('` + s + `')) === true`)
	}
	return p
}

func (p *panel) until(condition string) {
	p.t.Helper()
	for begun := time.Now(); !p.is(condition); time.Sleep(20 * time.Millisecond) {
		if time.Since(begun) > hang {
			p.t.Fatalf("never: %s", condition)
		}
	}
}

// killed ends the whole tree of the browser in the middle of a session: the
// session is over and wiped, nothing is charged, and a new browser stands there.
func (c *town) killed(dir, profile string) (next string) {
	t := c.t.(*testing.T)
	t.Helper()
	for _, pid := range namers(profile) {
		syscall.Kill(pid, syscall.SIGKILL)
	}
	next = profileOf(t, dir, profile)
	c.tray.Clear()
	for begun := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		if left := workers(t, c); len(left) == 0 {
			break
		} else if time.Since(begun) > hang {
			t.Fatalf("processes %v of the session are left", left)
		}
	}
	if m := c.unit.Snapshot(); m.Held() != 0 || m.Charged() != 0 || len(c.papers()) != 0 {
		t.Errorf("the unit holds %d and has charged %d, %d papers", m.Held(), m.Charged(), len(c.papers()))
	}
	c.await(wire.OK)
	return next
}

// workers gives the agent's session workers.
func workers(t *testing.T, c *town) (some []int) {
	for _, pid := range children(t, c.agent.Process.Pid) {
		if b, _ := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/cmdline"); bytes.HasSuffix(b, []byte("\x00session\x00")) {
			some = append(some, pid)
		}
	}
	return some
}

// The browser's whole tree is killed while a resident reads, types the PIN, and
// looks at the preview.
func browserKilledInASession(t *testing.T, c *town, dir, profile string) string {
	r, card := c.card("takasaki")
	toPIN := func(p *panel) *panel {
		p.at("start", `main [data-language="ja"]`).at("purpose", primary).at("terms", primary).at("insert")
		c.tray.Lay(card)
		return p.at("pin")
	}
	drive(t, profile).at("start", `main [data-language="ja"]`).at("purpose")
	profile = c.killed(dir, profile)
	toPIN(drive(t, profile)).at("pin", key(r.PIN[0]))
	profile = c.killed(dir, profile)
	p := toPIN(drive(t, profile))
	for _, d := range []byte(r.PIN) {
		p.at("pin", key(d))
	}
	p.at("pin", ".keys .enter").at("takecard")
	c.tray.Clear()
	p.at("place", `[data-do="kana"]`).at("kana", `[data-do="ま"]`).at("list", "main .choice").at("kind", `[data-do="domestic"]`)
	p.at("copies", primary).at("preview")
	return c.killed(dir, profile)
}
