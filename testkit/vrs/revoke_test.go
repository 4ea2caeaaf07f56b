package vrs_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"

	"akashi/centre/vrs"
	"akashi/centre/wire"
	"akashi/testkit/pki"
	"akashi/testkit/residents"
	refvrs "akashi/testkit/vrs"
	"akashi/verifier/credential"
)

// site is the feed's one reader.
func (s *service) site(t testing.TB, as *pki.Identity) *vrs.Client {
	t.Helper()
	conn, err := net.Dial("tcp", s.addr)
	if err != nil {
		t.Fatal(err)
	}
	c := vrs.NewClient(conn, vrs.ClientTLS(s.w.VRSRoot.Pool(), "vrs.akashi.invalid", as.DER(), as.Key, s.clock.now))
	t.Cleanup(func() { c.Close() })
	return c
}

// issued reserves a certificate and gives its record.
func issued(t testing.TB, s *service, id, municipality string, kind credential.Kind) vrs.Record {
	t.Helper()
	rec, err := vrs.ParseRecord(query(t, s, ask(t, id, municipality, kind)).Record)
	if err != nil {
		t.Fatal(err)
	}
	return rec
}

// TestRevocationReachesTheFeed: what an officer of the municipality revokes is
// what the site hears of, under the number that stands in the certificate.
func TestRevocationReachesTheFeed(t *testing.T) {
	s, ctx := serve(t, nil), context.Background()
	feed := func(after uint64) vrs.Revocations {
		t.Helper()
		a, err := s.site(t, s.w.Site).Revocations(ctx, after)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	if a := feed(0); a.Last != 0 || len(a.Revocations) != 0 {
		t.Errorf("before anything is revoked: %+v", a)
	}
	one := issued(t, s, "yoshida", residents.Mihon, credential.Domestic)
	other := issued(t, s, "yoshida", residents.Mihon, credential.Domestic)
	officer := refvrs.Officer{Municipality: residents.Mihon, Number: 7}
	for _, c := range []struct {
		by   refvrs.Officer
		id   credential.ID
		why  refvrs.Reason
		want error
	}{
		{refvrs.Officer{Municipality: residents.Reiji, Number: 7}, one.ID, refvrs.Wrong, refvrs.ErrNoIssue}, // another area's
		{officer, "AAAAAAAAAAAA", refvrs.Wrong, refvrs.ErrNoIssue},
		{refvrs.Officer{Municipality: residents.Mihon}, one.ID, refvrs.Wrong, refvrs.ErrNoOfficer},
		{officer, one.ID, "because", refvrs.ErrNoOfficer},
		{officer, one.ID, refvrs.Wrong, nil}, {officer, one.ID, refvrs.Corrected, nil}, // twice is once
	} {
		if err := s.Revoke(ctx, c.by, c.id, c.why); !errors.Is(err, c.want) {
			t.Errorf("%v %s: %v, want %v", c.by, c.why, err, c.want)
		}
	}
	want := vrs.Revocation{Sequence: 1, KeyID: keyID, Revocation: one.Revocation}
	if a := feed(0); a.Last != 1 || len(a.Revocations) != 1 || a.Revocations[0] != want {
		t.Errorf("%+v, want %+v", a, want)
	}
	if err := s.Revoke(ctx, officer, other.ID, refvrs.Corrected); err != nil {
		t.Fatal(err)
	}
	a := feed(1)
	if len(a.Revocations) != 1 || a.Revocations[0].Revocation != other.Revocation || !bytes.Equal(a.Chain, vrs.RevocationChain(vrs.FirstChain(), want)) {
		t.Errorf("after the first: %+v", a)
	}
	if a := feed(3); len(a.Chain) != 0 || a.Last != 2 {
		t.Errorf("after a number that VRS does not have: %+v", a)
	}
	all, err := s.Issues(ctx)
	if err != nil || len(all) != 2 || !all[0].Revoked || !all[1].Revoked {
		t.Errorf("%+v, %v", all, err)
	}
	old, err := s.Earlier(ctx, residents.Mihon)
	if err != nil || s.Revoke(ctx, officer, old, refvrs.Wrong) != refvrs.ErrNoKey {
		t.Errorf("an issue without a key: %v, %v", old, err)
	}
}

// TestFeedComesInPages reads more than one answer's worth.
func TestFeedComesInPages(t *testing.T) {
	s := serve(t, nil)
	if err := s.Fill(vrs.MaxRevocations+5, func(i int) (string, string) { return keyID, fmt.Sprint("r", i) }); err != nil {
		t.Fatal(err)
	}
	chain, after := vrs.FirstChain(), uint64(0)
	for _, want := range []int{vrs.MaxRevocations, 5, 0} {
		a, err := s.site(t, s.w.Site).Revocations(context.Background(), after)
		if err != nil || len(a.Revocations) != want || a.Last != vrs.MaxRevocations+5 || !bytes.Equal(a.Chain, chain) {
			t.Fatalf("after %d: %d, %v", after, len(a.Revocations), err)
		}
		for _, r := range a.Revocations {
			chain, after = vrs.RevocationChain(chain, r), r.Sequence
		}
	}
}

// TestRolesAreApart: who may ask for records learns of no revocation here, and
// who may hear of revocations asks for no record.
func TestRolesAreApart(t *testing.T) {
	s := serve(t, nil)
	if _, err := s.site(t, s.w.VRSClient).Revocations(context.Background(), 0); code(err) != wire.VRSAnswer {
		t.Errorf("a worker read the feed: %v", err)
	}
	if _, err := s.site(t, s.w.Site).Query(context.Background(), ask(t, "yoshida", residents.Mihon, credential.Domestic)); code(err) != wire.VRSAnswer {
		t.Errorf("the site asked for a record: %v", err)
	}
	if _, err := s.site(t, s.w.Binding).Revocations(context.Background(), 0); code(err) != wire.VRSDown {
		t.Errorf("another role had an answer: %v", err)
	}
	if all, err := s.Issues(context.Background()); err != nil || len(all) != 0 {
		t.Errorf("%d reserved, %v", len(all), err)
	}
	for _, kid := range []string{"", strings.Repeat("k", 42), strings.Repeat("=", 43)} {
		q := ask(t, "yoshida", residents.Mihon, credential.Domestic)
		q.KeyID = kid
		if _, err := s.client(t).Query(context.Background(), q); code(err) != wire.VRSAnswer {
			t.Errorf("asked for key %q: %v", kid, err)
		}
	}
}

func code(err error) wire.Code {
	var e *vrs.Error
	if errors.As(err, &e) {
		return e.Code
	}
	return wire.OK
}
