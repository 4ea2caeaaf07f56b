package stack

import (
	"context"
	"encoding/pem"
	"fmt"
	"os"
	"slices"
	"strings"

	"akashi/kiosk"
	"akashi/testkit/ippprinter"
)

// Printers are the devices that a stack's kiosks can print on: the folder, and
// a real IPP printer on loopback over a plain and over an encrypted line.
var Printers = []string{"folder", "ipp", "ipps"}

// CanPrint says what the machine lacks for one of the Printers; nil: nothing.
func CanPrint(on string) error {
	switch {
	case !slices.Contains(Printers, on):
		return fmt.Errorf("stack: no printer %q; there are %v", on, Printers)
	case on == "folder":
		return nil
	}
	return ippprinter.Missing()
}

// startPrinter gives the kiosk its printer, and Papers the folder where its
// paper comes out.
func (k *Kiosk) startPrinter(ctx, life context.Context) (kiosk.Printer, error) {
	s := k.stack
	if s.o.Printer == "" || s.o.Printer == "folder" {
		return kiosk.Printer{Folder: k.Papers}, nil
	}
	if err := CanPrint(s.o.Printer); err != nil {
		return kiosk.Printer{}, err
	}
	p, err := ippprinter.Start(ctx, s.path(k.ID, "printer"))
	if err != nil {
		return kiosk.Printer{}, err
	}
	k.Printer, k.Papers = p, p.Tray()
	if s.o.Printer == "ipp" && s.o.Begins != nil {
		line := &cable{to: p.Address, begins: s.o.Begins}
		at, err := line.lay(life, &s.served)
		return kiosk.Printer{IPP: strings.Replace(p.URI, p.Address, at, 1)}, err
	}
	if s.o.Printer == "ipp" {
		return kiosk.Printer{IPP: p.URI}, nil
	}
	pin := s.path(k.ID, "printer.pem")
	err = os.WriteFile(pin, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: p.Certificate.Raw}), 0o600)
	return kiosk.Printer{IPP: p.Secure, Certificate: pin}, err
}
