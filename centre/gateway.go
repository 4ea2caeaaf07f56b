package centre

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"net"
	"sync"
	"time"

	"github.com/nats-io/nats.go"

	"akashi/centre/channel"
	"akashi/centre/fleet"
	"akashi/centre/wire"
)

// GatewayConfig is one gateway. It holds no key but that of its own TLS.
type GatewayConfig struct {
	Certificate tls.Certificate
	Root        *x509.CertPool
	Bus         DialConfig
	Fleet       *fleet.Fleet
	WorkerLife  time.Duration // 0: DefaultWorkerLife
	Now         func() time.Time
	Channel     channel.ServerConfig // limits only
}

// Gateway relays between kiosks and launchers: frames in, frames out, all of
// the resident's in ciphertext.
type Gateway struct {
	c  GatewayConfig
	nc *nats.Conn

	mu      sync.Mutex
	refused map[wire.Code]uint64

	giving giving
}

// NewGateway connects to the bus. While no launcher is there, kiosks are told
// that the centre is busy.
func NewGateway(ctx context.Context, c GatewayConfig) (*Gateway, error) {
	if c.WorkerLife == 0 {
		c.WorkerLife = DefaultWorkerLife
	}
	nc, err := dial(ctx, c.Bus, wire.RoleGateway)
	if err != nil {
		return nil, err
	}
	return &Gateway{c: c, nc: nc, refused: map[wire.Code]uint64{}, giving: newGiving()}, nil
}

// Serve answers kiosks on ln until ctx ends, and then drains.
func (g *Gateway) Serve(ctx context.Context, ln net.Listener) error {
	c := g.c.Channel
	c.Certificate, c.Root, c.Now = g.c.Certificate, g.c.Root, g.c.Now
	c.Accept = func(p channel.Peer) bool { _, ok := g.c.Fleet.Kiosk(p.Digest); return ok }
	c.Refused = g.count
	defer g.nc.Close()
	return channel.Serve(ctx, ln, c, g.answer)
}

func (g *Gateway) count(c wire.Code) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.refused[c]++
}

// Refused gives how many connections and frames were refused, by code.
func (g *Gateway) Refused() map[wire.Code]uint64 {
	g.mu.Lock()
	defer g.mu.Unlock()
	all := make(map[wire.Code]uint64, len(g.refused))
	for c, n := range g.refused {
		all[c] = n
	}
	return all
}

// answer is the gateway's one handler: check the cleartext, pass it on.
func (g *Gateway) answer(ctx context.Context, p channel.Peer, t wire.Type, body json.RawMessage) (wire.Type, any, error) {
	switch t {
	case wire.TypeOpen:
		if _, err := wire.Decode[wire.Open](body, channel.DefaultMaxUp); err != nil {
			return "", nil, err
		}
		b, err := g.ask(ctx, subjectOpen, p, body, 2*DefaultState)
		return wire.TypeOpened, b, err
	case wire.TypeBegin:
		if err := checkHeader(p, body); err != nil {
			return "", nil, err
		}
		b, err := g.ask(ctx, subjectBegin, p, body, patience(4*DefaultState))
		return wire.TypeAttested, b, err
	case wire.TypeRequest:
		b, err := g.request(ctx, p, body)
		return wire.TypeAnswer, b, err
	case wire.TypeSettle:
		b, err := g.ask(ctx, subjectSettle, p, body, patience(g.c.WorkerLife))
		return wire.TypeSettled, b, err
	case wire.TypeAlarm:
		b, err := g.ask(ctx, subjectAlarm, p, body, 4*DefaultState)
		return wire.TypeAlarmed, b, err
	case wire.TypeRight:
		b, err := g.right(ctx, p, body)
		return wire.TypeRighted, b, err
	case wire.TypeRelease:
		b, err := g.giveRelease(ctx, p, body)
		return wire.TypeReleased, b, err
	case wire.TypeBeat:
		b, err := g.beat(ctx, p, body)
		return wire.TypeBeaten, b, err
	}
	return "", nil, wire.FrameUnexpected
}

