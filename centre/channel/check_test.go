package channel_test

import (
	"crypto"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"slices"
	"testing"
	"time"

	"akashi/centre/channel"
	"akashi/centre/wire"
)

func sign(t *testing.T, c tls.Certificate, d [32]byte) []byte {
	t.Helper()
	return must(c.PrivateKey.(crypto.Signer).Sign(rand.Reader, d[:], crypto.SHA256))(t)
}

func attest(t *testing.T, c tls.Certificate, h wire.Header, key []byte, expires time.Time) wire.Attested {
	t.Helper()
	a := wire.Attested{Key: key, Expires: expires.Unix(), Chain: c.Certificate}
	a.Signature = sign(t, c, wire.AttestationDigest(h, key, a.Expires))
	return a
}

func TestCheckAttested(t *testing.T) {
	w, now, h := world(t), time.Now(), header()
	key := must(channel.NewWorkerKey())(t).Public()
	soon := now.Add(time.Minute)
	good := attest(t, w.Attest.TLS(), h, key, soon)
	if err := channel.CheckAttested(w.Centre.Pool(), h, good, now); err != nil {
		t.Fatal(err)
	}
	with := func(f func(*wire.Attested)) wire.Attested {
		a := good
		a.Chain = slices.Clone(good.Chain)
		f(&a)
		return a
	}
	day := 24 * time.Hour
	p384 := leaf(t, w.Centre, elliptic.P384(), now.Add(-day), now.Add(day), nil, wire.RoleAttest)
	two := leaf(t, w.Centre, elliptic.P256(), now.Add(-day), now.Add(day), nil, wire.RoleAttest, wire.RoleReceipt)
	past := leaf(t, w.Centre, elliptic.P256(), now.Add(-2*day), now.Add(-day), nil, wire.RoleAttest)
	alien := leaf(t, w.VRSRoot, elliptic.P256(), now.Add(-day), now.Add(day), nil, wire.RoleAttest)
	other := must(channel.NewWorkerKey())(t).Public()
	for name, a := range map[string]wire.Attested{
		"role receipt":        attest(t, w.Receipt.TLS(), h, key, soon),
		"role gateway":        attest(t, w.Gateway.TLS(), h, key, soon),
		"two roles":           attest(t, two, h, key, soon),
		"other root":          attest(t, alien, h, key, soon),
		"expired certificate": attest(t, past, h, key, soon),
		"other curve":         attest(t, p384, h, key, soon),
		"expired":             attest(t, w.Attest.TLS(), h, key, now.Add(-time.Second)),
		"far ahead":           attest(t, w.Attest.TLS(), h, key, now.Add(time.Hour)),
		"no key":              attest(t, w.Attest.TLS(), h, []byte("none"), soon),
		"key swapped":         with(func(a *wire.Attested) { a.Key = other }),
		"expiry moved":        with(func(a *wire.Attested) { a.Expires++ }),
		"signature of none":   with(func(a *wire.Attested) { a.Signature = nil }),
		"no chain":            with(func(a *wire.Attested) { a.Chain = nil }),
		"chain of rubbish":    with(func(a *wire.Attested) { a.Chain[0] = []byte{0x30, 0} }),
		"chain too long":      with(func(a *wire.Attested) { a.Chain = slices.Repeat(a.Chain, 4) }),
		"the root as leaf":    with(func(a *wire.Attested) { a.Chain[0] = w.Centre.Certificate.Raw }),
	} {
		if err := channel.CheckAttested(w.Centre.Pool(), h, a, now); err != wire.AttestationInvalid {
			t.Errorf("%s: got %v", name, err)
		}
	}
	for name, changed := range changes(h) {
		if err := channel.CheckAttested(w.Centre.Pool(), changed, good, now); err != wire.AttestationInvalid {
			t.Errorf("attested for another %s: got %v", name, err)
		}
	}
	if err := channel.CheckAttested(nil, h, good, now); err != wire.AttestationInvalid {
		t.Errorf("no root: got %v", err)
	}
}

