package tray

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// handler is every address that the server answers at.
func (s *Server) handler(addr string) http.Handler {
	m := http.NewServeMux()
	s.pages.handle(m)
	m.HandleFunc("GET /api/residents", func(w http.ResponseWriter, _ *http.Request) { tell(w, s.residents()) })
	m.HandleFunc("GET /api/papers", func(w http.ResponseWriter, _ *http.Request) { tell(w, s.papers.list()) })
	m.HandleFunc("GET /kiosk/{n}", s.page)
	m.HandleFunc("GET /verifier", s.toVerifier)
	m.HandleFunc("GET /api/tray", stream(s, s.tray))
	m.HandleFunc("GET /api/centre", stream(s, s.centre))
	m.HandleFunc("GET /paper/{name}", s.paper)
	m.HandleFunc("GET /trust/files/{name}", s.trustFile)
	m.HandleFunc("POST /api/insert", post(s.postInsert))
	m.HandleFunc("POST /api/pull", post(s.postPull))
	m.HandleFunc("POST /api/reissue", post(s.postReissue))
	m.HandleFunc("POST /api/walk", post(func(_ context.Context, a ask) error { _, err := s.start(a); return err }))
	m.HandleFunc("POST /api/leave", post(func(context.Context, struct{}) error { s.leave(); return nil }))
	m.HandleFunc("POST /api/swap", post(func(_ context.Context, a turned) error { return s.swap(a.On) }))
	m.HandleFunc("POST /api/unit", s.postUnit)
	m.HandleFunc("POST /api/device", post(s.postDevice))
	m.HandleFunc("POST /api/release", post(s.postRelease))
	m.HandleFunc("GET /site/", s.site)
	m.HandleFunc("POST /api/revoke", post(s.postRevoke))
	m.HandleFunc("POST /api/clear", post(func(_ context.Context, a cleared) error { return s.clear(a.Operator) }))
	return guard(addr, s.framed(), m)
}

// What the other posts say.
type (
	placed struct {
		Kiosk    string `json:"kiosk"`
		Resident string `json:"resident"`
	}
	pulled struct {
		Kiosk string `json:"kiosk"`
	}
	reissued struct {
		Resident string `json:"resident"`
	}
	turned struct {
		On bool `json:"on"`
	}
	cleared struct {
		Operator uint32 `json:"operator"`
	}
)

func (s *Server) postInsert(_ context.Context, a placed) error {
	r, err := s.stack.Resident(a.Resident)
	if err != nil {
		return errResident
	}
	i, err := s.kioskIndex(a.Kiosk)
	if err != nil {
		return err
	}
	return s.lay(s.life, i, r) // the card stays when the page's request is over
}

func (s *Server) postPull(ctx context.Context, a pulled) error {
	i, err := s.kioskIndex(a.Kiosk)
	if err != nil {
		return err
	}
	return s.take(ctx, i)
}

func (s *Server) postReissue(ctx context.Context, a reissued) error {
	if _, err := s.stack.Resident(a.Resident); err != nil {
		return errResident
	}
	if st, _ := s.tray.see(); st.Doing == Walking {
		return errBusy
	}
	s.reissue(ctx, a.Resident)
	return nil
}

// post reads one small JSON object and does what it says. 202: it is done or
// begun, and the stream shows it.
func post[T any](do func(context.Context, T) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(DefaultRead))
		var a T
		if err := read(w, r, &a); err != nil {
			refuse(w, http.StatusBadRequest, errors.New("this is not what the page sends"))
			return
		}
		switch err := do(r.Context(), a); {
		case err == nil:
			w.WriteHeader(http.StatusAccepted)
		case errors.Is(err, errBusy), errors.Is(err, errTaken):
			refuse(w, http.StatusConflict, err)
		case errors.Is(err, errResident), errors.Is(err, errKiosk):
			refuse(w, http.StatusNotFound, err)
		case errors.Is(err, errAsk), errors.Is(err, errPlace), errors.Is(err, errOperator), errors.Is(err, errDevice):
			refuse(w, http.StatusBadRequest, err)
		default:
			refuse(w, http.StatusInternalServerError, err)
		}
	}
}

func read(w http.ResponseWriter, r *http.Request, to any) error {
	if r.Header.Get("Content-Type") != "application/json" {
		return errAsk
	}
	d := json.NewDecoder(http.MaxBytesReader(w, r.Body, DefaultMaxBody))
	d.DisallowUnknownFields()
	if err := d.Decode(to); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errAsk
	}
	return nil
}

func refuse(w http.ResponseWriter, status int, err error) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"error": err.Error()})
}

func tell(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}

// paper gives N.pdf, or N-P.png for page P from 1.
func (s *Server) paper(w http.ResponseWriter, r *http.Request) {
	base, kind, _ := strings.Cut(r.PathValue("name"), ".")
	number, page, _ := strings.Cut(base, "-")
	n, err := strconv.Atoi(number)
	p, ok := s.papers.find(n)
	if err != nil || !ok {
		http.NotFound(w, r)
		return
	}
	var b []byte
	switch i, pageErr := strconv.Atoi(page); {
	case kind == "pdf" && page == "":
		w.Header().Set("Content-Type", "application/pdf")
		b, err = p.pdf()
	case kind == "png" && pageErr == nil && i >= 1:
		w.Header().Set("Content-Type", "image/png")
		b, err = s.picture(p, i-1)
	default:
		err = errAsk
	}
	if err != nil {
		w.Header().Del("Content-Type")
		http.NotFound(w, r)
		return
	}
	_, _ = w.Write(b)
}

// published are the files that verifiers take, and nothing else of that
// folder: private keys lie there too.
var published = map[string]string{
	"trust.json": "application/json", "jwks.json": "application/json", "card-authorities.json": "application/json",
	"trust-root.pem": "text/plain; charset=utf-8", "csca.pem": "text/plain; charset=utf-8", "pdf-ca.pem": "text/plain; charset=utf-8",
}

func (s *Server) trustFile(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name")
	kind, ok := published[name]
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", kind)
	http.ServeFile(w, r, filepath.Join(s.stack.PKI(), name))
}
