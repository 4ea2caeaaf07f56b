package canary

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"encoding/binary"
	"io"
	"slices"
)

// Bounds of what is unpacked: what a certificate or a page compresses to stays
// far below, and a bomb stops there.
const (
	DefaultMaxInflated = 4 << 20
	DefaultMaxDepth    = 3 // streams in streams: digits, then base64, then deflate
)

// Shortest runs of text that are decoded to look for a stream in them.
const (
	shortestBase64 = 64
	shortestDigits = 128
)

// inflater is reused: making one costs more than most streams.
type inflater struct {
	source bytes.Reader
	reader io.ReadCloser
	out    bytes.Buffer
}

// long is a stream that is passed over once it was unpacked.
const long = 64 << 10

// inflate gives what a raw deflate stream holds, as far as it goes, and how
// many bytes it took. A stream that breaks off still gives its beginning.
func (f *inflater) inflate(b []byte) (yield []byte, used int) {
	f.source.Reset(b)
	if f.reader == nil {
		f.reader = flate.NewReader(&f.source)
	} else if err := f.reader.(flate.Resetter).Reset(&f.source, nil); err != nil {
		return nil, 0
	}
	f.out.Reset()
	io.Copy(&f.out, io.LimitReader(f.reader, DefaultMaxInflated)) // a broken stream is one that ends early
	return f.out.Bytes(), len(b) - f.source.Len()
}

// streams looks inside whatever can be unpacked and begins before limit.
func (c *scan) streams(b []byte, limit int, base uint64, via string, depth int) {
	if depth >= DefaultMaxDepth {
		return
	}
	c.compressed(b, limit, base, via, depth)
	c.runs(b, limit, base, via, depth)
}

// inside searches what was unpacked from the stream at offset.
func (c *scan) inside(b []byte, offset uint64, via string, depth int) {
	if len(b) < shortestForm || c.full() {
		return
	}
	b = bytes.Clone(b) // the inflater's buffer is used again below
	nonzero(b, len(b), func(from, end int) {
		c.plain(b[from:], end-from, func(p pattern, _ int) { c.found(p, offset, via) })
		c.streams(b[from:], end-from, offset, via, depth+1)
	})
}

// raw names a stream without a header.
const raw = "deflate"

// heads marks the bytes that a stream can begin with.
var heads = func() (h [256]bool) {
	for b := range h {
		h[b] = b&0x06 == 0x04 || b&0x06 == 0x02
	}
	h[0x78], h[0x1F] = true, true
	return h
}()

// compressed tries every place that can be the head of a deflate stream. One
// without a header is only guessed at: in what was unpacked already, at its
// start alone.
func (c *scan) compressed(b []byte, limit int, base uint64, via string, depth int) {
	for at := 0; at < limit; at++ {
		if !heads[b[at]] {
			continue
		}
		name, skip := head(b[at:])
		if name == "" || name == raw && depth > 0 && at > 0 {
			continue
		}
		if c.full() {
			return
		}
		yield, used := c.inflater.inflate(b[at+skip:])
		c.inside(yield, base+uint64(at), via+name+" > ", depth)
		if len(yield) >= long {
			at += used // nobody guesses that long wrong
		}
	}
}

// head says which stream b can begin with, if any, and how long its header is.
func head(b []byte) (name string, skip int) {
	switch {
	case len(b) > 2 && b[0] == 0x78 && (uint(b[0])<<8|uint(b[1]))%31 == 0 && b[1]&0x20 == 0:
		return "zlib", 2
	case len(b) > 10 && b[0] == 0x1F && b[1] == 0x8B && b[2] == 8:
		if n := gzipHeader(b); n > 0 {
			return "gzip", n
		}
	case dynamic(b), fixed(b):
		return raw, 0
	}
	return "", 0
}

// gzipHeader gives the header's length (RFC 1952 §2.3); 0: not one.
func gzipHeader(b []byte) int {
	n, flags := 10, b[3]
	if flags&0xE0 != 0 {
		return 0
	}
	if flags&4 != 0 {
		if len(b) < n+2 {
			return 0
		}
		n += 2 + int(b[n]) + int(b[n+1])<<8
	}
	for _, text := range []byte{8, 16} { // name, comment
		if flags&text != 0 {
			if n >= len(b) {
				return 0
			}
			end := bytes.IndexByte(b[n:], 0)
			if end < 0 {
				return 0
			}
			n += end + 1
		}
	}
	if flags&2 != 0 {
		n += 2
	}
	if n >= len(b) {
		return 0
	}
	return n
}

