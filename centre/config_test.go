package centre_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"akashi/centre"
)

func goodConfig() centre.Config {
	return centre.Config{
		Node: "n1", OneUser: true, Root: "root.pem", Fleet: "fleet.json", Release: "release.json", Audit: "/var/audit.log",
		Gateway:  centre.GatewayFile{Listen: "127.0.0.1:0", Certificate: "g.pem", Key: "g.key"},
		Bus:      centre.BusFile{Listen: "127.0.0.1:0", Certificate: "n.pem", Key: "n.key"},
		Launcher: centre.LauncherFile{Certificate: "l.pem", Key: "l.key", Keys: "keys.sock", Trust: "trust.json", TrustRoot: "trust-root.pem"},
		VRS:      centre.VRSFile{Address: "127.0.0.1:443", ServerName: "vrs", Roots: "v.pem", Binding: "b.pem"},
	}
}

func write(t testing.TB, path, text string) string {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestReadConfig(t *testing.T) {
	dir := t.TempDir()
	good := string(must(json.Marshal(goodConfig()))(t))
	c, err := centre.ReadConfig(write(t, filepath.Join(dir, "node.json"), good))
	if err != nil {
		t.Fatal(err)
	}
	if c.Root != filepath.Join(dir, "root.pem") || c.Audit != "/var/audit.log" || c.Bus.Store != "/var/audit.log.bus.d" {
		t.Errorf("paths: %+v", c)
	}
	if _, err := c.LauncherBus(""); err == nil || !strings.Contains(err.Error(), "not running") {
		t.Errorf("the bus of a node that is not running: %v", err)
	}
	for name, text := range map[string]string{
		"unknown member": strings.Replace(good, `{"node"`, `{"nodes":1,"node"`, 1),
		"two values":     good + "{}",
		"not JSON":       "node: n1",
		"empty":          "",
		"too large":      good + strings.Repeat(" ", centre.DefaultMaxConfig),
	} {
		if _, err := centre.ReadConfig(write(t, filepath.Join(dir, "bad.json"), text)); err == nil {
			t.Errorf("%s: read", name)
		}
	}
	if _, err := centre.ReadConfig(filepath.Join(dir, "none.json")); !os.IsNotExist(err) {
		t.Errorf("no file: %v", err)
	}
}

func TestConfigRefuses(t *testing.T) {
	for name, change := range map[string]func(*centre.Config){
		"node":                 func(c *centre.Config) { c.Node = "Node 1" },
		"root":                 func(c *centre.Config) { c.Root = "" },
		"fleet":                func(c *centre.Config) { c.Fleet = "" },
		"audit":                func(c *centre.Config) { c.Audit = "" },
		"gateway.certificate":  func(c *centre.Config) { c.Gateway.Certificate = "" },
		"gateway.key":          func(c *centre.Config) { c.Gateway.Key = "" },
		"gateway.listen":       func(c *centre.Config) { c.Gateway.Listen = "nowhere" },
		"vrs.address":          func(c *centre.Config) { c.VRS.Address = "vrs:https" },
		"vrs.server_name":      func(c *centre.Config) { c.VRS.ServerName = "" },
		"vrs.roots":            func(c *centre.Config) { c.VRS.Roots = "" },
		"vrs.binding":          func(c *centre.Config) { c.VRS.Binding = "" },
		"launcher.certificate": func(c *centre.Config) { c.Launcher.Certificate = "" },
		"launcher.key":         func(c *centre.Config) { c.Launcher.Key = "" },
		"launcher.keys":        func(c *centre.Config) { c.Launcher.Keys = "" },
		"launcher.trust":       func(c *centre.Config) { c.Launcher.Trust = "" },
		"launcher.trust_root":  func(c *centre.Config) { c.Launcher.TrustRoot = "" },
		"launcher: a limit":    func(c *centre.Config) { c.Launcher.Workers = -1 },
		"bus.listen":           func(c *centre.Config) { c.Bus.Listen = "127.0.0.1:99999" },
		"bus: want":            func(c *centre.Config) { c.Bus.URL = "tls://127.0.0.1:4222" },
		"bus: want ":           func(c *centre.Config) { c.Bus = centre.BusFile{} },
	} {
		c := goodConfig()
		change(&c)
		path := write(t, filepath.Join(t.TempDir(), "node.json"), string(must(json.Marshal(c))(t)))
		if _, err := centre.ReadConfig(path); err == nil || !strings.Contains(err.Error(), strings.TrimSpace(name)) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func FuzzReadConfig(f *testing.F) {
	f.Add(must(json.Marshal(goodConfig()))(f))
	f.Add([]byte(`{"node":"n1","bus":{"url":"tls://h:1"}}`))
	path := filepath.Join(f.TempDir(), "node.json")
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := centre.ReadConfig(write(t, path, string(b)))
		if err == nil && (c.Node == "" || !filepath.IsAbs(c.Root)) {
			t.Errorf("accepted %+v", c)
		}
	})
}

func TestUnfencedIsForSpecimens(t *testing.T) {
	c := goodConfig()
	c.UnfencedDemonstration = true
	for name, i := range map[string]struct {
		issuer *centre.IssuerFile
		ok     bool
	}{
		"the built-in issuer":   {nil, true},
		"a specimen":            {&centre.IssuerFile{URL: "https://x.invalid", Country: "UTO", Specimen: true}, true},
		"a real one":            {&centre.IssuerFile{URL: "https://x.example", Country: "JPN"}, false},
		"a real country's":      {&centre.IssuerFile{URL: "https://x.invalid", Country: "JPN", Specimen: true}, false},
		"one without the marks": {&centre.IssuerFile{URL: "https://x.invalid", Country: "UTO"}, false},
	} {
		c.Issuer = i.issuer
		_, err := centre.ReadConfig(write(t, filepath.Join(t.TempDir(), "node.json"), string(must(json.Marshal(c))(t))))
		if refused := err != nil && strings.Contains(err.Error(), "unfenced_demonstration"); refused == i.ok || i.ok && err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
