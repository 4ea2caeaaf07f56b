package keys

import (
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"

	"akashi/centre/keys/history"
)

// Adopt makes the record of a folder whose keys were made without one: for
// every purpose NAME.key and NAME.pem, which are checked. They sign from then
// on.
func (d Desk) Adopt() error {
	return d.locked(func() error {
		if _, err := history.Read(d.Dir); !errors.Is(err, os.ErrNotExist) {
			return errors.Join(errKeys, err)
		}
		past := &history.History{}
		for _, p := range Purposes() {
			if err := d.adopt(past, p); err != nil {
				return err
			}
		}
		return past.Write(d.Dir)
	})
}

func (d Desk) adopt(past *history.History, p Purpose) error {
	key, err := readKey(files{d.Dir}.path(string(p)))
	if err != nil {
		return err
	}
	path := d.certificate(string(p))
	chain, err := readFitting(path, p)
	if err != nil {
		return err
	}
	id, err := Thumbprint(&key.PublicKey)
	if err != nil {
		return err
	}
	if err := holds(path, chain[0], id); err != nil {
		return err
	}
	for _, r := range []history.Record{
		{Event: history.Created, Purpose: string(p), ID: id},
		{Event: history.Published, Certificate: chainDigest(chain)},
		{Event: history.Activated},
	} {
		r.Key = string(p)
		if err := past.Append(d.now(), r); err != nil {
			return fmt.Errorf("keys: %w; create a key for each purpose", err)
		}
	}
	return nil
}

// encodeChain is PEM as readChain reads it.
func encodeChain(chain []*x509.Certificate) (b []byte) {
	for _, c := range chain {
		b = append(b, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})...)
	}
	return b
}