// kraft gives, for four code lengths of 3 bits, how much of a complete code
// (128) they take.
var kraft = func() (sums [1 << 12]uint16) {
	for v := range sums {
		for rest := v; rest > 0; rest >>= 3 {
			if l := rest & 7; l != 0 {
				sums[v] += 128 >> l
			}
		}
	}
	return sums
}()

// dynamic reports whether b can begin a deflate block with its own code: the
// lengths of the code that describes the code must make a complete one (RFC
// 1951 §3.2.7), which chance does about once in a thousand.
func dynamic(b []byte) bool {
	if len(b) < 10 || b[0]&0x06 != 0x04 {
		return false
	}
	bits := binary.LittleEndian.Uint64(b)
	if bits>>3&31 > 29 || bits>>8&31 > 29 {
		return false
	}
	n := bits>>13&15 + 4
	lengths := bits>>17 | uint64(b[8])<<47 | uint64(b[9])<<55 // 63 bits; 19 lengths need 57
	lengths &= 1<<(3*n) - 1
	const four = 1<<12 - 1
	return kraft[lengths&four]+kraft[lengths>>12&four]+kraft[lengths>>24&four]+kraft[lengths>>36&four]+kraft[lengths>>48] == 128
}

// kinds of bytes in runs.
const (
	other = iota
	letter
	digit
)

var kind = func() (k [256]uint8) {
	for _, b := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_+/") {
		k[b] = letter
	}
	for b := '0'; b <= '9'; b++ {
		k[b] = digit
	}
	return k
}()

// runs finds long runs of base64 characters, which may hold a stream (as a
// JWS's payload does), and of digits, which may hold a QR code's text. It looks
// at one byte in 64: a run that long cannot pass between.
func (c *scan) runs(b []byte, limit int, base uint64, via string, depth int) {
	for at := shortestBase64 - 1; at < len(b) && !c.full(); at += shortestBase64 {
		if kind[b[at]] == other {
			continue
		}
		from, to := bounds(b, at)
		if from >= limit {
			return
		}
		c.decode(b[from:to], base+uint64(from), via, depth)
		at = to
	}
}

// bounds gives the bounds of the run around at.
func bounds(b []byte, at int) (from, to int) {
	for from = at; from > 0 && kind[b[from-1]] != other; from-- {
	}
	for to = at + 1; to < len(b) && kind[b[to]] != other; to++ {
	}
	return from, to
}

// decode looks inside a run.
func (c *scan) decode(run []byte, offset uint64, via string, depth int) {
	digits := !slices.ContainsFunc(run, func(b byte) bool { return kind[b] != digit })
	switch {
	case digits && len(run) >= shortestDigits:
		for first := range 2 {
			c.inside(pairs(run[first:]), offset, via+"shc digits > ", depth)
		}
	case len(run) >= shortestBase64:
		c.base64(run, offset, via, depth)
	}
}

// base64 decodes a run from its start and looks inside.
func (c *scan) base64(run []byte, offset uint64, via string, depth int) {
	e, name := base64.RawURLEncoding, "base64url > "
	if bytes.ContainsAny(run, "+/") {
		e, name = base64.RawStdEncoding, "base64 > "
	}
	b := make([]byte, e.DecodedLen(len(run)))
	n, _ := e.Decode(b, run[:len(run)-len(run)%4]) // with both alphabets in it, up to where they mix
	c.inside(b[:n], offset, via+name, depth)
}

// pairs decodes digit pairs, which stand for characters from '-' on, up to one
// that stands for none.
func pairs(run []byte) []byte {
	var b []byte
	for i := 0; i+1 < len(run); i += 2 {
		n := (run[i]-'0')*10 + run[i+1] - '0'
		if n > 'z'-'-' {
			break
		}
		b = append(b, n+'-')
	}
	return b
}
