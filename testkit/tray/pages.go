package tray

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"strings"
)

//go:embed web
var web embed.FS

// languages are the catalogues, in the order in which they stand side by side.
var languages = []string{"ja", "en"}

// addresses are the pages by the address that they stand at.
var addresses = map[string]string{"/{$}": "index", "/tray/{$}": "tray", "/papers/{$}": "papers", "/centre/{$}": "centre", "/trust/{$}": "trust", "/panel/{$}": "panel"}

// pages are the embedded files, pages already written out.
type pages struct {
	written map[string][]byte // by address
}

// loadPages writes out every page with both languages.
func loadPages() (*pages, error) {
	texts, err := loadTexts()
	if err != nil {
		return nil, err
	}
	t, err := template.New("").Funcs(template.FuncMap{
		"t":    func(key string) (template.HTML, error) { return texts.both(key) },
		"both": func(key string) (string, error) { return texts.plain(key) },
	}).ParseFS(web, "web/pages/*.html")
	if err != nil {
		return nil, fmt.Errorf("tray: %w", err)
	}
	p := &pages{written: map[string][]byte{}}
	for address, name := range addresses {
		var out bytes.Buffer
		if err := t.ExecuteTemplate(&out, name+".html", name); err != nil {
			return nil, fmt.Errorf("tray: page %s: %w", name, err)
		}
		p.written[address] = out.Bytes()
	}
	return p, nil
}

// texts are the catalogues by language and key.
type texts map[string]map[string]string

func loadTexts() (texts, error) {
	all := texts{}
	for _, l := range languages {
		b, err := web.ReadFile("web/text/" + l + ".json")
		if err != nil {
			return nil, err
		}
		var words map[string]string
		if err := json.Unmarshal(b, &words); err != nil {
			return nil, fmt.Errorf("tray: catalogue %s: %w", l, err)
		}
		all[l] = words
	}
	return all, nil
}

// both writes a text in every language, each in an element that names it.
func (t texts) both(key string) (template.HTML, error) {
	var out strings.Builder
	for _, l := range languages {
		words, ok := t[l][key]
		if !ok {
			return "", fmt.Errorf("no text %q in %s", key, l)
		}
		fmt.Fprintf(&out, `<span lang="%s">%s</span> `, l, template.HTMLEscapeString(words))
	}
	return template.HTML(strings.TrimSpace(out.String())), nil
}

// plain gives a text in every language where no element may stand.
func (t texts) plain(key string) (string, error) {
	var all []string
	for _, l := range languages {
		words, ok := t[l][key]
		if !ok {
			return "", fmt.Errorf("no text %q in %s", key, l)
		}
		all = append(all, words)
	}
	return strings.Join(all, " / "), nil
}

// kinds are the types of the embedded files that are served as they are.
var kinds = map[string]string{
	".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".json": "application/json", ".svg": "image/svg+xml",
}

// handle adds the pages and the files that they load.
func (p *pages) handle(m *http.ServeMux) {
	for address, b := range p.written {
		m.HandleFunc("GET "+address, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, _ = w.Write(b)
		})
	}
	p.file(m)
}

// file adds the embedded files that are served as they are.
func (p *pages) file(m *http.ServeMux) {
	m.HandleFunc("GET /web/{folder}/{name}", func(w http.ResponseWriter, r *http.Request) {
		name := path.Join("web", r.PathValue("folder"), r.PathValue("name"))
		kind, ok := kinds[path.Ext(name)]
		b, err := fs.ReadFile(web, name)
		if !ok || err != nil {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", kind)
		_, _ = w.Write(b)
	})
}
