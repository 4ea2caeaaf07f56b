// Package lint decodes what is about to be signed with the public verifier and
// holds it against the rules, the card and the record, before a key sees its
// digest. Signing takes nothing but the permit that it returns, and that once.
package lint

import (
	"time"

	shcout "akashi/centre/shc"
	"akashi/centre/vaccines"
	vdsout "akashi/centre/vdsnc"
	"akashi/centre/vrs"
	"akashi/verifier/cardrecord"
	"akashi/verifier/credential"
	"akashi/verifier/rule"
	"akashi/verifier/shc"
	"akashi/verifier/vdsnc"
)

// Case is one certificate before its signature, with all that it must agree
// with. The verdict is on the composed bytes, decoded by the verifier, not on
// what the composer says that it wrote.
type Case struct {
	Kind   credential.Kind
	Card   cardrecord.Attributes // verified
	Record vrs.Record            // bound to this question
	Issuer credential.Issuer
	KeyID  string    // of the SHC key
	Issued time.Time // nbf
	Tables *vaccines.Set

	SHC   *shcout.Unsigned
	VDSNC *vdsout.Unsigned // overseas only
}

// Permit lets the signatures of one case be made, once.
type Permit struct {
	spent    bool
	approved Approved
}

// Approved is what a permit lets through: the composed bytes with the digests
// that they had when they were looked at.
type Approved struct {
	SHC         *shcout.Unsigned
	SHCDigest   [32]byte
	VDSNC       *vdsout.Unsigned // nil on a domestic certificate
	VDSNCDigest [32]byte
}

// Refusals of lint itself; those of the formats are the verifier's.
var (
	ErrSpent  = rule.New("lint.spent", "この許可は使用済みです。発行を最初からやり直してください。", "the permit was used already; start the issue again")
	ErrKind   = rule.New("lint.kind", "種別と証明書の構成が一致しません。発行を中止します。", "the codes are not those of this kind; the issue stops")
	ErrIssuer = rule.New("lint.issuer", "発行者または鍵が設定と一致しません。発行を中止します。", "issuer or key is not the configured one; the issue stops")
	ErrHolder = rule.New("lint.holder", "氏名または生年月日がカードと一致しません。発行を中止します。", "name or birth date is not the card's; the issue stops")
	ErrRecord = rule.New("lint.record", "接種記録と一致しません。発行を中止します。", "the doses or the certificate ID are not the record's; the issue stops")
)

// Check gives the permit, or the first rule broken as a *rule.Refusal.
func Check(c Case) (*Permit, error) {
	if c.SHC == nil || (c.VDSNC != nil) != (c.Kind == credential.Overseas) {
		return nil, ErrKind
	}
	a := Approved{SHC: c.SHC, SHCDigest: c.SHC.Digest()}
	card, err := shc.ParseUnsigned(c.SHC.SigningInput())
	if err != nil {
		return nil, err
	}
	if err := c.card(card); err != nil {
		return nil, err
	}
	if c.VDSNC != nil {
		a.VDSNC, a.VDSNCDigest = c.VDSNC, c.VDSNC.Digest()
		seal, err := vdsnc.ParseUnsigned(c.VDSNC.Data())
		if err != nil {
			return nil, err
		}
		if err := c.seal(seal); err != nil {
			return nil, err
		}
	}
	return &Permit{approved: a}, nil
}

// Spend gives what may be signed, the first time; ErrSpent after that. A
// permit belongs to one goroutine.
func (p *Permit) Spend() (Approved, error) {
	if p == nil || p.spent {
		return Approved{}, ErrSpent
	}
	p.spent = true
	return p.approved, nil
}
