package hatch

import (
	"context"
	"encoding/binary"
	"net"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// sendFile passes one open file to the process at the other end, under the id
// of the call that asked for it.
func sendFile(side *net.UnixConn, id uint64, f *os.File) error {
	b := binary.BigEndian.AppendUint64(nil, id)
	n, _, err := side.WriteMsgUnix(b, unix.UnixRights(int(f.Fd())), nil)
	if err != nil || n != len(b) {
		return ErrHatch
	}
	return nil
}

// receiveConn takes the socket that was passed for a call. Sockets of earlier
// calls, which nobody waited for any more, are closed.
func receiveConn(ctx context.Context, side *net.UnixConn, id uint64) (net.Conn, error) {
	stop := context.AfterFunc(ctx, func() { side.SetReadDeadline(time.Unix(1, 0)) })
	defer stop()
	for {
		of, f, err := receiveFile(side)
		if err != nil {
			return nil, err
		}
		if of != id {
			f.Close()
			continue
		}
		defer f.Close()
		conn, err := net.FileConn(f)
		if err != nil {
			return nil, ErrHatch
		}
		return conn, nil
	}
}

func receiveFile(side *net.UnixConn) (uint64, *os.File, error) {
	var b [8]byte
	oob := make([]byte, unix.CmsgSpace(4))
	n, oobn, _, _, err := side.ReadMsgUnix(b[:], oob)
	if err != nil || n != len(b) {
		return 0, nil, ErrHatch
	}
	msgs, err := unix.ParseSocketControlMessage(oob[:oobn])
	if err != nil || len(msgs) != 1 {
		return 0, nil, ErrHatch
	}
	fds, err := unix.ParseUnixRights(&msgs[0])
	if err != nil || len(fds) != 1 {
		return 0, nil, ErrHatch
	}
	return binary.BigEndian.Uint64(b[:]), os.NewFile(uintptr(fds[0]), "print process"), nil
}
