package centre

import "akashi/centre/fleet"

// DefaultMaxLost bounds how many lost workers a launcher remembers: more than
// it can start while one attestation lasts.
const DefaultMaxLost = 1024

// lost is a worker that ended before its request came: killed, or at the end
// of its longest life.
type lost struct {
	kiosk   fleet.Digest
	expires int64 // of its attestation: no kiosk sends anything after that; Unix seconds
}

// lose remembers a seat whose worker ended before its request came, so that
// the kiosk is told to ask anew, and not that its request was used. The seat
// stays used: nothing is taken for it any more. The caller holds l.mu.
func (l *Launcher) lose(s seat, w *worker) {
	now := l.c.Now().Unix()
	for at, x := range l.lost {
		if x.expires+int64(l.c.Worker.Life.Seconds()) < now { // a request may still have been on its way
			delete(l.lost, at)
		}
	}
	if len(l.lost) < DefaultMaxLost {
		l.lost[s] = lost{w.request.kiosk, w.expires}
	}
}
