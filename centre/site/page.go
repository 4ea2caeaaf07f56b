package site

import (
	"bytes"
	_ "embed"
	"html/template"
	"maps"
	"slices"
	"strings"
	"time"

	"akashi/verifier/trust"
)

//go:embed page.html
var pageSource string

//go:embed style.css
var style []byte

var pageTemplate = template.Must(template.New("page").Parse(pageSource))

// pageData is what the index page says.
type pageData struct {
	Issuer         string
	NameJA, NameEN string
	Whole          bool
	Keys           []pageKey
	Files          []pageFile
	Version        int
	Issued, Until  string
	Expired        bool
	Root           string
}

type pageKey struct {
	ID, Short, From, Until string
	Version, Entries       int
}

type pageFile struct{ Name, DER, JA, EN string }

// described says what the files of the usual names are.
var described = map[string][2]string{
	"csca":   {"VDS-NCの署名者の認証局（CSCA）", "Authority (CSCA) of the VDS-NC signer"},
	"vdsnc":  {"VDS-NCの署名者", "Signer of VDS-NC codes"},
	"pdf-ca": {"PDFの署名者の認証局", "Authority of the PDF signer"},
	"pdf":    {"PDFの署名者", "Signer of PDF files"},
	"shc-ca": {"SMART Health Cardの鍵の認証局", "Authority of the SMART Health Card keys"},
}

// page writes the index page.
func (s *Site) page(c *content, l *trust.List) ([]byte, error) {
	d := pageData{
		Issuer: s.o.Issuer, Whole: s.Whole(), Version: l.Version, Issued: day(l.Issued), Until: day(l.Expires),
		Expired: !s.o.Now().Before(l.Expires), Root: grouped(trust.Fingerprint(s.o.TrustRoot)),
	}
	for i := range l.SHC {
		if l.SHC[i].URL == s.o.Issuer {
			d.NameJA, d.NameEN = l.SHC[i].NameJA, l.SHC[i].NameEN
		}
	}
	for _, k := range c.keys {
		d.Keys = append(d.Keys, pageKey{k.ID, k.ID[:8], day(k.From), day(k.Until), k.Version, k.Entries})
	}
	names := slices.Sorted(maps.Keys(c.files))
	slices.SortStableFunc(names, func(a, b string) int { return strings.Compare(fileRow(a).base(), fileRow(b).base()) })
	for _, name := range names {
		d.Files = append(d.Files, fileRow(name))
	}
	var b bytes.Buffer
	err := pageTemplate.Execute(&b, d)
	return b.Bytes(), err
}

// base orders an authority before its CRL.
func (f pageFile) base() string {
	base, kind, _ := strings.Cut(f.Name, ".")
	if kind == "crl" {
		base += "."
	}
	return base
}

func fileRow(name string) pageFile {
	base, kind, _ := strings.Cut(name, ".")
	text, ok := described[base]
	if !ok {
		text = [2]string{base, base}
	}
	if kind == "crl" {
		return pageFile{name, "", text[0] + "の失効リスト（CRL）", "Revocation list (CRL) of: " + text[1]}
	}
	return pageFile{name, base + ".cer", text[0], text[1]}
}

func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.DateOnly)
}

// grouped parts a fingerprint, so that a person can compare it.
func grouped(s string) string {
	var b strings.Builder
	for i, c := range s {
		if i > 0 && i%8 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(c)
	}
	return b.String()
}
