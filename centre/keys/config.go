package keys

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"
)

// Config is the key process's configuration file, strict JSON: an unknown
// member is an error, so that a misspelt limit is not silently left out.
type Config struct {
	// Dir holds the keys (see Open).
	Dir string `json:"dir"`
	// Token is the path of the description of the token in which keys are (see
	// centre/keys/pkcs11.Config); empty: all are in files.
	Token string `json:"token,omitempty"`
	// Socket is the path that the launcher connects to. Its folder must be
	// closed to other users' writing, or it is refused: whoever could replace
	// the socket could play the key process to the launcher.
	Socket string `json:"socket"`
	// LauncherUIDs are the users that may open sessions. There is no default:
	// a key process that serves every user is a mistake that nobody notices.
	LauncherUIDs []int `json:"launcher_uids"`
	// LauncherGID is the group that may reach the socket at all: the launcher's
	// own, of which this process must be a member. 0: only this process's user.
	LauncherGID int `json:"launcher_gid,omitempty"`
	// OneUser, for development only, lets launchers be this process's own user.
	// Without it that is refused, and so is root: such a launcher could read the
	// keys themselves.
	OneUser bool `json:"one_user,omitempty"`
	// RatePerMinute caps signatures over all sessions; 0: DefaultRate.
	RatePerMinute int `json:"rate_per_minute,omitempty"`
	// MaxSessions caps sessions open at once; 0: DefaultMaxSessions.
	MaxSessions int `json:"max_sessions,omitempty"`
	// SessionSeconds caps a session's age; 0: DefaultMaxLife.
	SessionSeconds int `json:"session_seconds,omitempty"`
}

// DefaultMaxConfig bounds the configuration file, in bytes.
const DefaultMaxConfig = 16 << 10

var errConfig = errors.New("keys: configuration")

// ParseConfig reads and checks a configuration.
func ParseConfig(b []byte) (Config, error) {
	var c Config
	if len(b) > DefaultMaxConfig {
		return c, fmt.Errorf("%w: longer than %d bytes", errConfig, DefaultMaxConfig)
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&c); err != nil {
		return Config{}, fmt.Errorf("%w: %w", errConfig, err)
	}
	if _, err := d.Token(); err != io.EOF {
		return Config{}, fmt.Errorf("%w: something follows the object; remove it", errConfig)
	}
	switch {
	case c.Dir == "":
		return Config{}, fmt.Errorf("%w: dir is missing; name the folder of the keys", errConfig)
	case c.Socket == "":
		return Config{}, fmt.Errorf("%w: socket is missing; name a path for it", errConfig)
	case len(c.LauncherUIDs) == 0:
		return Config{}, fmt.Errorf("%w: launcher_uids is missing; name the launcher's user id", errConfig)
	case c.LauncherGID < 0 || slices.Min(c.LauncherUIDs) < 0:
		return Config{}, fmt.Errorf("%w: a user or group below 0", errConfig)
	case c.RatePerMinute < 0 || c.MaxSessions < 0 || c.SessionSeconds < 0:
		return Config{}, fmt.Errorf("%w: a limit is negative; leave it out for its default", errConfig)
	}
	return c, nil
}

// CheckUser refuses launchers that could read the keys themselves, when the
// key process runs as uid.
func (c Config) CheckUser(uid int) error {
	if c.OneUser {
		return nil
	}
	if slices.Contains(c.LauncherUIDs, uid) || slices.Contains(c.LauncherUIDs, 0) {
		return fmt.Errorf("%w: launcher_uids: user %d runs the key process, and 0 is root: give the launcher a user of its own, or set one_user for development", errConfig, uid)
	}
	return nil
}

// Limits gives the configured limits.
func (c Config) Limits() Limits {
	return Limits{
		Launchers: c.LauncherUIDs, Rate: c.RatePerMinute, MaxSessions: c.MaxSessions,
		MaxLife: time.Duration(c.SessionSeconds) * time.Second,
	}
}
