package channel_test

import (
	"crypto/tls"
	"net"
	"net/http"

	"github.com/gorilla/websocket"

	"akashi/centre/wire"
)

// serveHostile answers each ask with what answer gives, nothing for nil.
func serveHostile(ln net.Listener, c *tls.Config, answer func(wire.Frame) []byte) {
	up := websocket.Upgrader{}
	http.Serve(tls.NewListener(ln, c), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ws, err := up.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer ws.Close()
		for {
			_, b, err := ws.ReadMessage()
			if err != nil {
				return
			}
			f, err := wire.Decode[wire.Frame](b, wire.DefaultMaxFrame)
			if err != nil {
				return
			}
			if a := answer(f); a != nil {
				ws.WriteMessage(websocket.BinaryMessage, a)
			}
		}
	}))
}
