package tray

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"path/filepath"

	verifierpage "akashi/verifier/web"
	"akashi/verifier/web/bridge"
)

// openVerifier serves the verifier's page, with the chain's trust list, at an
// address of its own until ctx ends: to a browser it is another site, as it is to
// whoever is handed a paper. Without its programs there is none.
func (s *Server) openVerifier(ctx context.Context) error {
	page, err := verifierpage.New(verifierpage.Options{
		Trust: filepath.Join(s.stack.PKI(), bridge.TrustFile), Root: filepath.Join(s.stack.PKI(), bridge.RootFile),
	})
	if errors.Is(err, verifierpage.ErrAssets) {
		return nil
	}
	if err != nil {
		return err
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	s.verifier = "http://" + ln.Addr().String() + "/"
	s.parts.Go(func() { _ = page.Serve(ctx, ln) })
	return nil
}

// toVerifier leads to the verifier's page, or says what this build lacks.
func (s *Server) toVerifier(w http.ResponseWriter, r *http.Request) {
	if s.verifier == "" {
		w.WriteHeader(http.StatusServiceUnavailable)
		fmt.Fprintln(w, "検証ページはこのビルドに入っていません。 The verifier's page is not in this build: make web up")
		return
	}
	http.Redirect(w, r, s.verifier, http.StatusSeeOther)
}
