package ipp

import (
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
)

// DefaultPort is that of both schemes (RFC 3510 §4.3, RFC 7472 §4.3).
const DefaultPort = "631"

// DefaultMaxURI bounds a printer's URI in bytes: what the 'uri' syntax can
// carry (RFC 8011 §5.1.6).
const DefaultMaxURI = 1023

// ErrURI says that a printer's address cannot be used.
var ErrURI = errors.New("ipp: a printer's address is ipps://host[:port]/path, or ipp:// and a loopback address for a printer on a cable of this machine; correct the configuration")

// Target is one printer: where it is and how it shows that it is itself.
type Target struct {
	URI     string // as the printer is addressed in every request
	Address string // host:port, for whoever connects
	TLS     bool
	host    string
	path    string
	pins    []*x509.Certificate
}

// ParseTarget reads a printer's URI. An ipps printer needs pins: its own
// certificate, or that of the authority which issued it; there is no other
// trust and no fall-back to an open line. Plain ipp is for a loopback address
// only (a USB printer behind ipp-usb): on a network anybody could read along.
func ParseTarget(uri string, pins []*x509.Certificate) (Target, error) {
	u, err := url.Parse(uri)
	if err != nil || len(uri) > DefaultMaxURI {
		return Target{}, ErrURI
	}
	t := Target{URI: uri, TLS: u.Scheme == "ipps", host: u.Hostname(), path: u.EscapedPath(), pins: pins}
	port := u.Port()
	if port == "" {
		port = DefaultPort
	}
	t.Address = net.JoinHostPort(t.host, port)
	plain := u.User == nil && u.RawQuery == "" && u.Fragment == "" && u.Opaque == "" && !u.ForceQuery && u.String() == uri
	switch {
	case !plain, t.host == "", !strings.HasPrefix(t.path, "/"), strings.ContainsAny(uri, " \t\r\n"):
		return Target{}, ErrURI
	case !t.TLS && (u.Scheme != "ipp" || !loopback(t.host)):
		return Target{}, ErrURI
	case t.TLS == (len(pins) == 0):
		return Target{}, fmt.Errorf("%w (a pinned certificate goes with ipps, and ipps with one)", ErrURI)
	}
	return t, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
