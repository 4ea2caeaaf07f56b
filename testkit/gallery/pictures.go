package gallery

import (
	"context"
	"fmt"
	"html"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"akashi/kiosk/screen"
	"akashi/testkit/browser"
)

// Pictures writes a PNG of every screen whose name begins with only, in each
// language and both orientations, and an index.html that shows them. It gives
// their number.
func Pictures(ctx context.Context, dir string, languages []string, only string) (int, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return 0, err
	}
	pages, err := Specimen()
	if err != nil {
		return 0, err
	}
	shots := slices.DeleteFunc(slices.Concat(Steps(pages), Large(pages), Faults()), func(s Shot) bool { return !strings.HasPrefix(s.Name, only) })
	b, err := browser.Start(ctx)
	if err != nil {
		return 0, err
	}
	defer b.Close()
	s, err := NewStage(screen.DefaultPanel)
	if err != nil {
		return 0, err
	}
	defer s.Close()
	n := 0
	for _, l := range languages {
		for _, upright := range []bool{true, false} {
			w, h := Size(screen.DefaultPanel, upright)
			err := s.Visit(b, browser.Open{Width: w, Height: h}, l, shots, func(p *browser.Page, shot Shot) error {
				n++
				return p.Shot(filepath.Join(dir, file(shot, l, upright)))
			})
			if err != nil {
				return n, err
			}
		}
	}
	return n, index(dir, languages, shots)
}

func file(s Shot, language string, upright bool) string {
	return fmt.Sprintf("%s.%s.%s.png", s.Name, language, map[bool]string{true: "portrait", false: "landscape"}[upright])
}

// index writes the page that shows the pictures.
func index(dir string, languages []string, shots []Shot) error {
	var b strings.Builder
	b.WriteString("<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Screens of the kiosk</title>\n<style>body{font:16px sans-serif;margin:2em}figure{display:inline-block;margin:.5em;vertical-align:top}img{height:420px;border:1px solid #999}</style>\n<h1>Screens of the kiosk</h1>\n")
	for _, s := range shots {
		fmt.Fprintf(&b, "<h2>%s</h2>\n", html.EscapeString(s.Name))
		for _, l := range languages {
			for _, upright := range []bool{true, false} {
				name := html.EscapeString(file(s, l, upright))
				fmt.Fprintf(&b, "<figure><a href=\"%s\"><img loading=\"lazy\" src=\"%s\" alt=\"%s\"></a></figure>\n", name, name, name)
			}
		}
	}
	return os.WriteFile(filepath.Join(dir, "index.html"), []byte(b.String()), 0o644)
}
