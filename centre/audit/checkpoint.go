package audit

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"akashi/centre/wire"
	"akashi/verifier/trust/keep"
)

const (
	checkpointSuffix = ".checkpoint"
	maxCheckpoint    = 256 // bytes; a sequence number and a hash
)

// readCheckpoint gives the head that was last put beside the log; nil when the
// log never had one.
func readCheckpoint(path string) (*Head, error) {
	f, err := keep.OpenFile(path + checkpointSuffix)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxCheckpoint+1))
	if err != nil {
		return nil, err
	}
	h, err := wire.Decode[Head](b, maxCheckpoint)
	if err != nil || h.Seq == 0 {
		return nil, fmt.Errorf("%w (the checkpoint cannot be read)", ErrChain)
	}
	return &h, nil
}

// writeCheckpoint replaces the head beside the log such that a crash leaves
// the old one or the new one.
func writeCheckpoint(path string, h Head) error {
	next := path + checkpointSuffix + ".new"
	f, err := os.OpenFile(next, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(wire.Encode(h))
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(next, path+checkpointSuffix); err != nil {
		return err
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
