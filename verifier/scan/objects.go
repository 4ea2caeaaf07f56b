package scan

import (
	"math"

	"github.com/klippa-app/go-pdfium/enums"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"
	"github.com/klippa-app/go-pdfium/structs"
)

// objects reads a page's marks in painting order, and counts those of other
// kinds. Of a path inside a code, whose pixels were read, only the place counts.
func (d *document) objects(i int, inCode func(box) bool) (objects []object, foreign int, err error) {
	at := d.page(i)
	n, err := d.pdfium.FPDFPage_CountObjects(&requests.FPDFPage_CountObjects{Page: at})
	if err != nil {
		return nil, 0, ErrPDF
	}
	if n.Count > DefaultMaxObjects {
		return nil, 0, ErrObjects
	}
	for k := range n.Count {
		o, err := d.pdfium.FPDFPage_GetObject(&requests.FPDFPage_GetObject{Page: at, Index: k})
		if err != nil {
			return nil, 0, ErrPDF
		}
		if one, ok := d.object(o.PageObject, inCode); ok {
			objects = append(objects, one)
		} else {
			foreign++
		}
	}
	return objects, foreign, nil
}

// plain reports whether a page is A4, upright, whole, with no annotation but
// fields without a face, such as a signature's.
func (d *document) plain(i int) (page box, ok bool) {
	at := d.page(i)
	size, err1 := d.pdfium.GetPageSize(&requests.GetPageSize{Page: at})
	turn, err2 := d.pdfium.FPDFPage_GetRotation(&requests.FPDFPage_GetRotation{Page: at})
	seen, err3 := d.pdfium.FPDF_GetPageBoundingBox(&requests.FPDF_GetPageBoundingBox{Page: at})
	notes, err4 := d.pdfium.FPDFPage_GetAnnotCount(&requests.FPDFPage_GetAnnotCount{Page: at})
	if err1 != nil || err2 != nil || err3 != nil || err4 != nil {
		return page, false
	}
	page = box{0, 0, size.Width, size.Height}
	if turn.PageRotation != enums.FPDF_PAGE_ROTATION_NONE || math.Abs(page.right-a4Width) > 3 || math.Abs(page.top-a4Height) > 3 ||
		!page.grown(slack).holds(box{float64(seen.Rect.Left), float64(seen.Rect.Bottom), float64(seen.Rect.Right), float64(seen.Rect.Top)}) {
		return page, false
	}
	for k := range notes.Count {
		if !d.faceless(at, k) {
			return page, false
		}
	}
	return page, true
}

func (d *document) faceless(at requests.Page, k int) bool {
	a, err := d.pdfium.FPDFPage_GetAnnot(&requests.FPDFPage_GetAnnot{Page: at, Index: k})
	if err != nil {
		return false
	}
	defer d.pdfium.FPDFPage_CloseAnnot(&requests.FPDFPage_CloseAnnot{Annotation: a.Annotation})
	kind, err1 := d.pdfium.FPDFAnnot_GetSubtype(&requests.FPDFAnnot_GetSubtype{Annotation: a.Annotation})
	r, err2 := d.pdfium.FPDFAnnot_GetRect(&requests.FPDFAnnot_GetRect{Annotation: a.Annotation})
	return err1 == nil && err2 == nil && kind.Subtype == enums.FPDF_ANNOT_SUBTYPE_WIDGET && r.Rect == structs.FPDF_FS_RECTF{}
}

// object reads one mark; ok is false for what is neither text nor a path, and
// for what is clipped, transparent or marked.
func (d *document) object(ref references.FPDF_PAGEOBJECT, inCode func(box) bool) (o object, ok bool) {
	kind, err1 := d.pdfium.FPDFPageObj_GetType(&requests.FPDFPageObj_GetType{PageObject: ref})
	b, err2 := d.pdfium.FPDFPageObj_GetBounds(&requests.FPDFPageObj_GetBounds{PageObject: ref})
	if err1 != nil || err2 != nil {
		return o, false
	}
	o.box = box{float64(b.Left), float64(b.Bottom), float64(b.Right), float64(b.Top)}
	if kind.Type == enums.FPDF_PAGEOBJ_PATH && inCode(o.box) {
		return o, true
	}
	if !d.solid(ref) {
		return o, false
	}
	switch kind.Type {
	case enums.FPDF_PAGEOBJ_TEXT:
		return o, d.letters(ref, &o)
	case enums.FPDF_PAGEOBJ_PATH:
		return o, d.path(ref, &o)
	}
	return o, false
}

// solid reports whether an object is opaque, whole and always shown.
func (d *document) solid(ref references.FPDF_PAGEOBJECT) bool {
	sheer, err1 := d.pdfium.FPDFPageObj_HasTransparency(&requests.FPDFPageObj_HasTransparency{PageObject: ref})
	marks, err2 := d.pdfium.FPDFPageObj_CountMarks(&requests.FPDFPageObj_CountMarks{PageObject: ref})
	return err1 == nil && err2 == nil && !sheer.HasTransparency && marks.Count == 0 && !d.clipped(ref) && !d.tiled(ref)
}

