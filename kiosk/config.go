package kiosk

import (
	"bytes"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"akashi/kiosk/press"
	"akashi/kiosk/screen"
	"akashi/kiosk/session"
	"akashi/verifier/trust/keep"
)

// DefaultMaxConfig bounds the configuration file in bytes; it has under 4 KiB.
const DefaultMaxConfig = 64 << 10

// Config is the agent's configuration: strict JSON, unknown members refused.
// Paths that are not absolute start at the file's folder.
type Config struct {
	Centre      string `json:"centre"`      // gateway, host:port
	ServerName  string `json:"server_name"` // name in the gateway's certificate; empty: the host of centre
	CentreRoot  string `json:"centre_root"` // PEM; the one root that gateway, attestation and receipt stand under
	Certificate string `json:"certificate"` // PEM, with the role kiosk
	Key         string `json:"key"`         // PEM, PKCS#8
	Trust       string `json:"trust"`       // trust list that the last look verifies with; replaced while the agent runs, by renaming
	TrustRoot   string `json:"trust_root"`  // PEM public key that the list must be signed by

	Disease   string `json:"disease"`    // what this kiosk issues certificates of: code of the centre's table of vaccines; residents are not asked
	MaxCopies int    `json:"max_copies"` // 0: the printer's bound
	Origin    string `json:"origin"`     // of the page, as a browser sends it; another one cannot connect; empty: that of screen.listen

	Control string  `json:"control"` // unix socket for whoever stands in front; only its folder's rights guard it
	State   string  `json:"state"`   // folder that keeps a standing alarm, the trust list's version and the newest screen release; on a disk that survives a restart, or a restart would clear it
	Cache   string  `json:"cache"`   // folder of compiled code, which `kiosk prepare` fills; a part of the program, so no process of a session may write there
	Screen  Screen  `json:"screen"`
	Reader  Reader  `json:"reader"`
	Printer Printer `json:"printer"`
	Payment Payment `json:"payment"`
	Devices Devices `json:"devices"`
	Program string  `json:"program"` // this program, for its workers; empty: the running file
	UID     UID     `json:"uid"`
	// OneUser, for development only, runs them all as whoever starts the agent:
	// then a session's processes are kept from each other by their fences alone.
	OneUser bool `json:"one_user,omitempty"`
	// UnfencedDemonstration has a session's processes run on a system that cannot
	// fence them in. With a trust list that has anything but specimens it is
	// refused. On Linux it does nothing: there they run fenced in or not at all.
	UnfencedDemonstration bool `json:"unfenced_demonstration,omitempty"`

	Seconds Seconds `json:"seconds"`
}

// Reader says where the card reader is: a reader process for a PC/SC reader,
// or a socket at which a simulated card is served.
type Reader struct {
	Program string `json:"program,omitempty"` // reader process
	Name    string `json:"name,omitempty"`    // of the PC/SC reader, exactly
	PCSCD   string `json:"pcscd,omitempty"`   // pcscd's socket; empty: the system's
	Socket  string `json:"socket,omitempty"`  // instead of program: speaks kiosk/reader
}

// Screen is the page in front of this kiosk; without it another face stands
// there, which starts sessions over the control socket.
type Screen struct {
	Listen string       `json:"listen,omitempty"` // loopback host:port that the page is served at; it is then the origin
	Panel  screen.Panel `json:"panel"`            // zero: screen.DefaultPanel

	Headset string `json:"headset,omitempty"` // file that says whether a headset is plugged in: see kiosk/voice; empty: there is no socket for one
	// Loudspeaker is the file that switches the loudspeaker, 0 or 1; empty: it
	// cannot be silenced, and nothing private is said to a headset either.
	Loudspeaker string `json:"loudspeaker,omitempty"`

	Browser Browser `json:"browser"` // started for each session
}

// UID gives each kind of process a user of its own, none of them root; the
// group is the one of the same number.
type UID struct {
	Session int `json:"session"`
	Reader  int `json:"reader"`
	Print   int `json:"print"`
}

// Seconds bounds the waits of a session; 0: the default.
type Seconds struct {
	Resident int `json:"resident"`
	Card     int `json:"card"`
	Centre   int `json:"centre"`
	Look     int `json:"look"`
	Print    int `json:"print"`
	Session  int `json:"session"`
	Beat     int `json:"beat"`
	Farewell int `json:"farewell,omitempty"` // until the browser of a session that is over goes
	Watch    int `json:"watch,omitempty"`    // between two looks at a device; 0: as long as each needs
}

// ErrConfig is the kind of every error of a configuration.
var ErrConfig = errors.New("kiosk: configuration")

// LoadConfig reads and checks a configuration file.
func LoadConfig(path string) (Config, error) {
	f, err := keep.OpenFile(path)
	if err != nil {
		return Config{}, fmt.Errorf("%w: %w", ErrConfig, err)
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, DefaultMaxConfig+1))
	if err != nil {
		return Config{}, fmt.Errorf("%w: %w", ErrConfig, err)
	}
	return ParseConfig(b, filepath.Dir(path))
}

