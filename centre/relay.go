package centre

import (
	"bytes"
	"strings"
	"time"
	"unicode"
)

// What a part says is bounded line by line: an event has some hundred bytes,
// and a complaint is for a person to read.
const (
	DefaultMaxSaid      = 64 << 10 // bytes of a line on its standard output
	DefaultMaxComplaint = 4 << 10  // bytes of a line on its standard error
)

// DefaultLastWords is how long what a part has started may keep its output
// open after it; what comes later is lost.
const DefaultLastWords = 2 * time.Second

// splitter is a part's output, taken line by line. A line over max is cut.
type splitter struct {
	max  int
	take func(line string, cut bool)
	line []byte
	cut  bool
}

// Write never fails: a part must not be held up by what it says.
func (s *splitter) Write(p []byte) (int, error) {
	n := len(p)
	for {
		part, rest, whole := bytes.Cut(p, []byte{'\n'})
		fits := min(len(part), s.max-len(s.line))
		s.line, s.cut = append(s.line, part[:fits]...), s.cut || fits < len(part)
		if !whole {
			return n, nil
		}
		s.end()
		p = rest
	}
}

// end takes what has come of a line.
func (s *splitter) end() {
	s.take(string(s.line), s.cut)
	s.line, s.cut = s.line[:0], false
}

// said hears a part's ready line, and passes on the others of a part that has
// the node's events to tell. Those of any other are dropped: it would speak in
// the launcher's name.
func (c *child) said(ready chan<- struct{}) *splitter {
	return &splitter{max: DefaultMaxSaid, take: func(line string, cut bool) {
		switch {
		case ready != nil && strings.HasPrefix(line, readyLine):
			close(ready)
			ready = nil
		case c.tells && !cut:
			c.out.say(line)
		}
	}}
}

// complained passes on what a part says on its standard error, under its name
// and as one line each: the log is the node's, and others write there too.
func (c *child) complained() *splitter {
	return &splitter{max: DefaultMaxComplaint, take: func(line string, _ bool) {
		c.errs.say(c.name + ": " + strings.Map(printable, line))
	}}
}

func printable(r rune) rune {
	if r == '\t' || unicode.IsPrint(r) {
		return r
	}
	return '?'
}
