package centre

import (
	"context"
	"time"

	"akashi/centre/audit"
	"akashi/centre/keys"
)

// DefaultKeysEvery is how often the key process's counts go into the audit.
const DefaultKeysEvery = time.Minute

// countKeys writes the key process's counts and how the trust list stands, now
// and then and at the end, when they have changed, until ctx ends.
func (l *Launcher) countKeys(ctx context.Context) {
	t := time.NewTicker(DefaultKeysEvery)
	defer t.Stop()
	for {
		_, _ = l.listed(0) // a failure shows itself at the next request
		select {
		case <-t.C:
			l.auditKeys(ctx)
		case <-ctx.Done():
			l.auditKeys(context.WithoutCancel(ctx))
			return
		}
	}
}

// auditKeys leaves a silent key process to the next request, which fails.
func (l *Launcher) auditKeys(ctx context.Context) {
	n, err := l.keys.Counts(ctx)
	if err != nil || (n.Sessions == l.lastKeys.Sessions && n.Refused == l.lastKeys.Refused) {
		return
	}
	l.lastKeys = n
	s := n.Signed
	_ = l.record(audit.Event{Keys: &audit.Keys{ // a failure shows itself at the next request
		Node: l.c.Node, Attest: s[keys.PurposeAttest], Receipt: s[keys.PurposeReceipt], SHC: s[keys.PurposeSHC],
		VDSNC: s[keys.PurposeVDSNC], PDF: s[keys.PurposePDF], VRSTLS: s[keys.PurposeVRSTLS],
		Refused: n.Refused, Sessions: n.Sessions,
	}})
}
