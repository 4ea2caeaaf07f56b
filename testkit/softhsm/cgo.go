//go:build cgo

package softhsm

// cgo says that this binary can load a module.
const cgo = true
