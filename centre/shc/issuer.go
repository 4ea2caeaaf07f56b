package shc

import (
	"net/url"
	"strings"
)

// issuerURL reports whether s can stand in iss: https, a host, no slash at the
// end, and nothing that a URL may carry besides a path.
func issuerURL(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.Scheme == "https" && u.Host != "" && u.User == nil && u.RawQuery == "" && !u.ForceQuery &&
		u.Fragment == "" && !strings.HasSuffix(s, "#") && !strings.HasSuffix(s, "/") && u.String() == s
}
