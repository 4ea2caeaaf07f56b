package issue

import (
	"context"
	"time"

	"akashi/centre/vrs"
	"akashi/centre/wire"
	"akashi/printer/glyph"
	"akashi/verifier/credential"
)

// judged is a record that belongs to the card's holder and makes sense.
type judged struct {
	found
	doses []credential.Dose
	today credential.Date
}

// japan is the time zone of the dates on certificates.
var japan = time.FixedZone("JST", 9*60*60)

// judge decides whether the record may become a certificate of this card's
// holder. Where card and VRS differ the municipality must look first; that is
// not an alarm, as marriages and variant characters are legitimate.
func (w *worker) judge(_ context.Context, f found) (judged, error) {
	h, r := w.s.Header, f.record
	j := judged{found: f, today: credential.DateOf(w.now().In(japan))}
	if r.Municipality.Code != h.Municipality || r.Disease != h.Disease || !r.ID.Valid() || !revocation(r.Revocation) {
		return j, wire.VRSAnswer
	}
	birth, err := credential.ParseDate(r.Birth)
	if err != nil || birth != f.card.Birth {
		return j, wire.BirthDiffers
	}
	if !named(f.card.Name, r) {
		return j, wire.NameDiffers
	}
	if err := travels(h.Kind, birth, r.Travel); err != nil {
		return j, err
	}
	if j.doses, err = w.doses(r, birth, j.today); err != nil {
		return j, err
	}
	return j, printable(f.card.Name, r.Travel)
}

// printable reports whether the paper can show the names: a character without
// a glyph must be known before anything is signed or paid.
func printable(name string, t *credential.Travel) error {
	fonts, err := glyph.Load()
	if err != nil {
		return wire.Internal
	}
	if t != nil {
		if err := fonts.Check(t.RomanName); err != nil {
			return err
		}
	}
	return fonts.Check(name)
}

// named reports whether VRS knows the card's name, as the name of today or as
// a registered former one.
func named(card string, r vrs.Record) bool {
	for _, n := range append([]string{r.Name}, r.FormerNames...) {
		if vrs.SameName(card, n) {
			return true
		}
	}
	return false
}

// travels checks what overseas needs and domestic must not have. The bounds
// are those of VDS-NC.
func travels(k credential.Kind, birth credential.Date, t *credential.Travel) error {
	switch {
	case k == credential.Domestic && t == nil:
		return nil
	case k == credential.Domestic || t == nil:
		return wire.VRSAnswer // more, or less, than was asked for
	case !birth.Full():
		return wire.BirthDayUnknown
	case len(t.RomanName) == 0 || len(t.RomanName) > 39 || len(t.Nationality) != 3 ||
		len(t.Passport) == 0 || len(t.Passport) > 11:
		return wire.RecordNeedsCheck
	}
	return nil
}

// maxDoses is the two digits that VDS-NC gives a dose's number.
const maxDoses = 99

// doses turns the record's doses into the certificate's. Numbers rise but need
// not start at 1 nor be without gaps: who moved between doses has some of them
// in another municipality's record. Dates follow the numbers, none before the
// birth and none in the future.
func (w *worker) doses(r vrs.Record, birth, today credential.Date) ([]credential.Dose, error) {
	if len(r.Doses) == 0 {
		return nil, wire.NoRecord
	}
	doses := make([]credential.Dose, 0, len(r.Doses))
	last := credential.Dose{Date: birth}
	for _, d := range r.Doses {
		date, err := credential.ParseDate(d.Date)
		if err != nil || !date.Full() || date.Before(last.Date) || today.Before(date) {
			return nil, wire.RecordNeedsCheck
		}
		v, err := w.tables.Find(r.Disease, d.Product)
		if err != nil || d.Number <= last.Number || d.Number > maxDoses || !lot(d.Lot) || len(d.Country) != 3 {
			return nil, wire.RecordNeedsCheck
		}
		last = credential.Dose{Number: d.Number, Date: date, Vaccine: v, Lot: d.Lot, Country: d.Country}
		doses = append(doses, last)
	}
	return doses, nil
}

// lot reports whether a lot number can stand in every format: printable ASCII,
// under 20 characters (SMART Health Cards; VDS-NC takes 20).
func lot(s string) bool {
	for _, c := range []byte(s) {
		if c <= ' ' || c > '~' {
			return false
		}
	}
	return len(s) > 0 && len(s) < 20
}

// revocation reports whether rid is at most 24 characters of base64url (SMART
// Health Cards: revocation).
func revocation(rid string) bool {
	for _, c := range []byte(rid) {
		if (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '_' {
			return false
		}
	}
	return len(rid) > 0 && len(rid) <= 24
}
