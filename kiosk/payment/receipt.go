package payment

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"akashi/kiosk/payment/unit"
	"akashi/verifier/credential"
)

//go:embed texts/*.json
var files embed.FS

// words are a receipt's texts in one language.
type words struct {
	Title        string `json:"title"`
	Right        string `json:"right_title"`
	Refund       string `json:"refund_title"`
	Slip         string `json:"slip_title"`
	Date         string `json:"date"`
	Kiosk        string `json:"kiosk"`
	Municipality string `json:"municipality"`
	Domestic     string `json:"domestic"`
	Overseas     string `json:"overseas"`
	Copies       string `json:"copies"`
	Amount       string `json:"amount"`
	PaidByRight  string `json:"paid_by_right"`
	Number       string `json:"number"`
	Until        string `json:"until"`
	HowRight     string `json:"how_right"`
	HowSlip      string `json:"how_slip"`
}

// languages are those of a receipt, in the order in which they stand on it.
var languages = []string{"ja", "en"}

var catalogue = load()

// load reads the embedded catalogues. A broken one is a broken build, found by
// any test that starts.
func load() map[string]words {
	all := map[string]words{}
	for _, l := range languages {
		b, err := files.ReadFile("texts/" + l + ".json")
		d := json.NewDecoder(bytes.NewReader(b))
		d.DisallowUnknownFields()
		var w words
		if err == nil {
			err = d.Decode(&w)
		}
		if _, more := d.Token(); err == nil && more != io.EOF {
			err = errors.New("something follows it")
		}
		if err != nil {
			panic(fmt.Sprintf("payment: receipt catalogue %s: %v", l, err))
		}
		all[l] = w
	}
	return all
}

var japan = time.FixedZone("JST", 9*60*60)

// lines is the receipt of a payment, or a refund's: what was paid, where, when
// and for what, and nothing about whom.
func (t *Till) lines(e *entry) []string {
	ja, en := e.Bill.Municipality, e.Bill.Municipality
	if t.c.Place != nil {
		ja, en = t.c.Place(e.Bill.Municipality)
	}
	var out []string
	for i, l := range languages {
		if i > 0 {
			out = append(out, "--------------------------------")
		}
		out = append(out, t.in(catalogue[l], e, []string{ja, en}[i])...)
	}
	for i, l := range out {
		out[i] = cut(l)
	}
	return out
}

func (t *Till) in(w words, e *entry, place string) []string {
	kind := w.Domestic
	if e.Bill.Kind == credential.Overseas {
		kind = w.Overseas
	}
	amount := fmt.Sprintf("%s %d", w.Amount, e.Bill.Amount)
	if e.With != "" && e.Stage == Charged {
		amount = w.PaidByRight
	}
	out := []string{
		w.title(e), w.Date + " " + t.c.Now().In(japan).Format("2006-01-02 15:04"), w.Kiosk + " " + t.c.Kiosk,
		w.Municipality + " " + place, kind, fmt.Sprintf("%s %d", w.Copies, e.Bill.Copies), amount,
	}
	switch {
	case e.Stage == Slip || e.Stage == Paid:
		out = append(out, w.Number+" "+e.With.Groups())
	case e.Given != "":
		out = append(out, w.Number+" "+e.Given.Groups(), w.Until+" "+time.Unix(e.Expires, 0).In(japan).Format("2006-01-02"))
	}
	switch {
	case e.Stage == Slip:
		out = append(out, strings.Split(w.HowSlip, "\n")...)
	case e.Given != "":
		out = append(out, strings.Split(w.HowRight, "\n")...)
	}
	return out
}

func (w words) title(e *entry) string {
	switch {
	case e.Stage == Slip:
		return w.Slip
	case e.Stage == Paid:
		return w.Refund
	case e.Given != "":
		return w.Right
	}
	return w.Title
}

// cut holds a line to what a unit prints; only a municipality's name could be
// longer.
func cut(s string) string {
	for len(s) > unit.DefaultMaxText {
		r := []rune(s)
		s = string(r[:len(r)-1])
	}
	return s
}
