package vrs

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"

	"akashi/centre/channel"
	"akashi/centre/vrs"
	"akashi/centre/wire"
	"akashi/verifier/credential"
)

// State is what became of a reserved certificate ID.
type State string

// The states. Delivered and void are final; unknown may still become either.
const (
	Pending   State = "pending"
	Delivered State = "delivered"
	Void      State = "void"
	Unknown   State = "unknown"
)

// next says what an outcome does to a state: the new state, and whether VRS
// takes it. Saying a state again is taken and changes nothing.
func (s State) next(o vrs.Outcome) (State, vrs.SettleStatus) {
	to := State(o)
	switch {
	case to != Delivered && to != Void && to != Unknown:
		return s, vrs.Refused
	case s == to, s == Pending, s == Unknown:
		return to, vrs.Settled
	}
	return s, vrs.Conflict
}

// settled opens a sealed settlement and applies it.
func (v *VRS) settled(ctx context.Context, s wire.Settle) (vrs.SettleStatus, error) {
	plain, err := channel.OpenSettlement(v.settle, s)
	if err != nil {
		return vrs.Refused, nil
	}
	said, err := wire.Decode[vrs.Settlement](plain, channel.SettlePadded)
	if err != nil {
		return vrs.Refused, nil
	}
	return v.apply(ctx, s.Municipality, said.Token, said.Outcome)
}

// apply moves the reservation that a token names, in its municipality only.
func (v *VRS) apply(ctx context.Context, municipality string, token []byte, o vrs.Outcome) (status vrs.SettleStatus, err error) {
	hash := sha256.Sum256(token)
	err = v.within(ctx, municipality, func(a *area) error {
		var now State
		err := a.row(sqlState, hash[:]).Scan(&now)
		if errors.Is(err, sql.ErrNoRows) {
			status = vrs.Refused
			return nil
		}
		if err != nil {
			return err
		}
		to, said := now.next(o)
		if status = said; to == now {
			return nil
		}
		return a.exec(sqlSettle, hash[:], string(to), v.c.Now().Unix())
	})
	return status, err
}

// Issue is one reserved certificate ID.
type Issue struct {
	Municipality string
	ID           credential.ID
	Kind         credential.Kind
	State        State
	Revoked      bool
}

// Issues gives every ID that was ever reserved for a kiosk, by municipality
// and then oldest first.
func (v *VRS) Issues(ctx context.Context) ([]Issue, error) {
	codes, err := v.tenants(ctx)
	if err != nil {
		return nil, err
	}
	var all []Issue
	for _, code := range codes {
		err := v.within(ctx, code, func(a *area) error {
			return a.rows(sqlIssues, func(r *sql.Rows) error {
				i := Issue{Municipality: code}
				err := r.Scan(&i.ID, &i.Kind, &i.State, &i.Revoked)
				all = append(all, i)
				return err
			})
		})
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// Counts gives how many kiosk IDs are in each state.
func (v *VRS) Counts(ctx context.Context) (map[State]int, error) {
	all, err := v.Issues(ctx)
	counts := map[State]int{}
	for _, i := range all {
		counts[i.State]++
	}
	return counts, err
}

func (v *VRS) tenants(ctx context.Context) ([]string, error) {
	rows, err := v.db.QueryContext(ctx, "SELECT municipality FROM municipalities ORDER BY 1")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var codes []string
	for rows.Next() {
		var c string
		if err := rows.Scan(&c); err != nil {
			return nil, err
		}
		codes = append(codes, c)
	}
	return codes, rows.Err()
}
