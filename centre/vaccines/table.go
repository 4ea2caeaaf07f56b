package vaccines

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"akashi/verifier/credential"
)

// Bounds of a table, far above any that is known.
const (
	DefaultMaxTable = 1 << 20 // bytes of a file
	maxText         = 60      // characters of a name: what one line of the paper holds
	maxProductEN    = 40      // stands in every dose of a VDS-NC, whose code is nearly full
)

// table is one file.
type table struct {
	Version  int     `json:"version"` // rises with every change
	AsOf     string  `json:"as_of"`   // YYYY-MM-DD, the day of this version
	Disease  disease `json:"disease"`
	Source   string  `json:"source"`
	Vaccines []row   `json:"vaccines"`
}

type disease struct {
	Code   string `json:"code"`
	NameJA string `json:"name_ja"`
	NameEN string `json:"name_en"`
}

type row struct {
	Code      string `json:"code"`
	ProductJA string `json:"product_ja"`
	ProductEN string `json:"product_en"`
	MakerJA   string `json:"maker_ja"`
	MakerEN   string `json:"maker_en"`
	TypeJA    string `json:"type_ja"`
	TypeEN    string `json:"type_en"`
	CVX       string `json:"cvx"`
	ICD11     string `json:"icd11"`
	Target    string `json:"target"`
	Source    string `json:"source"`
}

func (r row) vaccine() credential.Vaccine {
	return credential.Vaccine{
		Code: r.Code, TypeJA: r.TypeJA, TypeEN: r.TypeEN, ProductJA: r.ProductJA, ProductEN: r.ProductEN,
		MakerJA: r.MakerJA, MakerEN: r.MakerEN, CVX: r.CVX, ICD11: r.ICD11, Target: r.Target,
	}
}

// The forms of the codes.
var (
	codeForm   = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	cvxForm    = regexp.MustCompile(`^[0-9]{2,3}$`)
	icd11Form  = regexp.MustCompile(`^XM[0-9A-Z]{4}$`)
	targetForm = regexp.MustCompile(`^[0-9A-Z]{4}(\.[0-9A-Z]{1,2})?$`)
	asciiForm  = regexp.MustCompile(`^[!-~]+( [!-~]+)*$`)
)

// Errors of a table.
var (
	errLong    = errors.New("longer than a table may be")
	errForm    = errors.New("not in the one form of a table: members in order, two spaces of indent, a newline at the end")
	errVersion = errors.New("version must be 1 or more")
	errAsOf    = errors.New("as_of must be a full date")
	errDisease = errors.New("disease needs a code of a-z, 0-9 and hyphens, and both names")
	errSource  = errors.New("a source is missing; say where the values come from")
	errNone    = errors.New("the table has no vaccine")
	errCode    = errors.New("code must be a-z, 0-9 and hyphens, and stand once")
	errText    = errors.New("a name is missing, too long or holds what it may not; English ones are printable ASCII")
	errCVX     = errors.New("cvx must be 2 or 3 digits")
	errICD11   = errors.New("icd11 must be XM and four more")
	errTarget  = errors.New("target must be an ICD-11 disease, such as RA01.0")
)

// parse reads one table in its one form.
func parse(b []byte) (*table, error) {
	if len(b) > DefaultMaxTable {
		return nil, errLong
	}
	var t table
	if err := json.Unmarshal(b, &t); err != nil {
		return nil, errForm
	}
	if !bytes.Equal(t.encode(), b) {
		return nil, errForm
	}
	if err := t.check(); err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for i, r := range t.Vaccines {
		err := r.check()
		if err == nil && seen[r.Code] {
			err = errCode
		}
		if err != nil {
			return nil, fmt.Errorf("row %d: %w", i+1, err)
		}
		seen[r.Code] = true
	}
	return &t, nil
}

// encode gives the table's one form.
func (t *table) encode() []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(t); err != nil {
		panic("vaccines: " + err.Error()) // strings and ints only
	}
	return b.Bytes()
}

func (t *table) check() error {
	day, err := credential.ParseDate(t.AsOf)
	switch {
	case t.Version < 1:
		return errVersion
	case err != nil || !day.Full():
		return errAsOf
	case !codeForm.MatchString(t.Disease.Code) || !japanese(t.Disease.NameJA) || !english(t.Disease.NameEN, maxText):
		return errDisease
	case t.Source == "":
		return errSource
	case len(t.Vaccines) == 0:
		return errNone
	}
	return nil
}

func (r row) check() error {
	switch {
	case !codeForm.MatchString(r.Code):
		return errCode
	case !japanese(r.ProductJA), !japanese(r.MakerJA), !japanese(r.TypeJA),
		!english(r.ProductEN, maxProductEN), !english(r.MakerEN, maxText), !english(r.TypeEN, maxText):
		return errText
	case !cvxForm.MatchString(r.CVX):
		return errCVX
	case !icd11Form.MatchString(r.ICD11):
		return errICD11
	case !targetForm.MatchString(r.Target):
		return errTarget
	case r.Source == "":
		return errSource
	}
	return nil
}

func japanese(s string) bool {
	return s != "" && utf8.ValidString(s) && utf8.RuneCountInString(s) <= maxText && strings.TrimSpace(s) == s && !strings.ContainsFunc(s, control)
}

func english(s string, most int) bool { return len(s) <= most && asciiForm.MatchString(s) }

func control(r rune) bool { return r < 0x20 || r == 0x7f || r == utf8.RuneError }
