package centre

import (
	"context"
	"errors"
	"net"

	"akashi/centre/issue"
	"akashi/centre/oneshot"
	"akashi/centre/vaccines"
)

// RunWorker is the whole life of an issuing worker's process: it takes what it
// was handed, fences itself in, and issues once. Its files are FileLauncher,
// FileVRS and FileKeys. The error is for the exit code only: there is nobody
// who could read its text.
func RunWorker(ctx context.Context) error {
	var conns [FileKeys + 1]net.Conn
	for i := range conns {
		f := oneshot.File(i)
		c, err := net.FileConn(f)
		if err != nil {
			return errors.New("centre: a worker is started by a launcher, which hands it its connections")
		}
		f.Close()
		conns[i] = c
	}
	tables, err := vaccines.Load()
	if err != nil {
		return err
	}
	if err := oneshot.Fence(oneshot.Limits{}); err != nil {
		return err
	}
	return issue.Run(ctx, conns[FileLauncher], conns[FileVRS], conns[FileKeys], issue.Deps{Vaccines: tables})
}
