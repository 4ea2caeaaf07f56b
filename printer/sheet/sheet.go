// Package sheet lays a certificate out as an A4 PDF with its QR codes. It is
// pure: the same input gives the same bytes.
//
// A certificate becomes a canvas (layout.go and the blocks beside it), a
// canvas is replayed into fpdf (emit.go), and the file is finished (finish.go)
// so that a reader gets every character back exactly.
package sheet

import (
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
	Codes       []Code // domestic: SHC; overseas: SHC and VDS-NC
	SessionCode string // printed on every page
}
