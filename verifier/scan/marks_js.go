package scan

import (
	"github.com/klippa-app/go-pdfium/enums"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"
	"github.com/klippa-app/go-pdfium/responses"
	"github.com/klippa-app/go-pdfium/structs"
)

// What a document asks of a page's annotations and marks.

func (b *browserRun) FPDFPage_GetRotation(r *requests.FPDFPage_GetRotation) (*responses.FPDFPage_GetRotation, error) {
	page, err := b.load(r.Page)
	if err != nil {
		return nil, err
	}
	turn := enums.FPDF_PAGE_ROTATION(b.call("FPDFPage_GetRotation", page))
	return &responses.FPDFPage_GetRotation{Page: b.index, PageRotation: turn}, nil
}

func (b *browserRun) FPDF_GetPageBoundingBox(r *requests.FPDF_GetPageBoundingBox) (*responses.FPDF_GetPageBoundingBox, error) {
	page, err := b.load(r.Page)
	if err != nil {
		return nil, err
	}
	v, err := b.fills("FPDF_GetPageBoundingBox", page, 4)
	return &responses.FPDF_GetPageBoundingBox{Rect: rect(v)}, err
}

func (b *browserRun) FPDFPage_GetAnnotCount(r *requests.FPDFPage_GetAnnotCount) (*responses.FPDFPage_GetAnnotCount, error) {
	page, err := b.load(r.Page)
	if err != nil {
		return nil, err
	}
	return &responses.FPDFPage_GetAnnotCount{Count: b.call("FPDFPage_GetAnnotCount", page)}, nil
}

func (b *browserRun) FPDFPage_GetAnnot(r *requests.FPDFPage_GetAnnot) (*responses.FPDFPage_GetAnnot, error) {
	page, err := b.load(r.Page)
	if err != nil {
		return nil, err
	}
	at := b.call("FPDFPage_GetAnnot", page, r.Index)
	return &responses.FPDFPage_GetAnnot{Annotation: references.FPDF_ANNOTATION(handle(at))}, missing(at)
}

func (b *browserRun) FPDFPage_CloseAnnot(r *requests.FPDFPage_CloseAnnot) (*responses.FPDFPage_CloseAnnot, error) {
	b.call("FPDFPage_CloseAnnot", address(r.Annotation))
	return &responses.FPDFPage_CloseAnnot{}, nil
}

func (b *browserRun) FPDFAnnot_GetSubtype(r *requests.FPDFAnnot_GetSubtype) (*responses.FPDFAnnot_GetSubtype, error) {
	kind := b.call("FPDFAnnot_GetSubtype", address(r.Annotation))
	return &responses.FPDFAnnot_GetSubtype{Subtype: enums.FPDF_ANNOTATION_SUBTYPE(kind)}, nil
}

func (b *browserRun) FPDFAnnot_GetRect(r *requests.FPDFAnnot_GetRect) (*responses.FPDFAnnot_GetRect, error) {
	v, err := b.fills("FPDFAnnot_GetRect", address(r.Annotation), 4)
	return &responses.FPDFAnnot_GetRect{Rect: rect(v)}, err
}

func (b *browserRun) FPDFPage_CountObjects(r *requests.FPDFPage_CountObjects) (*responses.FPDFPage_CountObjects, error) {
	page, err := b.load(r.Page)
	if err != nil {
		return nil, err
	}
	return &responses.FPDFPage_CountObjects{Count: b.call("FPDFPage_CountObjects", page)}, nil
}

func (b *browserRun) FPDFPage_GetObject(r *requests.FPDFPage_GetObject) (*responses.FPDFPage_GetObject, error) {
	page, err := b.load(r.Page)
	if err != nil {
		return nil, err
	}
	at := b.call("FPDFPage_GetObject", page, r.Index)
	return &responses.FPDFPage_GetObject{PageObject: references.FPDF_PAGEOBJECT(handle(at))}, missing(at)
}

