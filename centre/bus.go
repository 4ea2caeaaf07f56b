package centre

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"

	"akashi/centre/channel"
	"akashi/centre/fleet"
	"akashi/centre/wire"
)

// Subjects. The asks go to whichever launcher is free, a request to the one
// that has its worker.
const (
	subjectOpen    = "akashi.open"
	subjectBegin   = "akashi.begin"
	subjectSettle  = "akashi.settle"
	subjectAlarm   = "akashi.alarm"
	subjectRight   = "akashi.right"   // a new right: any launcher
	subjectRights  = "akashi.right.*" // one that is there: its home
	subjectRelease = "akashi.release"
	subjectBeat    = "akashi.beat"
	subjectWhere   = "akashi.where" // which launcher has a worker
	subjectPerson  = "akashi.person"
	subjectRequest = "akashi.launcher.*.request"
	subjectHere    = "akashi.here.*" // whether a node's name is taken, or the home of its rights
	queue          = "launchers"
)

func requestTo(node fleet.ID) string { return "akashi.launcher." + string(node) + ".request" }

func hereOf(node fleet.ID) string { return "akashi.here." + string(node) }

// Buckets in JetStream's memory.
const (
	bucketSessions = "sessions"
	bucketStops    = "stops"

	busMemory  = 256 << 20 // bytes: some hundred thousand sessions; a full one refuses new
	busPayload = 4 << 20
	busStart   = 20 * time.Second // a node that cannot start its bus in this time says so
)

// BusConfig is the embedded NATS server of a node.
type BusConfig struct {
	Listen      string          // host:port; port 0 chooses one
	Certificate tls.Certificate // of the server
	Root        *x509.CertPool
	// Store is the folder of stream descriptions, never of messages. What the
	// server has made in it is removed at each start and at the end: nothing
	// there outlives the memory that it describes.
	Store string
	Node  fleet.ID
	Now   func() time.Time
}

// Bus is a running NATS server.
type Bus struct {
	server *server.Server
	store  string // the server's own folder in Store
}

// StartBus starts the server and waits until it takes connections.
func StartBus(c BusConfig) (*Bus, error) {
	if c.Store == "" {
		return nil, errors.New("centre: the bus has no folder; name one")
	}
	b := &Bus{store: filepath.Join(c.Store, server.JetStreamStoreDir)}
	if err := os.RemoveAll(b.store); err != nil { // of a node that was killed
		return nil, err
	}
	o, err := c.options()
	if err == nil {
		b.server, err = server.NewServer(o)
	}
	if err != nil {
		b.Stop()
		return nil, err
	}
	go b.server.Start()
	if !b.server.ReadyForConnections(busStart) {
		b.Stop()
		return nil, errors.New("centre: the bus does not start: is its address in use, its folder writable?")
	}
	return b, nil
}

func (c BusConfig) options() (*server.Options, error) {
	host, port, err := splitListen(c.Listen)
	if err != nil {
		return nil, err
	}
	if port == 0 {
		port = server.RANDOM_PORT
	}
	t := channel.ServerTLS(c.Certificate, c.Root, "", c.Now)
	t.VerifyConnection = nil // roles below decides
	t.NextProtos = nil
	return &server.Options{
		ServerName: string(c.Node), Host: host, Port: port,
		TLSConfig: t, TLS: true, TLSVerify: true, TLSTimeout: 5, TLSHandshakeFirst: true,
		CustomClientAuthentication: roles{},
		MaxPayload:                 busPayload,
		JetStream:                  true, StoreDir: c.Store, JetStreamMaxMemory: busMemory,
		NoLog: true, NoSigs: true,
	}, nil
}

// URL gives the address for clients.
func (b *Bus) URL() string {
	u, err := url.Parse(b.server.ClientURL())
	if err != nil {
		return b.server.ClientURL()
	}
	return "tls://" + u.Host
}

// Stop ends the server; its memory is gone with it.
func (b *Bus) Stop() {
	if b.server != nil {
		b.server.Shutdown()
		b.server.WaitForShutdown()
	}
	os.RemoveAll(b.store)
}

// roles lets in who bears a role of the centre, with that role's subjects and
// no others.
type roles struct{}

