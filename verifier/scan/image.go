package scan

import (
	"bytes"
	"image"
	"image/jpeg"
	"image/png"
)

// raster is an image in shades of grey, 0 black to 255 white, rows one after
// another.
type raster struct {
	w, h int
	pix  []byte
}

func (r *raster) at(x, y int) byte { return r.pix[y*r.w+x] }

func (r *raster) inside(x, y int) bool { return x >= 0 && y >= 0 && x < r.w && y < r.h }

// Image reads the codes of a PNG or JPEG. Transparent parts count as white
// paper. It needs no PDFium and works on a closed or zero Scanner too.
func (s *Scanner) Image(b []byte) (Page, error) {
	m, err := decode(b)
	if err != nil {
		return Page{}, err
	}
	return search(grey(m))
}

// decode reads a PNG or JPEG after a look at its size.
func decode(b []byte) (image.Image, error) {
	if len(b) > DefaultMaxImage {
		return nil, ErrPixels
	}
	size, read := png.DecodeConfig, png.Decode
	if bytes.HasPrefix(b, []byte{0xFF, 0xD8}) {
		size, read = jpeg.DecodeConfig, jpeg.Decode
	}
	c, err := size(bytes.NewReader(b))
	switch {
	case err != nil || c.Width < 1 || c.Height < 1:
		return nil, ErrImage
	case c.Width > DefaultMaxPixels/c.Height:
		return nil, ErrPixels
	}
	m, err := read(bytes.NewReader(b))
	if err != nil {
		return nil, ErrImage
	}
	return m, nil
}

// grey makes shades of grey of any image, on white.
func grey(m image.Image) *raster {
	b := m.Bounds()
	r := &raster{b.Dx(), b.Dy(), make([]byte, b.Dx()*b.Dy())}
	if g, ok := m.(*image.Gray); ok {
		for y := range r.h {
			copy(r.pix[y*r.w:], g.Pix[y*g.Stride:y*g.Stride+r.w])
		}
		return r
	}
	rgba, fast := m.(*image.RGBA)
	deep := m.(image.RGBA64Image) // as every image is that png, jpeg or PDFium gives
	for y := range r.h {
		for x := range r.w {
			if fast {
				i := y*rgba.Stride + 4*x
				p := rgba.Pix[i : i+4 : i+4]
				r.pix[y*r.w+x] = mix(uint32(p[0])*0x101, uint32(p[1])*0x101, uint32(p[2])*0x101, uint32(p[3])*0x101)
				continue
			}
			c := deep.RGBA64At(b.Min.X+x, b.Min.Y+y)
			r.pix[y*r.w+x] = mix(uint32(c.R), uint32(c.G), uint32(c.B), uint32(c.A))
		}
	}
	return r
}

// mix gives the shade of a premultiplied colour of 16 bits on white.
func mix(r, g, b, a uint32) byte {
	y := (299*r + 587*g + 114*b + 500) / 1000
	return byte((y + 0xFFFF - a) >> 8)
}
