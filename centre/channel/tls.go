package channel

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"time"

	"akashi/centre/wire"
)

var errRole = errors.New("channel: the certificate at the other end has another role")

// baseTLS is what both ends share: TLS 1.3 with hybrid key agreement and
// nothing else, and no session tickets, so that a revoked certificate is out
// at the next connection.
func baseTLS(cert tls.Certificate, now func() time.Time) *tls.Config {
	return &tls.Config{
		MinVersion:             tls.VersionTLS13,
		CurvePreferences:       []tls.CurveID{tls.X25519MLKEM768},
		SessionTicketsDisabled: true,
		Certificates:           []tls.Certificate{cert},
		NextProtos:             []string{"http/1.1"}, // websocket is an upgrade of it
		Time:                   now,
	}
}

// ServerTLS is a TLS configuration that takes only clients of one role under
// root.
func ServerTLS(cert tls.Certificate, root *x509.CertPool, role string, now func() time.Time) *tls.Config {
	c := baseTLS(cert, now)
	c.ClientAuth = tls.RequireAndVerifyClientCert
	c.ClientCAs = root
	c.VerifyConnection = onlyRole(role)
	return c
}

// ClientTLS is a TLS configuration that takes only a server of one role under
// root.
func ClientTLS(cert tls.Certificate, root *x509.CertPool, role, serverName string, now func() time.Time) *tls.Config {
	c := baseTLS(cert, now)
	c.RootCAs = root
	c.ServerName = serverName
	c.VerifyConnection = onlyRole(role)
	return c
}

func onlyRole(role string) func(tls.ConnectionState) error {
	return func(s tls.ConnectionState) error {
		if len(s.VerifiedChains) == 0 || RoleOf(s.PeerCertificates[0]) != role {
			return errRole
		}
		return nil
	}
}

// answers says which frame answers which ask.
var answers = map[wire.Type]wire.Type{
	wire.TypeOpen: wire.TypeOpened, wire.TypeBegin: wire.TypeAttested, wire.TypeRequest: wire.TypeAnswer,
	wire.TypeSettle: wire.TypeSettled, wire.TypeAlarm: wire.TypeAlarmed, wire.TypeBeat: wire.TypeBeaten,
	wire.TypeRight: wire.TypeRighted, wire.TypeRelease: wire.TypeReleased,
}
