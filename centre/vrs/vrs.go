// Package vrs is the query to the vaccination record system (VRS): the request
// and record types, the binding that ties an answer to its question, and the
// client that the issuing worker runs.
//
// VRS is somebody else's system in production; this package is its contract.
package vrs

import (
	"akashi/verifier/cardrecord"
	"akashi/verifier/credential"
)

// Purpose says why My Number is used; VRS answers for these only (F-16).
type Purpose string

// PurposeCertificate is a resident's own certificate application (F-16 c).
const PurposeCertificate Purpose = "certificate"

// Query asks for one person's record of one disease in one municipality's area. It carries
// the card's evidence, and VRS verifies it by itself: there is no way
// to ask by number alone.
type Query struct {
	Purpose      Purpose          `json:"purpose"`
	Version      uint16           `json:"version"`      // of the session digest
	Nonce        []byte           `json:"nonce"`        // session nonce, 32 bytes
	Kiosk        []byte           `json:"kiosk"`        // SHA-256 of the kiosk's certificate, 32 bytes
	Terms        string           `json:"terms"`        // accepted terms version
	Counter      uint8            `json:"counter"`      // request in the session, 1 to 8
	Municipality string           `json:"municipality"` // 6 digits
	Kind         credential.Kind  `json:"kind"`
	Disease      string           `json:"disease"` // code of the table; a person has a record for each
	KeyID        string           `json:"key_id"`  // of the key that will sign, so that a revocation reaches that key's list
	Files        cardrecord.Files `json:"files"`
	Challenge    []byte           `json:"challenge"` // the card's signature over the session digest
}

// Status is VRS's finding. Only Found comes with a record and a reserved
// certificate ID. Append-only.
type Status string

// What VRS can find.
const (
	Found             Status = "found"
	NoRecord          Status = "no-record"          // no such person, or no doses against this disease here; the two are not told apart (V-05)
	NeedsCheck        Status = "needs-check"        // record is marked 要確認
	NotParticipating  Status = "not-participating"  // the municipality does not take part
	NoOverseasIssue   Status = "no-overseas-issue"  // overseas asked for, none issued before
	PassportChanged   Status = "passport-changed"   // the earlier issue's passport is no longer the one on file
	EvidenceAuthority Status = "evidence-authority" // card: unknown authority
	EvidenceSignature Status = "evidence-signature" // card: bad signature
	EvidenceDigest    Status = "evidence-digest"    // card: wrong digest
	EvidenceNotLive   Status = "evidence-not-live"  // card: challenge not signed by it
	EvidenceMalformed Status = "evidence-malformed" // card: records do not parse
	Busy              Status = "busy"               // ask again after RetryAfter; never "no record"
)

// Record is what VRS holds of one person, one disease and one municipality, as far as a
// certificate needs it.
type Record struct {
	ID           credential.ID           `json:"id"` // reserved for this issue, pending
	Name         string                  `json:"name"`
	FormerNames  []string                `json:"former_names"` // registered 旧氏 as whole names, may be empty
	Birth        string                  `json:"birth"`        // credential.Date text
	Municipality credential.Municipality `json:"municipality"`
	Disease      string                  `json:"disease"` // code of the table
	Doses        []Dose                  `json:"doses"`
	Travel       *credential.Travel      `json:"travel,omitempty"` // overseas only
	Revocation   string                  `json:"revocation"`       // rid: at most 24 characters base64url
}

// Dose is one vaccination as VRS holds it; the product's names come from the
// centre's table.
type Dose struct {
	Number  int    `json:"number"`
	Date    string `json:"date"`
	Product string `json:"product"` // code in the table of vaccines
	Lot     string `json:"lot"`
	Country string `json:"country"` // ISO 3166-1 alpha-3
}

// Answer is VRS's whole answer. Record is the exact JSON of a Record, so that
// its digest is over the bytes that both sides saw.
type Answer struct {
	Status      Status   `json:"status"`
	RetryAfter  int      `json:"retry_after,omitempty"` // seconds, with Busy
	Record      []byte   `json:"record,omitempty"`
	SettleToken []byte   `json:"settle_token,omitempty"` // 32 bytes, opaque; names the reservation
	SettleKey   []byte   `json:"settle_key,omitempty"`   // HPKE MLKEM768X25519 public key of VRS
	Binding     *Binding `json:"binding,omitempty"`
}

// Binding ties an answer to its question under VRS's key (DESIGN decision 4).
type Binding struct {
	Signature []byte `json:"signature"` // ASN.1 ECDSA P-256 over BindingDigest
}

// Outcome is how an issue ended at the kiosk.
type Outcome string

// The outcomes of a settlement. Void is said only when it is sure that nothing
// was handed over; an unheard outcome stays unknown at VRS.
const (
	Delivered Outcome = "delivered"
	Void      Outcome = "void"
	Unknown   Outcome = "unknown" // maybe printed
)

// Settlement is what a session worker seals to VRS's settle key (package
// channel has both ends of the seal), in wire's one encoding.
type Settlement struct {
	Token   []byte  `json:"token"`
	Outcome Outcome `json:"outcome"`
}

// VoidOrder is the centre's word that a reservation came to nothing: the
// issuing worker says it when a step after the query fails, the launcher when
// the worker ended without an answer.
type VoidOrder struct {
	Municipality string `json:"municipality"`
	Token        []byte `json:"token"`
}

// SettleStatus is VRS's word on a settlement or a void order. Append-only.
type SettleStatus string

// What VRS says of a settlement. Saying the same outcome twice is Settled
// twice: a resent ciphertext does no harm.
const (
	Settled  SettleStatus = "settled"
	Conflict SettleStatus = "conflict" // the issue has another final state already, which stands
	Refused  SettleStatus = "refused"  // does not open, names no reservation here, or no such outcome
)

// SettleAnswer is VRS's whole answer to a settlement or a void order.
type SettleAnswer struct {
	Status SettleStatus `json:"status"`
}

// Paths of the three calls, each a POST of one JSON body to VRS.
const (
	PathQuery  = "/v1/query"  // Query           -> Answer
	PathSettle = "/v1/settle" // wire.Settle     -> SettleAnswer
	PathVoid   = "/v1/void"   // VoidOrder       -> SettleAnswer
)

// Limits of the bodies, in bytes.
const (
	DefaultMaxQuery  = 16 << 10  // five card files (about 2 KiB together) and a signature, in base64
	DefaultMaxAnswer = 128 << 10 // a record of 99 doses and a settle key, in base64
	DefaultMaxSettle = 4 << 10   // an encapsulated key (1.1 KiB) and a token
)
