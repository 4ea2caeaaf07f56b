package vrs

import (
	"context"
	"database/sql"
	"fmt"

	"akashi/testkit/residents"
)

// Statements of the initial load. Each carries the municipality first.
const (
	insertTenant   = `INSERT INTO municipalities (municipality, name_ja, name_en, phone, takes_part, overseas) VALUES (?1, ?2, ?3, ?4, ?5, ?6)`
	insertResident = `INSERT INTO residents (municipality, person, name, birth, sex) VALUES (?1, ?2, ?3, ?4, ?5)`
	insertFormer   = `INSERT INTO former_names (municipality, person, seq, name) VALUES (?1, ?2, ?3, ?4)`
	insertNumber   = `INSERT INTO individual_numbers (municipality, number, person) VALUES (?1, ?2, ?3)`
	insertVoucher  = `INSERT INTO vouchers (municipality, voucher, person, issued_on) VALUES (?1, ?2, ?3, '2021-04-12')`
	insertRecord   = `INSERT INTO records (municipality, person, disease, number, given_on, product, lot, country, state) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)`
	insertPassport = `INSERT INTO passports (municipality, person, roman_name, nationality, passport) VALUES (?1, ?2, ?3, ?4, ?5)`
	insertEarlier  = `INSERT INTO issues (municipality, id, person, kind, disease, channel, passport, issued_on, state, reserved_at, kid) VALUES (?1, ?2, ?3, 2, ?4, ?5, ?6, ?7, 'delivered', 0, '')`
)

// Empty reports whether nothing was loaded yet.
func (v *VRS) Empty(ctx context.Context) (bool, error) {
	codes, err := v.tenants(ctx)
	return len(codes) == 0, err
}

// Load puts municipalities and residents into an empty database. A ward has
// no area of its own: its city answers.
func (v *VRS) Load(municipalities []residents.Municipality, people []residents.Resident) error {
	tx, err := v.db.Begin()
	if err != nil {
		return err
	}
	defer tx.Rollback()
	for _, m := range municipalities {
		if m.City != "" {
			continue
		}
		if _, err := tx.Exec(insertTenant, m.Code, m.NameJA, m.NameEN, m.Phone, m.Participates, !m.DomesticOnly); err != nil {
			return fmt.Errorf("vrs: load municipality %s: %w", m.Code, err)
		}
	}
	l := loader{ctx: context.Background(), tx: tx}
	for i, r := range people {
		for _, rec := range r.VRS {
			l.record(v, int64(1001+i), r, rec)
		}
		if l.err != nil {
			return fmt.Errorf("vrs: load resident %q: %w", r.ID, l.err)
		}
	}
	return tx.Commit()
}

// loader keeps the first error, so that a person's rows read as a list.
type loader struct {
	ctx context.Context
	tx  *sql.Tx
	err error
}

func (l *loader) exec(query string, args ...any) {
	if l.err == nil {
		_, l.err = l.tx.ExecContext(l.ctx, query, args...)
	}
}

func (l *loader) record(v *VRS, person int64, r residents.Resident, rec residents.Record) {
	code := rec.Municipality
	l.exec(insertResident, code, person, rec.Name, rec.Birth, string(r.Card.Sex))
	l.exec(insertNumber, code, r.Card.Number, person)
	l.exec(insertVoucher, code, fmt.Sprintf("%010d", person), person)
	for i, n := range rec.FormerNames {
		l.exec(insertFormer, code, person, i, n)
	}
	state := "ok"
	if rec.NeedsCheck {
		state = "needs-check"
	}
	for disease, doses := range rec.All() {
		for _, d := range doses {
			l.exec(insertRecord, code, person, disease, d.Number, d.Date, d.Product, d.Lot, d.Country, state)
		}
	}
	if t := rec.Passport; t != nil {
		l.exec(insertPassport, code, person, t.RomanName, t.Nationality, t.Passport)
	}
	if rec.OverseasIssue != nil && l.err == nil {
		l.earlier(v, code, person, *rec.OverseasIssue)
	}
}

func (l *loader) earlier(v *VRS, code string, person int64, o residents.OverseasIssue) {
	id, err := newID(v.c.Rand)
	if err != nil {
		l.err = err
		return
	}
	channel := "phone"
	if o.Counter {
		channel = "counter"
	}
	l.exec(insertEarlier, code, string(id), person, residents.Disease, channel, o.Passport, o.On)
}
