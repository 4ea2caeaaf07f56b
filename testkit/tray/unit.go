package tray

import (
	"errors"
	"net/http"

	"akashi/testkit/payunit"
)

// atUnit is a hand at one kiosk's payment unit.
type atUnit struct {
	Kiosk string        `json:"kiosk"`
	Panel payunit.Panel `json:"panel"`
}

// seenUnit is a unit's panel, and whether it has power at all.
type seenUnit struct {
	payunit.Seen
	On bool `json:"on"`
}

// postUnit does one thing at a kiosk's payment unit, or only looks, and tells
// what is seen there afterwards.
func (s *Server) postUnit(w http.ResponseWriter, r *http.Request) {
	var a atUnit
	if err := read(w, r, &a); err != nil {
		refuse(w, http.StatusBadRequest, errors.New("this is not what the page sends"))
		return
	}
	i, err := s.kioskIndex(a.Kiosk)
	if err != nil {
		refuse(w, http.StatusNotFound, err)
		return
	}
	u := s.stack.Kiosks[i].AtUnit()
	seen := seenUnit{On: s.stack.Kiosks[i].UnitOn()}
	seen.Seen = payunit.Seen{Done: u.Press(a.Panel), Auto: u.IsAuto(), Plays: u.Plays(), Memory: u.Snapshot()}
	if n := len(seen.Memory.Receipts); n > 1 { // the last one is enough to see
		seen.Memory.Receipts = seen.Memory.Receipts[n-1:]
	}
	tell(w, seen)
}
