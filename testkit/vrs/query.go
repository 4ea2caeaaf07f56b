package vrs

import (
	"context"
	"crypto"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"errors"
	"io"

	"akashi/centre/vrs"
	"akashi/centre/wire"
	"akashi/verifier/cardrecord"
	"akashi/verifier/credential"
)

// evidence verifies the card's files and the challenge by VRS itself
// and gives the record, from which alone the individual number is taken.
func (v *VRS) evidence(q vrs.Query) (*cardrecord.Record, vrs.Status) {
	r, err := cardrecord.Parse(q.Files)
	if err == nil {
		err = r.Verify(v.c.Cards)
	}
	if err == nil {
		err = r.VerifyChallenge(cardrecord.SessionDigest(q.Version, q.Nonce, q.Kiosk, q.Terms), q.Challenge)
	}
	if err == nil {
		return r, vrs.Found
	}
	switch cardrecord.FaultOf(err) {
	case cardrecord.UnknownAuthority:
		return nil, vrs.EvidenceAuthority
	case cardrecord.BadSignature:
		return nil, vrs.EvidenceSignature
	case cardrecord.WrongDigest:
		return nil, vrs.EvidenceDigest
	case cardrecord.NotLive:
		return nil, vrs.EvidenceNotLive
	}
	return nil, vrs.EvidenceMalformed
}

// answer is the whole way of one question: evidence, then the area, then the
// reservation, then the binding.
func (v *VRS) answer(ctx context.Context, q vrs.Query) (vrs.Answer, error) {
	card, status := v.evidence(q)
	if status != vrs.Found {
		return vrs.Answer{Status: status}, nil
	}
	a := vrs.Answer{}
	err := v.within(ctx, q.Municipality, func(ar *area) error {
		record, token, err := v.look(ar, q, card, &a)
		if err != nil || a.Status != vrs.Found {
			return err
		}
		a.Record, a.SettleToken = wire.Encode(record), token
		return nil
	})
	if err != nil || a.Status != vrs.Found {
		return a, err
	}
	a.SettleKey = v.settle.PublicKey().Bytes()
	d := a.Digest(q)
	sig, err := v.c.Binding.Sign(v.c.Rand, d[:], crypto.SHA256)
	a.Binding = &vrs.Binding{Signature: sig}
	return a, err
}

// look finds the record and reserves its ID, and writes the provision record
// (V-10) whatever came of it.
func (v *VRS) look(ar *area, q vrs.Query, card *cardrecord.Record, a *vrs.Answer) (r vrs.Record, token []byte, err error) {
	var passport string
	r, person, status, err := v.find(ar, q, card)
	if err != nil {
		return r, nil, err
	}
	a.Status = status
	question := sha256.Sum256(append(append([]byte("question "), q.Nonce...), q.Counter))
	fresh, err := ar.changed(sqlProvision, string(q.Purpose), v.c.Now().Unix(), question[:], string(status))
	if err != nil || !fresh {
		a.Status = vrs.EvidenceNotLive // asked before: a copy of a question, not a card that is here
		return r, nil, err
	}
	if status != vrs.Found {
		return r, nil, nil
	}
	if r.Travel != nil {
		passport = r.Travel.Passport
	}
	r.ID, token, err = v.reserve(ar, person, q, passport)
	r.Revocation = v.rid(r.ID)
	return r, token, err
}

// find judges what the area holds of the card's holder.
func (v *VRS) find(ar *area, q vrs.Query, card *cardrecord.Record) (r vrs.Record, person int64, status vrs.Status, err error) {
	t, err := ar.tenant()
	if err != nil || !t.takesPart || q.Kind == credential.Overseas && !t.overseas {
		return r, 0, vrs.NotParticipating, err
	}
	number := card.Number().Reveal()
	defer clear(number)
	if person, err = ar.person(number); err != nil || person == 0 {
		return r, 0, vrs.NoRecord, err
	}
	if person, err = v.faults.swapped(ar, person); err != nil {
		return r, 0, "", err
	}
	var check bool
	r.Disease, r.Municipality = q.Disease, t.Municipality
	if r.Doses, check, err = ar.doses(person, r.Disease); err != nil || check || len(r.Doses) == 0 {
		if check {
			return r, person, vrs.NeedsCheck, err
		}
		return r, person, vrs.NoRecord, err
	}
	if err := ar.holder(person, &r); err != nil || q.Kind != credential.Overseas {
		return r, person, vrs.Found, err
	}
	r.Travel, status, err = ar.travel(person)
	return r, person, status, err
}

func (a *area) holder(person int64, r *vrs.Record) error {
	if err := a.row(sqlResident, person).Scan(&r.Name, &r.Birth); err != nil {
		return err
	}
	return a.rows(sqlFormer, func(rows *sql.Rows) error {
		var n string
		err := rows.Scan(&n)
		r.FormerNames = append(r.FormerNames, n)
		return err
	}, person)
}

// reserve makes a certificate ID, pending, and the token that settles it.
func (v *VRS) reserve(ar *area, person int64, q vrs.Query, passport string) (credential.ID, []byte, error) {
	now := v.c.Now()
	for range 8 { // 36^12 IDs: a second try is already unheard of
		id, err := newID(v.c.Rand)
		if err != nil {
			return "", nil, err
		}
		token := make([]byte, vrs.TokenSize)
		if _, err := io.ReadFull(v.c.Rand, token); err != nil {
			return "", nil, err
		}
		hash := sha256.Sum256(token)
		ok, err := ar.changed(sqlReserve, string(id), person, int(q.Kind), q.Disease, passport,
			credential.DateOf(now.In(japan)).String(), hash[:], now.Unix(), q.KeyID)
		if err != nil || ok {
			return id, token, err
		}
	}
	return "", nil, errors.New("vrs: no free certificate ID: the source of randomness repeats itself")
}

// newID draws 12 characters of [A-Z0-9], each equally likely.
func newID(random io.Reader) (credential.ID, error) {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	id := make([]byte, 0, 12)
	var b [1]byte
	for len(id) < cap(id) {
		if _, err := io.ReadFull(random, b[:]); err != nil {
			return "", err
		}
		if b[0] < 252 { // 7 × 36: no character more often than another
			id = append(id, alphabet[b[0]%36])
		}
	}
	return credential.ID(id), nil
}

// rid is the revocation ID: HMAC of the certificate ID, 64 bits (DESIGN 9).
func (v *VRS) rid(id credential.ID) string {
	m := hmac.New(sha256.New, v.ridKey)
	m.Write([]byte(id))
	return base64.RawURLEncoding.EncodeToString(m.Sum(nil)[:8])
}
