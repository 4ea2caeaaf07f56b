package kiosk_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// maxExposure bounds what `systemd-analyze security` finds open, of 10; what is
// open in the agent's unit has its reason beside it.
const maxExposure = 4.0

// machine is a root file system with the units on it, and the programs that
// they name.
func machine(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	system := filepath.Join(root, "etc/systemd/system")
	for _, to := range []struct{ file, at string }{
		{"akashi-kiosk.service", "akashi-kiosk.service"}, {"akashi-display.service", "akashi-display.service"},
		{"line.conf", "akashi-kiosk.service.d/line.conf"}, {"pcscd.service.d/akashi.conf", "pcscd.service.d/akashi.conf"},
	} {
		put(t, filepath.Join("systemd", to.file), filepath.Join(system, to.at), 0o644)
	}
	own, _ := filepath.Glob("/lib/systemd/system/*.*")
	for _, path := range own {
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
			put(t, path, filepath.Join(root, "usr/lib/systemd/system", filepath.Base(path)), 0o644)
		}
	}
	for _, path := range []string{"usr/lib/akashi/kiosk", "usr/bin/weston", "usr/bin/env", "usr/sbin/pcscd"} {
		put(t, "/bin/true", filepath.Join(root, path), 0o755)
	}
	return root
}

func put(t *testing.T, from, to string, mode os.FileMode) {
	t.Helper()
	b, err := os.ReadFile(from)
	if err == nil {
		err = os.MkdirAll(filepath.Dir(to), 0o755)
	}
	if err == nil {
		err = os.WriteFile(to, b, mode)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// The units are what systemd takes, without a word of complaint, and leave
// little open.
func TestUnits(t *testing.T) {
	if _, err := exec.LookPath("systemd-analyze"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip("no systemd-analyze on this machine; apt-get install systemd")
	}
	root := machine(t)
	analyze := func(args ...string) string {
		out, err := exec.CommandContext(t.Context(), "systemd-analyze", append(args, "--root="+root)...).CombinedOutput()
		if err != nil {
			t.Errorf("systemd-analyze %v: %v: %s", args, err, out)
		}
		return string(out)
	}
	for _, unit := range []string{"akashi-kiosk.service", "akashi-display.service", "pcscd.service"} {
		if out := analyze("verify", "--man=no", unit); strings.TrimSpace(out) != "" {
			t.Errorf("%s: %s", unit, out)
		}
		out := analyze("security", "--offline=true", "--no-pager", unit)
		var exposure float64
		if _, rest, ok := strings.Cut(out, "exposure level for "+unit+": "); !ok {
			t.Errorf("%s: no exposure: %s", unit, out)
		} else if _, err := fmt.Sscan(rest, &exposure); err != nil || exposure > maxExposure {
			t.Errorf("%s: exposure %.1f of 10, more than %.1f: %s", unit, exposure, maxExposure, out)
		}
		t.Logf("%s: exposure %.1f of 10", unit, exposure)
	}
}

// The files and the README beside them say the same of users and paths.
func TestUnitsAgree(t *testing.T) {
	read := func(name string) string {
		b, err := os.ReadFile(filepath.Join("systemd", name))
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	unit, users := read("akashi-kiosk.service"), read("sysusers.conf")
	numbers := regexp.MustCompile(`(?m)^u (\S+)\s+(\d+) `).FindAllStringSubmatch(users, -1)
	seen := map[string]bool{}
	for _, n := range numbers {
		if seen[n[2]] || n[2] == "0" {
			t.Errorf("%s has the number of another", n[1])
		}
		seen[n[2]], seen[n[1]] = true, true
	}
	for _, name := range []string{"akashi-kiosk", "akashi-session", "akashi-reader", "akashi-print", "akashi-screen"} {
		if !seen[name] {
			t.Errorf("no user %s", name)
		}
	}
	for _, want := range []string{"User=akashi-kiosk\n", "AmbientCapabilities=CAP_SETUID CAP_SETGID CAP_KILL\n", "LimitCORE=0\n", "ExecStart=/usr/lib/akashi/kiosk agent -config "} {
		if !strings.Contains(unit, want) {
			t.Errorf("the agent's unit lacks %q", want)
		}
	}
	for _, name := range []string{"akashi-display.service", "pcscd.service.d/akashi.conf"} {
		// udev speaks to its own network namespace alone: in another nothing is plugged in.
		if u := read(name); !strings.Contains(u, "AF_NETLINK") || strings.Contains(u, "PrivateNetwork=yes") {
			t.Errorf("%s never hears of a device that comes back", name)
		}
	}
	files, err := filepath.Glob("systemd/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if name := filepath.Base(f); name != "README.md" && !strings.Contains(read("README.md"), "`"+name) {
			t.Errorf("the README does not name %s", name)
		}
	}
}
