package voice

import (
	"bytes"
	"embed"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
)

// A pack is one file with every sound: a head, the index in the order of the
// IDs, and the sounds one after the other. There is one encoding of a pack.
//
//	"akashi voices 1\n"  16 bytes
//	number of sounds     uint32
//	for each: ID         12 bytes
//	          length     uint32
//	the sounds, Ogg Opus, in the order of the index
const magic = "akashi voices 1\n"

// Bounds of a pack.
const (
	DefaultMaxSounds = 20_000    // texts of three languages and numbers are under 2,500; every name of Japan is 4,000 more
	DefaultMaxSound  = 1 << 20   // bytes of one; the longest sentence has under 64 KiB
	DefaultMaxPack   = 256 << 20 // bytes of all
	entrySize        = 16
)

// Errors of a pack.
var (
	ErrPack    = errors.New("voice: not a pack of sounds")
	ErrMissing = errors.New("voice: no sounds are built in: run make voices, then build again")
)

// Pack is a set of sounds.
type Pack struct {
	sounds map[ID][]byte
	file   []byte // that it was read from; nil: made here
}

// NewPack makes a pack of sounds.
func NewPack(sounds map[ID][]byte) *Pack { return &Pack{sounds: sounds} }

// Len gives the number of sounds.
func (p *Pack) Len() int { return len(p.sounds) }

// Has reports whether a sound is in the pack.
func (p *Pack) Has(id ID) bool { _, ok := p.sounds[id]; return ok }

// Index gives Has without keeping the sounds themselves.
func (p *Pack) Index() func(ID) bool {
	all := make(map[ID]bool, len(p.sounds))
	for id := range p.sounds {
		all[id] = true
	}
	return func(id ID) bool { return all[id] }
}

// All gives every sound by its name, in no order.
func (p *Pack) All() iter.Seq2[ID, []byte] { return maps.All(p.sounds) }

// Sound gives a sound as an Ogg Opus file.
func (p *Pack) Sound(id ID) ([]byte, bool) { b, ok := p.sounds[id]; return b, ok }

// Encode gives the pack as a file; whoever calls it must not write to it.
func (p *Pack) Encode() []byte {
	if p.file != nil {
		return p.file
	}
	var ids []ID
	for id := range p.sounds {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b ID) int { return bytes.Compare(a[:], b[:]) })
	b := binary.BigEndian.AppendUint32([]byte(magic), uint32(len(ids)))
	for _, id := range ids {
		b = binary.BigEndian.AppendUint32(append(b, id[:]...), uint32(len(p.sounds[id])))
	}
	for _, id := range ids {
		b = append(b, p.sounds[id]...)
	}
	return b
}

// ParsePack reads a pack. It keeps b.
func ParsePack(b []byte) (*Pack, error) {
	if len(b) > DefaultMaxPack || len(b) < len(magic)+4 || string(b[:len(magic)]) != magic {
		return nil, ErrPack
	}
	n := int(binary.BigEndian.Uint32(b[len(magic):]))
	index := b[len(magic)+4:]
	if n > DefaultMaxSounds || len(index) < n*entrySize {
		return nil, fmt.Errorf("%w: %d sounds", ErrPack, n)
	}
	data := index[n*entrySize:]
	p := &Pack{make(map[ID][]byte, n), b}
	var last ID
	for i := range n {
		e := index[i*entrySize:]
		id, size := ID(e[:12]), int(binary.BigEndian.Uint32(e[12:]))
		if i > 0 && bytes.Compare(last[:], id[:]) >= 0 || size == 0 || size > DefaultMaxSound || size > len(data) {
			return nil, fmt.Errorf("%w: sound %d", ErrPack, i)
		}
		p.sounds[id], data, last = data[:size:size], data[size:], id
	}
	if len(data) > 0 {
		return nil, fmt.Errorf("%w: %d bytes follow", ErrPack, len(data))
	}
	return p, nil
}

//go:embed assets
var assets embed.FS

// File is where the pack lies in the folder of assets.
const File = "sounds.pack"

// Sounds gives the pack that is built in; ErrMissing where none was made.
func Sounds() (*Pack, error) {
	b, err := assets.ReadFile("assets/" + File)
	if err != nil {
		return nil, ErrMissing
	}
	return ParsePack(b)
}
