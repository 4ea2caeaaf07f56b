package keys_test

import (
	"crypto/ecdsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"akashi/centre/keys"
	"akashi/centre/keys/history"
	"akashi/centre/keys/pkcs11"
	"akashi/testkit/pki"
	"akashi/testkit/softhsm"
	"akashi/verifier/trust"
)

// office is a folder of keys with its desk, its authorities and its clock.
type office struct {
	*testing.T
	keys.Desk
	world *pki.World
	now   time.Time
}

// stores are the two ways to keep a key: what is tested of one is tested of the
// other.
func stores(t *testing.T, f func(*office)) {
	for _, name := range []string{"files", "token"} {
		t.Run(name, func(t *testing.T) {
			o := &office{T: t, now: time.Now().Truncate(time.Second)}
			o.Desk = keys.Desk{Dir: filepath.Join(t.TempDir(), "keys"), Now: func() time.Time { return o.now }}
			o.world = must(pki.New(nil, o.Desk.Now))
			if name == "token" {
				token := must(pkcs11.Open(softhsm.Require(t).Token(t, "akashi").Config))
				t.Cleanup(func() { token.Close() })
				o.Token = token
			}
			f(o)
		})
	}
}

// begin makes the first keys, and has them sign.
func (o *office) begin() {
	o.Helper()
	o.ok(o.Create(pki.IssuerURL))
	o.answered(6)
	for _, p := range keys.Purposes() {
		o.ok(o.Activate(string(p), false, ""))
	}
}

// answered has the authorities answer, and n keys published.
func (o *office) answered(n int) {
	o.Helper()
	o.ok(o.world.AnswerAll(o.Dir))
	if names, err := o.Publish(); err != nil || len(names) != n {
		o.Fatalf("published %q, %v; want %d", names, err, n)
	}
}

func (o *office) ok(err error) {
	o.Helper()
	if err != nil {
		o.Fatal(err)
	}
}

func (o *office) ring() *keys.Ring { return must(keys.ReadRing(o.Dir)) }

func (o *office) custody() *keys.Custody {
	o.Helper()
	c, err := keys.OpenWith(o.Dir, o.Token)
	o.ok(err)
	return c
}

func TestCreate(t *testing.T) {
	stores(t, func(o *office) {
		o.ok(o.Create(pki.IssuerURL))
		seen := map[string]bool{}
		for _, p := range keys.Purposes() {
			block, _ := pem.Decode(read(o.T, o.Dir, string(p)+".csr"))
			request, err := x509.ParseCertificateRequest(block.Bytes)
			if err != nil || request.CheckSignature() != nil {
				o.Fatalf("%s: %v", p, err)
			}
			if seen[string(request.RawSubjectPublicKeyInfo)] {
				o.Errorf("%s: a key for two purposes", p)
			}
			seen[string(request.RawSubjectPublicKeyInfo)] = true
			if names := len(request.URIs); names != map[keys.Purpose]int{keys.PurposeVDSNC: 0, keys.PurposePDF: 0}[p] && names != 1 {
				o.Errorf("%s: %d names", p, names)
			}
			if asks := len(request.Extensions); (p == keys.PurposeVDSNC) != (asks == 3) {
				o.Errorf("%s: asks for %d extensions", p, asks)
			}
			info, err := os.Stat(filepath.Join(o.Dir, string(p)+".key"))
			if o.Token == nil && (err != nil || info.Mode().Perm() != 0o600) || o.Token != nil && err == nil {
				o.Errorf("%s.key: %v, %v", p, info, err)
			}
		}
		if err := o.Create(pki.IssuerURL); err == nil || !strings.Contains(err.Error(), "keys rotate") {
			o.Errorf("keys were created over keys: %v", err)
		}
		for _, iss := range []string{"", "http://a.invalid", "https://a.invalid/", "https://", "%"} {
			d := keys.Desk{Dir: filepath.Join(o.TempDir(), "new"), Token: o.Token}
			if d.Create(iss) == nil {
				o.Errorf("issuer %q passed", iss)
			}
		}
	})
}

