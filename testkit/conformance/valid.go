package conformance

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"akashi/printer/sheet"
	"akashi/testkit/paper"
	"akashi/verifier"
	"akashi/verifier/credential"
	"akashi/verifier/pdfsig"
)

// valid issues certificates to many residents, of both kinds and every number
// of doses, and has each accepted: codes and PDF by the verifier, their
// signatures by openssl.
func (b *bench) valid(ctx context.Context) ([]Figure, error) {
	if err := b.start(); err != nil {
		return nil, err
	}
	dir, err := b.folder("openssl")
	if err != nil {
		return nil, err
	}
	_, missing := exec.LookPath("openssl")
	o := &openssl{dir: dir}
	if missing == nil {
		if err := o.keys(b); err != nil {
			return nil, err
		}
	}
	var refused []string
	doses, codes := map[int]bool{}, 0
	for i, r := range b.people[:b.Valid] {
		kind := kinds[i%len(kinds)]
		c, err := paper.Certificate(b.world.Issuer, r, kind, time.Now())
		if err != nil {
			return nil, fmt.Errorf("%s: %w", r.ID, err)
		}
		doses[len(c.Doses)] = true
		pdf, texts, err := b.issue(c)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", r.ID, err)
		}
		codes += len(texts)
		for _, text := range texts {
			if got, err := verifier.Verify(text, b.trust, time.Now()); err != nil || len(got.Doses) != len(c.Doses) {
				refused = append(refused, fmt.Sprintf("%s: %v", r.ID, err))
			}
		}
		if _, err := pdfsig.Verify(pdf, b.trust, time.Now()); err != nil {
			refused = append(refused, fmt.Sprintf("%s, PDF: %v", r.ID, err))
		}
		if missing == nil {
			o.check(ctx, r.ID, pdf, texts)
		}
	}
	f := figure("valid certificates", len(refused) == 0 && len(doses) > 4, refused, "%d of %d accepted: %d codes and their PDFs, both kinds, %d to %d doses", b.Valid-len(refused), b.Valid, codes, 1, len(doses))
	if missing != nil {
		return []Figure{f, {Name: "their signatures by openssl", State: Unmeasured, Told: "openssl is not installed: make testdeps"}}, nil
	}
	return []Figure{f, figure("their signatures by openssl", len(o.refused) == 0 && o.sees(ctx), o.refused, "%d of %d right: codes, seals and PDFs (CAdES)", o.n-len(o.refused), o.n)}, nil
}

// sessionCode stands on every paper that no session ordered.
const sessionCode = "ABCD-2345"

// issue signs a certificate's codes and lays it out.
func (b *bench) issue(c credential.Certificate) (pdf []byte, texts []string, err error) {
	codes, err := paper.Codes(b.world, c, time.Now())
	if err != nil {
		return nil, nil, err
	}
	for _, c := range codes {
		texts = append(texts, c.Text)
	}
	pdf, err = paper.Signed(b.world, sheet.Input{Certificate: c, Codes: codes, SessionCode: sessionCode}, time.Now())
	return pdf, texts, err
}

// openssl checks signatures with the program of that name.
type openssl struct {
	dir     string
	n       int
	refused []string
}

// keys writes the public keys and the PDF's authority, and has openssl find the
// barcode signer under its authority.
func (o *openssl) keys(b *bench) error {
	for name, key := range map[string]*ecdsa.PublicKey{"card.pem": &b.world.SHC.Key.PublicKey, "seal.pem": &b.world.VDSNC.Key.PublicKey} {
		der, err := x509.MarshalPKIXPublicKey(key)
		if err != nil {
			return err
		}
		if err := o.write(name, pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})); err != nil {
			return err
		}
	}
	return o.write("ca.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: b.world.PDFRoot.Certificate.Raw}))
}

func (o *openssl) write(name string, b []byte) error {
	return os.WriteFile(filepath.Join(o.dir, name), b, 0o600)
}

func (o *openssl) run(ctx context.Context, args ...string) error {
	cmd := exec.CommandContext(ctx, "openssl", args...)
	cmd.Dir = o.dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("openssl %s: %w: %s", args[0], err, bytes.TrimSpace(out))
	}
	return nil
}

// check has every signature of one certificate checked.
func (o *openssl) check(ctx context.Context, who string, pdf []byte, texts []string) {
	for _, text := range texts {
		signed, raw, key, err := parts(text)
		if err == nil {
			err = o.raw(ctx, key, signed, raw)
		}
		o.note(who, err)
	}
	o.note(who+", PDF", o.pdf(ctx, pdf))
}

func (o *openssl) note(who string, err error) {
	if o.n++; err != nil {
		o.refused = append(o.refused, who+": "+err.Error())
	}
}

// raw checks r||s over bytes.
func (o *openssl) raw(ctx context.Context, key string, signed, raw []byte) error {
	der, err := asn1.Marshal(struct{ R, S *big.Int }{new(big.Int).SetBytes(raw[:32]), new(big.Int).SetBytes(raw[32:])})
	if err = errors.Join(err, o.write("signed", signed), o.write("signature", der)); err != nil {
		return err
	}
	return o.run(ctx, "dgst", "-sha256", "-verify", key, "-signature", "signature", "signed")
}

// pdf checks a PDF's signature over the bytes that its range names.
func (o *openssl) pdf(ctx context.Context, pdf []byte) error {
	at := bytes.LastIndex(pdf, []byte("/Contents <"))
	if at < 0 {
		return errors.New("no signature")
	}
	from := at + len("/Contents <")
	digits, behind, _ := bytes.Cut(pdf[from:], []byte(">"))
	cms := make([]byte, len(digits)/2)
	_, err := hex.Decode(cms, digits)
	covered := append(bytes.Clone(pdf[:from-1]), behind...)
	if err = errors.Join(err, o.write("cms.der", cms), o.write("covered", covered)); err != nil {
		return err
	}
	return o.run(ctx, "cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in", "cms.der", "-content", "covered", "-CAfile", "ca.pem", "-out", "out")
}

// sees reports whether openssl refuses what is wrong: a check that cannot fail
// proves nothing.
func (o *openssl) sees(ctx context.Context) bool {
	return o.raw(ctx, "card.pem", []byte("x"), bytes.Repeat([]byte{1}, 64)) != nil
}

// parts takes a code apart without the verifier's help: the bytes signed, r||s
// and whose key it is.
func parts(text string) (signed, raw []byte, key string, err error) {
	if digits, ok := strings.CutPrefix(text, "shc:/"); ok {
		var jws []byte
		for i := 0; i+1 < len(digits); i += 2 {
			jws = append(jws, 10*(digits[i]-'0')+digits[i+1]-'0'+'-')
		}
		dot := max(bytes.LastIndexByte(jws, '.'), 0)
		raw, err = base64.RawURLEncoding.DecodeString(string(bytes.TrimPrefix(jws[dot:], []byte("."))))
		signed, key = jws[:dot], "card.pem"
	} else {
		var seal struct {
			Data json.RawMessage
			Sig  struct{ Sigvl string }
		}
		err = json.Unmarshal([]byte(text), &seal)
		signed, key = seal.Data, "seal.pem"
		if err == nil {
			raw, err = base64.RawURLEncoding.DecodeString(strings.TrimRight(seal.Sig.Sigvl, "="))
		}
	}
	if err == nil && len(raw) != 64 {
		err = errors.New("a signature of another length")
	}
	return signed, raw, key, err
}
