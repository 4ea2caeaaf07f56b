// Command vectors writes the project's own vectors into a folder, anew and
// always the same:
//
//	go run ./testkit/cmd/vectors [-out testkit/vectors/files]
package main

import (
	"flag"
	"fmt"
	"os"

	"akashi/testkit/vectors/defects"
)

func main() {
	out := flag.String("out", "testkit/vectors/files", "folder, whose content is replaced")
	flag.Parse()
	n, err := defects.Write(*out)
	if err != nil {
		fmt.Fprintln(os.Stderr, "vectors:", err)
		os.Exit(1)
	}
	fmt.Printf("%d files in %s\n", n, *out)
}
