// Package wire is what kiosk (or phone) and centre say to each other: the
// messages, the protocol version, the pinned error numbers and the limits.
//
// There is one encoding: minified JSON with the members in the order of the
// structs, bytes in standard base64. Decode refuses anything that does not
// encode back to the same bytes, so unknown, repeated or reordered members,
// white space and other spellings never get in.
package wire

import (
	"bytes"
	"encoding/json"
	"fmt"

	"akashi/verifier/cardrecord"
	"akashi/verifier/credential"
)

// Version is the protocol's version; both ends refuse any other. It rises with
// every change that an end of the version before would misread or refuse, so
// that the two say "another version" and not "malformed".
//
//	1  2026-11-23  first version
//	2  2026-11-23  beats carry a report of the kiosk's devices; their answer
//	               tells milliseconds, how long the centre held the beat, and
//	               which screen release is in force
const Version uint16 = 2

// Limits of every message, in bytes, so that no sender can make a receiver
// hold more.
const (
	DefaultMaxFrame  = 2 << 20   // one frame: a padded answer and its base64
	DefaultMaxSealed = 16 << 10  // a sealed request: five card files and a signature
	DefaultMaxAnswer = 1 << 20   // an answer in clear: a signed PDF of two pages and its codes
	DefaultPadUp     = 8 << 10   // requests are padded to a multiple of this
	DefaultPadDown   = 256 << 10 // answers are padded to a multiple of this: a gateway cannot tell a refusal from a certificate
)

// MaxRequests is how many requests one session may make (DESIGN: the
// bracket). Counters run from 1.
const MaxRequests = 8

// Type says what a frame holds.
type Type string

// Frame types. A request frame is answered by exactly one frame with its ID:
// the type beside it, or TypeFailed.
const (
	TypeOpen     Type = "open"     // Open     -> TypeOpened
	TypeOpened   Type = "opened"   // Opened
	TypeBegin    Type = "begin"    // Header   -> TypeAttested
	TypeAttested Type = "attested" // Attested
	TypeRequest  Type = "request"  // Sealed   -> TypeAnswer
	TypeAnswer   Type = "answer"   // Sealed
	TypeSettle   Type = "settle"   // Settle   -> TypeSettled
	TypeSettled  Type = "settled"  // no body
	TypeAlarm    Type = "alarm"    // Alarm    -> TypeAlarmed
	TypeAlarmed  Type = "alarmed"  // no body
	TypeBeat     Type = "beat"     // Beat     -> TypeBeaten
	TypeBeaten   Type = "beaten"   // Beaten
	TypeFailed   Type = "failed"   // Failed
	TypeRight    Type = "right"    // Right    -> TypeRighted
	TypeRighted  Type = "righted"  // Righted
	TypeRelease  Type = "release"  // ReleaseWanted -> TypeReleased
	TypeReleased Type = "released" // Released
)

// Frame is one message on the channel.
type Frame struct {
	Version uint16          `json:"v"`
	Type    Type            `json:"t"`
	ID      uint64          `json:"id"` // set by the asker, repeated by the answer
	Body    json.RawMessage `json:"body,omitempty"`
}

// Open asks for a session nonce.
type Open struct {
	Terms string `json:"terms"` // terms version that the resident accepted
}

// Opened is the centre's session nonce. It is used by one kiosk only and
// lives until Expires.
type Opened struct {
	Nonce   []byte `json:"nonce"`   // 32 bytes
	Expires int64  `json:"expires"` // Unix seconds
	Now     int64  `json:"now"`     // the centre's clock, Unix seconds
}

// Header is the cleartext beside every request; the envelope repeats and
// binds it, so a gateway can route by it and change nothing.
type Header struct {
	Version      uint16          `json:"version"`
	Nonce        []byte          `json:"nonce"`   // 32 bytes
	Kiosk        []byte          `json:"kiosk"`   // SHA-256 of the kiosk's certificate (DER), 32 bytes
	Counter      uint8           `json:"counter"` // 1 to MaxRequests
	Municipality string          `json:"municipality"`
	Kind         credential.Kind `json:"kind"`
	Disease      string          `json:"disease"` // code of the table of vaccines, e.g. "yellow-fever"
	Terms        string          `json:"terms"`
}

// Attested is the issuing worker's key, vouched for by the key process for
// this header and this worker only.
type Attested struct {
	Key       []byte   `json:"key"`       // HPKE public key, MLKEM768X25519
	Expires   int64    `json:"expires"`   // Unix seconds
	Signature []byte   `json:"signature"` // ASN.1 ECDSA P-256 over AttestationDigest
	Chain     [][]byte `json:"chain"`     // DER, leaf first, up to but without the pinned centre root
}

// Sealed is a request on its way up (Enc set) or an answer on its way down.
type Sealed struct {
	Nonce      []byte `json:"nonce"` // of the session, for routing
	Counter    uint8  `json:"counter"`
	Enc        []byte `json:"enc,omitempty"` // HPKE encapsulated key
	Ciphertext []byte `json:"ciphertext"`
}

