package ipp

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"os"
	"time"
)

// Bounds of one HTTP answer.
const (
	DefaultMaxHead   = 16 << 10  // status line and fields, interim answers included; printers send under 1 KiB
	DefaultMaxAnswer = 128 << 10 // the IPP message; every attribute of a large printer is about 60 KiB, and we ask for few
)

// line is one connection to the printer: one HTTP/1.1 exchange after another.
// Nothing in it sends anything twice.
type line struct {
	conn  net.Conn
	t     Target
	left  *io.LimitedReader
	in    *bufio.Reader
	spent bool // not good for another exchange
}

// open makes a line of a connected socket. With ipps nothing but a handshake
// crosses it before the certificate was held against the pins.
func open(ctx context.Context, conn net.Conn, t Target, now func() time.Time) (*line, error) {
	if t.TLS {
		c := tls.Client(conn, t.tls(now))
		if err := c.HandshakeContext(ctx); err != nil {
			conn.Close()
			switch {
			case errors.Is(err, ErrPin):
				return nil, ErrPin
			case context.Cause(ctx) != nil:
				return nil, ErrSlow
			}
			return nil, ErrTLS
		}
		conn = c
	}
	left := &io.LimitedReader{R: conn}
	return &line{conn: conn, t: t, left: left, in: bufio.NewReaderSize(left, 4<<10)}, nil
}

// tls trusts the pins and nothing else. The check is ours because a printer's
// own certificate seldom names the address that it is reached at.
func (t Target) tls(now func() time.Time) *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS12, ServerName: t.host, Time: now, SessionTicketsDisabled: true,
		InsecureSkipVerify: true, // replaced by VerifyConnection
		VerifyConnection: func(s tls.ConnectionState) error {
			return t.trusted(s.PeerCertificates, now())
		},
	}
}

// trusted accepts the pinned certificate itself, or one that a pinned
// authority issued to the printer's host; each only while it is valid.
func (t Target) trusted(chain []*x509.Certificate, now time.Time) error {
	if len(chain) == 0 {
		return ErrPin
	}
	roots, rest := x509.NewCertPool(), x509.NewCertPool()
	for _, p := range t.pins {
		if p.Equal(chain[0]) && !now.Before(p.NotBefore) && !now.After(p.NotAfter) {
			return nil
		}
		if p.IsCA {
			roots.AddCert(p)
		}
	}
	for _, c := range chain[1:] {
		rest.AddCert(c)
	}
	if _, err := chain[0].Verify(x509.VerifyOptions{Roots: roots, Intermediates: rest, DNSName: t.host, CurrentTime: now}); err != nil {
		return ErrPin
	}
	return nil
}

// exchange sends one message, with a document behind it, and reads the one
// answer. began says whether a byte of the document may have left: until then
// a printer has nothing that it could print.
func (l *line) exchange(ctx context.Context, message, document []byte) (answer []byte, began bool, err error) {
	stop := context.AfterFunc(ctx, func() { l.conn.SetDeadline(time.Unix(1, 0)) })
	defer func() {
		if !stop() {
			l.spent = true // its deadline is set
		}
	}()
	l.spent = true // until the answer was read to its end
	if _, err := l.conn.Write(append(l.head(len(message)+len(document)), message...)); err != nil {
		return nil, false, lineError(ctx, err)
	}
	var lost error
	if len(document) > 0 {
		began = true
		_, lost = l.conn.Write(document)
	}
	// A printer that refuses early answers and closes: its word is worth more
	// than the broken pipe.
	answer, err = l.read(ctx)
	if err != nil && lost != nil {
		err = lineError(ctx, lost)
	}
	return answer, began, err
}

func (l *line) head(length int) []byte {
	return fmt.Appendf(nil, "POST %s HTTP/1.1\r\nHost: %s\r\nContent-Type: application/ipp\r\nContent-Length: %d\r\n\r\n", l.t.path, l.t.Address, length)
}

// read takes one final HTTP answer that carries an IPP message.
func (l *line) read(ctx context.Context) ([]byte, error) {
	l.left.N = DefaultMaxHead + DefaultMaxAnswer
	var r *http.Response
	for r == nil || r.StatusCode/100 == 1 && r.StatusCode != http.StatusSwitchingProtocols {
		var err error
		if r, err = http.ReadResponse(l.in, &http.Request{Method: http.MethodPost}); err != nil {
			return nil, l.readError(ctx, err)
		}
	}
	defer r.Body.Close()
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if r.StatusCode != http.StatusOK || err != nil || kind != "application/ipp" || r.Header.Get("Content-Encoding") != "" {
		return nil, ErrHTTP
	}
	var b bytes.Buffer
	if _, err := b.ReadFrom(io.LimitReader(r.Body, DefaultMaxAnswer+1)); err != nil {
		return nil, l.readError(ctx, err)
	}
	if b.Len() > DefaultMaxAnswer {
		return nil, ErrSize
	}
	if l.in.Buffered() > 0 {
		return nil, ErrHTTP // it speaks without being asked
	}
	l.spent = r.Close || r.ContentLength < 0 && len(r.TransferEncoding) == 0
	return b.Bytes(), nil
}

// readError tells an answer that is too long or none from a line that broke.
func (l *line) readError(ctx context.Context, err error) error {
	var n net.Error
	switch {
	case l.left.N <= 0:
		return ErrSize
	case context.Cause(ctx) != nil, errors.As(err, &n), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return lineError(ctx, err)
	}
	return ErrHTTP
}

// lineError says whether our patience or the line ended.
func lineError(ctx context.Context, err error) error {
	if context.Cause(ctx) != nil || errors.Is(err, os.ErrDeadlineExceeded) {
		return ErrSlow
	}
	return ErrLine
}

func (l *line) close() { l.conn.Close() }
