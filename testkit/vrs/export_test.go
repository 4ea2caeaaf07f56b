package vrs

import (
	"fmt"
	"net/http"
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
		sqlReserve, sqlExpire, sqlState, sqlSettle, sqlIssues, sqlProvision}
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
