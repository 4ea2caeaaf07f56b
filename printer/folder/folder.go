// Package folder is the embedded default print device: it writes each copy
// into a folder under an opaque random name.
package folder

import (
	"context"
	"errors"

	"akashi/printer"
)

// Device prints into one folder.
type Device struct{ dir string }

// New gives a device that prints into dir, which must exist.
func New(dir string) (*Device, error) { return &Device{dir: dir}, nil }

// Print writes the job's copies.
func (d *Device) Print(ctx context.Context, j printer.Job) (printer.Outcome, error) {
	return printer.NotPrinted, errors.New("folder: not built")
}
