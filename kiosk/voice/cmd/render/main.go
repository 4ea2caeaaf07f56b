// Command render makes the sounds of kiosk/voice from the catalogues of
// kiosk/screen and a list of names; `make voices` calls it.
//
//	render [-names FILE] [-modules DIR] [-cache DIR] [-out DIR] [-some] [-list]
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"time"

	"akashi/kiosk/screen"
	"akashi/kiosk/voice"
	"akashi/kiosk/voice/render"
)

// listened are the texts whose sounds the tests in Chromium listen to.
var listened = []string{"insert.title", "insert.lead", "takecard.title", "takecard.lead", "preview.title", "preview.lead", "preview.listen", "pin.count", "aloud.intro", "aloud.name.shown", "aloud.birth", "aloud.end"}

func main() {
	names := flag.String("names", "kiosk/voice/specimen.tsv", "names of municipalities, wards and prefectures that are said as one")
	modules := flag.String("modules", "kiosk/voice/node_modules", "where npm put the Japanese voice")
	cache := flag.String("cache", ".cache/voice", "folder of sounds that were made before")
	out := flag.String("out", "kiosk/voice/assets", "folder that the program embeds")
	some := flag.Bool("some", false, "only what the tests listen to, unless all of it is there")
	list := flag.Bool("list", false, "print what would be said, and make nothing")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *names, *modules, *cache, *out, *some, *list); err != nil {
		fmt.Fprintln(os.Stderr, "render:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, names, modules, cache, out string, some, list bool) error {
	b, err := os.ReadFile(names)
	if err != nil {
		return err
	}
	known, err := voice.ParseNames(b)
	if err != nil {
		return err
	}
	clips := voice.List(screen.Spoken(), known)
	if list {
		for _, c := range clips {
			fmt.Printf("%s\t%s\t%s\t%s\t%s\n", c.ID(), c.Voice, c.Text, c.Says(), c.Kana)
		}
		return nil
	}
	if some {
		if p, err := voice.Sounds(); err == nil && p.Complete(clips) {
			return nil
		}
		clips = voice.Some(clips, screen.Spoken(listened...))
	}
	e := render.Engines{Modules: modules}
	if err := e.Check(); err != nil {
		return err
	}
	begun := time.Now()
	p, made, err := render.Renderer{Engines: e, Cache: cache}.All(ctx, clips)
	if err != nil {
		return err
	}
	fmt.Printf("voices: %d sounds, %.1f MB; %d of them new, %.0f s of speech in %.0f s\n",
		made.Sounds, float64(made.Bytes)/1e6, made.New, made.Seconds, time.Since(begun).Seconds())
	return render.Write(out, p)
}
