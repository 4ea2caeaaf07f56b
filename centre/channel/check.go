package channel

import (
	"crypto/x509"
	"time"

	"akashi/centre/wire"
)

// CheckAttested holds a worker's key against the pinned centre root: role
// attest, valid now, and signed for exactly this header. It fails with
// wire.AttestationInvalid.
func CheckAttested(root *x509.CertPool, h wire.Header, a wire.Attested, now time.Time) error {
	return wire.AttestationInvalid
}

// CheckReceipt holds a receipt against the pinned centre root: role receipt,
// valid now, issued near now. It fails with wire.LastLook.
func CheckReceipt(root *x509.CertPool, r wire.Receipt, now time.Time) error { return wire.LastLook }
