// Package render makes the pack of sounds of kiosk/voice: it lets the engines
// say each piece, cuts the silence, levels the loudness, encodes, and keeps
// what it made by digest, so that a second run is instant.
package render

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"

	"akashi/kiosk/voice"
)

// Renderer makes sounds.
type Renderer struct {
	Engines Engines
	Cache   string // folder of what was made before
}

// Made says what a run did.
type Made struct {
	Sounds, New int
	Bytes       int
	Seconds     float64 // of new sound
}

// All gives the pack of the clips. The first error ends it; what was made until
// then is kept.
func (r Renderer) All(ctx context.Context, clips []voice.Clip) (*voice.Pack, Made, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	if err := os.MkdirAll(r.Cache, 0o755); err != nil {
		return nil, Made{}, err
	}
	var (
		mu     sync.Mutex
		wg     sync.WaitGroup
		made   = Made{Sounds: len(clips)}
		sounds = make(map[voice.ID][]byte, len(clips))
		next   = make(chan voice.Clip)
	)
	for range runtime.NumCPU() {
		wg.Go(func() {
			for c := range next {
				b, seconds, err := r.one(ctx, c)
				if err != nil {
					cancel(fmt.Errorf("%s %q: %w", c.Voice, c.Text, err))
					continue
				}
				mu.Lock()
				sounds[c.ID()] = b
				made.Bytes += len(b)
				if seconds > 0 {
					made.New++
					made.Seconds += seconds
				}
				mu.Unlock()
			}
		})
	}
	for _, c := range clips {
		if ctx.Err() != nil {
			break
		}
		next <- c
	}
	close(next)
	wg.Wait()
	if err := context.Cause(ctx); err != nil {
		return nil, made, err
	}
	return voice.NewPack(sounds), made, nil
}

// one gives a sound, and the seconds that it lasts if it is new.
func (r Renderer) one(ctx context.Context, c voice.Clip) ([]byte, float64, error) {
	d := sha256.Sum256([]byte(settings + "\x00" + c.Voice + "\x00" + c.Says() + "\x00" + c.Kana))
	path := filepath.Join(r.Cache, hex.EncodeToString(d[:16])+".opus")
	if b, err := os.ReadFile(path); err == nil && len(b) > 0 {
		return b, 0, nil
	}
	w, err := r.Sound(ctx, c)
	if err != nil {
		return nil, 0, err
	}
	b, err := r.Engines.encode(ctx, w)
	if err == nil {
		err = r.Engines.Hear(ctx, b) // a broken one never gets into the cache
	}
	if err != nil {
		return nil, 0, err
	}
	return b, float64(len(w.samples)) / float64(w.rate), replace(path, b)
}

// Sound gives a clip as it is before it is encoded: cut and levelled.
func (r Renderer) Sound(ctx context.Context, c voice.Clip) (wav, error) {
	w, err := r.Engines.say(ctx, c)
	if err != nil {
		return w, err
	}
	return w.trimmed().levelled(), nil
}

// replace writes a file beside its place and renames it there.
func replace(path string, b []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".render-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(b)
	if e := f.Chmod(0o644); err == nil {
		err = e
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// Write puts a pack into the folder that the program embeds.
func Write(dir string, p *voice.Pack) error {
	return replace(filepath.Join(dir, voice.File), p.Encode())
}
