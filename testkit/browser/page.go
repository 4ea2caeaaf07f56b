package browser

// Open says how a page is opened.
type Open struct {
	URL           string
	Width, Height int    // CSS pixels
	Clock         bool   // the page's clock is the test's; see Page.Advance
	Language      string // of the browser; empty: its own
}

// Page is one open page, or a frame in it.
type Page struct {
	b     *Browser
	n     int
	frame string // selector of the frame; empty: the page itself
}

// Frame gives the page in a frame, for Tap, Eval and Wait there.
func (p *Page) Frame(selector string) *Page { return &Page{p.b, p.n, selector} }

// Open opens a page in a profile of its own.
func (b *Browser) Open(o Open) (*Page, error) {
	p := &Page{b: b}
	m := map[string]any{"url": o.URL, "width": o.Width, "height": o.Height, "clock": o.Clock}
	if o.Language != "" {
		m["language"] = o.Language
	}
	return p, b.ask("open", m, &p.n)
}

func (p *Page) ask(what string, m map[string]any, v any) error {
	if m == nil {
		m = map[string]any{}
	}
	m["page"] = p.n
	if p.frame != "" {
		m["frame"] = p.frame
	}
	return p.b.ask(what, m, v)
}

// Close closes the page and drops its profile.
func (p *Page) Close() error { return p.ask("close", nil, nil) }

// Tap taps what the selector finds, as a finger does: it must be in sight and
// nothing may lie over it.
func (p *Page) Tap(selector string) error {
	return p.ask("tap", map[string]any{"selector": selector}, nil)
}

// Press presses one key, by its name in the browser ("Enter", "5").
func (p *Page) Press(key string) error { return p.ask("press", map[string]any{"key": key}, nil) }

// Give puts files into a field for files, as a person who chose them.
func (p *Page) Give(selector string, files ...string) error {
	return p.ask("give", map[string]any{"selector": selector, "files": files}, nil)
}

// Reload loads the page again.
func (p *Page) Reload() error { return p.ask("reload", nil, nil) }

// Eval calls a function of the page, given as source, with arg; v takes what
// it gives, nil drops it.
func (p *Page) Eval(v any, script string, arg any) error {
	return p.ask("eval", map[string]any{"script": script, "arg": arg}, v)
}

// Wait waits until a function of the page, given as source, gives true.
func (p *Page) Wait(script string, arg any) error {
	return p.ask("wait", map[string]any{"script": script, "arg": arg}, nil)
}

// Resize gives the page another size in CSS pixels.
func (p *Page) Resize(width, height int) error {
	return p.ask("size", map[string]any{"width": width, "height": height}, nil)
}

// Shot writes a picture of what is in sight as PNG.
func (p *Page) Shot(path string) error { return p.ask("shot", map[string]any{"path": path}, nil) }

// Advance lets the page's clock run on by ms milliseconds.
func (p *Page) Advance(ms int) error { return p.ask("advance", map[string]any{"ms": ms}, nil) }

// Axe gives what axe-core finds wrong with the page, one line a rule.
func (p *Page) Axe() ([]string, error) {
	var all []string
	err := p.ask("axe", nil, &all)
	return all, err
}

// Seen is what a page did that no resident sees.
type Seen struct {
	Console  []string // messages and errors
	Requests []string // addresses asked
}

// Seen gives what the page did since it was opened.
func (p *Page) Seen() (Seen, error) {
	var s Seen
	err := p.ask("seen", nil, &s)
	return s, err
}
