// Command payunit is a simulated payment unit as a process of its own: a
// kiosk's agent connects to its socket, hands and service keys to its panel.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"akashi/testkit/payunit"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	set := flag.NewFlagSet("payunit", flag.ContinueOnError)
	socket := set.String("socket", "", "unix `socket` for the kiosk")
	panel := set.String("panel", "", "unix `socket` of the panel")
	memory := set.String("memory", "", "`file` that survives a loss of power")
	if err := set.Parse(args); err != nil {
		return err
	}
	u, err := payunit.New(*memory, func() { syscall.Kill(os.Getpid(), syscall.SIGKILL) })
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	for path, serve := range map[string]func(context.Context, string) (func(), error){*socket: u.Serve, *panel: u.ServePanel} {
		os.Remove(path) // of one that was killed
		end, err := serve(ctx, path)
		if err != nil {
			return err
		}
		defer end()
	}
	fmt.Println("payunit ready socket=" + *socket)
	<-ctx.Done()
	return nil
}
