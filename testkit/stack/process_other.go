//go:build !linux

package stack

import "syscall"

func endWithParent() *syscall.SysProcAttr { return nil }
