package vrs

import (
	"bufio"
	"bytes"
	"context"
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"

	"akashi/centre/wire"
)

// Bounds of one call.
const (
	DefaultCallTime   = 10 * time.Second // a resident waits; VRS answers in well under a second when it is well
	DefaultMaxHead    = 8 << 10          // response header: a few short lines
	DefaultRetryAfter = 30               // seconds, when an overloaded VRS names none
	maxRetryAfter     = 3600             // seconds: the opening hours decide beyond that
)

// ClientTLS is the centre's side of the mutual TLS 1.3 to VRS: VRS's root and
// server name pinned, the client key behind signer (in the key process). chain
// is DER, leaf first. A nil now means time.Now.
func ClientTLS(roots *x509.CertPool, serverName string, chain [][]byte, signer crypto.Signer, now func() time.Time) *tls.Config {
	return &tls.Config{
		MinVersion:             tls.VersionTLS13,
		CurvePreferences:       []tls.CurveID{tls.X25519MLKEM768},
		RootCAs:                roots,
		ServerName:             serverName,
		Certificates:           []tls.Certificate{{Certificate: chain, PrivateKey: signer}},
		SessionTicketsDisabled: true,
		Time:                   now,
	}
}

// Client asks VRS over one connection that somebody else opened, so that it
// needs no right to dial. It is for one goroutine; after a failed call the
// connection is spent and every further call is wire.VRSDown.
type Client struct {
	conn  *tls.Conn
	in    *bufio.Reader
	meter io.LimitedReader
	host  string
	spent bool
}

// NewClient runs TLS over conn, from the first call on.
func NewClient(conn net.Conn, cfg *tls.Config) *Client {
	c := &Client{conn: tls.Client(conn, cfg), host: cfg.ServerName}
	c.meter.R = c.conn
	c.in = bufio.NewReader(&c.meter)
	return c
}

// Close ends the connection.
func (c *Client) Close() error { return c.conn.Close() }

// Query asks for one person's record. A finding of any kind but Busy is an
// answer; overload, time-outs and a broken line are an *Error and never look
// like "no record".
func (c *Client) Query(ctx context.Context, q Query) (Answer, error) {
	b, err := c.call(ctx, PathQuery, wire.Encode(q), DefaultMaxAnswer)
	if err != nil {
		return Answer{}, err
	}
	return parseAnswer(b)
}

// parseAnswer reads the one encoding of an answer with exactly the parts that
// its status calls for.
func parseAnswer(b []byte) (Answer, error) {
	a, err := wire.Decode[Answer](b, DefaultMaxAnswer)
	if err != nil || !a.coherent() {
		return Answer{}, &Error{Code: wire.VRSAnswer}
	}
	if a.Status == Busy {
		return Answer{}, &Error{Code: wire.VRSBusy, RetryAfter: retry(a.RetryAfter)}
	}
	return a, nil
}

// Settle relays a settlement that only VRS can open. A nil error means that
// VRS has it; see SettleStatus for what it did.
func (c *Client) Settle(ctx context.Context, s wire.Settle) (SettleStatus, error) {
	return c.order(ctx, PathSettle, wire.Encode(s))
}

// Void voids a reservation that came to nothing.
func (c *Client) Void(ctx context.Context, v VoidOrder) (SettleStatus, error) {
	return c.order(ctx, PathVoid, wire.Encode(v))
}

func (c *Client) order(ctx context.Context, path string, body []byte) (SettleStatus, error) {
	b, err := c.call(ctx, path, body, DefaultMaxSettle)
	if err != nil {
		return "", err
	}
	a, err := wire.Decode[SettleAnswer](b, DefaultMaxSettle)
	if err != nil {
		return "", &Error{Code: wire.VRSAnswer}
	}
	switch a.Status {
	case Settled, Conflict, Refused:
		return a.Status, nil
	}
	return "", &Error{Code: wire.VRSAnswer}
}

// call makes one bounded exchange and gives the body of a 200.
func (c *Client) call(ctx context.Context, path string, body []byte, limit int64) ([]byte, error) {
	if c.spent {
		return nil, &Error{Code: wire.VRSDown}
	}
	c.spent = true // until the exchange is whole
	ctx, cancel := context.WithTimeout(ctx, DefaultCallTime)
	defer cancel()
	defer context.AfterFunc(ctx, func() { c.conn.NetConn().SetDeadline(time.Unix(1, 0)) })()
	res, answer, err := c.exchange(ctx, path, body, limit)
	if err != nil {
		return nil, lineError(ctx, err)
	}
	if int64(len(answer)) > limit {
		return nil, &Error{Code: wire.VRSAnswer}
	}
	c.spent = res.Close
	return answer, statusError(res)
}

func (c *Client) exchange(ctx context.Context, path string, body []byte, limit int64) (*http.Response, []byte, error) {
	c.meter.N = DefaultMaxHead + limit + 1
	if err := c.conn.HandshakeContext(ctx); err != nil {
		return nil, nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "https://"+c.host+path, bytes.NewReader(body))
	if err != nil {
		return nil, nil, err
	}
	req.Header.Set("Content-Type", contentType)
	req.Header.Set("User-Agent", "akashi")
	if err := req.Write(c.conn); err != nil {
		return nil, nil, err
	}
	res, err := http.ReadResponse(c.in, req)
	if err != nil {
		return nil, nil, err
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(res.Body, limit+1))
	return res, answer, err
}

const contentType = "application/json"

// statusError maps the HTTP status of a whole response.
func statusError(res *http.Response) error {
	switch {
	case res.StatusCode == http.StatusOK && res.Header.Get("Content-Type") == contentType:
		return nil
	case res.StatusCode == http.StatusServiceUnavailable, res.StatusCode == http.StatusTooManyRequests:
		s, _ := strconv.Atoi(res.Header.Get("Retry-After"))
		return &Error{Code: wire.VRSBusy, RetryAfter: retry(s)}
	case res.StatusCode >= 500:
		return &Error{Code: wire.VRSDown}
	}
	return &Error{Code: wire.VRSAnswer}
}

func retry(seconds int) int {
	if seconds <= 0 {
		return DefaultRetryAfter
	}
	return min(seconds, maxRetryAfter)
}