// checkHeader holds a cleartext header against its form and against the
// certificate that this connection showed.
func checkHeader(p channel.Peer, body json.RawMessage) error {
	h, err := wire.Decode[wire.Header](body, channel.DefaultMaxUp)
	if err != nil {
		return err
	}
	if h.Version != wire.Version {
		return wire.WrongVersion
	}
	if d, ok := fleet.DigestOf(h.Kiosk); !ok || d != p.Digest {
		return wire.HeaderMismatch
	}
	if len(h.Nonce) != 32 || h.Counter < 1 {
		return wire.Malformed
	}
	if h.Counter > wire.MaxRequests {
		return wire.CounterOver
	}
	return nil
}

// request goes to the launcher that has this nonce and counter's worker.
func (g *Gateway) request(ctx context.Context, p channel.Peer, body json.RawMessage) (any, error) {
	s, err := wire.Decode[wire.Sealed](body, channel.DefaultMaxUp)
	if err != nil {
		return nil, err
	}
	if len(s.Nonce) != 32 || s.Counter < 1 || s.Counter > wire.MaxRequests {
		return nil, wire.Malformed
	}
	node, err := g.where(ctx, p, s)
	if err != nil {
		return nil, err
	}
	return g.ask(ctx, requestTo(node), p, body, patience(g.c.WorkerLife))
}

// where asks which node has the worker of a request.
func (g *Gateway) where(ctx context.Context, p channel.Peer, s wire.Sealed) (fleet.ID, error) {
	b, err := g.answerOf(ctx, subjectWhere, p, wire.Encode(place{Nonce: s.Nonce, Counter: s.Counter}), 2*DefaultState)
	if err != nil {
		return "", err
	}
	v, err := wire.Decode[whereabouts](b, maxEntry)
	if err != nil || !v.Node.Valid() {
		return "", wire.Internal
	}
	return v.Node, nil
}

// ask asks a launcher once, and gives the body that goes to the kiosk; nil for
// none. No launcher is Busy: it is starting again. No answer is Internal, and
// nothing is tried again: the use counts.
func (g *Gateway) ask(ctx context.Context, subject string, p channel.Peer, body json.RawMessage, wait time.Duration) (any, error) {
	b, err := g.answerOf(ctx, subject, p, body, wait)
	if err != nil || b == nil {
		return nil, err
	}
	return b, nil
}

func (g *Gateway) answerOf(ctx context.Context, subject string, p channel.Peer, body json.RawMessage, wait time.Duration) (json.RawMessage, error) {
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	m, err := g.nc.RequestWithContext(ctx, subject, wire.Encode(call{Kiosk: p.Digest[:], Body: body}))
	if errors.Is(err, nats.ErrNoResponders) {
		return nil, errNobody
	}
	if err != nil {
		return nil, wire.Internal
	}
	r, err := wire.Decode[result](m.Data, maxMessage)
	if err != nil {
		return nil, wire.Internal
	}
	if err := r.err(); err != nil {
		return nil, err
	}
	return r.Body, nil
}

// beat tells a kiosk what it may do: nothing, while no launcher says more. One
// launcher answers; all of them hear what the kiosk reports.
func (g *Gateway) beat(ctx context.Context, p channel.Peer, body json.RawMessage) (any, error) {
	begun := time.Now() // durations are of the monotonic clock
	b, err := wire.Decode[wire.Beat](body, channel.DefaultMaxUp)
	if err == nil {
		err = b.Check()
	}
	if err != nil {
		return nil, err
	}
	k, ok := g.c.Fleet.Kiosk(p.Digest)
	answered, err := g.answerOf(ctx, subjectBeat, p, body, DefaultState) // of a kiosk that is not enabled as well: it is watched
	a, malformed := wire.Decode[announced](answered, maxEntry)
	return wire.Beaten{
		Now: g.c.Now().UnixMilli(), Held: time.Since(begun).Milliseconds(),
		Enabled: ok && k.Enabled && err == nil && malformed == nil, Release: a.Release,
	}, nil
}
