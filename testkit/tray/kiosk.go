package tray

import (
	"net/http"
	"strconv"
)

// page leads to the resident's page of a kiosk: it is served by the kiosk's
// agent, at an address of its own.
func (s *Server) page(w http.ResponseWriter, r *http.Request) {
	n, err := strconv.Atoi(r.PathValue("n"))
	if err != nil || n < 1 || n > len(s.stack.Kiosks) || s.stack.Kiosks[n-1].Page == "" {
		http.NotFound(w, r)
		return
	}
	http.Redirect(w, r, s.stack.Kiosks[n-1].Page+"/", http.StatusSeeOther)
}
