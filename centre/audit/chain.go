package audit

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"

	"akashi/centre/wire"
)

// DefaultMaxLine bounds one record in bytes; the longest event is some 400.
const DefaultMaxLine = 4 << 10

// ErrChain says that a log is not what was written.
var ErrChain = errors.New("audit: the log was changed, cut or mixed up: issue nothing, keep the file, call the auditor")

// Record is one line of the log: minified JSON in the one encoding.
type Record struct {
	Seq   uint64 `json:"seq"` // 1, 2, …
	At    int64  `json:"at"`  // Unix milliseconds
	Event Event  `json:"event"`
	Chain []byte `json:"chain,omitempty"` // SHA-256 over the chain before and this record without it
}

// Head is the end of a chain: all that is needed to go on, or to see later
// that nothing before it has changed.
type Head struct {
	Seq   uint64 `json:"seq"`
	Chain []byte `json:"chain"`
}

// next gives the head after a record and sets the record's chain.
func (h Head) next(r *Record) Head {
	r.Seq, r.Chain = h.Seq+1, nil
	sum := sha256.New()
	sum.Write([]byte("akashi/1 audit "))
	sum.Write(h.Chain)
	sum.Write(wire.Encode(r))
	r.Chain = sum.Sum(nil)
	return Head{r.Seq, r.Chain}
}

// Verify reads a whole log, checks that every record follows from the one
// before, and gives its head. each, if not nil, gets every record in order. It
// fails with ErrChain, naming the line.
func Verify(r io.Reader, each func(Record)) (Head, error) {
	head, _, err := verify(r, each, nil)
	return head, err
}

// verify gives the length of what was good as well, and ErrChain unless mark,
// a head written earlier, is on the chain.
func verify(r io.Reader, each func(Record), mark *Head) (head Head, good int64, err error) {
	in := bufio.NewReaderSize(r, DefaultMaxLine)
	marked := mark == nil || mark.Seq == 0
	for line := 1; ; line++ {
		b, err := in.ReadSlice('\n')
		if err == io.EOF && len(b) == 0 {
			break
		}
		if err == io.EOF {
			return head, good, errTorn
		}
		if err != nil {
			return head, good, fmt.Errorf("%w (line %d)", ErrChain, line)
		}
		record, err := follow(head, b[:len(b)-1])
		if err != nil {
			return head, good, fmt.Errorf("%w (line %d)", ErrChain, line)
		}
		head = Head{record.Seq, record.Chain}
		good += int64(len(b))
		marked = marked || (mark.Seq == head.Seq && bytes.Equal(mark.Chain, head.Chain))
		if each != nil {
			each(record)
		}
	}
	if !marked {
		return head, good, fmt.Errorf("%w (the checkpoint is not on it)", ErrChain)
	}
	return head, good, nil
}

// errTorn is of a last line without its end: a write that a crash cut. It was
// never acknowledged.
var errTorn = fmt.Errorf("%w (the last line is not whole)", ErrChain)

func follow(head Head, line []byte) (Record, error) {
	r, err := wire.Decode[Record](line, DefaultMaxLine)
	if err != nil || !r.Event.valid() {
		return r, ErrChain
	}
	want := r
	if next := head.next(&want); next.Seq != r.Seq || !bytes.Equal(next.Chain, r.Chain) {
		return r, ErrChain
	}
	return r, nil
}
