// Package folder is the embedded default print device: it writes each copy
// into a folder, under an opaque random name and for the owner's eyes only.
//
// A sheet counts as printed when its file and its name are on the disk. A copy
// is written beside its final name and renamed, so no half sheet ever has a
// sheet's name. What a killed process left beside it is removed by the next
// New, so only one process at a time may print into a folder.
package folder

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"syscall"

	"akashi/printer"
)

// Device prints into one folder. It is safe for concurrent use.
type Device struct {
	dir  string
	rand io.Reader
	sync func(*os.File) error
}

// New gives a device that prints into dir, which must be a folder that exists,
// and sweeps it.
func New(dir string) (*Device, error) {
	info, err := os.Stat(dir)
	if err != nil {
		return nil, fmt.Errorf("folder: %w; create the print folder", err)
	}
	if !info.IsDir() {
		return nil, errors.New("folder: the print folder is not a folder; name another")
	}
	if err := Sweep(dir); err != nil {
		return nil, fmt.Errorf("folder: a part of a sheet cannot be removed: %w; let this user remove files there", bare(err))
	}
	return &Device{dir: dir, rand: rand.Reader, sync: (*os.File).Sync}, nil
}

// part is what a copy is called until it is whole and on the disk.
var part = regexp.MustCompile(`^\.[0-9a-f]{32}\.part$`)

// Sweep removes the copies that a killed process left unfinished: each may hold
// a whole certificate. Sheets stay. Nobody may be printing into dir meanwhile.
func Sweep(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	var errs []error
	for _, e := range entries {
		if !e.Type().IsRegular() || !part.MatchString(e.Name()) {
			continue
		}
		if err := os.Remove(filepath.Join(dir, e.Name())); err != nil && !errors.Is(err, os.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// State says whether the folder takes sheets now.
func (d *Device) State(context.Context) (printer.State, printer.Faults, error) {
	info, err := os.Stat(d.dir)
	if err != nil || !info.IsDir() {
		return printer.Stopped, printer.FaultsOf(printer.Unreachable), bare(err)
	}
	return printer.Ready, 0, nil
}

// Print writes the job's copies. NotPrinted is said only when no sheet is left
// in the folder; when some copies are there and others failed, or it is not
// certain that a sheet reached the disk, the outcome is Unknown. A context
// that ends stops before the next copy.
func (d *Device) Print(ctx context.Context, j printer.Job) (printer.Outcome, error) {
	if err := j.Check(); err != nil {
		return printer.NotPrinted, err
	}
	outcome := printer.NotPrinted
	for range j.Copies {
		if err := ctx.Err(); err != nil {
			return outcome, err
		}
		got, err := d.sheet(j.PDF)
		if got != printer.NotPrinted {
			outcome = printer.Unknown // until the last copy is there
		}
		if err != nil {
			return outcome, &printer.Error{Fault: fault(err), Cause: bare(err)}
		}
	}
	return printer.Printed, nil
}

// sheet writes one copy. After the rename the sheet is there; whether its name
// is on the disk is unknown until the folder is synced too.
func (d *Device) sheet(pdf []byte) (printer.Outcome, error) {
	name, err := d.name()
	if err != nil {
		return printer.NotPrinted, err
	}
	part := filepath.Join(d.dir, "."+name+".part")
	if err := d.write(part, pdf); err != nil {
		if e := os.Remove(part); e != nil && !errors.Is(e, os.ErrNotExist) {
			return printer.Unknown, err
		}
		return printer.NotPrinted, err
	}
	// Link refuses a name that is taken, which Rename would replace.
	if err := os.Link(part, filepath.Join(d.dir, name+".pdf")); err != nil {
		if e := os.Remove(part); e != nil {
			return printer.Unknown, err
		}
		return printer.NotPrinted, err
	}
	if err := os.Remove(part); err != nil {
		return printer.Unknown, err
	}
	return printer.Printed, d.syncFolder()
}

// name is 128 random bits: it tells nothing and repeats never.
func (d *Device) name() (string, error) {
	var b [16]byte
	if _, err := io.ReadFull(d.rand, b[:]); err != nil {
		return "", err
	}
	return hex.EncodeToString(b[:]), nil
}

func (d *Device) write(path string, pdf []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL|syscall.O_NOFOLLOW, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(pdf)
	if err == nil {
		err = d.sync(f)
	}
	if e := f.Close(); err == nil {
		err = e
	}
	return err
}

func (d *Device) syncFolder() error {
	f, err := os.Open(d.dir)
	if err != nil {
		return err
	}
	defer f.Close()
	return d.sync(f)
}

func fault(err error) printer.Fault {
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return printer.StorageFull
	case errors.Is(err, os.ErrNotExist), errors.Is(err, syscall.EIO):
		return printer.Unreachable
	}
	return printer.OtherFault
}

// bare drops the file's name from an error of package os.
func bare(err error) error {
	var p *os.PathError
	var l *os.LinkError
	switch {
	case errors.As(err, &p):
		return p.Err
	case errors.As(err, &l):
		return l.Err
	}
	return err
}