// A card key's whole way: what it signed is good for as long as it is shown,
// and its successor signs no sooner than verifiers can know it.
func TestRotation(t *testing.T) {
	stores(t, func(o *office) {
		o.begin()
		first := o.custody()
		name, err := o.Rotate(keys.PurposeSHC)
		if err != nil || name != "shc-2" {
			o.Fatalf("%q, %v", name, err)
		}
		if _, err := o.Rotate(keys.PurposeSHC); err == nil || !strings.Contains(err.Error(), "shc-2 is on its way") {
			o.Errorf("a third key beside the second: %v", err)
		}
		if err := o.Activate("shc-2", true, "hurry"); err == nil || !strings.Contains(err.Error(), "shc-2") {
			o.Errorf("a key without a certificate was activated: %v", err)
		}
		o.shown("shc")
		o.answered(1)
		o.shown("shc", "shc-2")
		o.now = o.now.Add(keys.DefaultPublishAhead - time.Second)
		if err := o.Activate("shc-2", false, ""); !errors.Is(err, keys.ErrTooEarly) {
			o.Errorf("a second too early: %v", err)
		}
		if err := o.Activate("shc-2", true, ""); !errors.Is(err, keys.ErrTooEarly) {
			o.Errorf("without a reason: %v", err)
		}
		if ready := must(o.Ready()); len(ready) != 0 {
			o.Errorf("ready too early: %q", ready)
		}
		o.now = o.now.Add(time.Second)
		if ready := must(o.Ready()); !slices.Equal(ready, []string{"shc-2"}) {
			o.Errorf("ready: %q", ready)
		}
		o.ok(o.Activate("shc-2", false, ""))
		o.shown("shc-2", "shc")
		second := o.custody()
		if first.Public().KeyID == second.Public().KeyID {
			o.Error("the key has not changed")
		}
		old, _ := o.ring().Key("shc")
		if old.State != history.Retired || !old.Retired.Equal(o.now) {
			o.Errorf("the first key is %s since %v", old.State, old.Retired)
		}
		o.ok(o.Destroy("shc", "overlap is over"))
		o.shown("shc-2", "shc")
		o.ok(o.Destroy("shc", "")) // again, as after a cut
		o.custody()
		if err := o.Revoke("shc-2", ""); err == nil {
			o.Error("revoked without a reason")
		}
		o.ok(o.Revoke("shc-2", "its server was taken"))
		o.shown("shc")
		if err := o.custody().Complete(); err == nil || !strings.Contains(err.Error(), "shc") {
			o.Errorf("no key is left, and: %v", err)
		}
	})
}

// shown holds the key set to the keys of those names, in this order.
func (o *office) shown(names ...string) {
	o.Helper()
	set, err := o.ring().JWKS(func(kid string) int { return 7 })
	o.ok(err)
	list, err := trust.ParseJWKS(set, pki.IssuerURL)
	o.ok(err)
	var got []string
	for _, k := range list {
		for _, mine := range o.ring().Keys() {
			if mine.ID == k.ID && k.CRLVersion == 7 {
				got = append(got, mine.Name)
			}
		}
	}
	if !slices.Equal(got, names) {
		o.Errorf("the key set shows %q, want %q", got, names)
	}
}

// Publishing ahead is for those who look a key up; at once takes a reason, and
// the record keeps it.
func TestActivateAtOnce(t *testing.T) {
	stores(t, func(o *office) {
		o.begin()
		for _, p := range []keys.Purpose{keys.PurposeSHC, keys.PurposePDF} {
			must(o.Rotate(p))
		}
		o.answered(2)
		o.ok(o.Activate("pdf-2", false, ""))
		o.ok(o.Activate("shc-2", true, "the first key is suspect"))
		if !strings.Contains(string(read(o.T, o.Dir, history.File)), `"reason":"the first key is suspect"`) {
			o.Error("the record does not keep the reason")
		}
		for p, name := range map[keys.Purpose]string{keys.PurposeSHC: "shc-2", keys.PurposePDF: "pdf-2", keys.PurposeVDSNC: "vdsnc"} {
			if k, ok := o.ring().Signing(p); !ok || k.Name != name {
				o.Errorf("%s is signed by %s", p, k.Name)
			}
		}
	})
}