// clipped: PDFium counts no paths, which is its error, where there is no clip.
func (d *document) clipped(ref references.FPDF_PAGEOBJECT) bool {
	c, err := d.pdfium.FPDFPageObj_GetClipPath(&requests.FPDFPageObj_GetClipPath{PageObject: ref})
	if err != nil {
		return false
	}
	_, err = d.pdfium.FPDFClipPath_CountPaths(&requests.FPDFClipPath_CountPaths{ClipPath: c.ClipPath})
	return err == nil
}

// tiled reports a pattern in place of a colour. PDFium says white of the other
// kind, a shading: then what is dark is a stain, and light text is looked at.
func (d *document) tiled(ref references.FPDF_PAGEOBJECT) bool {
	_, err1 := d.pdfium.FPDFPageObj_GetRenderedFillPattern(&requests.FPDFPageObj_GetRenderedFillPattern{Document: d.ref, PageObject: ref})
	_, err2 := d.pdfium.FPDFPageObj_GetRenderedStrokePattern(&requests.FPDFPageObj_GetRenderedStrokePattern{Document: d.ref, PageObject: ref})
	return err1 == nil || err2 == nil
}

// letters reads a text object: filled, upright, in a font that the file has.
func (d *document) letters(ref references.FPDF_PAGEOBJECT, o *object) bool {
	mode, err1 := d.pdfium.FPDFTextObj_GetTextRenderMode(&requests.FPDFTextObj_GetTextRenderMode{PageObject: ref})
	size, err2 := d.pdfium.FPDFTextObj_GetFontSize(&requests.FPDFTextObj_GetFontSize{PageObject: ref})
	m, err3 := d.pdfium.FPDFPageObj_GetMatrix(&requests.FPDFPageObj_GetMatrix{PageObject: ref})
	font, err4 := d.pdfium.FPDFTextObj_GetFont(&requests.FPDFTextObj_GetFont{PageObject: ref})
	if err1 != nil || err2 != nil || err3 != nil || err4 != nil {
		return false
	}
	inside, err5 := d.pdfium.FPDFFont_GetIsEmbedded(&requests.FPDFFont_GetIsEmbedded{Font: font.Font})
	_, err6 := d.pdfium.FPDFFont_GetFontData(&requests.FPDFFont_GetFontData{Font: font.Font}) // a font of drawings (Type 3) has none
	fill, inked := d.filled(ref)
	o.text, o.ink = true, fill
	o.size = float64(size.FontSize) * float64(m.Matrix.D)
	upright := m.Matrix.B == 0 && m.Matrix.C == 0 && m.Matrix.A == m.Matrix.D
	return err5 == nil && err6 == nil && inside.IsEmbedded && inked && upright && mode.TextRenderMode == enums.FPDF_TEXTRENDERMODE_FILL
}

func (d *document) filled(ref references.FPDF_PAGEOBJECT) (ink, bool) {
	c, err := d.pdfium.FPDFPageObj_GetFillColor(&requests.FPDFPageObj_GetFillColor{PageObject: ref})
	if err != nil || c.FillColor.A != 255 {
		return ink{}, false
	}
	return ink{byte(c.FillColor.R), byte(c.FillColor.G), byte(c.FillColor.B)}, true
}

// path reads a path that is filled or stroked, not both.
func (d *document) path(ref references.FPDF_PAGEOBJECT, o *object) (ok bool) {
	mode, err1 := d.pdfium.FPDFPath_GetDrawMode(&requests.FPDFPath_GetDrawMode{PageObject: ref})
	n, err2 := d.pdfium.FPDFPath_CountSegments(&requests.FPDFPath_CountSegments{PageObject: ref})
	if err1 != nil || err2 != nil || mode.Stroke == (mode.FillMode != enums.FPDF_FILLMODE_NONE) {
		return false
	}
	o.segments, o.outline = n.Count, mode.Stroke
	if o.ink, ok = d.filled(ref); mode.Stroke {
		c, err := d.pdfium.FPDFPageObj_GetStrokeColor(&requests.FPDFPageObj_GetStrokeColor{PageObject: ref})
		if ok = err == nil && c.StrokeColor.A == 255; ok {
			o.ink = ink{byte(c.StrokeColor.R), byte(c.StrokeColor.G), byte(c.StrokeColor.B)}
		}
	}
	o.cornered = n.Count <= mostCorners && d.cornered(ref, n.Count, o.box)
	return ok
}

// cornered reports whether every point of a path, drawn as it stands, is near
// a corner of its box.
func (d *document) cornered(ref references.FPDF_PAGEOBJECT, n int, b box) bool {
	m, err := d.pdfium.FPDFPageObj_GetMatrix(&requests.FPDFPageObj_GetMatrix{PageObject: ref})
	if err != nil || m.Matrix != (structs.FPDF_FS_MATRIX{A: 1, D: 1}) {
		return false
	}
	for k := range n {
		s, err := d.pdfium.FPDFPath_GetPathSegment(&requests.FPDFPath_GetPathSegment{PageObject: ref, Index: k})
		if err != nil {
			return false
		}
		p, err := d.pdfium.FPDFPathSegment_GetPoint(&requests.FPDFPathSegment_GetPoint{PathSegment: s.PathSegment})
		if err != nil {
			return false
		}
		x, y := float64(p.X), float64(p.Y)
		if min(x-b.left, b.right-x) > cornerSize || min(y-b.bottom, b.top-y) > cornerSize {
			return false
		}
	}
	return true
}
