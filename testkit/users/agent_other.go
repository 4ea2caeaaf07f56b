//go:build !linux || nofence

package users

import "syscall"

// AsAgent is nil: there are no capabilities here.
func AsAgent() *syscall.SysProcAttr { return nil }