func (b *browserRun) FPDFPageObj_GetType(r *requests.FPDFPageObj_GetType) (*responses.FPDFPageObj_GetType, error) {
	return &responses.FPDFPageObj_GetType{Type: enums.FPDF_PAGEOBJ(b.call("FPDFPageObj_GetType", address(r.PageObject)))}, nil
}

func (b *browserRun) FPDFPageObj_GetBounds(r *requests.FPDFPageObj_GetBounds) (*responses.FPDFPageObj_GetBounds, error) {
	v, err := b.asks("FPDFPageObj_GetBounds", address(r.PageObject), 4)
	return &responses.FPDFPageObj_GetBounds{Left: float(v[0]), Bottom: float(v[1]), Right: float(v[2]), Top: float(v[3])}, err
}

func (b *browserRun) FPDFPageObj_HasTransparency(r *requests.FPDFPageObj_HasTransparency) (*responses.FPDFPageObj_HasTransparency, error) {
	sheer := b.call("FPDFPageObj_HasTransparency", address(r.PageObject))
	return &responses.FPDFPageObj_HasTransparency{HasTransparency: sheer != 0}, nil
}

func (b *browserRun) FPDFPageObj_CountMarks(r *requests.FPDFPageObj_CountMarks) (*responses.FPDFPageObj_CountMarks, error) {
	return &responses.FPDFPageObj_CountMarks{Count: b.call("FPDFPageObj_CountMarks", address(r.PageObject))}, nil
}

func (b *browserRun) FPDFPageObj_GetClipPath(r *requests.FPDFPageObj_GetClipPath) (*responses.FPDFPageObj_GetClipPath, error) {
	at := b.call("FPDFPageObj_GetClipPath", address(r.PageObject))
	return &responses.FPDFPageObj_GetClipPath{ClipPath: references.FPDF_CLIPPATH(handle(at))}, nil
}

func (b *browserRun) FPDFClipPath_CountPaths(r *requests.FPDFClipPath_CountPaths) (*responses.FPDFClipPath_CountPaths, error) {
	n := b.call("FPDFClipPath_CountPaths", address(r.ClipPath))
	return &responses.FPDFClipPath_CountPaths{Count: n}, negative(n)
}

func (b *browserRun) FPDFPageObj_GetRenderedFillPattern(r *requests.FPDFPageObj_GetRenderedFillPattern) (*responses.FPDFPageObj_GetRenderedFillPattern, error) {
	return &responses.FPDFPageObj_GetRenderedFillPattern{}, b.pattern("FPDFPageObj_GetRenderedFillPattern", address(r.PageObject))
}

func (b *browserRun) FPDFPageObj_GetRenderedStrokePattern(r *requests.FPDFPageObj_GetRenderedStrokePattern) (*responses.FPDFPageObj_GetRenderedStrokePattern, error) {
	return &responses.FPDFPageObj_GetRenderedStrokePattern{}, b.pattern("FPDFPageObj_GetRenderedStrokePattern", address(r.PageObject))
}

// pattern looks whether there is one, and drops it.
func (b *browserRun) pattern(name string, object int) error {
	bitmap := b.call(name, b.doc, object)
	if bitmap != 0 {
		b.call("FPDFBitmap_Destroy", bitmap)
	}
	return missing(bitmap)
}

func (b *browserRun) FPDFTextObj_GetTextRenderMode(r *requests.FPDFTextObj_GetTextRenderMode) (*responses.FPDFTextObj_GetTextRenderMode, error) {
	mode := b.call("FPDFTextObj_GetTextRenderMode", address(r.PageObject))
	return &responses.FPDFTextObj_GetTextRenderMode{TextRenderMode: enums.FPDF_TEXT_RENDERMODE(mode)}, nil
}

func (b *browserRun) FPDFTextObj_GetFontSize(r *requests.FPDFTextObj_GetFontSize) (*responses.FPDFTextObj_GetFontSize, error) {
	v, err := b.asks("FPDFTextObj_GetFontSize", address(r.PageObject), 1)
	return &responses.FPDFTextObj_GetFontSize{FontSize: float(v[0])}, err
}

