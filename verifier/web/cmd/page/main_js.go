// Command page is the verifier inside a page's worker: it sets the functions
// trust, file and codes on the global object verifier, each of which takes bytes
// and texts and gives JSON, calls verifierReady, and stays.
//
// It is built for a browser only, by make web.
package main

import (
	"context"
	"encoding/json"
	"syscall/js"
	"time"

	"akashi/verifier/scan"
	"akashi/verifier/verdict"
	"akashi/verifier/web/bridge"
)

func main() {
	v := bridge.New(func() (verdict.Scanner, error) { return scan.New(context.Background(), "") })
	js.Global().Set("verifier", map[string]any{
		// trust(list, root, state, now)
		"trust": function(func(args []js.Value) (any, error) {
			return v.TakeTrust(bytesOf(args[0]), bytesOf(args[1]), args[2].String(), clock(args[3])), nil
		}),
		// file(name, bytes, seen, now)
		"file": function(func(args []js.Value) (any, error) {
			seen, err := seenIn(args[2])
			if err != nil {
				return nil, err
			}
			return v.File(args[0].String(), bytesOf(args[1]), seen, clock(args[3]))
		}),
		// codes(seen, now)
		"codes": function(func(args []js.Value) (any, error) {
			seen, err := seenIn(args[0])
			if err != nil {
				return nil, err
			}
			return v.Codes(seen, clock(args[1]))
		}),
	})
	js.Global().Call("verifierReady")
	select {}
}

// function gives f's answer as JSON, or null when it has none: then nothing was
// judged.
func function(f func(args []js.Value) (any, error)) js.Func {
	return js.FuncOf(func(_ js.Value, args []js.Value) any {
		a, err := f(args)
		if err != nil {
			return nil
		}
		b, err := json.Marshal(a)
		if err != nil {
			return nil
		}
		return string(b)
	})
}

func seenIn(v js.Value) (s bridge.Seen, err error) {
	return s, json.Unmarshal([]byte(v.String()), &s)
}

func bytesOf(v js.Value) []byte {
	b := make([]byte, v.Length())
	js.CopyBytesToGo(b, v)
	return b
}

// clock reads milliseconds since 1970, as Date.now gives them.
func clock(v js.Value) time.Time { return time.UnixMilli(int64(v.Float())) }
