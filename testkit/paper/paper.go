// Package paper makes a delivery as the centre makes it, in one call and
// without a centre, for tests of what comes after: the last look, the print,
// the verifier.
//
// It signs with a stand-in world only. Each part can be made for another
// resident or bent before its signature, so that a test can swap one thing.
package paper

import (
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"time"

	"akashi/centre/keys"
	"akashi/centre/pdfsig"
	"akashi/centre/shc"
	"akashi/centre/vaccines"
	"akashi/centre/vdsnc"
	"akashi/centre/wire"
	"akashi/printer/sheet"
	"akashi/testkit/pki"
	"akashi/testkit/residents"
	"akashi/verifier/credential"
)

// Order says whose certificate, for which request.
type Order struct {
	World    *pki.World
	Resident residents.Resident
	ID       credential.ID // empty: one made from the resident's name
	Header   wire.Header
	Card     [32]byte // card-record digest
	Now      time.Time

	SettleKey, SettleToken []byte
	// Bend changes the sheet before it is laid out, Draw the PDF before it is
	// signed, Word the receipt before it is signed; Codes the codes between
	// verifying and printing. nil: nothing.
	Bend  func(*sheet.Input)
	Draw  func(pdf []byte) ([]byte, error)
	Codes func([]string) []string
	Word  func(*wire.Receipt)
}

// Delivery makes the whole delivery.
func Delivery(o Order) (wire.Delivery, error) {
	c, err := Certificate(o.World.Issuer, o.Resident, o.Header.Kind, o.Now)
	if err != nil {
		return wire.Delivery{}, err
	}
	if o.ID != "" {
		c.ID = o.ID
	}
	codes, err := Codes(o.World, c, o.Now)
	if err != nil {
		return wire.Delivery{}, err
	}
	if o.Codes != nil {
		for i, text := range o.Codes(texts(codes)) {
			codes[i].Text = text
		}
	}
	in := sheet.Input{Certificate: c, Codes: codes, SessionCode: string(wire.CodeFor(o.Header.SessionDigest(), o.Header.Counter))}
	if o.Bend != nil {
		o.Bend(&in)
	}
	pdf, err := sheet.Render(in)
	if err == nil && o.Draw != nil {
		pdf, err = o.Draw(pdf)
	}
	if err == nil {
		pdf, err = SignPDF(o.World, pdf, o.Now)
	}
	if err != nil {
		return wire.Delivery{}, err
	}
	d := wire.Delivery{PDF: pdf, SettleKey: o.SettleKey, SettleToken: o.SettleToken,
		Layout: sheet.Version, Certificate: in.Certificate}
	for _, c := range in.Codes {
		d.Codes = append(d.Codes, c.Text)
	}
	d.Receipt, err = Receipt(o, d)
	return d, err
}

// Certificate writes what VRS's first record of a resident becomes.
func Certificate(issuer credential.Issuer, r residents.Resident, kind credential.Kind, now time.Time) (credential.Certificate, error) {
	tables, err := vaccines.Load()
	if err != nil {
		return credential.Certificate{}, err
	}
	disease, err := tables.Disease(residents.Disease)
	if err != nil {
		return credential.Certificate{}, err
	}
	birth, err := credential.ParseCompact(r.Card.Birth)
	if err != nil {
		return credential.Certificate{}, err
	}
	sum := sha256.Sum256([]byte(r.ID))
	c := credential.Certificate{
		Kind: kind, ID: credential.ID(fmt.Sprintf("%X", sum[:6])), Disease: disease, Issuer: issuer,
		Holder:   credential.Holder{Name: r.Card.Name, Birth: birth},
		IssuedOn: credential.DateOf(now),
	}
	record := r.VRS[0]
	if kind == credential.Overseas {
		c.Holder.Travel = record.Passport
	}
	for _, m := range residents.Municipalities() {
		if m.Code == record.Municipality {
			c.Municipality = credential.Municipality{Code: m.Code, NameJA: m.NameJA, NameEN: m.NameEN, Phone: m.Phone}
		}
	}
	for _, d := range record.Doses {
		v, err := tables.Find(residents.Disease, d.Product)
		if err != nil {
			return c, err
		}
		date, err := credential.ParseDate(d.Date)
		if err != nil {
			return c, err
		}
		c.Doses = append(c.Doses, credential.Dose{Number: d.Number, Date: date, Vaccine: v, Lot: d.Lot, Country: d.Country})
	}
	return c, nil
}

