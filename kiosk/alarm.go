package kiosk

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"akashi/centre/wire"
	"akashi/verifier/trust/keep"
)

// alarmFile stands in the state folder as long as this kiosk must not serve.
const alarmFile = "alarm"

// alarm is a standing alarm: it survives the agent, and only a person clears
// it, by removing the file or with the control command "clear".
type alarm struct{ dir string }

// raise sets the alarm. It reports an error when it could not be written; then
// the caller must stop serving by itself.
func (a alarm) raise(c wire.Code) error {
	f, err := os.OpenFile(filepath.Join(a.dir, alarmFile), os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(strconv.Itoa(int(c)) + " " + c.Name() + "\n")
	return errors.Join(err, f.Sync(), f.Close(), syncFolder(a.dir))
}

// stands reports whether an alarm stands. What cannot be told is one.
func (a alarm) stands() bool {
	_, err := os.Stat(filepath.Join(a.dir, alarmFile))
	return !errors.Is(err, os.ErrNotExist)
}

// code gives the code of the alarm that stands, or OK. One that cannot be read
// counts as the worst.
func (a alarm) code() wire.Code {
	if !a.stands() {
		return wire.OK
	}
	b, err := a.read()
	number, _, _ := strings.Cut(string(b), " ")
	n, nerr := strconv.ParseUint(number, 10, 16)
	if err == nil && nerr == nil && wire.Code(n) == wire.PrintUnknown {
		return wire.PrintUnknown
	}
	return wire.LastLook
}

// maxAlarm bounds the file in bytes: a number and a name.
const maxAlarm = 64

func (a alarm) read() ([]byte, error) {
	f, err := keep.OpenFile(filepath.Join(a.dir, alarmFile))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxAlarm))
}

// printMark stands in the state folder from before a print process is started
// until its session has ended with a word of what came out. It says nothing of
// anybody.
const printMark = "printing"

// untoldMark stands in the state folder from before an alarm of mis-issue stops
// this kiosk until the centre has confirmed it.
const untoldMark = "untold"

// mark keeps something over the agent's own death: that a paper may lie in the
// tray, or that the centre has not heard of an alarm.
type mark struct{ dir, name string }

// put sets the mark; when it comes back without an error, a power cut does not
// take it away.
func (m mark) put() error {
	f, err := os.OpenFile(filepath.Join(m.dir, m.name), os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close(), syncFolder(m.dir))
}

// stands reports whether the mark is set. What cannot be told is.
func (m mark) stands() bool {
	_, err := os.Stat(filepath.Join(m.dir, m.name))
	return !errors.Is(err, os.ErrNotExist)
}

func (m mark) lift() error {
	if err := os.Remove(filepath.Join(m.dir, m.name)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return syncFolder(m.dir)
}

// syncFolder has the disk know which files a folder has.
func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// clear is a person's word that the cause was found.
func (a alarm) clear() error {
	err := os.Remove(filepath.Join(a.dir, alarmFile))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}