// Whoever may not be where a step leads is told so, and nothing is changed.
func TestDeskRefuses(t *testing.T) {
	stores(t, func(o *office) {
		o.begin()
		must(o.Rotate(keys.PurposeVDSNC))
		o.answered(1)
		before := read(o.T, o.Dir, history.File)
		for name, c := range map[string]struct {
			err  error
			want string
		}{
			"no such key":      {o.Activate("shc-9", true, "x"), "no key of that name"},
			"retire nobody":    {o.Retire("shc-9", "x"), "no key of that name"},
			"again":            {o.Activate("shc", true, "x"), "does not follow"},
			"destroy a signer": {o.Destroy("shc", "x"), "does not follow"},
			"purpose":          {second(o.Rotate("mint")), "no such purpose"},
			"reason":           {o.Retire("shc", "a\nb"), "reason"},
			"long reason":      {o.Retire("shc", strings.Repeat("x", 241)), "reason"},
		} {
			if c.err == nil || !strings.Contains(c.err.Error(), c.want) {
				o.Errorf("%s: %v, want it to speak of %q", name, c.err, c.want)
			}
		}
		o.now = o.now.Add(-time.Hour)
		if err := o.Retire("shc", "x"); !errors.Is(err, history.ErrClock) {
			o.Errorf("a clock set back: %v", err)
		}
		o.now = o.now.Add(500 * 24 * time.Hour)
		if err := o.Activate("vdsnc-2", false, ""); !errors.Is(err, keys.ErrDates) {
			o.Errorf("a private key past its time was activated: %v", err)
		}
		if string(before) != string(read(o.T, o.Dir, history.File)) {
			o.Error("a refused step is in the record")
		}
	})
}

func second[A any](_ A, err error) error { return err }

// What was changed behind the record's back stops the start.
func TestTamperedFolder(t *testing.T) {
	stores(t, func(o *office) {
		o.begin()
		must(o.Rotate(keys.PurposeSHC))
		o.answered(1)
		whole := read(o.T, o.Dir, history.File)
		path := filepath.Join(o.Dir, history.File)
		lines := strings.SplitAfter(string(whole), "\n")
		for name, c := range map[string]struct {
			content string
			want    error
		}{
			"a word":       {strings.Replace(string(whole), "activated", "retired", 1), history.ErrDamaged},
			"a line out":   {strings.Join(append(append([]string{}, lines[:7]...), lines[8:]...), ""), history.ErrDamaged},
			"first out":    {strings.Join(lines[1:], ""), history.ErrDamaged},
			"end cut":      {strings.Join(lines[:18], ""), keys.ErrUnknown},
			"half a line":  {string(whole[:len(whole)-9]), history.ErrDamaged},
			"no line feed": {string(whole[:len(whole)-1]), history.ErrDamaged},
			"nothing":      {"", keys.ErrUnknown},
		} {
			o.ok(os.WriteFile(path, []byte(c.content), 0o644))
			if _, err := keys.OpenWith(o.Dir, o.Token); !errors.Is(err, c.want) {
				o.Errorf("%s: %v, want %v", name, err, c.want)
			}
		}
		o.ok(os.WriteFile(path, whole, 0o666))
		o.ok(os.Chmod(path, 0o666))
		if _, err := keys.OpenWith(o.Dir, o.Token); err == nil || !strings.Contains(err.Error(), "chmod 644") {
			o.Errorf("a record that anybody can write: %v", err)
		}
		o.ok(os.Remove(path))
		if _, err := keys.OpenWith(o.Dir, o.Token); !errors.Is(err, keys.ErrNoHistory) {
			o.Errorf("no record: %v", err)
		}
	})
}