// Codes signs the codes of a certificate.
func Codes(w *pki.World, c credential.Certificate, now time.Time) ([]sheet.Code, error) {
	kid, err := keys.Thumbprint(&w.SHC.Key.PublicKey)
	if err != nil {
		return nil, err
	}
	rid := base64.RawURLEncoding.EncodeToString([]byte(c.ID)[:6])
	card, err := shc.Compose(c, kid, rid, now.Add(-time.Second))
	if err != nil {
		return nil, err
	}
	jws, err := attach(w.SHC.Key, card.Digest(), card.Attach)
	if err != nil {
		return nil, err
	}
	codes := []sheet.Code{{Label: sheet.LabelSHC, Text: shc.QRText(jws)}}
	if c.Kind != credential.Overseas {
		return codes, nil
	}
	seal, err := vdsnc.Compose(c, w.VDSNC.Chain[0])
	if err != nil {
		return nil, err
	}
	text, err := attach(w.VDSNC.Key, seal.Digest(), seal.Attach)
	return append(codes, sheet.Code{Label: sheet.LabelVDSNC, Text: text}), err
}

func attach[T any](key *ecdsa.PrivateKey, digest [32]byte, to func([]byte) (T, error)) (T, error) {
	der, err := ecdsa.SignASN1(rand.Reader, key, digest[:])
	if err != nil {
		var none T
		return none, err
	}
	return to(der)
}

// Signed lays out and signs a sheet.
func Signed(w *pki.World, in sheet.Input, now time.Time) ([]byte, error) {
	page, err := sheet.Render(in)
	if err != nil {
		return nil, err
	}
	return SignPDF(w, page, now)
}

// SignPDF signs a page, whatever it shows.
func SignPDF(w *pki.World, page []byte, now time.Time) ([]byte, error) {
	u, err := pdfsig.Prepare(page, w.PDF.Chain, now.Add(-time.Second))
	if err != nil {
		return nil, err
	}
	return attach(w.PDF.Key, u.Digest(), u.Attach)
}

// Receipt signs the centre's word on a delivery.
func Receipt(o Order, d wire.Delivery) (wire.Receipt, error) {
	session, settle, pdf := o.Header.SessionDigest(), wire.SettleDigest(d.SettleKey, d.SettleToken), sha256.Sum256(d.PDF)
	record := sha256.Sum256([]byte(o.Resident.ID))
	r := wire.Receipt{
		Version: wire.Version, SessionDigest: session[:], Counter: o.Header.Counter, Kind: o.Header.Kind,
		Municipality: o.Header.Municipality, Disease: o.Header.Disease, CardDigest: o.Card[:], RecordDigest: record[:],
		PDFDigest: pdf[:], SettleDigest: settle[:], Issued: o.Now.Unix(),
	}
	for _, text := range d.Codes {
		sum := sha256.Sum256([]byte(text))
		r.CodeDigests = append(r.CodeDigests, sum[:])
	}
	if o.Word != nil {
		o.Word(&r)
	}
	digest := wire.ReceiptDigest(r)
	var err error
	r.Signature, err = ecdsa.SignASN1(rand.Reader, o.World.Receipt.Key, digest[:])
	r.Chain = o.World.Receipt.DER()
	return r, err
}

func texts(codes []sheet.Code) []string {
	var all []string
	for _, c := range codes {
		all = append(all, c.Text)
	}
	return all
}
