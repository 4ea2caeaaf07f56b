package issue_test

import (
	"context"
	"encoding/binary"
	"io"
	"net"
	"testing"

	"akashi/centre/issue"
	"akashi/centre/keys"
	"akashi/centre/vrs"
	"akashi/centre/wire"
	"akashi/testkit/residents"
	refvrs "akashi/testkit/vrs"
	"akashi/verifier/credential"
)

func TestOutputThatNoVerifierTakesIsVoid(t *testing.T) {
	r := open(t, keys.Limits{})
	for name, c := range map[string]struct {
		change func(*issue.Setup)
		at     issue.Step
	}{
		"an issuer that is not on the trust list": {func(s *issue.Setup) { s.Issuer.URL += "2" }, issue.VerifyOutput},
		"a key id that is not the key's":          {func(s *issue.Setup) { s.Keys.KeyID = "B" + s.Keys.KeyID[1:] }, issue.VerifyOutput},
		"another country than the BSC's CSCA":     {func(s *issue.Setup) { s.Issuer.Country = "XXA" }, issue.VerifyOutput},
	} {
		a := ask(t, "traveller", residents.Reiji, credential.Overseas)
		a.setup = c.change
		o := r.make(a)
		r.refused(name, o, wire.LintRefused)
		if e := o.done.Event; e.At > c.at || e.Reservation != issue.Voided {
			t.Errorf("%s: %+v", name, e)
		}
	}
}

func TestACharacterWithoutGlyphIsRefusedBeforeSigning(t *testing.T) {
	r := open(t, keys.Limits{})
	o := r.make(ask(t, "noglyph", residents.Mihon, credential.Domestic))
	r.refused("noglyph", o, wire.GlyphMissing)
	if o.done.Event.At >= issue.Sign || o.answer.Phone == "" {
		t.Errorf("%+v", o.done.Event)
	}
	counts, err := r.control.Counts(context.Background())
	must(t, err)
	if counts.Signed[keys.PurposeSHC] != 0 {
		t.Error("signed what cannot be printed")
	}
}

// TestALauncherThatLeavesGetsNothingAndVoids ends the launcher right after it
// was told of the reservation.
func TestALauncherThatLeavesGetsNothingAndVoids(t *testing.T) {
	r := open(t, keys.Limits{})
	a := ask(t, "yoshida", residents.Mihon, credential.Domestic)
	a.pipe = func(c net.Conn) net.Conn { return &leaving{Conn: c} }
	o := r.make(a)
	if o.err == nil || o.run == nil || o.token == nil {
		t.Errorf("launcher %v, worker %v, token %v", o.err, o.run, o.token != nil)
	}
	counts, err := r.vrs.Counts(context.Background())
	must(t, err)
	if counts[refvrs.Void] != 1 || len(counts) != 1 {
		t.Errorf("%v", counts)
	}
}

// leaving is a launcher's end that closes behind the second message it read.
type leaving struct {
	net.Conn
	messages int
	left     uint32
}

func (l *leaving) Read(b []byte) (int, error) {
	if l.left == 0 {
		if l.messages == 2 {
			l.Close()
			return 0, io.ErrClosedPipe
		}
		n, err := io.ReadFull(l.Conn, b[:4]) // the header is read by itself
		l.left, l.messages = binary.BigEndian.Uint32(b[:4]), l.messages+1
		return n, err
	}
	n, err := l.Conn.Read(b[:min(uint32(len(b)), l.left)])
	l.left -= uint32(n)
	return n, err
}

// TestAWorkerThatDiesIsVoidedByAnother kills the line to the key process after
// the reservation and the worker's own line to VRS with it.
func TestAWorkerThatDiesIsVoidedByAnother(t *testing.T) {
	r := open(t, keys.Limits{})
	r.vrs.Faults().Cut(vrs.PathVoid, 1)
	a := ask(t, "yoshida", residents.Mihon, credential.Domestic)
	a.setup = func(s *issue.Setup) { s.Issuer.URL += "2" }
	o := r.make(a)
	if o.token == nil || o.done.Event.Reservation != issue.VoidUnheard {
		t.Fatalf("%+v", o.done.Event)
	}
	for range 2 { // and again: the same order does no harm
		e := r.order(func(s *issue.Setup) {
			s.Mode, s.Void = issue.ModeVoid, &vrs.VoidOrder{Municipality: residents.Mihon, Token: o.token}
		})
		if e.Code != wire.OK || e.Reservation != issue.Voided {
			t.Errorf("%+v", e)
		}
	}
	e := r.order(func(s *issue.Setup) {
		s.Mode, s.Void = issue.ModeVoid, &vrs.VoidOrder{Municipality: residents.Reiji, Token: o.token}
	})
	if e.Code != wire.Malformed {
		t.Errorf("another municipality's: %+v", e)
	}
}

func BenchmarkIssue(b *testing.B) {
	for kind, at := range map[credential.Kind]string{credential.Domestic: residents.Mihon, credential.Overseas: residents.Reiji} {
		who := map[credential.Kind]string{credential.Domestic: "yoshida", credential.Overseas: "traveller"}[kind]
		b.Run(kind.String(), func(b *testing.B) {
			r := open(b, keys.Limits{MaxSessions: 1 << 20, Rate: 1 << 30})
			for b.Loop() {
				b.StopTimer()
				a := ask(b, who, at, kind)
				b.StartTimer()
				if o := r.make(a); o.done.Event.Code != wire.OK {
					b.Fatal(o.done.Event)
				}
			}
		})
	}
}
