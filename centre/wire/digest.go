package wire

import (
	"encoding/base32"
	"encoding/binary"

	"akashi/verifier/cardrecord"
)

// SessionDigest is what the card signs in this session (DESIGN decision 2).
func (h Header) SessionDigest() [32]byte {
	return cardrecord.SessionDigest(h.Version, h.Nonce, h.Kiosk, h.Terms)
}

// Info is the HPKE info of the request's envelope: every cleartext field.
func (h Header) Info() []byte { return append([]byte("akashi/1 request "), Encode(h)...) }

// AAD is the additional data of the answer's seal.
func (h Header) AAD() []byte { return append([]byte("akashi/1 answer "), Encode(h)...) }

// AttestationDigest is what the key process signs over a worker's key for one
// header.
func AttestationDigest(h Header, key []byte, expires int64) [32]byte {
	var e [8]byte
	binary.BigEndian.PutUint64(e[:], uint64(expires))
	return cardrecord.Digest("akashi/1 attestation", Encode(h), key, e[:])
}

// ReceiptDigest is what the centre signs over a receipt: all but Signature and
// Chain.
func ReceiptDigest(r Receipt) [32]byte {
	r.Signature, r.Chain = nil, nil
	return cardrecord.Digest("akashi/1 receipt", Encode(r))
}

// SettleDigest ties VRS's settle key and token to a receipt.
func SettleDigest(key, token []byte) [32]byte {
	return cardrecord.Digest("akashi/1 settle", key, token)
}

// SessionCode is the short code on every page of one request's paper: 8
// characters of Crockford's base 32 (40 bits), derived by both ends and never
// logged.
type SessionCode string

// CodeFor derives the session code of one request.
func CodeFor(sessionDigest [32]byte, counter uint8) SessionCode {
	d := cardrecord.Digest("akashi/1 session code", sessionDigest[:], []byte{counter})
	s := base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").EncodeToString(d[:5])
	return SessionCode(s[:4] + "-" + s[4:])
}

// Roles stand in certificates of the centre's root as URI names; nothing
// accepts a certificate of another role.
const (
	RoleGateway  = "urn:akashi:role:gateway"
	RoleKiosk    = "urn:akashi:role:kiosk"
	RoleLauncher = "urn:akashi:role:launcher"
	RoleOperator = "urn:akashi:role:operator" // a person who clears alarms and stops issuing
	RoleAttest   = "urn:akashi:role:attest"
	RoleReceipt  = "urn:akashi:role:receipt"
	RoleRelease  = "urn:akashi:role:release" // signs screen releases; its key is not at the centre's nodes
	KioskPrefix  = "urn:akashi:kiosk:"       // followed by the kiosk's id

	// Roles under VRS's own root.
	RoleVRSBinding = "urn:akashi:role:vrs-binding"
	RoleCentre     = "urn:akashi:role:centre"
	RoleSite       = "urn:akashi:role:site" // the issuer site: asks VRS what is revoked, and nothing else
)
