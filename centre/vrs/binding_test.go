package vrs_test

import (
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"testing"
	"time"

	"akashi/centre/vrs"
	"akashi/centre/wire"
)

func TestBinding(t *testing.T) {
	w, err := world()
	if err != nil {
		t.Fatal(err)
	}
	key, err := vrs.BindingKey(w.VRSRoot.Pool(), w.Binding.DER(), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	q := vrs.Query{Nonce: make([]byte, 32), Counter: 1}
	q.Files.Number = []byte("card")
	a := foundAnswer()
	d := a.Digest(q)
	if a.Binding.Signature, err = w.Binding.Key.Sign(rand.Reader, d[:], crypto.SHA256); err != nil {
		t.Fatal(err)
	}
	if err := vrs.CheckBinding(key, q, a); err != nil {
		t.Fatal(err)
	}
	for name, swap := range map[string]func(*vrs.Query, *vrs.Answer){
		"nonce":        func(q *vrs.Query, _ *vrs.Answer) { q.Nonce = append([]byte{1}, q.Nonce[1:]...) },
		"counter":      func(q *vrs.Query, _ *vrs.Answer) { q.Counter = 2 },
		"card":         func(q *vrs.Query, _ *vrs.Answer) { q.Files.Number = []byte("other") },
		"card's key":   func(q *vrs.Query, _ *vrs.Answer) { q.Files.APKey = []byte("other") },
		"record":       func(_ *vrs.Query, a *vrs.Answer) { a.Record = []byte(`{"id":""}`) },
		"settle key":   func(_ *vrs.Query, a *vrs.Answer) { a.SettleKey = append([]byte{1}, a.SettleKey[1:]...) },
		"settle token": func(_ *vrs.Query, a *vrs.Answer) { a.SettleToken = append([]byte{1}, a.SettleToken[1:]...) },
		"signature":    func(_ *vrs.Query, a *vrs.Answer) { a.Binding = &vrs.Binding{Signature: []byte{0x30, 0}} },
		"no binding":   func(_ *vrs.Query, a *vrs.Answer) { a.Binding = nil },
		"status":       func(_ *vrs.Query, a *vrs.Answer) { a.Status = vrs.NoRecord },
	} {
		q, a := q, a
		swap(&q, &a)
		if err := vrs.CheckBinding(key, q, a); err != wire.VRSAnswer {
			t.Errorf("%s swapped: %v", name, err)
		}
	}
	if vrs.CheckBinding(nil, q, a) != wire.VRSAnswer {
		t.Error("no key")
	}
}

func TestBindingKeyTakesOneRoleOnly(t *testing.T) {
	w, err := world()
	if err != nil {
		t.Fatal(err)
	}
	now, root := time.Now(), w.VRSRoot.Pool()
	for name, c := range map[string]struct {
		root  *x509.CertPool
		chain [][]byte
		at    time.Time
	}{
		"another root":      {w.Centre.Pool(), w.Binding.DER(), now},
		"VRS's TLS":         {root, w.VRS.DER(), now},
		"the centre's TLS":  {root, w.VRSClient.DER(), now},
		"the root itself":   {root, [][]byte{w.VRSRoot.Certificate.Raw}, now},
		"expired":           {root, w.Binding.DER(), now.AddDate(50, 0, 0)},
		"not yet":           {root, w.Binding.DER(), now.AddDate(-50, 0, 0)},
		"no certificate":    {root, nil, now},
		"no root":           {nil, w.Binding.DER(), now},
		"garbage":           {root, [][]byte{{1}}, now},
		"garbage behind it": {root, append(w.Binding.DER(), []byte{1}), now},
	} {
		if _, err := vrs.BindingKey(c.root, c.chain, c.at); err != wire.VRSAnswer {
			t.Errorf("%s: %v", name, err)
		}
	}
}
