// Package sheet lays a certificate out as an A4 PDF with its QR codes. It is
// pure: the same input gives the same bytes.
package sheet

import (
	"errors"

	"akashi/verifier/credential"
)

// Labels of the codes that a sheet carries.
const (
	LabelSHC   = "SMART Health Card"
	LabelVDSNC = "VDS-NC"
)

// Code is one QR code of the sheet.
type Code struct {
	Label string // LabelSHC or LabelVDSNC
	Text  string // what a scanner gives back, byte for byte
}

// Input is all that a sheet shows.
type Input struct {
	Certificate credential.Certificate
	Codes       []Code
	SessionCode string // printed on every page
}

// Render gives the unsigned PDF. A name with a character that no font has is
// a *glyph.Missing.
func Render(in Input) ([]byte, error) { return nil, errors.New("sheet: not built") }
