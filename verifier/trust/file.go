package trust

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"time"

	"akashi/verifier/cardrecord"
)

// The file is minified JSON with the members in the order of these structs,
// bytes in standard base64. Whatever does not encode back to the same bytes is
// refused, so there is one file for one list.
type file struct {
	List      json.RawMessage `json:"list"`
	Root      []byte          `json:"root"`      // SubjectPublicKeyInfo, DER
	Signature []byte          `json:"signature"` // ECDSA P-256, r||s, over SHA-256(domain || list)
}

type fileList struct {
	Version int                          `json:"version"`
	Issued  time.Time                    `json:"issued"` // UTC, whole seconds
	Expires time.Time                    `json:"expires"`
	SHC     []fileSHC                    `json:"shc"`
	VDSNC   []fileCSCA                   `json:"vdsnc"`
	PDF     [][]byte                     `json:"pdf"`            // certificates, DER
	Cards   map[cardrecord.KeyID]keyInfo `json:"cards"`          // RSA
	CRLs    [][]byte                     `json:"crls,omitempty"` // of signers' certificates, DER
}

type keyInfo []byte // SubjectPublicKeyInfo, DER

type fileSHC struct {
	URL     string               `json:"iss"`
	NameJA  string               `json:"name_ja"`
	NameEN  string               `json:"name_en"`
	Keys    map[string]keyInfo   `json:"keys"`            // by kid
	Revoked map[string][]string  `json:"revoked"`         // by kid
	Until   map[string]time.Time `json:"until,omitempty"` // by kid of a retired key: UTC, whole seconds
}

type fileCSCA struct {
	Country     string `json:"country"`
	Certificate []byte `json:"certificate"` // DER
}

// decode reads the outer form only; nothing in it is trusted yet.
func decode(b []byte) (*file, error) {
	if len(b) > DefaultMaxList {
		return nil, ErrMalformed
	}
	var f file
	return &f, strict(b, &f)
}

// strict decodes b into v and requires that v encodes back to b.
func strict(b []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if d.Decode(v) != nil {
		return ErrMalformed
	}
	if again, err := json.Marshal(v); err != nil || !bytes.Equal(again, b) {
		return ErrMalformed
	}
	return nil
}

// list reads the signed part.
func (f *file) list() (*List, error) {
	var w fileList
	if err := strict(f.List, &w); err != nil {
		return nil, err
	}
	if w.SHC == nil || w.VDSNC == nil || w.PDF == nil || w.Cards == nil ||
		w.Issued.Location() != time.UTC || w.Expires.Location() != time.UTC {
		return nil, ErrMalformed
	}
	l := &List{Version: w.Version, Issued: w.Issued, Expires: w.Expires, Cards: cardrecord.Authorities{}}
	var err error
	for _, s := range w.SHC {
		l.SHC = append(l.SHC, s.issuer(&err))
	}
	for _, c := range w.VDSNC {
		l.VDSNC = append(l.VDSNC, CSCA{c.Country, certificate(c.Certificate, &err)})
	}
	for _, der := range w.PDF {
		l.PDF = append(l.PDF, certificate(der, &err))
	}
	for _, der := range w.CRLs {
		r, e := x509.ParseRevocationList(der)
		if e != nil {
			err = e
		}
		l.CRLs = append(l.CRLs, r)
	}
	for id, der := range w.Cards {
		l.Cards[id] = rsaKey(der, &err)
	}
	if err != nil || !l.usable() {
		return nil, ErrContent
	}
	return l, nil
}

func (s *fileSHC) issuer(err *error) SHCIssuer {
	if s.Keys == nil || s.Revoked == nil {
		*err = ErrMalformed
	}
	i := SHCIssuer{URL: s.URL, NameJA: s.NameJA, NameEN: s.NameEN, Revoked: s.Revoked}
	for _, kid := range sorted(s.Keys) {
		k, e := parseKey(s.Keys[kid])
		if e != nil {
			*err = e
		}
		until, retired := s.Until[kid]
		if retired && (!whole(until) || until.Location() != time.UTC) {
			*err = ErrContent
		}
		i.Keys = append(i.Keys, SHCKey{kid, k, until})
	}
	for kid := range s.Until {
		if _, ok := s.Keys[kid]; !ok {
			*err = ErrContent
		}
	}
	return i
}

func certificate(der []byte, err *error) *x509.Certificate {
	c, e := x509.ParseCertificate(der)
	if e != nil {
		*err = e
	}
	return c
}

func rsaKey(der []byte, err *error) *rsa.PublicKey {
	k, e := x509.ParsePKIXPublicKey(der)
	pub, ok := k.(*rsa.PublicKey)
	if e != nil || !ok {
		*err = ErrContent
	}
	return pub
}

// parseKey reads a P-256 public key in its one encoding.
func parseKey(der []byte) (*ecdsa.PublicKey, error) {
	k, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		return nil, ErrContent
	}
	pub, ok := k.(*ecdsa.PublicKey)
	if !ok || pub.Curve != elliptic.P256() {
		return nil, ErrContent
	}
	if again, err := x509.MarshalPKIXPublicKey(pub); err != nil || !bytes.Equal(again, der) {
		return nil, ErrContent
	}
	return pub, nil
}

// body writes the signed part.
func (l *List) body() ([]byte, error) {
	if !l.usable() {
		return nil, ErrContent
	}
	w := fileList{
		Version: l.Version, Issued: l.Issued.UTC(), Expires: l.Expires.UTC(),
		SHC: []fileSHC{}, VDSNC: []fileCSCA{}, PDF: [][]byte{}, Cards: map[cardrecord.KeyID]keyInfo{},
	}
	for _, i := range l.SHC {
		w.SHC = append(w.SHC, i.file())
	}
	for _, c := range l.VDSNC {
		w.VDSNC = append(w.VDSNC, fileCSCA{c.Country, c.Certificate.Raw})
	}
	for _, c := range l.PDF {
		w.PDF = append(w.PDF, c.Raw)
	}
	for _, r := range l.CRLs {
		w.CRLs = append(w.CRLs, r.Raw)
	}
	for id, k := range l.Cards {
		w.Cards[id] = spki(k)
	}
	return json.Marshal(w)
}

func (s *SHCIssuer) file() fileSHC {
	f := fileSHC{URL: s.URL, NameJA: s.NameJA, NameEN: s.NameEN, Keys: map[string]keyInfo{}, Revoked: map[string][]string{}}
	for _, k := range s.Keys {
		f.Keys[k.ID] = spki(k.Key)
		if !k.Until.IsZero() {
			if f.Until == nil {
				f.Until = map[string]time.Time{}
			}
			f.Until[k.ID] = k.Until.UTC()
		}
	}
	for kid, rids := range s.Revoked {
		f.Revoked[kid] = append([]string{}, rids...)
	}
	return f
}

// spki encodes a key that usable has passed, which always encodes.
func spki(key any) keyInfo {
	der, _ := x509.MarshalPKIXPublicKey(key)
	return der
}