func receipt(t *testing.T, c tls.Certificate, issued time.Time) wire.Receipt {
	t.Helper()
	d := make([]byte, 32)
	r := wire.Receipt{
		Version: wire.Version, SessionDigest: d, Counter: 1, Kind: 1, Municipality: "990019", CardDigest: d,
		RecordDigest: d, CodeDigests: [][]byte{d}, PDFDigest: d, SettleDigest: d, Issued: issued.Unix(),
	}
	r.Signature, r.Chain = sign(t, c, wire.ReceiptDigest(r)), c.Certificate
	return r
}

func TestCheckReceipt(t *testing.T) {
	w, now := world(t), time.Now()
	good := receipt(t, w.Receipt.TLS(), now)
	if err := channel.CheckReceipt(w.Centre.Pool(), good, now); err != nil {
		t.Fatal(err)
	}
	with := func(f func(*wire.Receipt)) wire.Receipt { r := good; f(&r); return r }
	other := make([]byte, 32)
	other[0] = 1
	for name, r := range map[string]wire.Receipt{
		"role attest":    receipt(t, w.Attest.TLS(), now),
		"other root":     receipt(t, w.Binding.TLS(), now),
		"old":            receipt(t, w.Receipt.TLS(), now.Add(-channel.DefaultMaxReceiptAge-time.Minute)),
		"from tomorrow":  receipt(t, w.Receipt.TLS(), now.Add(24*time.Hour)),
		"Version":        with(func(r *wire.Receipt) { r.Version++ }),
		"SessionDigest":  with(func(r *wire.Receipt) { r.SessionDigest = other }),
		"Counter":        with(func(r *wire.Receipt) { r.Counter++ }),
		"Kind":           with(func(r *wire.Receipt) { r.Kind++ }),
		"Municipality":   with(func(r *wire.Receipt) { r.Municipality = "990027" }),
		"CardDigest":     with(func(r *wire.Receipt) { r.CardDigest = other }),
		"RecordDigest":   with(func(r *wire.Receipt) { r.RecordDigest = other }),
		"CodeDigests":    with(func(r *wire.Receipt) { r.CodeDigests = [][]byte{other} }),
		"one code more":  with(func(r *wire.Receipt) { r.CodeDigests = append([][]byte{other}, r.CodeDigests...) }),
		"PDFDigest":      with(func(r *wire.Receipt) { r.PDFDigest = other }),
		"SettleDigest":   with(func(r *wire.Receipt) { r.SettleDigest = other }),
		"Issued":         with(func(r *wire.Receipt) { r.Issued-- }),
		"Signature":      with(func(r *wire.Receipt) { r.Signature = other }),
		"Chain":          with(func(r *wire.Receipt) { r.Chain = w.Attest.DER() }),
		"clock far away": with(func(r *wire.Receipt) { r.Issued = 0 }),
	} {
		if err := channel.CheckReceipt(w.Centre.Pool(), r, now); err != wire.LastLook {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestRoleOf(t *testing.T) {
	w, now := world(t), time.Now()
	for _, c := range []struct {
		uris []string
		want string
	}{
		{[]string{wire.RoleKiosk, wire.KioskPrefix + "k1"}, wire.RoleKiosk},
		{nil, ""},
		{[]string{wire.KioskPrefix + "k1"}, ""},
		{[]string{wire.RoleKiosk, wire.RoleGateway}, ""},
		{[]string{wire.RoleKiosk, wire.RoleKiosk}, ""},
	} {
		l := leaf(t, w.Centre, elliptic.P256(), now, now.Add(time.Hour), nil, c.uris...)
		if got := channel.RoleOf(must(x509.ParseCertificate(l.Certificate[0]))(t)); got != c.want {
			t.Errorf("%q: got %q", c.uris, got)
		}
	}
}
