package sheet

// Version names the bytes that Render makes of an input. The kiosk lays every
// sheet out again and takes no other bytes, so both ends need the same one, on
// machines of one kind: another processor may round a coordinate otherwise. It
// is raised with every change of the layout, the fonts, fpdf, the QR encoder
// or Go's compressor that shows in the digest of the test's sheets.
//
//	1  2026-11-23  first version
//	2  2026-11-23  lines end at a pause or before a bracket; products have more room
const Version uint16 = 2
