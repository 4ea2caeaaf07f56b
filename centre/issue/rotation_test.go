package issue_test

import (
	"errors"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"akashi/centre/keys"
	"akashi/centre/keys/pkcs11"
	"akashi/centre/wire"
	"akashi/testkit/pki"
	"akashi/testkit/residents"
	"akashi/testkit/softhsm"
	"akashi/verifier"
	"akashi/verifier/credential"
	"akashi/verifier/pdfsig"
	"akashi/verifier/shc"
	"akashi/verifier/trust"
)

// Certificates are issued with keys that are in a token and nowhere else, the
// keys are all changed, and certificates are issued again. Verifiers accept
// both for as long as their list shows both, and neither after a revocation.
func TestKeysInATokenAreChanged(t *testing.T) {
	w, err := world()
	must(t, err)
	token, err := pkcs11.Open(softhsm.Require(t).Token(t, "akashi").Config)
	must(t, err)
	defer token.Close()
	desk := keys.Desk{Dir: filepath.Join(t.TempDir(), "keys"), Token: token}
	must(t, desk.Create(pki.IssuerURL))
	certified(t, w, desk)
	for _, p := range keys.Purposes() {
		must(t, desk.Activate(string(p), false, ""))
	}
	k, err := keys.Keep(desk.Dir, token)
	must(t, err)
	var r *rooms
	t.Run("rooms", func(t *testing.T) {
		r = openWith(t, keys.Limits{}, k.Custody)
		first, _ := k.Custody().Signing(keys.PurposeSHC)
		old := r.issued(k)
		for _, p := range keys.Purposes() {
			_, err := desk.Rotate(p)
			must(t, err)
		}
		certified(t, w, desk)
		for _, p := range keys.Purposes() {
			must(t, desk.Activate(string(p)+"-2", true, "a test"))
			must(t, desk.Destroy(string(p), ""))
		}
		must(t, k.Take())
		fresh := r.issued(k)
		both, err := w.TrustListOf(k.Custody().Ring)
		must(t, err)
		for name, d := range map[string]wire.Delivery{"with the retired keys": old, "with the new keys": fresh} {
			r.verifies(name, d, both)
		}
		at, err := w.TrustListOf(k.Custody().Ring)
		must(t, err)
		at.SHC[0].Keys[1].Until = time.Now().Add(-time.Hour).Truncate(time.Second) // as if retired an hour ago
		if _, err := verifier.Verify(old.Codes[0], at, time.Now()); !errors.Is(err, shc.ErrRetired) {
			t.Errorf("a card that says it was issued after its key was retired: %v", err)
		}
		must(t, desk.Revoke(first.Name, "its backup was stolen"))
		must(t, k.Take())
		without, err := w.TrustListOf(k.Custody().Ring)
		must(t, err)
		if _, err := verifier.Verify(old.Codes[0], without, time.Now()); err == nil {
			t.Error("a card of a revoked key is believed")
		}
		r.verifies("after the other's revocation", fresh, without)
	})
}

// certified has the authorities answer what was asked for, and publishes it.
func certified(t *testing.T, w *pki.World, d keys.Desk) {
	t.Helper()
	must(t, w.AnswerAll(d.Dir))
	names, err := d.Publish()
	must(t, err)
	if len(names) != len(keys.Purposes()) {
		t.Fatalf("published %q", names)
	}
}

// issued has one overseas certificate issued with the keys that sign now.
func (r *rooms) issued(k *keys.Keeper) wire.Delivery {
	r.t.Helper()
	list, err := r.w.TrustListOf(k.Custody().Ring)
	must(r.t, err)
	r.setup = r.newSetup(k.Custody().Public(), list)
	o := r.make(ask(r.t, "traveller", residents.Reiji, credential.Overseas))
	if o.done.Event.Code != wire.OK || o.answer.Delivery == nil {
		r.t.Fatalf("%v at %v", o.done.Event.Code, o.done.Event.At)
	}
	return *o.answer.Delivery
}

func (r *rooms) verifies(name string, d wire.Delivery, l *trust.List) {
	r.t.Helper()
	formats := []string{}
	for _, code := range d.Codes {
		v, err := verifier.Verify(code, l, time.Now())
		if err != nil {
			r.t.Errorf("%s: %v", name, err)
			continue
		}
		formats = append(formats, v.Format)
	}
	if !slices.Equal(formats, []string{verifier.FormatSHC, verifier.FormatVDSNC}) {
		r.t.Errorf("%s: %q", name, formats)
	}
	if _, err := pdfsig.Verify(d.PDF, l, time.Now()); err != nil {
		r.t.Errorf("%s: %v", name, err)
	}
}
