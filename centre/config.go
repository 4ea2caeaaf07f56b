package centre

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"strconv"

	"akashi/centre/fleet"
)

// DefaultMaxConfig bounds a node's configuration and each file that it names.
const DefaultMaxConfig = 4 << 20

// Config is a node's configuration: one JSON object. A member that is not
// here is an error, so that a misspelt limit is not silently left out.
// Relative paths are from the folder of the configuration.
type Config struct {
	// Node names this node, 1 to 32 of a-z, 0-9 and hyphen. Two nodes of one
	// name would answer each other's requests.
	Node string `json:"node"`
	// Root is the PEM of the centre's root, which kiosks pin.
	Root string `json:"root"`
	// Fleet is the file of kiosks (package centre/fleet).
	Fleet string `json:"fleet"`
	// Release is the signed screen release (package centre/wire/release): terms,
	// texts, municipalities, hours, fees. Its signer's certificate has the role
	// release under root; its key lies with whoever answers for it, never here.
	// It may be replaced, by renaming, while the node runs.
	Release string `json:"release"`
	// Audit is the log. Its disk filling up stops all issuing; give it its own.
	Audit string `json:"audit"`
	// Events also writes each event that is in the audit to standard output, as
	// one line of JSON.
	Events bool `json:"events,omitempty"`

	// Users are who the processes run as; then the node is started as root.
	Users *UsersFile `json:"users,omitempty"`
	// OneUser, for development only, runs them all as whoever starts the node,
	// who need not be root; the node says so when it starts. Without it a node
	// that has forgotten its users does not start at all: it would work as well,
	// and whoever takes the gateway over could have anything signed.
	OneUser bool `json:"one_user,omitempty"`
	// UnfencedDemonstration has workers run on a system that cannot fence them in;
	// the node says so when it starts. With an issuer that is no specimen it is
	// refused. On Linux it does nothing: there workers run fenced in or not at all.
	UnfencedDemonstration bool `json:"unfenced_demonstration,omitempty"`

	Gateway  GatewayFile  `json:"gateway"`
	Bus      BusFile      `json:"bus"`
	Launcher LauncherFile `json:"launcher"`
	VRS      VRSFile      `json:"vrs"`
	// Operator is who gives orders (centre state); a node does without it.
	Operator *OperatorFile `json:"operator,omitempty"`
	// Issuer is who signs. Left out it is the specimen: country UTO, 見本 across
	// every page.
	Issuer *IssuerFile `json:"issuer,omitempty"`
}

// GatewayFile is the gateway's part.
type GatewayFile struct {
	// Listen is host:port for kiosks. It is the line to the kiosks and must not
	// be reachable from the internet.
	Listen      string `json:"listen"`
	Certificate string `json:"certificate"` // PEM, role gateway
	// Key (PEM) is its user's alone, mode 600: refused otherwise.
	Key string `json:"key"`
}

// BusFile is the NATS server's part.
type BusFile struct {
	// Listen is where the embedded server takes the launcher and the gateway;
	// loopback unless there are several nodes.
	Listen      string `json:"listen,omitempty"`
	Certificate string `json:"certificate,omitempty"` // PEM, server
	Key         string `json:"key,omitempty"`
	// Store is the node's own folder for stream descriptions and the bus's
	// address; with one_user it may be left out and is beside the audit, with
	// .bus.d at its end. Messages are never written to it, and its jetstream
	// folder is emptied at each start. Nobody else may write in it: the node
	// follows its paths as root.
	Store string `json:"store,omitempty"`
	// URL, tls://host:port, uses servers that run elsewhere instead.
	URL string `json:"url,omitempty"`
}

// LauncherFile is the launcher's part.
type LauncherFile struct {
	Certificate string `json:"certificate"` // PEM, role launcher
	// Key (PEM) is its user's alone, mode 600: whoever reads it can ask anything
	// of the bus.
	Key string `json:"key"`
	// Keys is the socket of the key process.
	Keys string `json:"keys"`
	// Trust is the published trust list (trust.json) that workers verify cards
	// and their own output under; TrustRoot the public key (PEM) of its root. It
	// may be replaced, by renaming, while the node runs.
	Trust     string `json:"trust"`
	TrustRoot string `json:"trust_root"`
	// Workers, Settlers: how many run at once; 0 takes the defaults.
	Workers  int `json:"workers,omitempty"`
	Settlers int `json:"settlers,omitempty"`
	// WorkerSeconds is a worker's longest life; 0 takes the default.
	WorkerSeconds int `json:"worker_seconds,omitempty"`
	// Worker is the executable and its arguments; left out it is this binary.
	// Another one is for tests that break it on purpose.
	Worker []string `json:"worker,omitempty"`
}

// OperatorFile is what a person's orders are given with. The key is the
// operators' own: with the launcher's, whoever may clear an alarm could also
// ask anything of the bus.
type OperatorFile struct {
	Certificate string `json:"certificate"` // PEM, role operator
	Key         string `json:"key"`
}

