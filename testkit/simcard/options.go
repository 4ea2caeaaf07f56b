package simcard

import "time"

// Options vary a card where real ones vary or where nothing public says what
// they do, and break it on purpose. The zero value is an ordinary sound card.
type Options struct {
	// Strict clears the security state when the same AP is selected again;
	// sources disagree on what real cards do.
	Strict bool
	// SharedSigner makes all such cards of an authority share one signer,
	// whatever municipality issued them. Otherwise those of one municipality
	// share one.
	SharedSigner bool
	// Filler is how many FF bytes follow EF 0002's content: 0 lets the card
	// choose by its number, -1 means none. The real file's size is not public.
	Filler int
	// BlockedQuery answers the empty VERIFY of a blocked PIN with 6984
	// instead of 63C0, VerifiedQuery that of a verified one with 9000.
	BlockedQuery, VerifiedQuery bool
	// FirstFails answers the first command after power-on with 6F00, as one
	// measured card does.
	FirstFails bool
	// ShortReads caps what one READ BINARY returns; 0: no cap.
	ShortReads int
	// MoreData hands every answer's data out by 61xx and GET RESPONSE.
	MoreData bool
	// ExactLe answers a READ BINARY that asks for more than there is with 6Cxx.
	ExactLe bool
	// State names a file that keeps tries, a changed PIN and the AP key from
	// one run to the next; empty: memory only.
	State string
	// Latency passes before each answer, SignLatency before a signature; 0:
	// fifteen times Latency, as on measured cards. Sleep nil: time.Sleep.
	Latency, SignLatency time.Duration
	Sleep                func(time.Duration)

	Faults Faults
}

// Faults are ways in which a card is broken, forged or moved.
type Faults struct {
	BadSignature     []uint16 // EFs (0003, 0004, 0007) whose signature does not verify
	WrongDigest      []uint16 // EFs (0001, 0002) whose digest in EF 0003 is another file's
	BadOffsets       bool     // DF21 points anywhere; it is not signed
	ForeignChallenge bool     // challenges are signed by a key that is not EF 0007's
	NotMyNumber      bool     // no AP of a My Number card is there
	Mute             bool     // no answer to reset, no answer at all

	// Records makes the card answer EFs 0001 to 0004 with another card's: a
	// live card around copied records. Only the signer tells.
	Records *Card
	// LeaveAt is the command, from 1, at which the card leaves the reader;
	// PowerOn lays it back for good.
	LeaveAt int
	// SwapAt is the command, from 1, from which on Swap answers instead.
	SwapAt int
	Swap   *Card
	// Rewrite replaces an answer; it is given copies.
	Rewrite func(command, response []byte) []byte
}
