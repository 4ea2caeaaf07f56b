package inquiry

import (
	"fmt"
	"io"
	"strings"
	"time"

	"akashi/verifier"
	"akashi/verifier/trust"
	"akashi/verifier/verdict"
)

// text prints the verdict for a person to read.
func text(w io.Writer, v *verdict.Verdict) error {
	var b strings.Builder
	if v.Refusal != nil {
		fmt.Fprintf(&b, "REFUSED %s\n  %s\n  %s\n", v.Refusal.Code, v.Refusal.JA, v.Refusal.EN)
	} else {
		b.WriteString("VALID 有効\n")
		if !v.Trust.Pinned {
			b.WriteString("  未固定: 信頼リストの署名者を、まだだれも確かめていません。\n  NOT PINNED: nobody has vouched for whoever signed the trust list; a forger can bring a list of their own.\n")
		}
		if v.Paper != nil {
			line(&b, "PDF", fmt.Sprintf("署名者 signed by %s, %s", v.Paper.Signer, moment(v.Paper.SignedAt)))
			line(&b, "紙面 Paper", "署名・二次元コード・印字が一致 signature, codes and printed text agree")
		}
		for _, r := range v.Results {
			result(&b, r)
		}
	}
	if v.Trust != nil {
		trusted(&b, v.Trust)
	}
	line(&b, "判定時刻 As of", moment(v.At))
	_, err := io.WriteString(w, b.String())
	return err
}

func result(b *strings.Builder, r *verifier.Result) {
	fmt.Fprintf(b, "%s\n", r.Format)
	issuer := r.Issuer
	if names := strings.Trim(r.IssuerJA+" / "+r.IssuerEN, " /"); names != "" {
		issuer = names + " (" + r.Issuer + ")"
	}
	line(b, "発行者 Issuer", issuer)
	line(b, "鍵 Key", r.KeyID)
	line(b, "氏名 Name", r.Name)
	line(b, "生年月日 Birth date", r.Birth.String())
	line(b, "旅券番号 Passport", r.Passport)
	line(b, "証明書ID", r.ID)
	for _, d := range r.Doses {
		line(b, fmt.Sprintf("接種 Dose %d", d.Number), dose(d))
	}
	line(b, "発行 Issued", moment(r.NotBefore))
	switch {
	case r.Format == verifier.FormatVDSNC:
		line(b, "署名者の期限 Signer until", moment(r.SignerExpires))
	case r.Expires.IsZero():
		line(b, "有効期限 Expires", "なし never")
	default:
		line(b, "有効期限 Expires", moment(r.Expires))
	}
}

func dose(d verifier.Dose) string {
	parts := []string{d.Date.String()}
	code := d.Vaccine
	if d.Meaning != "" {
		code += " (" + d.Meaning + ")"
	}
	for _, p := range [][2]string{{"", d.Product}, {d.System + " ", code}, {"Lot ", d.Lot}, {"", d.Country}, {"", d.Performer}} {
		if p[1] != "" {
			parts = append(parts, p[0]+p[1])
		}
	}
	if d.Subpotent {
		parts = append(parts, "規定量未満 less than a full dose")
	}
	return strings.Join(parts, "  ")
}

func trusted(b *strings.Builder, t *verdict.Trust) {
	pin := "固定済み pinned"
	if !t.Pinned {
		pin = "未固定 not pinned: compare it with the publisher's, and pin it with -root or -state"
	}
	line(b, "信頼リスト Trust list", fmt.Sprintf("%s (version %d, until %s)", t.File, t.Version, moment(t.Expires)))
	line(b, "リストの署名者 Its root", fmt.Sprintf("sha256:%s %s", trust.Fingerprint(t.Root), pin))
}

// line prints a labelled value; an empty one is left out.
func line(b *strings.Builder, label, value string) {
	if value != "" {
		fmt.Fprintf(b, "  %s: %s\n", label, value)
	}
}

// japan is the time of the dates on Japanese paper; it has no summer time.
var japan = time.FixedZone("JST", 9*60*60)

// moment prints a time as Japan's clocks had it, which dates the paper, and as
// the world's.
func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(japan).Format("2006-01-02 15:04:05") + " 日本時間 JST (" + t.UTC().Format(time.RFC3339) + ")"
}
