package session

import (
	"errors"
	"strings"

	"akashi/centre/wire"
	"akashi/kiosk/face"
	"akashi/kiosk/screen"
	"akashi/printer"
)

var printerCodes = map[printer.Fault]wire.Code{
	printer.PaperOut: wire.PrinterPaper, printer.PaperJam: wire.PrinterJam, printer.TonerOut: wire.PrinterToner,
	printer.CoverOpen: wire.PrinterCover, printer.Unreachable: wire.PrinterOffline,
}

// PrinterCode gives the code with which a resident is told of a printer's
// fault; OK for one that lets it print.
func PrinterCode(f printer.Fault) wire.Code {
	if !f.Stops() {
		return wire.OK
	}
	if c, ok := printerCodes[f]; ok {
		return c
	}
	return wire.PrinterFault
}

// faultOf gives the device's own reason in a print's error.
func faultOf(err error) printer.Fault {
	var e *printer.Error
	switch {
	case errors.As(err, &e):
		return e.Fault
	case err != nil:
		return printer.OtherFault
	}
	return printer.NoFault
}

// because puts the printer's reason, where it has words of its own, in front of
// why nobody knows whether a paper came out.
func because(e *screen.Edition, texts []face.Text, f printer.Fault) []face.Text {
	c, ok := printerCodes[f]
	if !ok {
		return texts
	}
	for i, why := range e.Texts(c) {
		join := " "
		if strings.HasPrefix(why.Language, "ja") || strings.HasPrefix(why.Language, "zh") {
			join = ""
		}
		texts[i].Why = why.Why + join + texts[i].Why
	}
	return texts
}
