package vrs

import (
	"context"
	"fmt"
	"net/http"

	"akashi/centre/vrs"
	"akashi/verifier/credential"
)

// Handler answers without TLS.
func (v *VRS) Handler() http.Handler { return v.handler() }

// Occupy takes one of the places of queries that are worked on.
func (v *VRS) Occupy() (leave func()) {
	v.slots <- struct{}{}
	return func() { <-v.slots }
}

// Statements gives every statement on municipalities' data.
func Statements() []string {
	return []string{sqlTenant, sqlPerson, sqlOther, sqlResident, sqlFormer, sqlRecords, sqlPassport, sqlEarlier,
		sqlReserve, sqlExpire, sqlState, sqlSettle, sqlIssues, sqlProvision, sqlRevocable, sqlRevoke}
}

// NewID draws a certificate ID.
var NewID = newID

// Provisions gives the provision records, each as one text.
func (v *VRS) Provisions() (all []string, err error) {
	rows, err := v.db.Query("SELECT municipality, purpose, asker, at, hex(question), status FROM provisions ORDER BY seq")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var municipality, purpose, asker, question, status string
		var at int64
		if err := rows.Scan(&municipality, &purpose, &asker, &at, &question, &status); err != nil {
			return nil, err
		}
		all = append(all, fmt.Sprint(municipality, " ", purpose, " ", asker, " ", at, " ", question, " ", status))
	}
	return all, rows.Err()
}

// Earlier gives an ID of a municipality that no kiosk issued.
func (v *VRS) Earlier(ctx context.Context, municipality string) (id credential.ID, err error) {
	err = v.db.QueryRowContext(ctx, "SELECT id FROM issues WHERE municipality = ?1 AND channel <> 'kiosk' LIMIT 1", municipality).Scan(&id)
	return id, err
}

// Fill appends n revocations to the feed.
func (v *VRS) Fill(n int, entry func(i int) (kid, rid string)) error {
	ctx := context.Background()
	tx, err := v.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	a := &area{ctx, tx, ""}
	for i := range n {
		kid, rid := entry(i)
		if err := a.publish(vrs.Revocation{KeyID: kid, Revocation: rid}); err != nil {
			return err
		}
	}
	return tx.Commit()
}
