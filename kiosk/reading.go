package kiosk

import (
	"context"
	"net"
	"os"

	"akashi/centre/oneshot"
)

// reader gives the worker's end of the card reader: a reader process of this
// session, or the socket at which a simulated card is served.
func (v *visit) reader(ctx context.Context) (*os.File, error) {
	r := v.agent.config.Reader
	if r.Socket != "" {
		c, err := (&net.Dialer{}).DialContext(ctx, "unix", r.Socket)
		if err != nil {
			return nil, err
		}
		defer c.Close()
		return c.(*net.UnixConn).File()
	}
	ours, child, err := oneshot.Sockets()
	if err != nil {
		return nil, err
	}
	_, err = v.start(ctx, oneshot.Spec{
		Path: r.Program, Args: r.arguments(), Files: []*os.File{child}, UID: v.agent.config.UID.Reader,
		MaxLife: v.agent.config.visitLife(),
	})
	if err != nil {
		ours.Close()
		return nil, err
	}
	return ours, nil
}

func (r Reader) arguments() []string {
	args := []string{"-name", r.Name}
	if r.PCSCD != "" {
		args = append(args, "-pcscd", r.PCSCD)
	}
	return args
}
