package stack

import (
	"context"
	"fmt"
	"slices"
	"time"

	"akashi/centre"
	"akashi/centre/wire"
	"akashi/testkit/residents"
)

// DefaultOrder bounds a person's order to the centre.
const DefaultOrder = 10 * time.Second

// Order is a person at the centre who looks, clears an alarm or stops issuing
// (centre state).
func (s *Stack) Order(ctx context.Context, o centre.Order) (centre.State, error) {
	ctx, cancel := context.WithTimeout(ctx, DefaultOrder)
	defer cancel()
	c, err := centre.ReadConfig(s.path("node.json"))
	if err != nil {
		return centre.State{}, err
	}
	bus, err := c.OperatorBus("")
	if err != nil {
		return centre.State{}, err
	}
	return centre.Tell(ctx, bus, o)
}

// Replace stops the node in order and starts it with another issuing worker;
// nil is the centre's own. What was stopped stays stopped. It comes back when
// every kiosk has its line again; none may be used meanwhile.
func (s *Stack) Replace(ctx context.Context, worker []string) error {
	if err := s.Node.Stop(); err != nil {
		return err
	}
	s.o.Worker = worker
	s.nodes++
	if err := s.startNode(ctx, fmt.Sprintf("centre-%d", s.nodes+1)); err != nil {
		return err
	}
	for _, k := range s.Kiosks {
		if err := k.awaitLine(ctx); err != nil {
			return err
		}
	}
	return nil
}

// Reissue is the counter that gives a resident a new card: the next one has
// all its tries.
func (s *Stack) Reissue(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.cards, id)
}

// AwaitServing waits until a session may begin: a kiosk hears with its next
// beat that the centre lets it serve again.
func (k *Kiosk) AwaitServing(ctx context.Context) error {
	for {
		state, err := k.State(ctx)
		if err != nil || state.Code == wire.OK {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("stack: %s does not serve: %w", k.ID, state.Code)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// People gives everybody who has a card here.
func (s *Stack) People() []residents.Resident { return slices.Clone(s.o.People) }