// ParseConfig reads a configuration; dir is where relative paths start.
func ParseConfig(b []byte, dir string) (Config, error) {
	var c Config
	if len(b) > DefaultMaxConfig {
		return c, fmt.Errorf("%w: larger than %d bytes", ErrConfig, DefaultMaxConfig)
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&c); err != nil {
		return Config{}, fmt.Errorf("%w: %w", ErrConfig, err)
	}
	if _, err := d.Token(); err != io.EOF { // More would not see a brace
		return Config{}, fmt.Errorf("%w: something follows the object", ErrConfig)
	}
	for _, p := range []*string{
		&c.CentreRoot, &c.Certificate, &c.Key, &c.Trust, &c.TrustRoot, &c.Control, &c.State, &c.Cache,
		&c.Reader.Program, &c.Reader.PCSCD, &c.Reader.Socket, &c.Printer.Folder, &c.Printer.Certificate, &c.Payment.Socket, &c.Program, &c.Screen.Headset, &c.Screen.Loudspeaker, &c.Devices.Tray,
	} {
		if *p != "" && !filepath.IsAbs(*p) {
			*p = filepath.Join(dir, *p)
		}
	}
	return c, c.check()
}

// check names the first member that is missing or does not go with another.
func (c Config) check() error {
	for _, m := range []struct {
		name  string
		wrong bool
	}{
		{"centre", c.Centre == ""}, {"centre_root", c.CentreRoot == ""}, {"certificate", c.Certificate == ""}, {"key", c.Key == ""},
		{"trust", c.Trust == ""}, {"trust_root", c.TrustRoot == ""}, {"disease", c.Disease == ""},
		{"origin, or screen.listen", (c.Origin == "") == (c.Screen.Listen == "")}, {"control", c.Control == ""}, {"state", c.State == ""}, {"cache", c.Cache == ""},
		{"reader: either program and name, or socket", (c.Reader.Socket == "") == (c.Reader.Program == "") || (c.Reader.Program == "") != (c.Reader.Name == "")},
		{"printer: either folder, or ipp, and certificate with ipps only", !c.Printer.ok()}, {"max_copies", c.MaxCopies < 0 || c.MaxCopies > session.DefaultMaxCopies},
		{"screen.loudspeaker: with screen.headset only", c.Screen.Loudspeaker != "" && c.Screen.Headset == ""},
	} {
		if m.wrong {
			return fmt.Errorf("%w: %s is missing or out of its bounds", ErrConfig, m.name)
		}
	}
	if apart := c.apart(os.Geteuid(), os.Getegid()); apart == c.OneUser || c.OneUser && c.UID != (UID{}) {
		return fmt.Errorf("%w: uid, screen.browser.uid: want a user each for agent, session, reader, print and browser, none but the agent root, or one_user for development, and not both", ErrConfig)
	}
	if _, err := c.Screen.Panel.Fill(); err != nil {
		return fmt.Errorf("%w: %w", ErrConfig, err)
	}
	if err := c.Screen.Browser.check(); err != nil {
		return err
	}
	return nil
}

// apart reports whether no process can do what another's user, or group, can;
// user and group are the agent's own.
func (c Config) apart(user, group int) bool {
	all := []int{c.UID.Session, c.UID.Reader, c.UID.Print}
	if c.Screen.Browser.Program != "" {
		all = append(all, c.Screen.Browser.UID)
	}
	for i, u := range all {
		if u <= 0 || u == user || u == group || slices.Contains(all[:i], u) {
			return false
		}
	}
	return true
}

func (s Seconds) limits() session.Limits {
	d := func(n int) time.Duration { return time.Duration(n) * time.Second }
	return session.Limits{
		Resident: d(s.Resident), Card: d(s.Card), Centre: d(s.Centre), Look: d(s.Look), Print: d(s.Print), Session: d(s.Session),
	}
}

// files is what the configuration's files hold.
type files struct {
	root        *x509.CertPool
	rootDER     [][]byte
	certificate tls.Certificate
	kiosk       [32]byte // SHA-256 of the certificate
	trustRoot   []byte   // PKIX
	network     press.Network
	printer     string // host:port of a network printer
}

func (c Config) load() (files, error) {
	var f files
	var err error
	if f.rootDER, err = blocks(c.CentreRoot, "CERTIFICATE"); err != nil {
		return f, err
	}
	if f.root, err = pool(f.rootDER); err != nil {
		return f, err
	}
	if f.certificate, err = tls.LoadX509KeyPair(c.Certificate, c.Key); err != nil {
		return f, fmt.Errorf("%w: certificate: %w", ErrConfig, err)
	}
	f.kiosk = sha256.Sum256(f.certificate.Certificate[0])
	roots, err := blocks(c.TrustRoot, "PUBLIC KEY")
	if err != nil {
		return f, err
	}
	f.trustRoot = roots[0]
	n, at, err := c.Printer.network()
	f.network, f.printer = n, at.Address
	return f, err
}

// blocks gives the PEM blocks of a file, at least one and all of one type.
func blocks(path, kind string) ([][]byte, error) {
	f, err := keep.OpenFile(path)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrConfig, err)
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, DefaultMaxConfig+1))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrConfig, err)
	}
	var all [][]byte
	for len(bytes.TrimSpace(b)) > 0 && len(b) <= DefaultMaxConfig {
		block, rest := pem.Decode(b)
		if b = bytes.TrimSpace(b); !bytes.HasPrefix(b, []byte("-----BEGIN ")) || block == nil || block.Type != kind {
			return nil, fmt.Errorf("%w: %s: want nothing but PEM blocks %s", ErrConfig, path, kind)
		}
		all, b = append(all, block.Bytes), rest
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("%w: %s: want PEM blocks %s, and no more than %d bytes", ErrConfig, path, kind, DefaultMaxConfig)
	}
	return all, nil
}

func pool(ders [][]byte) (*x509.CertPool, error) {
	p := x509.NewCertPool()
	for _, der := range ders {
		c, err := x509.ParseCertificate(der)
		if err != nil {
			return nil, fmt.Errorf("%w: centre_root: %w", ErrConfig, err)
		}
		p.AddCert(c)
	}
	return p, nil
}
