package channel_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"akashi/centre/channel"
	"akashi/centre/wire"
)

// raw opens a websocket as a kiosk whose frames the test writes itself.
func raw(t testing.TB, addr string) *websocket.Conn {
	t.Helper()
	w := world(t)
	cert, err := w.Kiosk("k1")
	if err != nil {
		t.Fatal(err)
	}
	d := websocket.Dialer{TLSClientConfig: channel.ClientTLS(cert, w.Centre.Pool(), wire.RoleGateway, "127.0.0.1", nil)}
	ws, _, err := d.DialContext(within(t), "wss://"+addr+channel.Path, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ws.Close() })
	ws.SetReadDeadline(time.Now().Add(hang))
	return ws
}

// verdict reads the one frame before the connection ends.
func verdict(t *testing.T, ws *websocket.Conn) wire.Code {
	t.Helper()
	_, b, err := ws.ReadMessage()
	if err != nil {
		t.Fatalf("no verdict: %v", err)
	}
	f := must(wire.Decode[wire.Frame](b, wire.DefaultMaxFrame))(t)
	if f.Type != wire.TypeFailed || f.ID != 0 {
		t.Fatalf("got %+v", f)
	}
	if _, _, err := ws.ReadMessage(); err == nil {
		t.Error("the connection goes on after a bad frame")
	}
	return must(wire.Decode[wire.Failed](f.Body, 1<<10))(t).Code
}

func TestBadFramesGetPinnedNumbers(t *testing.T) {
	var mu sync.Mutex
	counted := map[wire.Code]int{}
	addr := gateway(t, channel.ServerConfig{Refused: func(c wire.Code) { mu.Lock(); counted[c]++; mu.Unlock() }}, opened)
	good := wire.Encode(wire.Frame{Version: wire.Version, Type: wire.TypeOpen, ID: 1})
	frame := func(f wire.Frame) []byte { return wire.Encode(f) }
	for name, c := range map[string]struct {
		kind int
		b    []byte
		want wire.Code
	}{
		"text":            {websocket.TextMessage, good, wire.FrameUnexpected},
		"rubbish":         {websocket.BinaryMessage, []byte("rubbish"), wire.Malformed},
		"empty":           {websocket.BinaryMessage, nil, wire.Malformed},
		"white space":     {websocket.BinaryMessage, append([]byte(" "), good...), wire.Malformed},
		"unknown field":   {websocket.BinaryMessage, []byte(`{"v":2,"t":"open","id":1,"x":0}`), wire.Malformed},
		"other version":   {websocket.BinaryMessage, frame(wire.Frame{Version: wire.Version + 1, Type: wire.TypeOpen, ID: 1}), wire.WrongVersion},
		"an answer":       {websocket.BinaryMessage, frame(wire.Frame{Version: wire.Version, Type: wire.TypeOpened, ID: 1}), wire.FrameUnexpected},
		"unknown type":    {websocket.BinaryMessage, frame(wire.Frame{Version: wire.Version, Type: "x", ID: 1}), wire.FrameUnexpected},
		"id nought":       {websocket.BinaryMessage, frame(wire.Frame{Version: wire.Version, Type: wire.TypeOpen}), wire.Malformed},
		"over the bound":  {websocket.BinaryMessage, make([]byte, channel.DefaultMaxUp+1), wire.TooLarge},
		"far over it":     {websocket.BinaryMessage, make([]byte, 1<<20), wire.TooLarge},
		"negative number": {websocket.BinaryMessage, []byte(`{"v":2,"t":"open","id":-1}`), wire.Malformed},
	} {
		ws := raw(t, addr)
		if err := ws.WriteMessage(c.kind, c.b); err != nil && c.want != wire.TooLarge {
			t.Fatal(err)
		}
		if got := verdict(t, ws); got != c.want {
			t.Errorf("%s: got %v, want %v", name, got, c.want)
		}
		mu.Lock()
		if counted[c.want] == 0 {
			t.Errorf("%s: not counted", name)
		}
		mu.Unlock()
	}
}

