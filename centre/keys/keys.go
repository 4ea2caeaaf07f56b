// Package keys keeps the issuer's keys and is the process that signs with
// them: digests only, a bounded number a session, for sessions that the
// launcher opened.
//
// Nothing here returns a private key, and nothing here knows what a digest
// stands for. The launcher reaches the process over a Unix socket (Control);
// each issuing worker gets a socket of its own (Session), which dies with it.
package keys

import (
	"crypto/x509"
	"fmt"
	"slices"
)

// Purpose is what a key signs; there is one key a purpose.
type Purpose string

// The purposes.
const (
	PurposeAttest  Purpose = "attest"  // an issuing worker's key, for the launcher only
	PurposeReceipt Purpose = "receipt" // what belongs to whom
	PurposeSHC     Purpose = "shc"     // SMART Health Cards
	PurposeVDSNC   Purpose = "vdsnc"   // VDS-NC seals
	PurposePDF     Purpose = "pdf"     // the paper's file
	PurposeVRSTLS  Purpose = "vrs-tls" // the TLS handshake towards VRS
)

// purposes stand at their number on the wire; append only. 0 is none.
var purposes = []Purpose{"", PurposeAttest, PurposeReceipt, PurposeSHC, PurposeVDSNC, PurposePDF, PurposeVRSTLS}

// Purposes gives every purpose, for those who need them all.
func Purposes() []Purpose { return slices.Clone(purposes[1:]) }

// Public is what anybody may know of the keys; the launcher hands it to the
// workers as JSON.
type Public struct {
	Chains map[Purpose][][]byte `json:"chains"` // DER, leaf first
	KeyID  string               `json:"key_id"` // RFC 7638 thumbprint of the SHC key
}

// Certificates gives the chain of a purpose, leaf first.
func (p Public) Certificates(purpose Purpose) ([]*x509.Certificate, error) {
	var chain []*x509.Certificate
	for _, der := range p.Chains[purpose] {
		c, err := x509.ParseCertificate(der)
		if err != nil {
			return nil, fmt.Errorf("keys: the %s chain does not parse; hand the key process's own words on unchanged", purpose)
		}
		chain = append(chain, c)
	}
	if len(chain) == 0 {
		return nil, fmt.Errorf("keys: no %s chain; ask the key process for its public side again", purpose)
	}
	return chain, nil
}
