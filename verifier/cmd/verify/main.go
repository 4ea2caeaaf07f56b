// Command verify judges a vaccination certificate offline: a shc:/ text, a
// JWS, a .smart-health-card file, VDS-NC, an image or a PDF.
//
//	verify [-trust FILE] [-root FILE] [-crl FILE]... [-state FILE] [-at RFC3339] [-json] FILE|-
//
// It ends with 0 and VALID, with 1 and REFUSED and the code of the first rule
// broken, or with 2 when it was not used rightly. It reaches no network.
package main

import (
	"os"
	"time"

	"akashi/verifier/inquiry"
)

func main() {
	os.Exit(inquiry.Run(os.Args[1:], inquiry.Env{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Now: time.Now}))
}
