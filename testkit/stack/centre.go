package stack

import (
	"context"
	"encoding/hex"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"

	"akashi/centre"
	"akashi/centre/fleet"
	"akashi/centre/keys"
	"akashi/centre/oneshot"
	"akashi/testkit/users"
)

// startCentre starts the key process and a node, which starts its launcher and
// its gateway; as root, each under its own user.
func (s *Stack) startCentre(ctx, _ context.Context) error {
	if err := s.writeFleet(); err != nil {
		return err
	}
	if err := s.shareOut(); err != nil {
		return err
	}
	k := keys.Config{
		Dir: filepath.Join(s.PKI(), "keys"), Socket: s.path("run", "keys.sock"), OneUser: !users.Distinct(),
		LauncherUIDs: []int{users.LauncherUID()}, LauncherGID: users.LauncherGID(), RatePerMinute: 6000,
	}
	if err := writeJSON(s.path("keys.json"), k); err != nil {
		return err
	}
	program, err := users.Program(filepath.Join(s.o.Bin, "keys"), s.path("bin"))
	if err != nil {
		return err
	}
	if _, _, err := s.startAs(ctx, users.Keys, "keys", "ready keys", program, "serve", "-config", s.path("keys.json")); err != nil {
		return err
	}
	if s.bus, err = free(); err != nil {
		return err
	}
	return s.startNode(ctx, "centre")
}

// shareOut gives each process of the centre what is its own.
func (s *Stack) shareOut() error {
	return errors.Join(
		os.Chmod(s.Dir, 0o711), // the folder of all is passed by all
		users.World(s.PKI()),
		os.MkdirAll(s.path("bin"), 0o755),
		users.Folder(users.Keys, s.path("run"), true),
		users.Folder(users.Launcher, s.path("state"), false),
	)
}

// startNode starts the node with the configuration as it is now. A worker that
// is broken on purpose may write beside the logs.
func (s *Stack) startNode(ctx context.Context, name string) error {
	c := s.node(s.path("run", "keys.sock"))
	users.Node(&c)
	if len(c.Launcher.Worker) > 0 {
		program, err := users.Program(c.Launcher.Worker[0], s.path("bin"))
		if err != nil {
			return err
		}
		c.Launcher.Worker = append([]string{program}, c.Launcher.Worker[1:]...)
		if err := users.Give(users.Worker, s.path("log")); err != nil {
			return err
		}
	}
	if err := writeJSON(s.path("node.json"), c); err != nil {
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
		Node: "node-1", UnfencedDemonstration: !oneshot.Fences, Root: pki("centre-root.pem"), Fleet: s.path("fleet.json"), Release: s.path("release.json"), Audit: s.path("state", "audit.log"), Events: true,
		Gateway: centre.GatewayFile{Listen: listen, Certificate: pki("gateway.pem"), Key: pki("gateway.key")},
		Bus:     centre.BusFile{Listen: s.bus, Certificate: pki("nats-server.pem"), Key: pki("nats-server.key"), Store: s.path("bus")},
		Launcher: centre.LauncherFile{
			Certificate: pki("launcher.pem"), Key: pki("launcher.key"), Keys: keySocket,
			Trust: pki("trust.json"), TrustRoot: pki("trust-root.pem"), Worker: s.o.Worker,
		},
		Operator: &centre.OperatorFile{Certificate: pki("operator.pem"), Key: pki("operator.key")},
		VRS:      centre.VRSFile{Address: "127.0.0.1:" + port, ServerName: "localhost", Roots: pki("vrs-ca.pem"), Binding: pki("vrs-binding.pem")},
	}
}

// writeFleet makes each kiosk's identity and lists it, with what the centre
// refuses though its screen release offers it.
func (s *Stack) writeFleet() error {
	var c fleet.Config
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
		switch {
		case m.City != "":
		case !m.Participates:
			c.Suspended = append(c.Suspended, fleet.SuspendedConfig{Code: m.Code})
		case m.DomesticOnly:
			c.Suspended = append(c.Suspended, fleet.SuspendedConfig{Code: m.Code, Kinds: []string{"overseas"}})
		}
	}
	return writeJSON(s.path("fleet.json"), c)
}
