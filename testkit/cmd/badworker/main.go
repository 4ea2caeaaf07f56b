// Command badworker is an issuing worker with a defect, for a centre that is
// broken on purpose. A launcher starts it in place of its own worker.
//
//	badworker swap DIR       two answers that meet in DIR go to each other's kiosk
//	badworker unsealed LOG   answers leave in clear, and are written to LOG
//
// It is not fenced in: its defects need files.
package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"time"

	"akashi/centre"
	"akashi/centre/issue"
	"akashi/centre/oneshot"
	"akashi/centre/vaccines"
	"akashi/testkit/faults"
)

// patience is how long an answer waits for another to be swapped with; an
// issuing worker lives 30 s.
const patience = 15 * time.Second

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 2 {
		return fmt.Errorf("usage: badworker swap DIR | badworker unsealed LOG")
	}
	defects := map[string]func(string) faults.Defect{
		"swap":     func(dir string) faults.Defect { return faults.Slot(dir, patience) },
		"unsealed": faults.Unsealed,
	}
	defect, ok := defects[args[0]]
	if !ok {
		return fmt.Errorf("badworker: no defect %q", args[0])
	}
	var conns [centre.FileKeys + 1]net.Conn
	for i := range conns {
		c, err := net.FileConn(oneshot.File(i))
		if err != nil {
			return fmt.Errorf("badworker: started by a launcher only: %w", err)
		}
		conns[i] = c
	}
	tables, err := vaccines.Load()
	if err != nil {
		return err
	}
	return faults.Worker(context.Background(), conns[centre.FileLauncher], conns[centre.FileVRS], conns[centre.FileKeys], issue.Deps{Vaccines: tables}, defect(args[1]))
}