func TestAnIDIsUsedOnce(t *testing.T) {
	addr := gateway(t, channel.ServerConfig{}, opened)
	ws := raw(t, addr)
	b := wire.Encode(wire.Frame{Version: wire.Version, Type: wire.TypeOpen, ID: 5})
	for range 2 {
		if err := ws.WriteMessage(websocket.BinaryMessage, b); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := ws.ReadMessage(); err != nil { // the first, or the verdict, which may overtake it
		t.Fatal(err)
	}
	ws.ReadMessage()
	if _, _, err := ws.ReadMessage(); err == nil {
		t.Error("a repeated id did not end the connection")
	}
}

func TestOneConnectionCannotTakeEverything(t *testing.T) {
	hold, entered := make(chan struct{}), make(chan struct{}, 100)
	addr := gateway(t, channel.ServerConfig{MaxOutstanding: 3, Rate: 1, Burst: 8}, func(ctx context.Context, p channel.Peer, ty wire.Type, b json.RawMessage) (wire.Type, any, error) {
		entered <- struct{}{}
		<-hold
		return opened(ctx, p, ty, b)
	})
	c := dial(t, addr, "k1")
	got := make(chan error, 20)
	ask := func() { _, err := c.Ask(within(t), wire.TypeOpen, nil); got <- err }
	for range 3 {
		go ask()
		<-entered
	}
	go ask()
	if err := <-got; !errors.Is(err, wire.Busy) {
		t.Errorf("a fourth at once: got %v", err)
	}
	close(hold)
	for range 3 {
		if err := <-got; err != nil {
			t.Errorf("one of the three: %v", err)
		}
	}
	busy := 0
	for range 10 { // the burst of 8 has 4 left
		go ask()
		if errors.Is(<-got, wire.Busy) {
			busy++
		}
	}
	if busy < 4 {
		t.Errorf("only %d of 10 asks over the rate were refused", busy)
	}
}

func TestNoMoreConnectionsThanTheBound(t *testing.T) {
	addr := gateway(t, channel.ServerConfig{MaxConns: 1}, opened)
	first := dial(t, addr, "k1")
	if _, err := channel.Dial(within(t), client(t, addr, "k2")); err != wire.LineDown {
		t.Fatalf("a second: got %v", err)
	}
	first.Close()
	for deadline := time.Now().Add(hang); ; time.Sleep(5 * time.Millisecond) {
		c, err := channel.Dial(within(t), client(t, addr, "k2"))
		if err == nil {
			c.Close()
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("the slot did not come back")
		}
	}
}

// One certificate has its share of the places: one connection more ends its
// oldest, and nobody else's.
func TestOneCertificateCannotTakeEveryPlace(t *testing.T) {
	entered, ended := make(chan struct{}), make(chan struct{})
	addr := gateway(t, channel.ServerConfig{MaxConns: 4}, func(ctx context.Context, p channel.Peer, ty wire.Type, b json.RawMessage) (wire.Type, any, error) {
		if ty == wire.TypeBeat {
			close(entered)
			<-ctx.Done()
			close(ended)
		}
		return opened(ctx, p, ty, b)
	})
	other, greedy := dial(t, addr, "k1"), client(t, addr, "k2")
	var all []*channel.Conn
	for i := range 10 {
		c, err := channel.Dial(within(t), greedy)
		for end := time.Now().Add(hang); err != nil && time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
			c, err = channel.Dial(within(t), greedy) // the replaced one's place comes back when its handlers have ended
		}
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if _, err := c.Ask(within(t), wire.TypeOpen, nil); err != nil { // and so it is counted in, before the next
			t.Fatal(err)
		}
		all = append(all, c)
		if i == 0 {
			go c.Ask(within(t), wire.TypeBeat, wire.Beat{}) // a handler that only the connection's end ends
			<-entered
		}
		if i < channel.DefaultPerCertificate {
			continue
		}
		select {
		case <-all[i-channel.DefaultPerCertificate].Done():
		case <-time.After(hang):
			t.Fatalf("connection %d does not replace the oldest", i+1)
		}
	}
	for i, c := range append([]*channel.Conn{other}, all[8:]...) {
		if _, err := c.Ask(within(t), wire.TypeOpen, nil); err != nil {
			t.Errorf("connection %d of those that stay: %v", i, err)
		}
	}
	select {
	case <-ended:
	case <-time.After(hang):
		t.Error("the handler of a replaced connection goes on")
	}
}

// A half-open line: the client neither reads nor writes.
func TestASilentLineIsCut(t *testing.T) {
	ended := make(chan struct{})
	addr := gateway(t, channel.ServerConfig{Ping: 10 * time.Millisecond, Idle: 100 * time.Millisecond}, func(ctx context.Context, _ channel.Peer, _ wire.Type, _ json.RawMessage) (wire.Type, any, error) {
		<-ctx.Done()
		close(ended)
		return "", nil, ctx.Err()
	})
	ws := raw(t, addr)
	ws.WriteMessage(websocket.BinaryMessage, wire.Encode(wire.Frame{Version: wire.Version, Type: wire.TypeOpen, ID: 1}))
	select {
	case <-ended:
	case <-time.After(hang):
		t.Error("the handler of a dead line goes on")
	}
}

// patient tells of each time that a connection's end waits for longer.
type patient struct {
	net.Conn
	waits chan<- time.Time
}