// The published folder shows every key and no private one, and reads back.
func TestExport(t *testing.T) {
	stores(t, func(o *office) {
		o.begin()
		must(o.Rotate(keys.PurposeSHC))
		o.answered(1)
		out := filepath.Join(o.TempDir(), "public")
		o.ok(o.ring().Export(out))
		public := must(keys.ReadRing(out))
		a, b := must(public.JWKS(nil)), read(o.T, out, keys.KeySetFile)
		if string(a) != string(b) || len(public.Keys()) != 7 || public.Public().KeyID != o.ring().Public().KeyID {
			o.Errorf("what was published reads otherwise: %s\n%s", a, b)
		}
		for _, f := range must(os.ReadDir(out)) {
			text := string(read(o.T, out, f.Name()))
			if strings.Contains(text, "PRIVATE") || strings.Contains(text, `"d":`) {
				o.Errorf("%s has a private key in it", f.Name())
			}
		}
		o.ok(o.Revoke("shc", "taken"))
		o.ok(o.ring().Export(out))
		if _, err := os.Stat(filepath.Join(out, "shc.pem")); err == nil {
			o.Error("a revoked key's certificate is still shown")
		}
		if err := o.ring().Export(o.Dir); o.Token == nil && err == nil {
			o.Error("published among the private keys")
		}
	})
}

func TestDays(t *testing.T) {
	stores(t, func(o *office) {
		o.begin()
		for _, c := range []struct {
			left time.Duration
			want keys.Urgency
			says string
		}{
			{31 * 24 * time.Hour, keys.Calm, "31 days"},
			{30 * 24 * time.Hour, keys.Warning, "30 days"},
			{7 * 24 * time.Hour, keys.Alarm, "keys rotate -purpose shc"},
			{-time.Hour, keys.Alarm, "0 days"},
		} {
			var text strings.Builder
			k, _ := o.ring().Signing(keys.PurposeSHC)
			u, err := o.ring().WriteDays(&text, k.SignUntil().Add(-c.left))
			if err != nil || u != c.want || !strings.Contains(text.String(), c.says) {
				o.Errorf("%v left: %v, %v\n%s", c.left, u, err, text.String())
			}
		}
		k, _ := o.ring().Signing(keys.PurposeVDSNC)
		if left := k.SignUntil().Sub(o.now); left > 457*24*time.Hour {
			o.Errorf("a seal's key signs for %v, its certificate and not its private key's period", left)
		}
		var list strings.Builder
		o.ok(o.ring().WriteList(&list, o.now))
		if strings.Count(list.String(), "\n") != 7 || !strings.Contains(list.String(), k.ID) {
			o.Errorf("list:\n%s", list.String())
		}
		o.ok(o.Retire("shc", "no more"))
		var text strings.Builder
		if u, err := o.ring().WriteDays(&text, o.now); err != nil || u != keys.Alarm || !strings.Contains(text.String(), "no key signs") {
			o.Errorf("%v, %v\n%s", u, err, text.String())
		}
	})
}

// One folder, one change at a time.
func TestDeskIsForOne(t *testing.T) {
	dir := keyDir(t)
	inside := keys.Desk{Dir: dir}
	outside := keys.Desk{Dir: dir, Now: func() time.Time {
		if err := inside.Retire("pdf", "beside"); err == nil || !strings.Contains(err.Error(), "somebody else") {
			t.Errorf("two at one desk: %v", err)
		}
		return time.Now()
	}}
	if err := outside.Retire("shc", "one"); err != nil {
		t.Fatal(err)
	}
	if os.Getuid() == 0 {
		if err := os.Chown(dir, 65534, 65534); err != nil {
			t.Fatal(err)
		}
		if err := inside.Retire("pdf", "as another user"); err == nil || !strings.Contains(err.Error(), "owner") {
			t.Errorf("root wrote what the key process cannot read: %v", err)
		}
	}
}

// The keys that sign, sign; in a token they are of it alone.
func TestCustodySigns(t *testing.T) {
	stores(t, func(o *office) {
		o.begin()
		p := startWith(o.T, keys.Limits{}, func() *keys.Custody { return o.custody() })
		s := p.session(o.T, 1)
		digest := sha256.Sum256([]byte("a card"))
		der, err := s.Sign(keys.PurposeSHC, digest)
		o.ok(err)
		k, _ := o.ring().Signing(keys.PurposeSHC)
		if !ecdsa.VerifyASN1(k.Chain[0].PublicKey.(*ecdsa.PublicKey), digest[:], der) {
			o.Error("signed by another key")
		}
		if (o.Token == nil) != (o.withoutToken() == nil) {
			o.Errorf("opened without a token: %v", o.withoutToken())
		}
	})
}

func (o *office) withoutToken() error {
	_, err := keys.OpenWith(o.Dir, nil)
	return err
}