func (b *browserRun) FPDFPageObj_GetMatrix(r *requests.FPDFPageObj_GetMatrix) (*responses.FPDFPageObj_GetMatrix, error) {
	v, err := b.fills("FPDFPageObj_GetMatrix", address(r.PageObject), 6)
	m := structs.FPDF_FS_MATRIX{A: float(v[0]), B: float(v[1]), C: float(v[2]), D: float(v[3]), E: float(v[4]), F: float(v[5])}
	return &responses.FPDFPageObj_GetMatrix{Matrix: m}, err
}

func (b *browserRun) FPDFTextObj_GetFont(r *requests.FPDFTextObj_GetFont) (*responses.FPDFTextObj_GetFont, error) {
	at := b.call("FPDFTextObj_GetFont", address(r.PageObject))
	return &responses.FPDFTextObj_GetFont{Font: references.FPDF_FONT(handle(at))}, missing(at)
}

func (b *browserRun) FPDFFont_GetIsEmbedded(r *requests.FPDFFont_GetIsEmbedded) (*responses.FPDFFont_GetIsEmbedded, error) {
	return &responses.FPDFFont_GetIsEmbedded{IsEmbedded: b.call("FPDFFont_GetIsEmbedded", address(r.Font)) == 1}, nil
}

// FPDFFont_GetFontData tells only whether there is any.
func (b *browserRun) FPDFFont_GetFontData(r *requests.FPDFFont_GetFontData) (*responses.FPDFFont_GetFontData, error) {
	v, err := b.given(b.call("FPDFFont_GetFontData", address(r.Font), 0, 0, b.scratch), 1)
	if err == nil {
		err = missing(int(v[0]))
	}
	return &responses.FPDFFont_GetFontData{}, err
}

func (b *browserRun) FPDFPageObj_GetFillColor(r *requests.FPDFPageObj_GetFillColor) (*responses.FPDFPageObj_GetFillColor, error) {
	v, err := b.asks("FPDFPageObj_GetFillColor", address(r.PageObject), 4)
	return &responses.FPDFPageObj_GetFillColor{FillColor: colour(v)}, err
}

func (b *browserRun) FPDFPageObj_GetStrokeColor(r *requests.FPDFPageObj_GetStrokeColor) (*responses.FPDFPageObj_GetStrokeColor, error) {
	v, err := b.asks("FPDFPageObj_GetStrokeColor", address(r.PageObject), 4)
	return &responses.FPDFPageObj_GetStrokeColor{StrokeColor: colour(v)}, err
}

func (b *browserRun) FPDFPath_GetDrawMode(r *requests.FPDFPath_GetDrawMode) (*responses.FPDFPath_GetDrawMode, error) {
	v, err := b.asks("FPDFPath_GetDrawMode", address(r.PageObject), 2)
	return &responses.FPDFPath_GetDrawMode{FillMode: enums.FPDF_FILLMODE(v[0]), Stroke: v[1] == 1}, err
}

func (b *browserRun) FPDFPath_CountSegments(r *requests.FPDFPath_CountSegments) (*responses.FPDFPath_CountSegments, error) {
	n := b.call("FPDFPath_CountSegments", address(r.PageObject))
	return &responses.FPDFPath_CountSegments{Count: n}, negative(n)
}

func (b *browserRun) FPDFPath_GetPathSegment(r *requests.FPDFPath_GetPathSegment) (*responses.FPDFPath_GetPathSegment, error) {
	at := b.call("FPDFPath_GetPathSegment", address(r.PageObject), r.Index)
	return &responses.FPDFPath_GetPathSegment{PathSegment: references.FPDF_PATHSEGMENT(handle(at))}, missing(at)
}

func (b *browserRun) FPDFPathSegment_GetPoint(r *requests.FPDFPathSegment_GetPoint) (*responses.FPDFPathSegment_GetPoint, error) {
	v, err := b.asks("FPDFPathSegment_GetPoint", address(r.PathSegment), 2)
	return &responses.FPDFPathSegment_GetPoint{X: float(v[0]), Y: float(v[1])}, err
}
