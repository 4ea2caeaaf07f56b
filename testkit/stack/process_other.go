//go:build !linux || nofence

package stack

import "syscall"

func endWithParent() *syscall.SysProcAttr { return nil }
