package vrs

import (
	"context"
	"database/sql"
	"errors"

	"akashi/centre/vrs"
	"akashi/verifier/credential"
)

// Reason is why a certificate is revoked.
type Reason string

// The reasons.
const (
	Corrected Reason = "corrected" // the record was corrected after it was issued
	Wrong     Reason = "wrong"     // it should not have been issued
)

// Officer is who starts a revocation: a person of one municipality. VRS has
// authenticated them before (V-04); that is outside this stand-in.
type Officer struct {
	Municipality string
	Number       uint32 // 1 or more
}

// Errors of Revoke.
var (
	ErrNoIssue   = errors.New("vrs: this municipality has issued no such certificate; look at its ID again")
	ErrNoKey     = errors.New("vrs: this certificate was not issued at a kiosk: no verifier can know of its revocation")
	ErrNoOfficer = errors.New("vrs: a revocation needs an officer's number and one of the reasons; say who and why")
)

// sqlChain gives the end of the history; it is of no area, as the feed is not.
const (
	sqlChain  = `SELECT seq, chain FROM revocations ORDER BY seq DESC LIMIT 1`
	sqlAppend = `INSERT INTO revocations (seq, kid, rid, chain) VALUES (?1, ?2, ?3, ?4)`
	sqlAt     = `SELECT chain FROM revocations WHERE seq = ?1`
	sqlFeed   = `SELECT seq, kid, rid FROM revocations WHERE seq > ?1 ORDER BY seq LIMIT ?2`
)

// Revoke starts the revocation of one certificate of the officer's own
// municipality. It cannot be taken back; saying it again changes nothing.
func (v *VRS) Revoke(ctx context.Context, by Officer, id credential.ID, why Reason) error {
	if by.Number == 0 || why != Corrected && why != Wrong {
		return ErrNoOfficer
	}
	return v.within(ctx, by.Municipality, func(a *area) error {
		var kid string
		var already bool
		err := a.row(sqlRevocable, string(id)).Scan(&kid, &already)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return ErrNoIssue
		case err != nil || already:
			return err
		case kid == "":
			return ErrNoKey
		}
		if err := a.exec(sqlRevoke, string(id), v.c.Now().Unix(), by.Number, string(why)); err != nil {
			return err
		}
		return a.publish(vrs.Revocation{KeyID: kid, Revocation: v.rid(id)})
	})
}

// publish appends to what the feed tells, in the same transaction.
func (a *area) publish(r vrs.Revocation) error {
	last, chain, err := end(a.ctx, a.tx)
	if err != nil {
		return err
	}
	_, err = a.tx.ExecContext(a.ctx, sqlAppend, last+1, r.KeyID, r.Revocation, vrs.RevocationChain(chain, r))
	return err
}

// end gives the last number of the history and its digest.
func end(ctx context.Context, tx *sql.Tx) (last uint64, chain []byte, err error) {
	err = tx.QueryRowContext(ctx, sqlChain).Scan(&last, &chain)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, vrs.FirstChain(), nil
	}
	return last, chain, err
}

func (v *VRS) serveRevocations(ctx context.Context, q vrs.RevocationsAsk) (any, error) {
	tx, err := v.db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return nil, err
	}
	defer tx.Rollback()
	a := vrs.Revocations{Revocations: []vrs.Revocation{}}
	if a.Last, _, err = end(ctx, tx); err != nil || q.After > a.Last {
		return a, err
	}
	a.Chain = vrs.FirstChain()
	if q.After > 0 {
		if err := tx.QueryRowContext(ctx, sqlAt, q.After).Scan(&a.Chain); err != nil {
			return nil, err
		}
	}
	rows, err := tx.QueryContext(ctx, sqlFeed, q.After, vrs.MaxRevocations)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var r vrs.Revocation
		if err := rows.Scan(&r.Sequence, &r.KeyID, &r.Revocation); err != nil {
			return nil, err
		}
		a.Revocations = append(a.Revocations, r)
	}
	return a, rows.Err()
}
