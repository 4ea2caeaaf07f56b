//go:build cgo

package pkcs11

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"sync"

	p11 "github.com/miekg/pkcs11"
)

// Token is a token that is logged in to. It may be used side by side. When it
// was taken out and put back, the next use finds it and logs in again.
type Token struct {
	c   Config
	ctx *p11.Ctx

	mu       sync.RWMutex // held for writing while the connection changes
	up       bool
	epoch    int // counts connections
	slot     uint
	sessions chan p11.SessionHandle // those that nobody uses
	refused  *[32]byte              // digest of the PIN that was refused last
}

// Open loads the module, finds the token by its label and logs in. Where the
// token says that a wrong PIN was given before, none is tried: a process that
// is started again and again must not lock it.
func Open(c Config) (*Token, error) { return open(c, false) }

// Try is Open at a person's word: it tries the PIN once, also after a wrong
// one, but never for the last time.
func Try(c Config) (*Token, error) { return open(c, true) }

func open(c Config, asked bool) (*Token, error) {
	t := &Token{c: c, ctx: p11.New(c.Module)}
	if t.ctx == nil {
		return nil, fmt.Errorf("%w: %s", ErrModule, c.Module)
	}
	if err := t.connect(asked); err != nil {
		t.ctx.Destroy()
		return nil, err
	}
	return t, nil
}

// Close logs out and lets the module go.
func (t *Token) Close() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.disconnect()
	t.ctx.Destroy()
	return nil
}

// connect makes a connection. The lock is held, or nobody else has t.
func (t *Token) connect(asked bool) error {
	if err := t.ctx.Initialize(); err != nil {
		if errors.Is(err, p11.Error(p11.CKR_CRYPTOKI_ALREADY_INITIALIZED)) {
			return ErrBusy
		}
		return fmt.Errorf("%w: %w", ErrModule, err)
	}
	t.up = true
	err := t.find()
	if err == nil {
		err = t.login(asked)
	}
	if err != nil {
		t.disconnect()
	}
	return err
}

func (t *Token) disconnect() {
	if !t.up {
		return
	}
	t.up = false
	_ = t.ctx.CloseAllSessions(t.slot) // which logs out; a token that is gone has none
	_ = t.ctx.Finalize()
}

// find finds the token's slot.
func (t *Token) find() error {
	slots, err := t.ctx.GetSlotList(true)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrLost, err)
	}
	found := 0
	for _, s := range slots {
		if info, err := t.ctx.GetTokenInfo(s); err == nil && info.Label == t.c.Label {
			t.slot = s
			found++
		}
	}
	switch found {
	case 0:
		return fmt.Errorf("%w: %s", ErrAbsent, t.c.Label)
	case 1:
		return nil
	}
	return fmt.Errorf("%w: %s", ErrTwo, t.c.Label)
}

// login opens the sessions and logs in, if that costs no try that matters.
func (t *Token) login(asked bool) error {
	info, err := t.ctx.GetTokenInfo(t.slot)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrLost, err)
	}
	if err := t.fit(info); err != nil {
		return err
	}
	if err := mayTry(info.Flags, asked); err != nil {
		return err
	}
	n := t.c.Sessions
	if most := info.MaxSessionCount; most > 1 && most < uint(n) { // 0 and all ones: not said
		n = int(most) - 1 // one is for making and removing keys
	}
	t.sessions = make(chan p11.SessionHandle, n)
	for range n {
		s, err := t.ctx.OpenSession(t.slot, p11.CKF_SERIAL_SESSION)
		if err != nil {
			return fmt.Errorf("%w: %w", ErrLost, err)
		}
		t.sessions <- s
	}
	s := <-t.sessions
	defer func() { t.sessions <- s }()
	return t.present(s, asked)
}

