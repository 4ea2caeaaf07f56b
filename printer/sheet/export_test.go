package sheet

// For the tests with testkit's corpus of names, which stand outside.
var (
	Strays    = strays
	Sample    = sample
	NeedFonts = needFonts
)
