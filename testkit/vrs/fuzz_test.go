package vrs_test

import (
	"bytes"
	"context"
	"net/http/httptest"
	"testing"

	"akashi/centre/vrs"
	"akashi/centre/wire"
	"akashi/testkit/residents"
	refvrs "akashi/testkit/vrs"
	"akashi/verifier/credential"
)

// FuzzBodies sends any bytes to the four calls: nothing is reserved, found or
// moved by them, and whatever is answered is of the contract.
func FuzzBodies(f *testing.F) {
	w, err := world()
	if err != nil {
		f.Fatal(err)
	}
	v, err := refvrs.New(refvrs.OfWorld(w))
	if err != nil {
		f.Fatal(err)
	}
	if err := v.Load(residents.Municipalities(), residents.All()); err != nil {
		f.Fatal(err)
	}
	q := ask(f, "yoshida", residents.Mihon, credential.Domestic)
	q.Challenge[3] ^= 1
	f.Add(byte(0), wire.Encode(q))
	f.Add(byte(1), wire.Encode(wire.Settle{Municipality: residents.Mihon, Enc: []byte{1}, Ciphertext: []byte{2}}))
	f.Add(byte(2), wire.Encode(vrs.VoidOrder{Municipality: residents.Mihon, Token: make([]byte, vrs.TokenSize)}))
	f.Add(byte(3), wire.Encode(vrs.RevocationsAsk{After: 1}))
	paths := []string{vrs.PathQuery, vrs.PathSettle, vrs.PathVoid, vrs.PathRevocations}
	f.Fuzz(func(t *testing.T, path byte, body []byte) {
		r := httptest.NewRecorder()
		v.Handler().ServeHTTP(r, httptest.NewRequest("POST", paths[int(path)%len(paths)], bytes.NewReader(body)))
		if r.Code != 200 && r.Code != 400 && r.Code != 403 {
			t.Errorf("status %d", r.Code)
		}
		if all, err := v.Issues(context.Background()); err != nil || len(all) != 0 {
			t.Errorf("%d reserved, %v", len(all), err)
		}
	})
}
