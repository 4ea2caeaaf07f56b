package screen

import (
	"errors"
	"fmt"
)

// Panel is the touch panel in front of the resident. The page's sizes are
// millimetres on it, whatever its pixels are.
type Panel struct {
	Width    int `json:"width"`    // mm, of the lit surface as it is mounted
	Height   int `json:"height"`   // mm
	Distance int `json:"distance"` // mm from the eye: text is as high as 0.7 degrees of view need
}

// DefaultPanel is a 21.5-inch panel, upright, at an arm's length.
var DefaultPanel = Panel{Width: 268, Height: 476, Distance: 600}

// ErrPanel says that nobody could use such a panel.
var ErrPanel = errors.New("screen: a panel is 150 to 2000 mm wide and high and seen from 300 to 1500 mm; measure its lit surface")

// Fill gives the default where nothing is said, and checks what is.
func (p Panel) Fill() (Panel, error) {
	if p == (Panel{}) {
		return DefaultPanel, nil
	}
	if p.Distance == 0 {
		p.Distance = DefaultPanel.Distance
	}
	if p.Width < 150 || p.Width > 2000 || p.Height < 150 || p.Height > 2000 || p.Distance < 300 || p.Distance > 1500 {
		return p, ErrPanel
	}
	return p, nil
}

// css gives the panel to the page's tokens. A window that is turned is taken
// as the panel turned.
func (p Panel) css() string {
	long, short := max(p.Width, p.Height), min(p.Width, p.Height)
	return fmt.Sprintf(":root {\n\t--panel-long: %d;\n\t--panel-short: %d;\n\t--distance: %d;\n}\n", long, short, p.Distance)
}
