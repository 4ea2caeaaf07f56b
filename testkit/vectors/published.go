package vectors

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"akashi/verifier/trust"
)

// PublishedDir is where the published vectors lie, below the folder above the
// repository. They are other people's and are not copied into it.
const PublishedDir = "shared/vectors"

// ErrNotPublished says that the published vectors are not there.
var ErrNotPublished = errors.New("vectors: the published ones are not there: put them into ../" + PublishedDir + " beside the repository")

// The times at which the published cards are judged.
var (
	specTime = time.Unix(1720000000, 0).UTC() // between the examples' nbf and the exp of the last
	toolTime = time.Unix(1653955200, 0).UTC() // the tools' own clock: 2022-05-31
	specEnd  = time.Unix(1746643764, 0).UTC() // a second behind that exp
)

const (
	specIssuer = "https://spec.smarthealth.cards/examples/issuer"
	toolIssuer = "https://raw.githubusercontent.com/smart-on-fhir/health-cards-dev-tools/main/testdata/badcrl/"
	japan      = "https://vc.vrs.digital.go.jp/issuer"
)

// expected gives the code that each published file must be judged with. The
// defect is in the file's name; where that tool only warns, or looks another
// defect up first, the reason is given.
var expected = map[string]string{
	"shc-spec-examples/example-00-d-jws.txt": Valid, "shc-spec-examples/example-00-e-file.smart-health-card": Valid, "shc-spec-examples/example-00-f-qr-code-numeric-value-0.txt": Valid,
	"shc-spec-examples/example-01-d-jws.txt": Valid, "shc-spec-examples/example-01-e-file.smart-health-card": Valid, "shc-spec-examples/example-01-f-qr-code-numeric-value-0.txt": Valid,
	"shc-spec-examples/example-03-d-jws.txt": Valid, "shc-spec-examples/example-03-e-file.smart-health-card": Valid, "shc-spec-examples/example-03-f-qr-code-numeric-value-0.txt": Valid,
	"shc-spec-examples/example-02-d-jws.txt": "shc.too-long", "shc-spec-examples/example-02-e-file.smart-health-card": "shc.too-long", // it fits no one code
	"shc-spec-examples/example-02-f-qr-code-numeric-value-0.txt": "shc.chunked", "shc-spec-examples/example-02-f-qr-code-numeric-value-1.txt": "shc.chunked",
	"shc-spec-examples/example-02-f-qr-code-numeric-value-2.txt": "shc.chunked",

	tool + "d-jws-bad-fhir-metadata.txt": "shc.bundle", tool + "d-jws-der-signature.txt": "shc.signature-form", tool + "d-jws-der-signature-r-neg.txt": "shc.signature-form",
	tool + "d-jws-der-signature-s-neg.txt": "shc.signature-form", tool + "d-jws-der-signature-rs-neg.txt": "shc.signature-form", tool + "d-jws-invalid-signature.txt": "shc.signature",
	tool + "d-jws-issuer-kid-mismatch.txt": "shc.key", tool + "d-jws-issuer-not-valid-with-smart-key.txt": "shc.issuer", tool + "d-jws-jws_too_long.txt": "shc.too-long",
	tool + "d-jws-no_deflate.txt": "shc.zip", tool + "d-jws-no_jws_header_alg.txt": "shc.alg", tool + "d-jws-no_jws_header_kid.txt": "shc.kid",
	tool + "d-jws-no_jws_header_zip.txt": "shc.zip", tool + "d-jws-trailing_chars.txt": "shc.base64", tool + "d-jws-utf8_bom_prefix.txt": "shc.json",
	tool + "d-jws-wrong_jws_header_kid.txt": "shc.key", tool + "e-file-bad_jwks.smart-health-card": "shc.issuer", tool + "e-file-invalid_deflate.smart-health-card": "shc.deflate",
	tool + "e-file-invalid_issuer_url.smart-health-card": "shc.issuer", tool + "e-file-invalid_issuer_url_http.smart-health-card": "shc.iss",
	tool + "e-file-issuer_url_with_trailing_slash.smart-health-card": "shc.iss", tool + "e-file-jws_too_long.smart-health-card": "shc.too-long",
	tool + "e-file-multi-jws-issues.smart-health-card": "input.file", tool + "e-file-multi-jws.smart-health-card": Valid, tool + "e-file-no_deflate.smart-health-card": "shc.zip",
	tool + "e-file-trailing_chars.smart-health-card": "input.file", tool + "e-file.wrong-extension": "input.file-name",

	// The cards themselves are good; what is bad is their issuers' lists, below.
	badCRL("duplicate-rid"): Valid, badCRL("invalid-method"): Valid, badCRL("non-base64url-rid"): Valid, badCRL("too-long-rid"): Valid, badCRL("version-mismatch"): Valid,
}

const tool = "health-cards-dev-tools/test-example-00-"

func badCRL(folder string) string {
	return "health-cards-dev-tools/badcrl/" + folder + "/jws-crl-" + folder + ".txt"
}

// badLists gives the codes of the defective revocation lists, by folder.
var badLists = map[string]string{"duplicate-rid": "trust.crl-duplicate", "invalid-method": "trust.crl-method", "non-base64url-rid": "trust.crl-rid",
	"too-long-rid": "trust.crl-rid", "version-mismatch": "trust.crl-version"}

// sources reports whether a published file is no input of a verifier: what a
// card was made from, a licence, a note.
func sources(name string) bool {
	base := path.Base(name)
	for _, part := range []string{"-a-fhirBundle.json", "-b-jws-payload-expanded.json", "-c-jws-payload-minified.json"} {
		if strings.HasSuffix(base, part) {
			return true
		}
	}
	return base == "LICENSE" || base == "README.md" || base == "info.md" || name == "health-cards-dev-tools/badcrl/public.json" ||
		name == "health-cards-dev-tools/badcrl/.well-known/jwks.json" // the bare key that the sets below it hold
}

