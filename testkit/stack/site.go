package stack

import (
	"context"
	"errors"
	"io"
	"maps"
	"math/big"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"akashi/centre/keys"
	"akashi/centre/site"
	"akashi/testkit/pki"
	"akashi/testkit/users"
	"akashi/verifier/trust"
)

// published are the public files of the world that the site gives out, by the
// name that they get there.
var published = map[string]string{
	"csca.pem": "csca.pem", "pdf-ca.pem": "pdf-ca.pem", "shc-ca.pem": "shc-ca.pem", "vdsnc.pem": "keys/vdsnc.pem", "pdf.pem": "keys/pdf.pem",
	"jwks.json": "jwks.json", "trust.json": "trust.json", "trust-root.pem": "trust-root.pem",
}

// startSite starts the issuer's public site, as a user of its own.
func (s *Stack) startSite(ctx, _ context.Context) error {
	if !s.o.Site {
		return nil
	}
	if err := s.publish(); err != nil {
		return err
	}
	if err := users.Folder(users.Site, s.path("site"), false); err != nil {
		return err
	}
	at := func(name string) string { return s.path("published", name) }
	own := func(name string) string { return filepath.Join(s.PKI(), name) }
	files := map[string]string{"csca.crl": at("csca.crl"), "pdf-ca.crl": at("pdf-ca.crl")}
	for name := range published {
		if name != "trust-root.pem" && strings.HasSuffix(name, ".pem") {
			files[name] = at(name)
		}
	}
	c := site.Config{
		Listen: "127.0.0.1:0", Issuer: s.World.Issuer.URL, JWKS: at("jwks.json"), Trust: at("trust.json"), TrustRoot: at("trust-root.pem"),
		Files: files, State: s.path("site"),
		VRS: site.VRSFile{Address: s.vrsAddr, ServerName: "localhost", Roots: own("vrs-ca.pem"), Certificate: own("site.pem"), Key: own("site.key")},
	}
	if err := writeJSON(s.path("site.json"), c); err != nil {
		return err
	}
	program, err := users.Program(filepath.Join(s.o.Bin, "centre"), s.path("bin"))
	if err != nil {
		return err
	}
	_, line, err := s.startAs(ctx, users.Site, "site", "ready site ", program, "site", "-config", s.path("site.json"))
	s.Site = "http://" + strings.TrimPrefix(line, "ready site ") + "/issuer"
	return err
}

// publish copies what is public beside the private keys, from where the site
// may not read.
func (s *Stack) publish() error {
	if err := os.MkdirAll(s.path("published"), 0o755); err != nil {
		return err
	}
	for name, from := range published {
		b, err := os.ReadFile(filepath.Join(s.PKI(), from))
		if err != nil {
			return err
		}
		if err := os.WriteFile(s.path("published", name), b, 0o644); err != nil {
			return err
		}
	}
	now := time.Now()
	return errors.Join(s.PublishCRL("csca.crl", s.World.CSCA, now), s.PublishCRL("pdf-ca.crl", s.World.PDFRoot, now))
}

// PublishCRL has an authority of the world revoke signers, as of a time: the
// site gives its CRL out.
func (s *Stack) PublishCRL(name string, ca *pki.Authority, at time.Time, revoked ...*big.Int) error {
	b, err := ca.CRL(at, revoked...)
	if err != nil {
		return err
	}
	return s.put(name, b)
}

// SignTrust signs the trust list anew with what the site's lists have revoked,
// and puts it in the site's place, as whoever holds the root does at a desk of
// their own. The next version is given.
func (s *Stack) SignTrust(ctx context.Context) (version int, err error) {
	lists, err := s.Lists(ctx)
	if err != nil {
		return 0, err
	}
	l, err := s.World.TrustList()
	if err != nil {
		return 0, err
	}
	if err := Amend(l, lists); err != nil {
		return 0, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.signed++
	l.Version += s.signed
	b, err := trust.Encode(l, s.World.TrustRoot)
	if err != nil {
		return 0, err
	}
	return l.Version, s.put("trust.json", b)
}

// put replaces a public file.
func (s *Stack) put(name string, b []byte) error {
	next := s.path("published", name+".new")
	if err := os.WriteFile(next, b, 0o644); err != nil {
		return err
	}
	return os.Rename(next, s.path("published", name))
}

// Lists fetches the key set from the site and each key's revocation list, as a
// relying party does beforehand: the lists by kid. It fails while the site is
// between two versions, or away.
func (s *Stack) Lists(ctx context.Context) (map[string][]byte, error) {
	set, err := s.fetch(ctx, "/.well-known/jwks.json", trust.DefaultMaxJWKS)
	if err != nil {
		return nil, err
	}
	all, err := trust.ParseJWKS(set, s.World.Issuer.URL)
	if err != nil {
		return nil, err
	}
	lists := map[string][]byte{}
	for _, k := range all {
		if lists[k.ID], err = s.fetch(ctx, keys.CRLPath(k.ID), trust.DefaultMaxCRL); err != nil {
			return nil, err
		}
		if _, err := trust.ParseCRL(lists[k.ID], k.ID, k.CRLVersion); err != nil {
			return nil, err
		}
	}
	return lists, nil
}

// Amend takes lists to a trust list, as verify -crl does.
func Amend(l *trust.List, lists map[string][]byte) error {
	for _, kid := range slices.Sorted(maps.Keys(lists)) {
		if err := l.Amend(lists[kid]); err != nil {
			return err
		}
	}
	return nil
}

var errSite = errors.New("stack: the site does not give this out now")

func (s *Stack) fetch(ctx context.Context, path string, limit int64) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.Site+path, nil)
	if err != nil {
		return nil, err
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return nil, errSite
	}
	return readAll(res.Body, limit)
}

func readAll(r io.Reader, limit int64) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err == nil && int64(len(b)) > limit {
		err = errSite
	}
	return b, err
}
