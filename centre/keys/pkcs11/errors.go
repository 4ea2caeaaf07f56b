package pkcs11

import "errors"

// Errors of a token. Each says what to do; none has a PIN in it.
var (
	ErrModule   = errors.New("pkcs11: the module does not load; is it a PKCS#11 library for this machine that this user may read?")
	ErrBusy     = errors.New("pkcs11: the module is in use in this process already; close the other token first")
	ErrAbsent   = errors.New("pkcs11: no token of that label is there; put it in, or correct label in the token's description")
	ErrTwo      = errors.New("pkcs11: two tokens have that label; take one out")
	ErrUnfit    = errors.New("pkcs11: the token cannot sign with ECDSA P-256 behind a user's PIN; set it up for that, or use another one")
	ErrPIN      = errors.New("pkcs11: the token refused the PIN, and it is not tried again by itself, so that no try is lost; correct pin_file and run `keys token`")
	ErrCounting = errors.New("pkcs11: a wrong PIN was given to the token before, and none is tried by itself until a right one was; correct pin_file and run `keys token`")
	ErrLastTry  = errors.New("pkcs11: the token locks at the next wrong PIN, and none is tried; log in once with the token's own tool")
	ErrLocked   = errors.New("pkcs11: the token has locked its user's PIN; have its security officer set a new one")
	ErrMissing  = errors.New("pkcs11: the token has no such key; put the right token in, or restore it from its backup")
	ErrTwoKeys  = errors.New("pkcs11: the token has two keys of that name and id; remove the one that is not in use with the token's own tool")
	ErrOpenKey  = errors.New("pkcs11: the token would give this key out, or did not make it itself; make a new one with `keys rotate`")
	ErrLost     = errors.New("pkcs11: the token is gone or has forgotten its session; put it back in")
	ErrDigest   = errors.New("pkcs11: only SHA-256 digests are signed")
	ErrAnswer   = errors.New("pkcs11: the token answered with something that is no P-256 key or signature; look at its log")
)