// SetReadDeadline passes on, and tells of what can only be an idle line's: it
// is an hour away.
func (p patient) SetReadDeadline(until time.Time) error {
	if time.Until(until) > 30*time.Minute {
		select {
		case p.waits <- until:
		default: // enough was seen
		}
	}
	return p.Conn.SetReadDeadline(until)
}

// patience listens for patient connections.
type patience struct {
	net.Listener
	waits chan<- time.Time
}

func (p patience) Accept() (net.Conn, error) {
	c, err := p.Listener.Accept()
	return patient{c, p.waits}, err
}

// Each ping makes the kiosk wait for longer, and its answer the gateway.
func TestPingsKeepAQuietLineAlive(t *testing.T) {
	waits := map[string]chan time.Time{"gateway": make(chan time.Time, 5), "kiosk": make(chan time.Time, 5)}
	ln := must(net.Listen("tcp", "127.0.0.1:0"))(t)
	serveOn(t, patience{ln, waits["gateway"]}, channel.ServerConfig{Ping: time.Millisecond, Idle: time.Hour}, opened)
	cfg := client(t, ln.Addr().String(), "k1").Over(func(ctx context.Context, network, addr string) (net.Conn, error) {
		c, err := (&net.Dialer{}).DialContext(ctx, network, addr)
		return patient{c, waits["kiosk"]}, err
	})
	cfg.Idle = time.Hour
	c := must(channel.Dial(within(t), cfg))(t)
	defer c.Close()
	for end, told := range waits {
		var last time.Time
		for range cap(told) {
			select {
			case until := <-told:
				if !until.After(last) {
					t.Errorf("the %s does not wait for longer", end)
				}
				last = until
			case <-time.After(hang):
				t.Fatalf("no ping makes the %s wait for longer", end)
			}
		}
	}
	if _, err := c.Ask(within(t), wire.TypeOpen, nil); err != nil {
		t.Errorf("got %v", err)
	}
}

// A reader that takes nothing cannot pin answers: the gateway cuts it, and the
// handler of its next ask ends with the connection.
func TestASlowReaderIsCut(t *testing.T) {
	big := json.RawMessage(wire.Encode(wire.Opened{Nonce: make([]byte, 1<<20)}))
	ended := make(chan struct{})
	addr := gateway(t, channel.ServerConfig{Write: 50 * time.Millisecond, MaxOutstanding: 64, Burst: 100}, func(ctx context.Context, _ channel.Peer, ty wire.Type, _ json.RawMessage) (wire.Type, any, error) {
		if ty == wire.TypeBeat {
			<-ctx.Done()
			close(ended)
		}
		return wire.TypeOpened, big, nil
	})
	ws := raw(t, addr)
	for id := range 40 {
		ty := wire.TypeOpen
		if id == 0 {
			ty = wire.TypeBeat
		}
		if ws.WriteMessage(websocket.BinaryMessage, wire.Encode(wire.Frame{Version: wire.Version, Type: ty, ID: uint64(id + 1)})) != nil {
			break
		}
	}
	select {
	case <-ended:
	case <-time.After(hang):
		t.Error("a slow reader keeps its connection")
	}
}

func TestDrainLetsAsksFinish(t *testing.T) {
	entered, hold := make(chan struct{}), make(chan struct{})
	addr, stop := stoppable(t, channel.ServerConfig{}, func(ctx context.Context, p channel.Peer, ty wire.Type, b json.RawMessage) (wire.Type, any, error) {
		close(entered)
		<-hold
		return opened(ctx, p, ty, b)
	})
	c := dial(t, addr, "k1")
	got := make(chan error, 1)
	go func() { _, err := c.Ask(within(t), wire.TypeOpen, nil); got <- err }()
	<-entered
	stopped := make(chan struct{})
	go func() { stop(); close(stopped) }()
	for { // refused as soon as the listener is closed
		conn, err := net.Dial("tcp", addr)
		if err != nil {
			break
		}
		conn.Close()
	}
	close(hold)
	if err := <-got; err != nil {
		t.Errorf("the outstanding ask: %v", err)
	}
	<-stopped
	<-c.Done()
	if _, err := c.Ask(within(t), wire.TypeOpen, nil); err != wire.LineDown {
		t.Errorf("after the end: %v", err)
	}
}

func TestDrainIsBounded(t *testing.T) {
	entered := make(chan struct{})
	addr, stop := stoppable(t, channel.ServerConfig{Drain: 10 * time.Millisecond}, func(ctx context.Context, _ channel.Peer, _ wire.Type, _ json.RawMessage) (wire.Type, any, error) {
		close(entered)
		<-ctx.Done()
		return "", nil, wire.Internal
	})
	c := dial(t, addr, "k1")
	go c.Ask(within(t), wire.TypeOpen, nil)
	<-entered
	stop()
}

