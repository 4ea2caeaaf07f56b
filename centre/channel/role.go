package channel

import (
	"crypto/sha256"
	"crypto/x509"
	"strings"

	"akashi/centre/wire"
)

const rolePrefix = "urn:akashi:role:"

// RoleOf gives the one role that a certificate bears, or "" when it bears none
// or several.
func RoleOf(c *x509.Certificate) string { return onlyURI(c, rolePrefix) }

// onlyURI gives the whole URI name with that prefix if there is exactly one.
func onlyURI(c *x509.Certificate, prefix string) string {
	found := ""
	for _, u := range c.URIs {
		s := u.String()
		if !strings.HasPrefix(s, prefix) {
			continue
		}
		if found != "" {
			return ""
		}
		found = s
	}
	return found
}

// peerOf reads who a kiosk is from its verified certificate; false when it is
// not exactly one kiosk.
func peerOf(c *x509.Certificate) (Peer, bool) {
	id := strings.TrimPrefix(onlyURI(c, wire.KioskPrefix), wire.KioskPrefix)
	if RoleOf(c) != wire.RoleKiosk || id == "" {
		return Peer{}, false
	}
	return Peer{ID: id, Digest: sha256.Sum256(c.Raw)}, true
}
