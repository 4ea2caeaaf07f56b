//go:build cgo

package pkcs11_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	p11 "github.com/miekg/pkcs11"

	"akashi/centre/keys/pkcs11"
	"akashi/testkit/softhsm"
)

func open(t *testing.T, c pkcs11.Config) *pkcs11.Token {
	t.Helper()
	token, err := pkcs11.Open(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { token.Close() })
	return token
}

// signs has a key sign, and checks what it gives.
func signs(key crypto.Signer) error {
	digest := sha256.Sum256([]byte("a card"))
	der, err := key.Sign(rand.Reader, digest[:], crypto.SHA256)
	if err != nil {
		return err
	}
	if !ecdsa.VerifyASN1(key.Public().(*ecdsa.PublicKey), digest[:], der) {
		return errors.New("signed by another key")
	}
	return nil
}

func TestSign(t *testing.T) {
	token := open(t, softhsm.Require(t).Token(t, "akashi").Config)
	id, key, err := token.Create("shc")
	if err != nil {
		t.Fatal(err)
	}
	again, err := token.Open("shc", id)
	if err != nil || !key.Public().(*ecdsa.PublicKey).Equal(again.Public()) {
		t.Fatalf("found again: %v", err)
	}
	// More at once than there are sessions, and r or s with a leading zero among them.
	var work sync.WaitGroup
	for range 16 {
		work.Go(func() {
			for range 40 {
				if err := signs(again); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	work.Wait()
	for name, c := range map[string]struct {
		digest []byte
		opts   crypto.SignerOpts
	}{"short": {make([]byte, 20), crypto.SHA256}, "SHA-1": {make([]byte, 32), crypto.SHA1}, "none": {make([]byte, 32), nil}} {
		if _, err := key.Sign(rand.Reader, c.digest, c.opts); !errors.Is(err, pkcs11.ErrDigest) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, c := range map[string][2]string{"name": {"pdf", id}, "id": {"shc", "00" + id[2:]}, "no id": {"shc", ""}, "no hex": {"shc", "x"}} {
		if _, err := token.Open(c[0], c[1]); !errors.Is(err, pkcs11.ErrMissing) {
			t.Errorf("another %s: %v", name, err)
		}
	}
	if err := token.Destroy("shc", id); err != nil {
		t.Fatal(err)
	}
	if err := token.Destroy("shc", id); err != nil {
		t.Errorf("destroyed again: %v", err)
	}
	if _, err := token.Open("shc", id); !errors.Is(err, pkcs11.ErrMissing) {
		t.Errorf("a destroyed key was found: %v", err)
	}
	if err := signs(key); err == nil {
		t.Error("a destroyed key signs")
	}
	if err := token.Destroy("shc", ""); !errors.Is(err, pkcs11.ErrMissing) {
		t.Errorf("destroying nothing in particular: %v", err)
	}
}

// A private key is given to nobody, by whatever way is asked.
func TestNothingLeaves(t *testing.T) {
	hall := softhsm.Require(t)
	k := hall.Token(t, "akashi")
	token := open(t, k.Config)
	if _, _, err := token.Create("shc"); err != nil {
		t.Fatal(err)
	}
	if err := token.Close(); err != nil {
		t.Fatal(err)
	}
	ctx, slot, s := login(t, k)
	if err := ctx.FindObjectsInit(s, []*p11.Attribute{p11.NewAttribute(p11.CKA_CLASS, p11.CKO_PRIVATE_KEY)}); err != nil {
		t.Fatal(err)
	}
	found, _, err := ctx.FindObjects(s, 10)
	if err != nil || len(found) != 1 {
		t.Fatalf("%d private keys, %v", len(found), err)
	}
	ctx.FindObjectsFinal(s)
	if v, err := ctx.GetAttributeValue(s, found[0], []*p11.Attribute{p11.NewAttribute(p11.CKA_VALUE, nil)}); !errors.Is(err, p11.Error(p11.CKR_ATTRIBUTE_SENSITIVE)) {
		t.Errorf("its value was asked for: %v, %v", v, err)
	}
	for _, a := range []*p11.Attribute{p11.NewAttribute(p11.CKA_SENSITIVE, false), p11.NewAttribute(p11.CKA_EXTRACTABLE, true)} {
		if err := ctx.SetAttributeValue(s, found[0], []*p11.Attribute{a}); err == nil {
			t.Errorf("attribute %#x could be changed", a.Type)
		}
	}
	wrap, err := ctx.GenerateKey(s, []*p11.Mechanism{p11.NewMechanism(p11.CKM_AES_KEY_GEN, nil)}, []*p11.Attribute{
		p11.NewAttribute(p11.CKA_VALUE_LEN, 32), p11.NewAttribute(p11.CKA_WRAP, true), p11.NewAttribute(p11.CKA_TOKEN, false)})
	if err != nil {
		t.Fatal(err)
	}
	if b, err := ctx.WrapKey(s, []*p11.Mechanism{p11.NewMechanism(p11.CKM_AES_KEY_WRAP, nil)}, wrap, found[0]); err == nil {
		t.Errorf("it was wrapped: %d bytes", len(b))
	}
	ctx.CloseAllSessions(slot)
	byTool(t, k)
}

// byTool asks with somebody else's program.
func byTool(t *testing.T, k *softhsm.Token) {
	t.Helper()
	if _, err := exec.LookPath("pkcs11-tool"); err != nil {
		t.Log("no pkcs11-tool (opensc): not asked by it")
		return
	}
	tool := func(args ...string) (string, error) {
		args = append([]string{"--module", k.Module, "--token-label", k.Label, "--login", "--pin", k.PIN}, args...)
		out, err := exec.CommandContext(t.Context(), "pkcs11-tool", args...).CombinedOutput()
		return string(out), err
	}
	list, err := tool("--list-objects", "--type", "privkey")
	if err != nil || !strings.Contains(list, "label:      shc") || !strings.Contains(list, "never extractable") || !strings.Contains(list, "Usage:      sign\n") {
		t.Errorf("%v: %s", err, list)
	}
	file := t.TempDir() + "/out"
	said, _ := tool("--read-object", "--type", "privkey", "--label", "shc", "--output-file", file) // its exit code says nothing
	if !strings.Contains(said, "reading private keys not") {
		t.Errorf("the tool says: %s", said)
	}
	if b, err := os.ReadFile(file); err == nil && len(b) > 0 {
		t.Errorf("the tool wrote %d bytes", len(b))
	}
}

// login makes a session beside this package, as another program would.
func login(t *testing.T, k *softhsm.Token) (*p11.Ctx, uint, p11.SessionHandle) {
	t.Helper()
	ctx := p11.New(k.Module)
	if err := ctx.Initialize(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ctx.Finalize(); ctx.Destroy() })
	slots, err := ctx.GetSlotList(true)
	if err != nil {
		t.Fatal(err)
	}
	for _, slot := range slots {
		if info, err := ctx.GetTokenInfo(slot); err != nil || info.Label != k.Label {
			continue
		}
		s, err := ctx.OpenSession(slot, p11.CKF_SERIAL_SESSION|p11.CKF_RW_SESSION)
		if err != nil {
			t.Fatal(err)
		}
		if err := ctx.Login(s, p11.CKU_USER, k.PIN); err != nil {
			t.Fatal(err)
		}
		return ctx, slot, s
	}
	t.Fatal("no such token")
	return nil, 0, 0
}

// A key that the token would give out, or that came from outside, is not used.
func TestOpenKeysAreRefused(t *testing.T) {
	hall := softhsm.Require(t)
	k := hall.Token(t, "akashi")
	ctx, _, s := login(t, k)
	p256 := []byte{0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07}
	generate := func(name string, id byte, curve []byte, private ...*p11.Attribute) {
		mine := []*p11.Attribute{p11.NewAttribute(p11.CKA_LABEL, name), p11.NewAttribute(p11.CKA_ID, []byte{id}), p11.NewAttribute(p11.CKA_TOKEN, true)}
		public := append([]*p11.Attribute{p11.NewAttribute(p11.CKA_EC_PARAMS, curve), p11.NewAttribute(p11.CKA_VERIFY, true)}, mine...)
		private = append(append(private, mine...), p11.NewAttribute(p11.CKA_SIGN, true), p11.NewAttribute(p11.CKA_PRIVATE, true))
		if _, _, err := ctx.GenerateKeyPair(s, []*p11.Mechanism{p11.NewMechanism(p11.CKM_EC_KEY_PAIR_GEN, nil)}, public, private); err != nil {
			t.Fatal(name, err)
		}
	}
	shut := func(more ...*p11.Attribute) []*p11.Attribute {
		return append(more, p11.NewAttribute(p11.CKA_DECRYPT, false), p11.NewAttribute(p11.CKA_UNWRAP, false), p11.NewAttribute(p11.CKA_DERIVE, false))
	}
	sensitive, fixed := p11.NewAttribute(p11.CKA_SENSITIVE, true), p11.NewAttribute(p11.CKA_EXTRACTABLE, false)
	generate("extractable", 1, p256, shut(sensitive, p11.NewAttribute(p11.CKA_EXTRACTABLE, true))...)
	generate("plain", 2, p256, shut(p11.NewAttribute(p11.CKA_SENSITIVE, false), fixed)...)
	generate("for more", 3, p256, sensitive, fixed, p11.NewAttribute(p11.CKA_DERIVE, true), p11.NewAttribute(p11.CKA_DECRYPT, false), p11.NewAttribute(p11.CKA_UNWRAP, false))
	generate("twice", 4, p256, shut(sensitive, fixed)...)
	generate("twice", 4, p256, shut(sensitive, fixed)...)
	generate("P-384", 5, []byte{0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22}, shut(sensitive, fixed)...)
	generate("good", 6, p256, shut(sensitive, fixed)...)
	ctx.Finalize()
	token := open(t, k.Config)
	for name, c := range map[string]struct {
		id   string
		want error
	}{
		"extractable": {"01", pkcs11.ErrOpenKey}, "plain": {"02", pkcs11.ErrOpenKey}, "for more": {"03", pkcs11.ErrOpenKey},
		"twice": {"04", pkcs11.ErrTwoKeys}, "P-384": {"05", pkcs11.ErrAnswer}, "good": {"06", nil},
	} {
		if _, err := token.Open(name, c.id); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

// A token that was taken out is missed at once, and found again with its keys.
func TestTokenRemoved(t *testing.T) {
	hall := softhsm.Require(t)
	k := hall.Token(t, "akashi")
	token := open(t, k.Config)
	_, key, err := token.Create("shc")
	if err != nil {
		t.Fatal(err)
	}
	hall.Remove(t)
	for range 3 {
		if err := signs(key); err == nil {
			t.Fatal("signed without a token")
		}
	}
	if _, _, err := token.Create("pdf"); err == nil {
		t.Error("a key was made without a token")
	}
	hall.Insert(t)
	if err := signs(key); err != nil {
		t.Errorf("the token is back: %v", err)
	}
}

// A wrong PIN is given once, and then no more until a person says so.
func TestWrongPINBurnsNoTries(t *testing.T) {
	k := softhsm.Require(t).Token(t, "akashi")
	k.WritePIN(t, "wrong-pin-3971")
	_, err := pkcs11.Open(k.Config)
	if !errors.Is(err, pkcs11.ErrPIN) || strings.Contains(err.Error(), "3971") {
		t.Fatalf("%v, want %v", err, pkcs11.ErrPIN)
	}
	k.WritePIN(t, k.PIN)
	for range 3 { // a right one is not tried either, which shows that none is
		if _, err := pkcs11.Open(k.Config); !errors.Is(err, pkcs11.ErrCounting) {
			t.Fatalf("%v, want %v", err, pkcs11.ErrCounting)
		}
	}
	token, err := pkcs11.Try(k.Config)
	if err != nil {
		t.Fatal(err)
	}
	token.Close()
	open(t, k.Config)
}

func TestOpenRefuses(t *testing.T) {
	hall := softhsm.Require(t)
	k := hall.Token(t, "akashi")
	with := func(change func(*pkcs11.Config)) pkcs11.Config {
		c := k.Config
		change(&c)
		return c
	}
	for name, c := range map[string]struct {
		give pkcs11.Config
		want error
	}{
		"no module":   {with(func(c *pkcs11.Config) { c.Module = "/none.so" }), pkcs11.ErrModule},
		"not one":     {with(func(c *pkcs11.Config) { c.Module = k.File }), pkcs11.ErrModule},
		"no token":    {with(func(c *pkcs11.Config) { c.Label = "another" }), pkcs11.ErrAbsent},
		"no PIN file": {with(func(c *pkcs11.Config) { c.PINFile = "/none" }), os.ErrNotExist},
	} {
		if _, err := pkcs11.Open(c.give); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	hall.Token(t, "twins")
	twin := hall.Token(t, "twins")
	if _, err := pkcs11.Open(twin.Config); !errors.Is(err, pkcs11.ErrTwo) {
		t.Errorf("two tokens of one label: %v", err)
	}
	token := open(t, k.Config)
	if _, err := pkcs11.Open(k.Config); !errors.Is(err, pkcs11.ErrBusy) {
		t.Errorf("a second time in one process: %v", err)
	}
	// The first one's connection has not suffered.
	if _, key, err := token.Create("shc"); err != nil || signs(key) != nil {
		t.Errorf("the first token: %v", err)
	}
	if b, err := os.ReadFile(k.File); err != nil || bytes.Contains(b, []byte(k.PIN)) {
		t.Errorf("the description has the PIN in it, or: %v", err)
	}
}
