package site

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"akashi/centre/keys"
	"akashi/verifier/rule"
	"akashi/verifier/trust"
)

// Types of what is served. A key set and a list are JSON to every verifier.
const (
	typeJSON = "application/json"
	typePEM  = "application/x-pem-file"
	typeCER  = "application/pkix-cert"
	typeCRL  = "application/pkix-crl"
	typeHTML = "text/html; charset=utf-8"
	typeCSS  = "text/css; charset=utf-8"
)

// How long a copy may be used without asking again.
const (
	DefaultListAge = 25 * time.Second // key set and lists: see DefaultPoll
	DefaultFileAge = 5 * time.Minute  // trust list, CRLs and the page
	DefaultCertAge = 24 * time.Hour   // certificates: another one has another name or a new root
)

// pathJWKS is where verifiers look for the key set, below iss.
const pathJWKS = "/.well-known/jwks.json"

// item is one thing that is served.
type item struct {
	kind     string
	age      time.Duration
	body     []byte
	tag      string // entity tag, quoted
	modified time.Time
}

// content is all that is served, by path. It is not changed once it is.
type content struct {
	items map[string]item
	keys  []keyRow
	files map[string][]byte // of Options.Files, as they were read last and good
	jwks  []trust.JWK
}

// keyRow is one key, for the index page.
type keyRow struct {
	ID               string
	From, Until      time.Time // of its certificate; zero without one
	Version, Entries int       // of its list
}

// update builds the content anew when something has changed. What cannot be
// used stays as it was, and its error is given and told.
func (s *Site) update() error {
	s.build.Lock()
	defer s.build.Unlock()
	l, turn := s.lists.shown()
	t := s.trust.Look()
	whole := s.lists.isWhole()
	seen := fmt.Sprint(turn, whole, t.List.Version, t.Refused(), s.stats())
	s.say(Notice{SourceTrust, or(t.Refused(), OK)})
	if s.seen == seen {
		return nil
	}
	s.seen = seen
	old := s.content.Load()
	if old == nil {
		old = &content{items: map[string]item{}, files: map[string][]byte{}}
	}
	next := &content{items: map[string]item{}, jwks: old.jwks, files: maps.Clone(old.files)}
	err := errors.Join(s.readJWKS(next), s.readFiles(next))
	if err != nil && old.items["/"].body == nil {
		return err // at the start nothing is there to go on with
	}
	put := func(path, kind string, age time.Duration, b []byte) { next.put(old, s.o.Now(), path, kind, age, b) }
	put("/trust.json", typeJSON, DefaultFileAge, t.Bytes)
	putFiles(put, next.files)
	if whole {
		if e := s.putKeys(put, next, l); e != nil {
			return errors.Join(err, e)
		}
	}
	put("/trust-root.pem", typePEM, DefaultCertAge, rootPEM(s.o.TrustRoot))
	page, e := s.page(next, t.List)
	if e != nil {
		return errors.Join(err, e)
	}
	put("/", typeHTML, DefaultFileAge, page)
	put("/style.css", typeCSS, DefaultFileAge, style)
	s.content.Store(next)
	return err
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// stats tells whether a file was replaced.
func (s *Site) stats() string {
	var b strings.Builder
	for _, path := range append([]string{s.o.JWKS}, slices.Sorted(maps.Values(s.o.Files))...) {
		info, err := os.Stat(path)
		if err != nil {
			b.WriteString("gone;")
			continue
		}
		fmt.Fprintf(&b, "%d %d;", info.Size(), info.ModTime().UnixNano())
	}
	return b.String()
}

// readJWKS reads the key set as its owner publishes it.
func (s *Site) readJWKS(c *content) error {
	b, err := read(s.o.JWKS, trust.DefaultMaxJWKS)
	if err == nil {
		var set []trust.JWK
		if set, err = trust.ParseJWKS(b, s.o.Issuer); err == nil && len(set) == 0 {
			err = keys.ErrNoKey
		}
		if err == nil {
			c.jwks = set
		}
	}
	s.say(Notice{SourceJWKS, whyNot(err)})
	if err != nil {
		return fmt.Errorf("site: %s: %w", s.o.JWKS, err)
	}
	return nil
}

// whyNot gives the word for a file that cannot be used.
func whyNot(err error) string {
	var r *rule.Refusal
	switch {
	case err == nil:
		return OK
	case errors.As(err, &r):
		return r.Code
	}
	return "unusable"
}

// putKeys puts the key set, with each list's counter, and the lists.
func (s *Site) putKeys(put func(string, string, time.Duration, []byte), c *content, l map[string]list) error {
	var set []keys.IssuerKey
	for _, k := range c.jwks {
		own := l[k.ID]
		set = append(set, keys.IssuerKey{Chain: k.Chain, Key: k.Key, CRLVersion: own.version})
		row := keyRow{ID: k.ID, Version: own.version, Entries: own.entries}
		if len(k.Chain) > 0 {
			row.From, row.Until = k.Chain[0].NotBefore, k.Chain[0].NotAfter
		}
		c.keys = append(c.keys, row)
		if own.file == nil {
			b, _ := keys.NewCRL(k.ID).File()
			l[k.ID] = list{file: b}
		}
	}
	b, err := keys.JWKS(set...)
	if err != nil {
		return err
	}
	for kid, own := range l {
		put(keys.CRLPath(kid), typeJSON, DefaultListAge, own.file)
	}
	put(pathJWKS, typeJSON, DefaultListAge, b)
	return nil
}

// put adds an item; one that is as it was keeps its date.
func (c *content) put(old *content, now time.Time, path, kind string, age time.Duration, b []byte) {
	if was, ok := old.items[path]; ok && bytes.Equal(was.body, b) {
		c.items[path] = was
		return
	}
	d := sha256.Sum256(b)
	tag := `"` + base64.RawURLEncoding.EncodeToString(d[:18]) + `"`
	c.items[path] = item{kind, age, b, tag, now.UTC().Truncate(time.Second)}
}
