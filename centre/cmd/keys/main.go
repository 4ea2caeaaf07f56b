// Command keys makes, changes and shows the issuer's keys, and runs the key
// process. `keys help` shows the way of a key and every use.
//
//	keys create -dir DIR -issuer URL [-token FILE]
//	keys publish -dir DIR [-out DIR]
//	keys activate -dir DIR [-key NAME] [-now -reason TEXT] [-token FILE]
//	keys rotate -dir DIR -purpose PURPOSE [-token FILE]
//	keys retire|destroy|revoke -dir DIR -key NAME [-reason TEXT] [-token FILE]
//	keys list|days|jwks|adopt -dir DIR
//	keys token -token FILE
//	keys serve -config FILE
//
// It ends with 0, or with 1 when it could not do what was asked, or with 2
// when it was asked wrongly; days ends with 3 when a key that signs has 30 days
// or less, and with 4 when it has 7 or less or a purpose has no key.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"akashi/centre/keys/operate"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := operate.Run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}