// Request is what the session worker seals.
type Request struct {
	Header    Header           `json:"header"` // must equal the cleartext one
	Files     cardrecord.Files `json:"files"`
	Challenge []byte           `json:"challenge"` // the card's signature over the session digest
}

// Answer is what the issuing worker seals: a delivery, or a code.
type Answer struct {
	Code       Code      `json:"code"` // OK with a delivery
	RetryAfter int       `json:"retry_after,omitempty"`
	Phone      string    `json:"phone,omitempty"` // the municipality's, where a person must ask it
	Delivery   *Delivery `json:"delivery,omitempty"`
}

// Delivery is one issued certificate.
type Delivery struct {
	PDF         []byte   `json:"pdf"`
	Codes       []string `json:"codes"` // QR texts in the order they stand on the paper: SHC, then VDS-NC
	Receipt     Receipt  `json:"receipt"`
	SettleKey   []byte   `json:"settle_key"`   // HPKE public key of VRS
	SettleToken []byte   `json:"settle_token"` // opaque
	// Layout is the sheet's version, Certificate what was laid out: of these,
	// the codes and its own session code the kiosk makes the same PDF again.
	Layout      uint16                 `json:"layout"`
	Certificate credential.Certificate `json:"certificate"`
}

// Receipt is the centre's signed word on what belongs to whom; the last look
// holds the paper against it.
type Receipt struct {
	Version       uint16          `json:"version"`
	SessionDigest []byte          `json:"session_digest"`
	Counter       uint8           `json:"counter"`
	Kind          credential.Kind `json:"kind"`
	Municipality  string          `json:"municipality"`
	Disease       string          `json:"disease"`
	CardDigest    []byte          `json:"card_digest"`         // cardrecord.Files.Digest
	RecordDigest  []byte          `json:"record_digest"`       // of VRS's record, under VRS's binding
	CodeDigests   [][]byte        `json:"code_digests"`        // SHA-256 of each QR text
	PDFDigest     []byte          `json:"pdf_digest"`          // SHA-256 of the signed PDF
	SettleDigest  []byte          `json:"settle_digest"`       // SHA-256 of settle key, then token
	Issued        int64           `json:"issued"`              // Unix seconds
	Signature     []byte          `json:"signature,omitempty"` // ASN.1 ECDSA P-256 over ReceiptDigest
	Chain         [][]byte        `json:"chain,omitempty"`     // DER, leaf first, without the root
}

// Settle carries a settlement that is sealed to VRS; the agent may resend it.
type Settle struct {
	Municipality string `json:"municipality"`
	Enc          []byte `json:"enc"`
	Ciphertext   []byte `json:"ciphertext"`
}

// Alarm is a kiosk's word that something must never have happened.
type Alarm struct {
	Code Code `json:"code"`
}

// Beat is a kiosk's sign of life; Codes are the device faults it sees.
type Beat struct {
	Codes  []Code  `json:"codes,omitempty"`
	Report *Report `json:"report,omitempty"`
}

// Check refuses a beat with a code that nobody knows or a report out of its
// bounds.
func (b Beat) Check() error {
	for _, c := range b.Codes {
		if !c.Known() {
			return Malformed
		}
	}
	if b.Report != nil {
		return b.Report.Check()
	}
	return nil
}

// Beaten says what the kiosk may do now.
type Beaten struct {
	Now     int64 `json:"now"`     // the centre's clock as this leaves, Unix milliseconds
	Held    int64 `json:"held"`    // milliseconds since the beat arrived
	Enabled bool  `json:"enabled"` // false: finish nothing new
	Release int   `json:"release"` // version of the screen release in force; 0: nobody says
}

// ReleaseWanted asks for the screen release that a beat has named.
type ReleaseWanted struct {
	Version int `json:"version"`
}

// Released is a screen release (package release), of that version or a later
// one.
type Released struct {
	File []byte `json:"file"`
}

// Failed answers a frame that was not done.
type Failed struct {
	Code       Code `json:"code"`
	RetryAfter int  `json:"retry_after,omitempty"` // seconds; 0: no use to wait
}

// Encode gives the one encoding of a message.
func Encode(v any) []byte {
	b, err := encode(v)
	if err != nil {
		// Messages are structs of this package: only a programming error fails.
		panic(fmt.Sprintf("wire: a message that cannot be encoded: %T", v))
	}
	return b
}

func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

// Decode reads one message of at most limit bytes. It refuses every encoding
// but the one that Encode writes, with Malformed or TooLarge.
func Decode[T any](b []byte, limit int) (T, error) {
	var v, zero T
	if len(b) > limit {
		return zero, TooLarge
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&v); err != nil {
		return zero, Malformed
	}
	// What was left out may have no word, as a zero Health has none: the sender
	// decides that, so it is no programming error here.
	if again, err := encode(v); err != nil || !bytes.Equal(again, b) {
		return zero, Malformed
	}
	return v, nil
}
