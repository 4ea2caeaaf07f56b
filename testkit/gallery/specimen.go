package gallery

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/png"
)

// Specimen gives pictures of two pages that look like a certificate from afar:
// nothing on them is anybody's.
func Specimen() ([][]byte, error) {
	var pages [][]byte
	for n := range 2 {
		m := image.NewGray(image.Rect(0, 0, 1240, 1754))
		draw.Draw(m, m.Bounds(), image.White, image.Point{}, draw.Src)
		bar := func(x, y, w, h int, shade uint8) {
			draw.Draw(m, image.Rect(x, y, x+w, y+h), image.NewUniform(color.Gray{Y: shade}), image.Point{}, draw.Src)
		}
		bar(320, 130, 600, 60, 40)
		for i := range 14 {
			bar(140, 320+i*70, 220, 26, 120)
			bar(420, 320+i*70, 480-(i*53)%190, 26, 60)
		}
		for i := range 33 * 33 {
			if x, y := i%33, i/33; (x*x+y*7+x*y+n)%3 == 0 {
				bar(760+x*10, 1330+y*10, 10, 10, 0)
			}
		}
		var b bytes.Buffer
		if err := png.Encode(&b, m); err != nil {
			return nil, err
		}
		pages = append(pages, b.Bytes())
	}
	return pages, nil
}
