package lint

import (
	"akashi/verifier/credential"
	"akashi/verifier/shc"
	"akashi/verifier/vdsnc"
)

// card holds a decoded SMART Health Card against the case.
func (c Case) card(s *shc.Card) error {
	switch {
	case s.Issuer != c.Issuer.URL, s.KeyID != c.KeyID:
		return ErrIssuer
	case s.NotBefore.Unix() != c.Issued.Unix(), !s.Expires.IsZero(), s.RevocationID != c.Record.Revocation:
		return ErrRecord
	case !c.named(s), s.Birth != c.Card.Birth:
		return ErrHolder
	case len(s.Doses) != len(c.Record.Doses):
		return ErrRecord
	}
	for i, d := range s.Doses {
		r := c.Record.Doses[i]
		v, err := c.Tables.Find(c.Record.Disease, r.Product)
		if err != nil || d.CVX != v.CVX || d.Date.String() != r.Date || d.Lot != r.Lot {
			return ErrRecord
		}
		if d.SNOMED != "" || d.ICD11 != "" || d.Subpotent { // more than was composed
			return ErrRecord
		}
		if d.Performer != c.Issuer.Display {
			return ErrIssuer
		}
	}
	return nil
}

// named reports whether the card names the holder: in the card's own letters
// on a domestic certificate, in Roman letters on an overseas one.
func (c Case) named(s *shc.Card) bool {
	if s.Prefix != "" || s.Suffix != "" || (s.Text != "") == (s.Family != "" || s.Given != "") {
		return false
	}
	if c.Kind == credential.Overseas {
		t := c.Record.Travel
		return t != nil && (s.Text == t.RomanName || s.Text == "" &&
			(s.Family+" "+s.Given == t.RomanName || s.Family+"  "+s.Given == t.RomanName)) // Doc 9303-3 may part by two spaces
	}
	if family, given, split := credential.SplitName(c.Card.Name); split {
		return s.Family == family && s.Given == given
	}
	return s.Text == c.Card.Name
}

// seal holds a decoded VDS-NC against the case.
func (c Case) seal(s *vdsnc.Seal) error {
	t := c.Record.Travel
	switch {
	case s.Country != c.Issuer.Country:
		return ErrIssuer
	case t == nil || s.Name != t.RomanName || s.Passport != t.Passport || s.Birth != c.Card.Birth:
		return ErrHolder
	case s.UVCI != string(c.Record.ID) || len(s.Doses) != len(c.Record.Doses):
		return ErrRecord
	}
	for i, d := range s.Doses {
		r := c.Record.Doses[i]
		v, err := c.Tables.Find(c.Record.Disease, r.Product)
		if err != nil || d.Vaccine != v.ICD11 || d.Disease != v.Target || d.Product != v.ProductEN {
			return ErrRecord
		}
		if d.Number != r.Number || d.Date.String() != r.Date || d.Lot != r.Lot || d.Country != r.Country {
			return ErrRecord
		}
		if d.Administrator != c.Issuer.Display {
			return ErrIssuer
		}
	}
	return nil
}