// present gives the PIN. One that was refused is not given again.
func (t *Token) present(s p11.SessionHandle, asked bool) error {
	pin, err := t.c.readPIN()
	if err != nil {
		return err
	}
	defer clear(pin)
	digest := sha256.Sum256(pin)
	if t.refused != nil && *t.refused == digest && !asked {
		return ErrPIN
	}
	err = t.ctx.Login(s, p11.CKU_USER, string(pin))
	var code p11.Error
	errors.As(err, &code)
	switch code {
	case p11.CKR_OK, p11.CKR_USER_ALREADY_LOGGED_IN:
		t.refused = nil
		return nil
	case p11.CKR_PIN_INCORRECT, p11.CKR_PIN_INVALID, p11.CKR_PIN_LEN_RANGE, p11.CKR_PIN_EXPIRED:
		t.refused = &digest
		return ErrPIN
	case p11.CKR_PIN_LOCKED:
		return ErrLocked
	}
	return fmt.Errorf("%w: %w", ErrLost, err)
}

// mayTry looks at what the token says of its tries.
func mayTry(flags uint, asked bool) error {
	switch {
	case flags&p11.CKF_USER_PIN_LOCKED != 0:
		return ErrLocked
	case flags&p11.CKF_USER_PIN_FINAL_TRY != 0:
		return ErrLastTry
	case flags&p11.CKF_USER_PIN_COUNT_LOW != 0 && !asked:
		return ErrCounting
	}
	return nil
}

// fit makes sure that the token asks for a PIN and signs.
func (t *Token) fit(info p11.TokenInfo) error {
	const want = p11.CKF_LOGIN_REQUIRED | p11.CKF_USER_PIN_INITIALIZED | p11.CKF_TOKEN_INITIALIZED
	m, err := t.ctx.GetMechanismInfo(t.slot, []*p11.Mechanism{p11.NewMechanism(p11.CKM_ECDSA, nil)})
	if err != nil || info.Flags&want != want || m.Flags&p11.CKF_SIGN == 0 || m.MinKeySize > 256 || m.MaxKeySize < 256 {
		return fmt.Errorf("%w: %s", ErrUnfit, t.c.Label)
	}
	return nil
}

// lost tells errors after which the connection is made anew.
func lost(err error) bool {
	var code p11.Error
	if errors.Is(err, ErrLost) {
		return true
	}
	if !errors.As(err, &code) {
		return false
	}
	switch code {
	case p11.CKR_TOKEN_NOT_PRESENT, p11.CKR_TOKEN_NOT_RECOGNIZED, p11.CKR_DEVICE_REMOVED, p11.CKR_DEVICE_ERROR,
		p11.CKR_SESSION_HANDLE_INVALID, p11.CKR_SESSION_CLOSED, p11.CKR_USER_NOT_LOGGED_IN, p11.CKR_SLOT_ID_INVALID,
		p11.CKR_KEY_HANDLE_INVALID, p11.CKR_OBJECT_HANDLE_INVALID, p11.CKR_CRYPTOKI_NOT_INITIALIZED, p11.CKR_GENERAL_ERROR:
		return true
	}
	return false
}

// with does f in a session of the connection; when the token was lost, once
// more in one of a new connection.
func (t *Token) with(f func(p11.SessionHandle) error) error {
	epoch, err := t.once(f)
	if err == nil || !lost(err) {
		return err
	}
	if err := t.reconnect(epoch); err != nil {
		return err
	}
	_, err = t.once(f)
	return err
}

func (t *Token) once(f func(p11.SessionHandle) error) (epoch int, err error) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	if !t.up {
		return t.epoch, ErrLost
	}
	s := <-t.sessions
	defer func() { t.sessions <- s }()
	return t.epoch, f(s)
}

// reconnect makes the connection anew, unless another goroutine has.
func (t *Token) reconnect(epoch int) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.epoch != epoch {
		return nil
	}
	t.disconnect()
	if err := t.connect(false); err != nil {
		return err
	}
	t.epoch++
	return nil
}
