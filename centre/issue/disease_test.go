package issue_test

import (
	"strings"
	"testing"
	"time"

	"akashi/centre/keys"
	"akashi/centre/wire"
	"akashi/testkit/residents"
	"akashi/verifier"
	"akashi/verifier/credential"
	"akashi/verifier/scan"
)

// of asks for a certificate of a disease.
func of(t *testing.T, disease, id string, kind credential.Kind) attempt {
	t.Helper()
	r, ok := residents.Find(id)
	if !ok {
		t.Fatalf("no resident %q", id)
	}
	h := header(r.Ask(), kind)
	h.Disease = disease
	return attempt{header: h, request: request(t, id, h)}
}

// The disease is data: another table, and the same steps issue of it, to the
// paper and through the verifier.
func TestAnotherDisease(t *testing.T) {
	r := open(t, keys.Limits{})
	list, err := r.w.TrustList()
	must(t, err)
	s, err := scan.Shared(t.Context())
	must(t, err)
	defer s.Close()
	for _, kind := range []credential.Kind{credential.Domestic, credential.Overseas} {
		o := r.make(of(t, "yellow-fever", "traveller", kind))
		if o.done.Event.Code != wire.OK || o.answer.Delivery == nil {
			t.Fatalf("%v: %v at %v", kind, o.done.Event.Code, o.done.Event.At)
		}
		d := o.answer.Delivery
		if d.Receipt.Disease != "yellow-fever" {
			t.Errorf("the receipt is of %q", d.Receipt.Disease)
		}
		pages, err := s.PDF(d.PDF)
		must(t, err)
		text := pages[0].Text
		for _, want := range []string{"黄熱", "Vaccination Certificate of Yellow fever", "YF-VAX"} {
			if !strings.Contains(text, want) {
				t.Errorf("%v: the paper lacks %q", kind, want)
			}
		}
		if strings.Contains(text, "COVID") || strings.Contains(text, "コロナ") {
			t.Errorf("%v: the paper speaks of another disease", kind)
		}
		for _, code := range d.Codes {
			v, err := verifier.Verify(code, list, time.Now())
			must(t, err)
			if len(v.Doses) != 1 || v.Format == verifier.FormatSHC && v.Doses[0].Vaccine != "37" ||
				v.Format == verifier.FormatVDSNC && (v.Doses[0].Disease != "1D47" || v.Doses[0].Product != "YF-VAX") {
				t.Errorf("%v: %+v", kind, v.Doses)
			}
		}
	}
}

// A record of one disease says nothing of another, and a disease without a
// table is never "no record".
func TestDiseaseWithoutARecord(t *testing.T) {
	r := open(t, keys.Limits{})
	r.refused("a table, no record", r.make(of(t, "measles", "traveller", credential.Domestic)), wire.NoRecord)
	r.refused("another's record", r.make(of(t, "yellow-fever", "yoshida", credential.Domestic)), wire.NoRecord)
	r.refused("no table", r.make(of(t, "none", "traveller", credential.Domestic)), wire.DiseaseOut)
	a := of(t, "yellow-fever", "traveller", credential.Domestic)
	a.request.Header.Disease = residents.Disease // sealed for another one than the centre admitted
	r.refused("the envelope is of another disease", r.make(a), wire.EnvelopeInvalid)
}
