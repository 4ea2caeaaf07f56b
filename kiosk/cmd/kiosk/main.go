// Command kiosk is the kiosk: its agent, and the one-shot processes that the
// agent starts for each resident.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"akashi/centre/oneshot"
	"akashi/kiosk"
	"akashi/kiosk/screen"
)

const usage = `usage:
  kiosk agent -config FILE   run this kiosk
  kiosk prepare FOLDER       fill the folder of compiled code (at installation, not as the session's user)
  kiosk prepared FOLDER      tell whether it is filled for this program (the agent asks at its start)
  kiosk texts                print every text of the screen, for whoever writes a screen release
  kiosk session              a session worker (started by the agent)
  kiosk print [FOLDER]       a print process (started by the agent), without a folder for a network printer
  kiosk show FOLDER PROGRAM ARGUMENTS    a browser in a folder of its own (started by the agent)
  kiosk wipe FOLDER          remove what browsers left there (started by the agent)
  kiosk sweep FOLDER         remove what a print process left there (started by the agent)
`

func main() {
	if err := run(os.Args[1:]); err != nil {
		if errors.Is(err, errUsage) {
			fmt.Fprint(os.Stderr, usage)
			os.Exit(2)
		}
		fmt.Fprintln(os.Stderr, err)
		os.Exit(kiosk.Exit(err))
	}
}

var errUsage = errors.New("usage")

func run(args []string) error {
	if len(args) == 0 {
		return errUsage
	}
	args, unfenced := oneshot.Demonstrates(args)
	switch {
	case args[0] == "session" && len(args) == 1:
		return kiosk.Session(context.Background(), unfenced)
	case args[0] == "texts" && len(args) == 1:
		return screen.Print(os.Stdout)
	case args[0] == "prepare" && len(args) == 2:
		return kiosk.Prepare(context.Background(), args[1])
	case args[0] == "prepared" && len(args) == 2:
		return kiosk.Prepared(context.Background(), args[1], unfenced)
	case args[0] == "print" && len(args) == 1:
		return kiosk.Print(context.Background(), "", unfenced)
	case args[0] == "print" && len(args) == 2 && args[1] != "":
		return kiosk.Print(context.Background(), args[1], unfenced)
	case args[0] == "show" && len(args) > 2:
		return kiosk.Show(args[1], args[2], args[3:])
	case args[0] == "wipe" && len(args) == 2:
		return kiosk.Wipe(args[1])
	case args[0] == "sweep" && len(args) == 2:
		return kiosk.Sweep(args[1])
	case args[0] == "agent":
		return agent(args[1:])
	}
	return errUsage
}

func agent(args []string) error {
	set := flag.NewFlagSet("kiosk agent", flag.ContinueOnError)
	path := set.String("config", "", "configuration `file` (see kiosk.Config)")
	if err := set.Parse(args); err != nil || *path == "" || set.NArg() != 0 {
		return errUsage
	}
	c, err := kiosk.LoadConfig(*path)
	if err != nil {
		return err
	}
	a, err := kiosk.New(c)
	if err != nil {
		return err
	}
	if c.OneUser {
		fmt.Fprintf(os.Stderr, "one user: the processes of a session all run as user %d; for development only\n", os.Getuid())
	}
	if c.UnfencedDemonstration && !oneshot.Fences {
		fmt.Fprintln(os.Stderr, oneshot.UnfencedNotice)
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	return a.Run(ctx, func() { fmt.Println("kiosk ready control=" + c.Control + " origin=" + a.Origin()) })
}
