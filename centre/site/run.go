package site

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
)

// RunConfigured runs the site that a configuration file describes until ctx
// ends, or with a folder to export to asks VRS once, writes the files and
// returns. out gets "ready site ADDRESS", and each Notice as "site SOURCE WORD".
func RunConfigured(ctx context.Context, path, export string, out io.Writer) (err error) {
	c, err := ReadConfig(path)
	if err != nil {
		return err
	}
	o, err := c.options()
	if err != nil {
		return err
	}
	var mu sync.Mutex
	o.Say = func(n Notice) {
		mu.Lock()
		defer mu.Unlock()
		fmt.Fprintf(out, "site %s %s\n", n.Source, n.Word)
	}
	s, err := New(o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if export != "" {
		if err := s.Poll(ctx); err != nil {
			return fmt.Errorf("site: nothing was exported: %w", err)
		}
		return s.Export(export)
	}
	return s.runOn(ctx, c, out)
}

func (s *Site) runOn(ctx context.Context, c Config, out io.Writer) error {
	var cfg *tls.Config
	if c.Certificate != "" {
		own, err := tls.LoadX509KeyPair(c.Certificate, c.Key)
		if err != nil {
			return fmt.Errorf("site: %w", err)
		}
		cfg = &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{own}} // 1.2: what verifiers on old phones have
	}
	ln, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return err
	}
	fmt.Fprintln(out, "ready site "+ln.Addr().String())
	ctx, stop := context.WithCancel(ctx)
	followed := make(chan error, 1)
	go func() { followed <- s.Run(ctx) }()
	err = s.Serve(ctx, ln, cfg)
	stop()
	return errors.Join(err, <-followed)
}
