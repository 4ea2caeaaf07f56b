// Command prepare makes the fonts of printer/glyph from the files of Debian
// packages; `make assets` calls it.
//
//	prepare [-from DIR] [-out DIR]
package main

import (
	"flag"
	"fmt"
	"os"

	"akashi/printer/glyph"
)

func main() {
	from := flag.String("from", "/usr/share/fonts", "folder under which the packages put their fonts")
	out := flag.String("out", "printer/glyph/assets", "folder that the program embeds")
	flag.Parse()
	if err := glyph.PrepareAll(*from, *out, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "prepare:", err)
		os.Exit(1)
	}
}
