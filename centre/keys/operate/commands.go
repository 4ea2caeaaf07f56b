package operate

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"akashi/centre/keys"
	"akashi/centre/keys/pkcs11"
)

var commands = map[string]command{
	"create":   {[]string{"dir"}, []string{"issuer", "token"}, create},
	"publish":  {[]string{"dir"}, []string{"out"}, publish},
	"activate": {[]string{"dir"}, []string{"key", "now", "reason", "token"}, activate},
	"rotate":   {[]string{"dir", "purpose"}, []string{"token"}, rotate},
	"retire":   {[]string{"dir", "key"}, []string{"reason", "token"}, ending(keys.Desk.Retire, "retired: it signs no more")},
	"destroy":  {[]string{"dir", "key"}, []string{"reason", "token"}, ending(keys.Desk.Destroy, "destroyed: its private part is gone")},
	"revoke":   {[]string{"dir", "key", "reason"}, []string{"token"}, ending(keys.Desk.Revoke, "revoked: publish the key set, and have it taken off every trust list")},
	"adopt":    {[]string{"dir"}, nil, adopt},
	"list":     {[]string{"dir"}, nil, list},
	"days":     {[]string{"dir"}, nil, days},
	"jwks":     {[]string{"dir"}, nil, jwks},
	"token":    {[]string{"token"}, nil, token},
	"serve":    {[]string{"config"}, nil, serve},
}

func create(_ context.Context, a asked, out io.Writer) error {
	if a.issuer == "" {
		a.issuer = specimen
	}
	d, end, err := a.desk()
	defer end()
	if err != nil {
		return err
	}
	if err := d.Create(a.issuer); err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "keys and requests are in %s; have each NAME.csr signed, put the chain, leaf first, in NAME.pem, then keys publish and keys activate\n", a.dir)
	return err
}

func publish(_ context.Context, a asked, out io.Writer) error {
	names, err := keys.Desk{Dir: a.dir}.Publish()
	if err != nil {
		return err
	}
	ring, err := keys.ReadRing(a.dir)
	if err != nil {
		return err
	}
	if a.out != "" {
		if err := ring.Export(a.out); err != nil {
			return err
		}
	}
	for _, name := range names {
		k, _ := ring.Key(name)
		next := ""
		if !k.Signs() {
			next = "; keys activate from " + ring.Due(k).UTC().Format(time.DateOnly)
		}
		fmt.Fprintf(out, "%s: certificate taken, to %s%s\n", name, k.SignUntil().UTC().Format(time.DateOnly), next)
	}
	if len(names) == 0 {
		fmt.Fprintln(out, "no certificate has come since the last time")
	}
	return nil
}

func activate(_ context.Context, a asked, out io.Writer) error {
	d, end, err := a.desk()
	defer end()
	if err != nil {
		return err
	}
	names := []string{a.key}
	if a.key == "" {
		if names, err = d.Ready(); err != nil {
			return err
		}
	}
	for _, name := range names {
		if err := d.Activate(name, a.now, a.reason); err != nil {
			return err
		}
		fmt.Fprintf(out, "%s signs from now on\n", name)
	}
	if len(names) == 0 {
		fmt.Fprintln(out, "no key's time has come; keys list shows them, and -key NAME -now -reason TEXT does not wait")
	}
	return nil
}

func rotate(_ context.Context, a asked, out io.Writer) error {
	d, end, err := a.desk()
	defer end()
	if err != nil {
		return err
	}
	name, err := d.Rotate(keys.Purpose(a.purpose))
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%s is made; have %s.csr signed, put the chain, leaf first, in %s.pem, then keys publish\n", name, name, name)
	return err
}

// ending makes the command of a step that ends a key.
func ending(step func(keys.Desk, string, string) error, said string) func(context.Context, asked, io.Writer) error {
	return func(_ context.Context, a asked, out io.Writer) error {
		d, end, err := a.desk()
		defer end()
		if err != nil {
			return err
		}
		if err := step(d, a.key, a.reason); err != nil {
			return err
		}
		_, err = fmt.Fprintf(out, "%s is %s\n", a.key, said)
		return err
	}
}

func adopt(_ context.Context, a asked, out io.Writer) error {
	if err := (keys.Desk{Dir: a.dir}).Adopt(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(out, "the record of %s begins; its keys sign\n", a.dir)
	return err
}

func list(_ context.Context, a asked, out io.Writer) error {
	ring, err := keys.ReadRing(a.dir)
	if err != nil {
		return err
	}
	return ring.WriteList(out, time.Now())
}

func days(_ context.Context, a asked, out io.Writer) error {
	ring, err := keys.ReadRing(a.dir)
	if err != nil {
		return err
	}
	u, err := ring.WriteDays(out, time.Now())
	switch {
	case err != nil:
		return err
	case u == keys.Warning:
		return urgent(3)
	case u == keys.Alarm:
		return urgent(4)
	}
	return nil
}

func jwks(_ context.Context, a asked, out io.Writer) error {
	ring, err := keys.ReadRing(a.dir)
	if err != nil {
		return err
	}
	set, err := ring.JWKS(nil)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%s\n", set)
	return err
}

func token(_ context.Context, a asked, out io.Writer) error {
	c, err := pkcs11.ReadConfig(a.token)
	if err != nil {
		return err
	}
	t, err := pkcs11.Try(c)
	if err != nil {
		return err
	}
	defer t.Close()
	_, err = fmt.Fprintf(out, "token %s: there, logged in, signs with ECDSA P-256\n", strings.TrimSpace(c.Label))
	return err
}