// hostile plays a gateway that answers with frames of its own choice.
func hostile(t *testing.T, answer func(ask wire.Frame) []byte) *channel.Conn {
	t.Helper()
	w := world(t)
	ln := must(net.Listen("tcp", "127.0.0.1:0"))(t)
	t.Cleanup(func() { ln.Close() })
	go serveHostile(ln, channel.ServerTLS(w.Gateway.TLS(), w.Centre.Pool(), wire.RoleKiosk, nil), answer)
	return dial(t, ln.Addr().String(), "k1")
}

func TestTheClientRefusesBadAnswers(t *testing.T) {
	encode := func(v uint16, ty wire.Type, id uint64, body any) []byte {
		f := wire.Frame{Version: v, Type: ty, ID: id}
		if body != nil {
			f.Body = wire.Encode(body)
		}
		return wire.Encode(f)
	}
	for name, c := range map[string]struct {
		answer func(wire.Frame) []byte
		want   error
	}{
		"rubbish":          {func(wire.Frame) []byte { return []byte("rubbish") }, wire.Malformed},
		"other version":    {func(f wire.Frame) []byte { return encode(wire.Version+1, wire.TypeOpened, f.ID, nil) }, wire.WrongVersion},
		"other type":       {func(f wire.Frame) []byte { return encode(wire.Version, wire.TypeAnswer, f.ID, nil) }, wire.FrameUnexpected},
		"id of the future": {func(f wire.Frame) []byte { return encode(wire.Version, wire.TypeOpened, f.ID+1, nil) }, wire.FrameUnexpected},
		"id nought":        {func(f wire.Frame) []byte { return encode(wire.Version, wire.TypeOpened, 0, nil) }, wire.FrameUnexpected},
		"failed, no body":  {func(f wire.Frame) []byte { return encode(wire.Version, wire.TypeFailed, f.ID, nil) }, wire.Malformed},
		"failed with OK":   {func(f wire.Frame) []byte { return encode(wire.Version, wire.TypeFailed, f.ID, wire.Failed{}) }, wire.Malformed},
		"connection fails": {func(f wire.Frame) []byte {
			return encode(wire.Version, wire.TypeFailed, 0, wire.Failed{Code: wire.TooLarge})
		}, wire.TooLarge},
		"frame too large": {func(f wire.Frame) []byte { return make([]byte, wire.DefaultMaxFrame+1) }, wire.LineDown},
	} {
		conn := hostile(t, c.answer)
		if _, err := conn.Ask(within(t), wire.TypeOpen, nil); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", name, err, c.want)
		}
		select {
		case <-conn.Done():
			if conn.Err() == nil {
				t.Errorf("%s: ended without a reason", name)
			}
		case <-time.After(hang):
			t.Errorf("%s: the connection goes on", name)
		}
	}
}

func TestASilentGatewayIsLeft(t *testing.T) {
	w := world(t)
	ln := must(net.Listen("tcp", "127.0.0.1:0"))(t)
	defer ln.Close()
	go serveHostile(ln, channel.ServerTLS(w.Gateway.TLS(), w.Centre.Pool(), wire.RoleKiosk, nil), func(wire.Frame) []byte { return nil })
	cfg := client(t, ln.Addr().String(), "k1")
	cfg.Idle = 50 * time.Millisecond
	c := must(channel.Dial(within(t), cfg))(t)
	if _, err := c.Ask(within(t), wire.TypeOpen, nil); err != wire.LineDown {
		t.Errorf("got %v", err)
	}
}

// FuzzFrames throws messages at a gateway: it must answer each with a frame or
// end the connection, and serve the next kiosk as before.
func FuzzFrames(f *testing.F) {
	addr := gateway(f, channel.ServerConfig{Rate: 1e9, Burst: 1e9}, opened)
	f.Add([]byte(`{"v":2,"t":"open","id":1}`))
	f.Add([]byte(`{"v":2,"t":"request","id":1,"body":{"nonce":""}}`))
	f.Add([]byte(`{"v":2,"t":"failed","id":1}`))
	f.Add([]byte("\x00\xff"))
	f.Fuzz(func(t *testing.T, b []byte) {
		ws := raw(t, addr)
		defer ws.Close()
		if err := ws.WriteMessage(websocket.BinaryMessage, b); err != nil {
			t.Skip()
		}
		_, got, err := ws.ReadMessage()
		if err != nil && !errors.Is(err, io.EOF) && len(b) <= channel.DefaultMaxUp {
			t.Fatalf("%q: no answer: %v", b, err)
		}
		if _, err := wire.Decode[wire.Frame](got, wire.DefaultMaxFrame); err != nil {
			t.Fatalf("%q: answered %q", b, got)
		}
	})
}
