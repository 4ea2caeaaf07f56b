package issue

import (
	"akashi/centre/keys"
	"akashi/centre/vrs"
	"akashi/centre/wire"
	"akashi/verifier/credential"
)

// Mode is what a worker was started for.
type Mode uint8

// The modes. Numbers are append-only.
const (
	ModeIssue  Mode = 1 // one request to one answer
	ModeSettle Mode = 2 // relay one sealed settlement to VRS
	ModeVoid   Mode = 3 // void a reservation whose worker ended without an answer
)

// Setup is all that a worker is told at its start; the launcher sends it first.
// It holds nothing of the resident.
type Setup struct {
	Mode      Mode              `json:"mode"`
	Header    *wire.Header      `json:"header,omitempty"` // ModeIssue: the cleartext header that was admitted
	Settle    *wire.Settle      `json:"settle,omitempty"` // ModeSettle
	Void      *vrs.VoidOrder    `json:"void,omitempty"`   // ModeVoid
	Phone     string            `json:"phone"`            // the municipality's, for answers that a person must ask about
	Issuer    credential.Issuer `json:"issuer"`
	Keys      keys.Public       `json:"keys"`
	VRS       VRS               `json:"vrs"`
	Trust     []byte            `json:"trust"`      // the published trust list: card authorities, and what our own output must verify under
	TrustRoot []byte            `json:"trust_root"` // public key of the list's root, PKIX DER
}

// VRS says how the worker knows VRS.
type VRS struct {
	ServerName string   `json:"server_name"` // in VRS's server certificate
	Roots      [][]byte `json:"roots"`       // DER
	Binding    [][]byte `json:"binding"`     // DER chain of the binding certificate, leaf first, without the root
}
