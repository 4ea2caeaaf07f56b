package apdu

import "context"

// ReadUpTo reads the current file from an offset up to its physical end or n
// bytes, whichever comes first, in commands of at most 256 bytes. Fewer than n
// bytes is not an error. Offsets above 7FFF cannot be said: ErrLong.
func ReadUpTo(ctx context.Context, t Transmitter, offset, n int) ([]byte, error) {
	if offset < 0 || n < 0 || offset > 0x8000-n {
		return nil, ErrLong
	}
	data := make([]byte, 0, n) // no growth, so no copy stays behind
	for len(data) < n {
		part, end, err := ReadSome(ctx, t, offset+len(data), min(256, n-len(data)))
		data = append(data, part...)
		clear(part)
		if err != nil {
			clear(data)
			return nil, err
		}
		if end {
			break
		}
	}
	return data, nil
}

// ReadSome reads the current file with one command: up to n bytes (1 to 256)
// from an offset. end tells that the file has no more: the card gave nothing,
// or said so by 6282 or 6B00.
func ReadSome(ctx context.Context, t Transmitter, offset, n int) (part []byte, end bool, err error) {
	part, err = Send(ctx, t, ReadBinary(offset, n))
	sw, ok := StatusOf(err)
	switch {
	case len(part) > n:
		return nil, false, ErrLong
	case err == nil:
		return part, len(part) == 0, nil
	case ok && (sw == EndOfFile || sw == OffsetPastEnd):
		return part, true, nil
	}
	return nil, false, err
}