// Check is called by the server for every new connection.
func (roles) Check(c server.ClientAuthentication) bool {
	s := c.GetTLSConnectionState()
	if s == nil || len(s.VerifiedChains) == 0 {
		return false
	}
	cert := s.PeerCertificates[0]
	role := channel.RoleOf(cert)
	p := permissions(role, ownInbox(role, cert.Raw))
	if p == nil {
		return false
	}
	c.RegisterUser(&server.User{Username: role, Permissions: p})
	return true
}

// permissions gives a role's subjects; nil for a role that has no business
// here. A gateway only asks launchers, and has no part in the shared memory: a
// server answers to whatever subject an asker names, so even one who may only
// read could have its answers written where they are taken for a stop. An
// operator only gives orders. A launcher has what the two buckets need, and can
// neither remove them nor ask another launcher in a gateway's name. own is the
// inbox of who connects: a gateway hears no other one's answers.
func permissions(role, own string) *server.Permissions {
	allow := func(s ...string) *server.SubjectPermission { return &server.SubjectPermission{Allow: s} }
	switch role {
	case wire.RoleGateway:
		return &server.Permissions{
			Publish:   allow(subjectOpen, subjectBegin, subjectSettle, subjectAlarm, subjectBeat, subjectWhere, subjectRequest, subjectRight, subjectRights, subjectRelease),
			Subscribe: allow(own + ".>"),
		}
	case wire.RoleOperator:
		return &server.Permissions{Publish: allow(subjectPerson), Subscribe: allow(own + ".>")}
	case wire.RoleLauncher:
		p := allow(subjectHere, "$JS.API.INFO", "$JS.FC.>", inbox(wire.RoleGateway)+".>", inbox(wire.RoleOperator)+".>", inbox(role)+".>")
		for _, b := range []string{bucketSessions, bucketStops} {
			kv := ".KV_" + b
			p.Allow = append(p.Allow, "$KV."+b+".>", "$JS.API.STREAM.INFO"+kv, "$JS.API.STREAM.CREATE"+kv, "$JS.API.STREAM.UPDATE"+kv,
				"$JS.API.DIRECT.GET"+kv+".>", "$JS.API.CONSUMER.CREATE"+kv+".>", "$JS.API.CONSUMER.DELETE"+kv+".>")
		}
		return &server.Permissions{Publish: p, Subscribe: allow("akashi.>", own+".>")}
	}
	return nil
}

// inbox keeps one role from listening to the other's answers.
func inbox(role string) string { return "_INBOX_" + strings.TrimPrefix(role, "urn:akashi:role:") }

// ownInbox keeps one bearer of a role from listening to another's answers. It
// goes by the certificate, so nodes that share one share an inbox too.
func ownInbox(role string, cert []byte) string {
	d := sha256.Sum256(cert)
	return inbox(role) + "." + hex.EncodeToString(d[:])
}

// DialConfig is one role's end of the bus.
type DialConfig struct {
	URL         string
	Certificate tls.Certificate
	Root        *x509.CertPool
	Now         func() time.Time
}

// dial connects as a role and stays connected: a lost line is taken up again
// for as long as the process lives.
func dial(ctx context.Context, c DialConfig, role string) (*nats.Conn, error) {
	u, err := url.Parse(c.URL)
	if err != nil || u.Hostname() == "" {
		return nil, errors.New("centre: the bus's address is not tls://host:port; correct the configuration")
	}
	if len(c.Certificate.Certificate) == 0 {
		return nil, errors.New("centre: no certificate for the bus; correct the configuration")
	}
	t := channel.ClientTLS(c.Certificate, c.Root, "", u.Hostname(), c.Now)
	t.VerifyConnection, t.NextProtos = nil, nil
	nc, err := nats.Connect(c.URL,
		nats.Secure(t), nats.TLSHandshakeFirst(), nats.CustomInboxPrefix(ownInbox(role, c.Certificate.Certificate[0])),
		nats.Name(role), nats.MaxReconnects(-1), nats.ReconnectWait(200*time.Millisecond),
		nats.ReconnectBufSize(-1), // nothing is kept for later: a request that cannot leave fails
		nats.Timeout(5*time.Second), nats.NoEcho(),
		nats.ErrorHandler(func(*nats.Conn, *nats.Subscription, error) {})) // the library would print
	if err != nil {
		return nil, errors.New("centre: no connection to the bus: is the node up and this role's certificate valid?")
	}
	return nc, ctx.Err()
}
