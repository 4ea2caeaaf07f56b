// Command prepare builds what the verifier's page runs into the folder that the
// page's package embeds.
//
//	prepare -zxing DIR [-to verifier/web/assets]
//
// DIR is the npm package zxing-wasm. It ends with 1 when something is missing.
package main

import (
	"flag"
	"fmt"
	"os"

	"akashi/verifier/web/prepare"
)

func main() {
	zxing := flag.String("zxing", "testkit/zxing/node_modules/zxing-wasm", "the npm package zxing-wasm")
	to := flag.String("to", "verifier/web/assets", "folder to build into")
	flag.Parse()
	if err := prepare.Assets(*to, *zxing); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
