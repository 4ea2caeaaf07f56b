package vrs

import "net/http"

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
