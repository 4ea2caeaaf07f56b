package operate

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"akashi/centre/keys"
)

// How often serve looks for changes of the folder, and has its keys prove
// themselves: a token that was taken out should be known before a resident
// waits for it.
const (
	defaultLook  = 2 * time.Second
	defaultProof = time.Minute
)

func serve(ctx context.Context, a asked, out io.Writer) error {
	b, err := os.ReadFile(a.config)
	if err != nil {
		return err
	}
	c, err := keys.ParseConfig(b)
	if err != nil {
		return err
	}
	if err := c.CheckUser(os.Getuid()); err != nil {
		return err
	}
	if err := keys.Harden(); err != nil {
		return err
	}
	store, end, err := openToken(c.Token)
	defer end()
	if err != nil {
		return err
	}
	k, err := keys.Keep(c.Dir, store)
	if err != nil {
		return err
	}
	hup := make(chan os.Signal, 1)
	signal.Notify(hup, syscall.SIGHUP) // from here on it is no end
	ln, err := keys.Listen(c.Socket, c.LauncherGID)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	watched := make(chan struct{})
	go func() { watch(ctx, k, hup, a.complaints); close(watched) }()
	fmt.Fprintf(out, "ready keys %s\n", c.Socket)
	err = keys.ServeNewest(ctx, ln, k.Custody, c.Limits())
	stop()
	<-watched // the token is closed after its last use
	return err
}

// watch takes changes of the folder until ctx ends, and says what it took and
// what stands in the way, once.
func watch(ctx context.Context, k *keys.Keeper, hup <-chan os.Signal, out io.Writer) {
	look, proof := time.NewTicker(defaultLook), time.NewTicker(defaultProof)
	defer look.Stop()
	defer proof.Stop()
	said := ""
	for {
		changed, err := false, error(nil)
		select {
		case <-ctx.Done():
			return
		case <-hup:
			changed, err = true, k.Take()
		case <-look.C:
			changed, err = k.Look()
			if !changed {
				continue
			}
		case <-proof.C:
			err = k.Custody().Prove()
		}
		now := ""
		switch {
		case err != nil:
			now = fmt.Sprintf("keys: not taken, and what was there goes on: %v\n", err)
		case changed:
			now = "keys: the folder's keys are taken as they are now\n"
		}
		if now != said || changed && err == nil {
			io.WriteString(out, now)
		}
		said = now
	}
}
