package issue_test

import (
	"testing"

	"akashi/centre/issue"
	"akashi/centre/keys"
	"akashi/centre/wire"
	"akashi/testkit/residents"
	"akashi/verifier/credential"
)

func TestRecordRefusals(t *testing.T) {
	r := open(t, keys.Limits{})
	for _, c := range []struct {
		who, at string
		kind    credential.Kind
		want    wire.Code
	}{
		{"norecord", residents.Mihon, credential.Domestic, wire.NoRecord},
		{"yoshida", residents.Reiji, credential.Domestic, wire.NoRecord},
		{"needscheck", residents.Mihon, credential.Domestic, wire.RecordNeedsCheck},
		{"othername", residents.Reiji, credential.Domestic, wire.NameDiffers},
		{"birthdiffers", residents.Mihon, credential.Domestic, wire.BirthDiffers},
		{"firstoverseas", residents.Mihon, credential.Overseas, wire.NoOverseasIssue},
		{"newpassport", residents.Mihon, credential.Overseas, wire.PassportChanged},
		{"unknownday", residents.Reiji, credential.Overseas, wire.BirthDayUnknown},
		{"notparticipating", residents.Mogi, credential.Domestic, wire.MunicipalityOut},
	} {
		o := r.make(ask(t, c.who, c.at, c.kind))
		r.refused(c.who, o, c.want)
		if !o.answered {
			t.Errorf("%s: the kiosk hears nothing", c.who)
		}
		if wantPhone := c.want != wire.MunicipalityOut; (o.answer.Phone != "") != wantPhone {
			t.Errorf("%s: phone %q", c.who, o.answer.Phone)
		}
		if reserved := o.token != nil; reserved != (o.done.Event.Reservation == issue.Voided) {
			t.Errorf("%s: reserved %v, event %v", c.who, reserved, o.done.Event.Reservation)
		}
	}
}
