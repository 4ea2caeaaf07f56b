package stack

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"

	"akashi/centre/wire"
	"akashi/kiosk"
	"akashi/kiosk/session"
	"akashi/testkit/residents"
	"akashi/testkit/robot"
	"akashi/verifier/credential"
)

// Visit is one resident's session as seen from outside the kiosk.
type Visit struct {
	Code    wire.Code     // how the session ended, or why none was begun
	Event   session.Event // the session's own numbers
	Record  robot.Record  // what the resident saw
	Papers  []string      // files that came out of the printer, in order of name
	Charged int           // yen
	Worker  int           // process id that the session worker had
	Waiting int           // settlements and alarms that the centre has not confirmed
}

// Ask is the plan of a resident who asks for one certificate at the
// municipality that has their record, and lays and takes the card when told.
func (k *Kiosk) Ask(ctx context.Context, r residents.Resident, kind credential.Kind) robot.Plan {
	return k.Carry(ctx, r, robot.Plan{
		PINs:    []string{r.PIN},
		Choices: []robot.Choice{{Municipality: r.Ask(), Kind: kind, Copies: 1}},
	})
}

// Carry gives the plan the resident's hands: the card goes in and out.
func (k *Kiosk) Carry(ctx context.Context, r residents.Resident, p robot.Plan) robot.Plan {
	p.Insert = func() { _ = k.Insert(ctx, r) }
	p.Take = func() { _ = k.Pull() }
	return p
}

// Walk takes a resident through one session by plan. A card that someone left
// on the reader is taken away first.
func (k *Kiosk) Walk(ctx context.Context, p robot.Plan) (Visit, error) {
	if err := k.Pull(); err != nil {
		return Visit{}, err
	}
	before, err := k.papers()
	if err != nil {
		return Visit{}, err
	}
	was, err := k.State(ctx) // others may have paid at the kiosk's own page
	if err != nil {
		return Visit{}, err
	}
	c, replies, err := k.command(ctx, "start")
	if err != nil {
		return Visit{}, err
	}
	defer c.Close()
	first, err := reply(replies)
	if err != nil {
		return Visit{}, err
	}
	if first.Address == "" {
		return Visit{Code: first.Code}, nil
	}
	v := Visit{Worker: first.Worker}
	v.Record, err = robot.Follow(ctx, first.Address, first.Origin, first.Token, p)
	if len(v.Record.Tells) == 0 && ctx.Err() != nil {
		return v, errors.Join(err, ctx.Err()) // nobody came to the face, and the session waits for one
	}
	last, lastErr := reply(replies)
	if lastErr != nil {
		return v, errors.Join(err, lastErr)
	}
	v.Code, v.Waiting = last.Code, last.Waiting
	if last.Event != nil {
		v.Event = *last.Event
	}
	v.Charged = last.Charged - was.Charged
	after, papersErr := k.papers()
	for _, f := range after {
		if !slices.Contains(before, f) {
			v.Papers = append(v.Papers, f)
		}
	}
	return v, errors.Join(err, papersErr)
}

// State asks the agent whether a session may begin.
func (k *Kiosk) State(ctx context.Context) (kiosk.Reply, error) { return k.once(ctx, "state") }

// Clear is the person who has looked at an alarm and lets the kiosk serve
// again.
func (k *Kiosk) Clear(ctx context.Context) (kiosk.Reply, error) { return k.once(ctx, "clear") }

func (k *Kiosk) once(ctx context.Context, do string) (kiosk.Reply, error) {
	c, replies, err := k.command(ctx, do)
	if err != nil {
		return kiosk.Reply{}, err
	}
	defer c.Close()
	return reply(replies)
}

func (k *Kiosk) command(ctx context.Context, do string) (net.Conn, *bufio.Reader, error) {
	c, err := (&net.Dialer{}).DialContext(ctx, "unix", k.control())
	if err != nil {
		return nil, nil, fmt.Errorf("stack: %s does not answer: %w", k.ID, err)
	}
	if _, err := c.Write(append(wire.Encode(kiosk.Command{Do: do}), '\n')); err != nil {
		c.Close()
		return nil, nil, err
	}
	return c, bufio.NewReader(c), nil
}

func reply(r *bufio.Reader) (kiosk.Reply, error) {
	var out kiosk.Reply
	line, err := r.ReadBytes('\n')
	if err != nil {
		return out, fmt.Errorf("stack: the agent hung up: %w", err)
	}
	return out, json.Unmarshal(line, &out)
}

// papers lists what lies in the printer's folder.
func (k *Kiosk) papers() ([]string, error) {
	list, err := os.ReadDir(k.Papers)
	if err != nil {
		return nil, err
	}
	var all []string
	for _, e := range list {
		if filepath.Ext(e.Name()) == ".pdf" {
			all = append(all, filepath.Join(k.Papers, e.Name()))
		}
	}
	return all, nil
}