// VRSFile says where VRS is and how it is known.
type VRSFile struct {
	Address    string `json:"address"`     // host:port
	ServerName string `json:"server_name"` // in its certificate
	Roots      string `json:"roots"`       // PEM of its root
	Binding    string `json:"binding"`     // PEM chain of its binding certificate, leaf first
}

// IssuerFile is credential.Issuer in the file.
type IssuerFile struct {
	URL      string `json:"url"`
	Country  string `json:"country"`
	NameJA   string `json:"name_ja"`
	NameEN   string `json:"name_en"`
	Display  string `json:"display"`
	Specimen bool   `json:"specimen"`
}

// specimen is the issuer of a centre that nobody has named one for.
var specimen = IssuerFile{
	URL: "https://specimen.akashi.invalid/issuer", Country: "UTO",
	NameJA: "証 見本発行者", NameEN: "Akashi specimen issuer", Display: "AKASHI_SPECIMEN", Specimen: true,
}

var errUnfenced = errors.New("centre: unfenced_demonstration: the issuer is no specimen: cleartext of residents is not safe without a fence; leave it out and run on Linux")

// ReadConfig reads a node's configuration and makes its paths absolute.
func ReadConfig(path string) (*Config, error) {
	b, err := readFile(path)
	if err != nil {
		return nil, err
	}
	c, err := parseConfig(b)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	dir, err := filepath.Abs(filepath.Dir(path))
	if err != nil {
		return nil, err
	}
	paths := []*string{
		&c.Root, &c.Fleet, &c.Release, &c.Audit, &c.Gateway.Certificate, &c.Gateway.Key, &c.Bus.Certificate, &c.Bus.Key, &c.Bus.Store,
		&c.Launcher.Certificate, &c.Launcher.Key, &c.Launcher.Keys, &c.Launcher.Trust, &c.Launcher.TrustRoot, &c.VRS.Roots, &c.VRS.Binding,
	}
	if c.Operator != nil {
		paths = append(paths, &c.Operator.Certificate, &c.Operator.Key)
	}
	for _, p := range paths {
		if *p != "" && !filepath.IsAbs(*p) {
			*p = filepath.Join(dir, *p)
		}
	}
	if c.Bus.URL == "" && c.Bus.Store == "" {
		c.Bus.Store = c.Audit + ".bus.d"
	}
	return c, nil
}

func parseConfig(b []byte) (*Config, error) {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	var c Config
	if err := d.Decode(&c); err != nil {
		return nil, fmt.Errorf("centre: %w", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("centre: something follows the configuration; remove it")
	}
	return &c, c.check()
}

func (c *Config) check() error {
	if !fleet.ID(c.Node).Valid() {
		return errors.New("centre: node: want 1 to 32 of a-z, 0-9 and hyphen")
	}
	for name, v := range map[string]string{
		"root": c.Root, "fleet": c.Fleet, "release": c.Release, "audit": c.Audit,
		"gateway.certificate": c.Gateway.Certificate, "gateway.key": c.Gateway.Key,
		"launcher.certificate": c.Launcher.Certificate, "launcher.key": c.Launcher.Key, "launcher.keys": c.Launcher.Keys,
		"launcher.trust": c.Launcher.Trust, "launcher.trust_root": c.Launcher.TrustRoot,
		"vrs.server_name": c.VRS.ServerName, "vrs.roots": c.VRS.Roots, "vrs.binding": c.VRS.Binding,
	} {
		if v == "" {
			return fmt.Errorf("centre: %s: missing", name)
		}
	}
	for name, v := range map[string]string{"gateway.listen": c.Gateway.Listen, "vrs.address": c.VRS.Address} {
		if _, _, err := splitListen(v); err != nil {
			return fmt.Errorf("centre: %s: %w", name, err)
		}
	}
	l := c.Launcher
	if l.Workers < 0 || l.Settlers < 0 || l.WorkerSeconds < 0 {
		return errors.New("centre: launcher: a limit below zero")
	}
	if c.UnfencedDemonstration && c.Issuer != nil && !(c.Issuer.Specimen && c.Issuer.Country == specimen.Country) {
		return errUnfenced
	}
	return errors.Join(c.Bus.check(), c.checkUsers())
}

func (b BusFile) check() error {
	embedded := b.Listen != "" && b.Certificate != "" && b.Key != ""
	if embedded == (b.URL != "") || (b.URL != "" && (b.Listen != "" || b.Store != "")) {
		return errors.New("centre: bus: want listen, certificate and key of an embedded server, or the url of another, not both")
	}
	if b.URL != "" {
		return nil
	}
	if _, _, err := splitListen(b.Listen); err != nil {
		return fmt.Errorf("centre: bus.listen: %w", err)
	}
	return nil
}

func splitListen(s string) (host string, port int, err error) {
	host, p, err := net.SplitHostPort(s)
	if err == nil {
		port, err = strconv.Atoi(p)
	}
	if err != nil || port < 0 || port > 65535 || host == "" {
		return "", 0, errors.New("want host:port")
	}
	return host, port, nil
}
