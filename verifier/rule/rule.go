// Package rule names the rules that a certificate is held to: each refusal is
// a stable code with one sentence in Japanese and one in English.
//
// Codes are "format.rule", lower case, and never change their meaning; new
// ones are added, old ones stay.
package rule

// Refusal says which rule a certificate broke first. It never carries content
// of the certificate.
type Refusal struct {
	Code string // e.g. "shc.signature"
	JA   string // what, why, what next
	EN   string
}

// Error gives the English sentence behind the code.
func (r *Refusal) Error() string { return r.Code + ": " + r.EN }

// New makes a Refusal; packages declare theirs as variables.
func New(code, ja, en string) *Refusal { return &Refusal{Code: code, JA: ja, EN: en} }
