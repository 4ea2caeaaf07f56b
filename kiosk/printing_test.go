package kiosk

import (
	"encoding/pem"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"akashi/centre/oneshot"
	"akashi/printer"
	"akashi/printer/ipp"
)

func TestNetworkPrinter(t *testing.T) {
	pin := filepath.Join(t.TempDir(), "printer.pem")
	if err := os.WriteFile(pin, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte("no certificate")}), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, p := range []Printer{
		{IPP: "ipp://192.0.2.1/ipp/print"}, // others could read along
		{IPP: "ipps://192.0.2.1"},
		{IPP: "ipps://192.0.2.1/ipp/print", Certificate: pin},
		{IPP: "ipps://192.0.2.1/ipp/print", Certificate: pin + "x"},
	} {
		if _, _, err := p.network(); !errors.Is(err, ErrConfig) {
			t.Errorf("%+v: %v", p, err)
		}
	}
	if _, _, err := (Printer{IPP: "ipp://192.0.2.1/ipp/print"}).network(); !errors.Is(err, ipp.ErrURI) {
		t.Error(err)
	}
	n, at, err := Printer{IPP: "ipp://127.0.0.1:60000/ipp/print"}.network()
	if err != nil || n.URI != at.URI || at.Address != "127.0.0.1:60000" || at.TLS {
		t.Errorf("%+v %+v %v", n, at, err)
	}
}

func TestExit(t *testing.T) {
	left := &printer.Error{Fault: printer.Left, Cause: &printer.Error{Fault: printer.PaperJam}}
	if Exit(left) != exitLeft || Exit(&printer.Error{Fault: printer.PaperJam}) != 1 || Exit(ErrHanded) != 1 {
		t.Error("only a job that may come out later has a code of its own")
	}
}

// A print process that ended in any way but its own two clean ones may have
// left its job in the printer.
func TestTookBack(t *testing.T) {
	for _, end := range []error{nil, &oneshot.ExitError{Code: exitOver}} {
		if !tookBack(end) {
			t.Errorf("%v: the kiosk would stop", end)
		}
	}
	for _, end := range []error{
		oneshot.ErrKilled, &oneshot.ExitError{Code: exitLeft},
		&oneshot.ExitError{Code: 2}, // a panic, or no memory
		&oneshot.ExitError{Code: 126}, &oneshot.ExitError{Code: 134}, errors.New("nobody foresaw this"),
	} {
		if tookBack(end) {
			t.Errorf("%v: the kiosk would serve on", end)
		}
	}
}
