// Package tray is the pages in front of a running chain (testkit/stack): the
// card tray with its robot residents, the papers that came out, the centre's
// live events and the trust files. It is for a person who judges the chain on
// their own machine: loopback only, synthetic residents only.
//
// The package writes no log. What a page shows is kept in memory, bounded, and
// ends with the process.
package tray

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"akashi/centre/wire/release"
	"akashi/testkit/stack"
	"akashi/verifier/scan"
)

// Bounds of the server.
const (
	DefaultMaxWatchers = 16               // event streams at once: a person has a few tabs
	DefaultMaxScreens  = 200              // screens kept of a visit: 8 requests have under 80
	DefaultMaxPapers   = 60               // papers on the page; older ones stay in the printer's folder only
	DefaultMaxEvents   = 200              // events of the centre on the page
	DefaultMaxBody     = 1 << 10          // bytes of what a page posts; the longest has under 200
	DefaultMaxHeader   = 16 << 10         // a browser's request has under 4 KiB
	DefaultRead        = 10 * time.Second // for one request to come in
	DefaultWrite       = 20 * time.Second // a page that takes nothing for this long is gone
	DefaultHeartbeat   = 15 * time.Second // between signs of life on an idle stream
	DefaultPoll        = time.Second      // between looks at the kiosks
)

// Options say what the pages stand in front of.
type Options struct {
	Stack *stack.Stack
	Bin   string // folder of the programs; its badworker is the switch's defect
	Lacks string // why cards are in process and not behind a real pcscd; empty: they are
}

// Server serves the pages of one stack. Its methods may be called from any
// goroutine; Close it before the stack.
type Server struct {
	stack *stack.Stack
	bin   string
	pages *pages
	scan  func() (*scan.Scanner, error) // made for the first paper

	tray   *board[State]
	centre *board[Centre]
	papers *papers
	hands  []*hand // by kiosk
	follow *follower
	first  map[string]release.Municipality // by code, before the panel changed any

	verifier string                            // address of the verifier's page; empty: it was not built
	lists    atomic.Pointer[map[string][]byte] // the site's revocation lists

	watchers chan struct{}
	life     context.Context
	end      context.CancelFunc
	parts    sync.WaitGroup

	mu    sync.Mutex
	walk  context.CancelFunc // of the visit under way
	visit int                // number of the last visit
}

// New makes the pages and begins to look at the stack.
func New(o Options) (*Server, error) {
	p, err := loadPages()
	if err != nil {
		return nil, err
	}
	life, end := context.WithCancel(context.Background())
	s := &Server{
		stack: o.Stack, bin: o.Bin, pages: p, papers: &papers{},
		tray: newBoard(State{Lacks: o.Lacks, VRS: "up"}), centre: newBoard(Centre{}),
		watchers: make(chan struct{}, DefaultMaxWatchers), life: life, end: end,
	}
	s.scan = sync.OnceValues(func() (*scan.Scanner, error) { return scan.Shared(life) })
	for _, k := range o.Stack.Kiosks {
		s.hands = append(s.hands, &hand{kiosk: k, fault: "ok", taken: map[string]bool{}, filed: map[string]bool{}})
	}
	s.follow = &follower{process: o.Stack.Node, centre: s.centre}
	s.look(life)
	s.judge(life)
	s.parts.Go(s.watch)
	if o.Stack.Site != "" {
		s.parts.Go(s.heed)
	}
	return s, nil
}

// Serve answers on ln, which must be a loopback address, until ctx ends. A
// visit under way ends with it.
func (s *Server) Serve(ctx context.Context, ln net.Listener) error {
	if a, ok := ln.Addr().(*net.TCPAddr); !ok || !a.IP.IsLoopback() {
		return fmt.Errorf("tray: %s is not a loopback address; these pages are for this machine only", ln.Addr())
	}
	if err := s.frames(ctx, ln.Addr().String()); err != nil {
		return err
	}
	if err := s.openVerifier(ctx); err != nil {
		return err
	}
	s.look(ctx)
	srv := &http.Server{
		Handler: s.handler(ln.Addr().String()), ReadHeaderTimeout: DefaultRead, IdleTimeout: time.Minute,
		MaxHeaderBytes: DefaultMaxHeader, ErrorLog: log.New(io.Discard, "", 0),
	}
	stop := context.AfterFunc(ctx, func() {
		s.end() // streams end by it, which Shutdown waits for
		late, cancel := context.WithTimeout(context.Background(), DefaultRead)
		defer cancel()
		if srv.Shutdown(late) != nil {
			srv.Close()
		}
	})
	defer stop()
	err := srv.Serve(ln)
	s.end()
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// Close ends what is under way and waits for it.
func (s *Server) Close() error {
	s.end()
	s.parts.Wait()
	if s.papers.count == 0 {
		return nil
	}
	sc, err := s.scan()
	if err != nil {
		return err
	}
	return sc.Close()
}
