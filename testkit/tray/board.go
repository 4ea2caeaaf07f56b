package tray

import "sync"

// board holds what a page shows. Whoever watches gets the newest state, never
// a backlog: a slow page costs nothing but its own states in between.
type board[T any] struct {
	mu      sync.Mutex
	now     T
	changed chan struct{} // closed and replaced at every change
}

func newBoard[T any](first T) *board[T] { return &board[T]{now: first, changed: make(chan struct{})} }

// set changes the state. f must replace slices and maps that it changes: what
// see has given away is read without the lock.
func (b *board[T]) set(f func(*T)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	f(&b.now)
	close(b.changed)
	b.changed = make(chan struct{})
}

// see gives the state and a channel that is closed at the next change.
func (b *board[T]) see() (T, <-chan struct{}) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.now, b.changed
}
