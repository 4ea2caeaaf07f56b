package vrs

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"akashi/centre/vrs"
	"akashi/verifier/credential"
)

// area is one municipality's logically separated data (V-01) inside one
// transaction. Its code is the first argument of every statement, and every
// statement names it: there is no other way to the tables.
type area struct {
	ctx  context.Context
	tx   *sql.Tx
	code string
}

// Every statement on a municipality's data. A test holds each of them to
// "municipality = ?1" (or to inserting ?1 there).
const (
	sqlTenant    = `SELECT name_ja, name_en, phone, takes_part, overseas FROM municipalities WHERE municipality = ?1`
	sqlPerson    = `SELECT person FROM individual_numbers WHERE municipality = ?1 AND number = ?2`
	sqlOther     = `SELECT person FROM records WHERE municipality = ?1 AND person <> ?2 AND state = 'ok' ORDER BY person LIMIT 1`
	sqlResident  = `SELECT name, birth FROM residents WHERE municipality = ?1 AND person = ?2`
	sqlFormer    = `SELECT name FROM former_names WHERE municipality = ?1 AND person = ?2 ORDER BY seq`
	sqlRecords   = `SELECT number, given_on, product, lot, country, state FROM records WHERE municipality = ?1 AND person = ?2 AND disease = ?3 ORDER BY number`
	sqlPassport  = `SELECT roman_name, nationality, passport FROM passports WHERE municipality = ?1 AND person = ?2`
	sqlEarlier   = `SELECT passport FROM issues WHERE municipality = ?1 AND person = ?2 AND kind = 2 AND channel IN ('counter', 'phone') AND state = 'delivered' AND issued_on >= '2022-07-21'`
	sqlReserve   = `INSERT INTO issues (municipality, id, person, kind, disease, channel, passport, issued_on, state, token, reserved_at, kid) VALUES (?1, ?2, ?3, ?4, ?5, 'kiosk', ?6, ?7, 'pending', ?8, ?9, ?10) ON CONFLICT DO NOTHING`
	sqlExpire    = `UPDATE issues SET state = 'unknown' WHERE municipality = ?1 AND state = 'pending' AND reserved_at < ?2`
	sqlState     = `SELECT state FROM issues WHERE municipality = ?1 AND token = ?2`
	sqlSettle    = `UPDATE issues SET state = ?3, settled_at = ?4 WHERE municipality = ?1 AND token = ?2`
	sqlRevocable = `SELECT kid, revoked_at IS NOT NULL FROM issues WHERE municipality = ?1 AND id = ?2`
	sqlRevoke    = `UPDATE issues SET revoked_at = ?3, revoked_by = ?4, revoked_why = ?5 WHERE municipality = ?1 AND id = ?2`
	sqlIssues    = `SELECT id, kind, state, revoked_at IS NOT NULL FROM issues WHERE municipality = ?1 AND channel = 'kiosk' ORDER BY rowid`
	sqlProvision = `INSERT INTO provisions (municipality, purpose, asker, at, question, status) VALUES (?1, ?2, 'certificate-centre', ?3, ?4, ?5) ON CONFLICT DO NOTHING`
)

// within runs f in one transaction on one municipality's area. What was
// pending for too long is unknown before f looks.
func (v *VRS) within(ctx context.Context, code string, f func(a *area) error) error {
	tx, err := v.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	a := &area{ctx, tx, code}
	if err := a.exec(sqlExpire, v.c.Now().Add(-v.c.PendingLife).Unix()); err != nil {
		return err
	}
	if err := f(a); err != nil {
		return err
	}
	return tx.Commit()
}

func (a *area) row(query string, args ...any) *sql.Row {
	return a.tx.QueryRowContext(a.ctx, query, append([]any{a.code}, args...)...)
}

func (a *area) rows(query string, scan func(*sql.Rows) error, args ...any) error {
	rows, err := a.tx.QueryContext(a.ctx, query, append([]any{a.code}, args...)...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

func (a *area) exec(query string, args ...any) error { _, err := a.changed(query, args...); return err }

// changed runs a statement and reports whether it changed a row.
func (a *area) changed(query string, args ...any) (bool, error) {
	res, err := a.tx.ExecContext(a.ctx, query, append([]any{a.code}, args...)...)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n > 0, err
}

type tenant struct {
	credential.Municipality
	takesPart, overseas bool
}

// tenant gives the area's municipality; a code without an area takes no part.
func (a *area) tenant() (tenant, error) {
	t := tenant{Municipality: credential.Municipality{Code: a.code}}
	err := a.row(sqlTenant).Scan(&t.NameJA, &t.NameEN, &t.Phone, &t.takesPart, &t.overseas)
	if errors.Is(err, sql.ErrNoRows) {
		return t, nil
	}
	return t, err
}

// person finds a resident of this area by individual number; 0: none.
func (a *area) person(number []byte) (int64, error) {
	var p int64
	err := a.row(sqlPerson, string(number)).Scan(&p)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return p, err
}

// doses gives a person's doses of a disease, and whether one needs a check.
func (a *area) doses(person int64, disease string) (doses []vrs.Dose, check bool, err error) {
	err = a.rows(sqlRecords, func(r *sql.Rows) error {
		var d vrs.Dose
		var state string
		err := r.Scan(&d.Number, &d.Date, &d.Product, &d.Lot, &d.Country, &state)
		doses, check = append(doses, d), check || state != "ok"
		return err
	}, person, disease)
	return doses, check, err
}

// travel gives the passport data on file with the finding: an overseas
// certificate needs an earlier one, from a counter or a phone, with the same
// passport number.
func (a *area) travel(person int64) (*credential.Travel, vrs.Status, error) {
	var t credential.Travel
	err := a.row(sqlPassport, person).Scan(&t.RomanName, &t.Nationality, &t.Passport)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, vrs.NoOverseasIssue, nil
	}
	if err != nil {
		return nil, "", err
	}
	finding := vrs.NoOverseasIssue
	err = a.rows(sqlEarlier, func(r *sql.Rows) error {
		var passport string
		if err := r.Scan(&passport); err != nil {
			return err
		}
		if passport == t.Passport {
			finding = vrs.Found
		} else if finding != vrs.Found {
			finding = vrs.PassportChanged
		}
		return nil
	}, person)
	return &t, finding, err
}

// japan is the time zone of dates on certificates.
var japan = time.FixedZone("JST", 9*60*60)