// Published gives the vectors of the folder of the published ones, and the
// trust list that they are judged under. A file that is neither known nor a
// source is an error: 100 % is of all.
func Published(dir string) ([]Vector, *trust.List, error) {
	if _, err := os.Stat(filepath.Join(dir, "shc-spec-examples")); err != nil {
		return nil, nil, ErrNotPublished
	}
	p := publisher{fsys: os.DirFS(dir)}
	if err := fs.WalkDir(p.fsys, ".", p.file); err != nil {
		return nil, nil, err
	}
	if len(p.all) < len(expected) {
		return nil, nil, fmt.Errorf("vectors: %d of %d published files: %w", len(p.all), len(expected), ErrNotPublished)
	}
	late := p.all[p.index["shc-spec-examples/example-03-d-jws.txt"]]
	late.Name, late.At, late.Expect = late.Name+", after its exp", specEnd, "shc.expired"
	p.all = append(p.all, late)
	return p.all, p.list(), nil
}

// publisher collects the published files.
type publisher struct {
	fsys  fs.FS
	all   []Vector
	index map[string]int
	sets  map[string][]byte // key sets by issuer
	lists map[string][]byte // revocation lists by issuer
}

func (p *publisher) file(name string, d fs.DirEntry, err error) error {
	if err != nil || d.IsDir() || sources(name) {
		return err
	}
	b, err := fs.ReadFile(p.fsys, name)
	if err != nil {
		return err
	}
	v := Vector{Name: name, Description: "published", Kind: KindFile, At: toolTime, Trust: "published.json", FileName: path.Base(name)}
	v.SetBytes(b)
	switch {
	case strings.HasSuffix(name, "jwks.json") || strings.Contains(name, "jwks_"):
		v.Kind, v.Expect, v.Issuer = KindJWKS, Valid, issuerOf(name)
	case strings.Contains(name, "crl/") && strings.HasSuffix(name, ".json"):
		if err := p.revocations(&v, name); err != nil {
			return err
		}
	case expected[name] != "":
		v.Expect = expected[name]
	default:
		return fmt.Errorf("vectors: %s: a published file that no table names: say what must come of it", name)
	}
	if strings.HasPrefix(name, "shc-spec-examples") {
		v.At = specTime
	}
	p.keep(v)
	return nil
}

func (p *publisher) keep(v Vector) {
	if p.index == nil {
		p.index, p.sets, p.lists = map[string]int{}, map[string][]byte{}, map[string][]byte{}
	}
	p.index[v.Name] = len(p.all)
	p.all = append(p.all, v)
	switch v.Kind {
	case KindJWKS:
		p.sets[v.Issuer] = v.Bytes()
	case KindCRL:
		p.lists[issuerOf(v.Name)] = v.Bytes()
	}
}

func issuerOf(name string) string {
	switch {
	case strings.HasPrefix(name, "vci-directory/"):
		return japan
	case strings.HasPrefix(name, "spec-example-issuer/"):
		return specIssuer
	}
	folder, _, _ := strings.Cut(strings.TrimPrefix(name, "health-cards-dev-tools/badcrl/"), "/")
	return toolIssuer + folder
}

// revocations makes a vector of a revocation list, which its file name gives
// the kid of. Its key set, which says the counter, stands beside it.
func (p *publisher) revocations(v *Vector, name string) error {
	v.Kind, v.KeyID, v.Expect = KindCRL, strings.TrimSuffix(path.Base(name), ".json"), Valid
	if code := badLists[path.Base(issuerOf(name))]; code != "" {
		v.Expect = code
	}
	beside := path.Join(path.Dir(name), "../jwks.json")
	b, err := fs.ReadFile(p.fsys, beside)
	if err != nil {
		return err
	}
	keys, err := trust.ParseJWKS(b, issuerOf(name))
	if err != nil {
		return fmt.Errorf("%s: %w", beside, err)
	}
	for _, k := range keys {
		if k.ID == v.KeyID {
			v.CRLVersion = k.CRLVersion
		}
	}
	return nil
}

// list trusts the issuers of the published cards, Japan's among them, with the
// one revocation list that is sound.
func (p *publisher) list() *trust.List {
	l := &trust.List{Version: 1, Issued: toolTime.AddDate(-1, 0, 0), Expires: specEnd.AddDate(20, 0, 0)}
	for iss, set := range p.sets {
		keys, err := trust.ParseJWKS(set, iss)
		if err != nil {
			continue // its vector says so
		}
		issuer := trust.SHCIssuer{URL: iss, Revoked: map[string][]string{}}
		for _, k := range keys {
			issuer.Keys = append(issuer.Keys, k.SHCKey)
			if rids, err := trust.ParseCRL(p.lists[iss], k.ID, k.CRLVersion); err == nil {
				issuer.Revoked[k.ID] = rids
			}
		}
		l.SHC = append(l.SHC, issuer)
	}
	return l
}

// JapanKeys gives how many keys of Japan's real issuer loaded, each with a
// chain that verifies.
func JapanKeys(all []Vector) (int, error) {
	for _, v := range all {
		if v.Issuer == japan {
			keys, err := trust.ParseJWKS(v.Bytes(), japan)
			for _, k := range keys {
				if len(k.Chain) == 0 {
					return 0, errors.New("vectors: a key of Japan's without its chain")
				}
			}
			return len(keys), err
		}
	}
	return 0, ErrNotPublished
}
