package stack

import (
	"context"
	"encoding/hex"
	"net"
	"os"
	"path/filepath"
	"strings"

	"akashi/centre"
	"akashi/centre/fleet"
	"akashi/centre/keys"
	"akashi/testkit/residents"
)

// startCentre starts the key process and a node, which starts its launcher.
func (s *Stack) startCentre(ctx, _ context.Context) error {
	if err := s.writeFleet(); err != nil {
		return err
	}
	socket := s.path("keys.sock")
	k := keys.Config{Dir: filepath.Join(s.PKI(), "keys"), Socket: socket, LauncherUIDs: []int{os.Getuid()}, RatePerMinute: 6000}
	if err := writeJSON(s.path("keys.json"), k); err != nil {
		return err
	}
	if _, _, err := s.start(ctx, "keys", "ready keys", "keys", "serve", "-config", s.path("keys.json")); err != nil {
		return err
	}
	var err error
	if s.bus, err = free(); err != nil {
		return err
	}
	return s.startNode(ctx, "centre")
}

// startNode starts the node with the configuration as it is now.
func (s *Stack) startNode(ctx context.Context, name string) error {
	if err := writeJSON(s.path("node.json"), s.node(s.path("keys.sock"))); err != nil {
		return err
	}
	node, line, err := s.start(ctx, name, "ready ", "centre", "node", "-config", s.path("node.json"))
	if err != nil {
		return err
	}
	s.Node, s.gateway = node, strings.TrimPrefix(line, "ready ")
	return nil
}

// free gives a loopback address that nobody listens at: a person's orders go
// to the bus, so its port must be known outside the node.
func free() (string, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return ln.Addr().String(), ln.Close()
}

func (s *Stack) node(keySocket string) centre.Config {
	pki := func(name string) string { return filepath.Join(s.PKI(), name) }
	_, port, _ := net.SplitHostPort(s.vrsAddr)
	listen := s.gateway // a node that is started again is where kiosks look for it
	if listen == "" {
		listen = "127.0.0.1:0"
	}
	return centre.Config{
		Node: "node-1", Root: pki("centre-root.pem"), Fleet: s.path("fleet.json"), Audit: s.path("state", "audit.log"), Events: true,
		Gateway: centre.GatewayFile{Listen: listen, Certificate: pki("gateway.pem"), Key: pki("gateway.key")},
		Bus:     centre.BusFile{Listen: s.bus, Certificate: pki("nats-server.pem"), Key: pki("nats-server.key")},
		Launcher: centre.LauncherFile{
			Certificate: pki("launcher.pem"), Key: pki("launcher.key"), Keys: keySocket,
			Trust: pki("trust.json"), TrustRoot: pki("trust-root.pem"), Worker: s.o.Worker,
		},
		VRS: centre.VRSFile{Address: "127.0.0.1:" + port, ServerName: "localhost", Roots: pki("vrs-ca.pem"), Binding: pki("vrs-binding.pem")},
	}
}

// writeFleet makes each kiosk's identity and lists it with the municipalities.
func (s *Stack) writeFleet() error {
	c := fleet.Config{Terms: Terms}
	for i := range s.o.Kiosks {
		if err := os.MkdirAll(s.path(kioskID(i)), 0o700); err != nil {
			return err
		}
		if err := s.World.WriteKiosk(s.path(kioskID(i)), kioskID(i)); err != nil {
			return err
		}
		d, err := s.certificateOf(kioskID(i))
		if err != nil {
			return err
		}
		c.Kiosks = append(c.Kiosks, fleet.KioskConfig{ID: kioskID(i), Certificate: hex.EncodeToString(d[:]), Enabled: true})
	}
	for _, m := range s.municipalities() {
		c.Municipalities = append(c.Municipalities, entry(m))
	}
	return writeJSON(s.path("fleet.json"), c)
}

// entry is a municipality as the fleet's file has it. A ward only names its
// city.
func entry(m residents.Municipality) fleet.MunicipalityConfig {
	if m.City != "" {
		return fleet.MunicipalityConfig{Code: m.Code, City: m.City}
	}
	kinds := []string{"domestic", "overseas"}
	if m.DomesticOnly {
		kinds = kinds[:1]
	}
	return fleet.MunicipalityConfig{Code: m.Code, TakesPart: m.Participates, Kinds: kinds, Opens: m.Opens, Closes: m.Closes, Fee: m.Fee, Phone: m.Phone}
}
