package mynumber

import (
	"context"

	"akashi/kiosk/apdu"
	"akashi/verifier/cardrecord"
	"akashi/verifier/tlv"
)

// Card is a card whose AP is selected and whose PIN was verified.
type Card struct{ t apdu.Transmitter }

// Read reads the five files that the card's evidence consists of, byte for
// byte and unverified (cardrecord.Parse does that). EF 0002 ends with its
// object; the others have their physical size, filler included.
func (c *Card) Read(ctx context.Context) (f cardrecord.Files, err error) {
	for _, file := range []struct {
		id   uint16
		to   *[]byte
		size int // 0: as long as its object
	}{
		{efNumber, &f.Number, cardrecord.NumberSize},
		{efAttributes, &f.Attributes, 0},
		{efIntegrity, &f.Integrity, cardrecord.IntegritySize},
		{efSigner, &f.Signer, cardrecord.SignerSize},
		{efAPKey, &f.APKey, cardrecord.APKeySize},
	} {
		if *file.to, err = c.readFile(ctx, file.id, file.size); err != nil {
			wipe(f)
			return cardrecord.Files{}, err
		}
	}
	return f, nil
}

func wipe(f cardrecord.Files) {
	for _, b := range [][]byte{f.Number, f.Attributes, f.Integrity, f.Signer, f.APKey} {
		clear(b)
	}
}

// readFile selects a file and reads size bytes, or its one object. A file that
// ends early is ErrAnswer: a card half off the reader must not look like one
// with other content.
func (c *Card) readFile(ctx context.Context, id uint16, size int) ([]byte, error) {
	if _, err := apdu.Send(ctx, c.t, apdu.SelectEF(id)); err != nil {
		return nil, refusal(err)
	}
	if size == 0 {
		return c.readObject(ctx)
	}
	data, err := apdu.ReadUpTo(ctx, c.t, 0, size)
	if err != nil {
		return nil, refusal(err)
	}
	if len(data) != size {
		clear(data)
		return nil, ErrAnswer
	}
	return data, nil
}

// readObject reads the current file's first object by the length that its
// header states; what the file holds behind it is left.
func (c *Card) readObject(ctx context.Context) ([]byte, error) {
	start, _, err := apdu.ReadSome(ctx, c.t, 0, 256)
	if err != nil {
		return nil, refusal(err)
	}
	defer clear(start)
	header, value, err := tlv.HeaderSize(start)
	total := header + value
	if err != nil || total > cardrecord.DefaultMaxAttributes {
		return nil, ErrAnswer
	}
	object := append(make([]byte, 0, total), start[:min(total, len(start))]...)
	rest, err := apdu.ReadUpTo(ctx, c.t, len(object), total-len(object))
	if err != nil {
		clear(object)
		return nil, refusal(err)
	}
	defer clear(rest)
	if object = append(object, rest...); len(object) != total {
		clear(object)
		return nil, ErrAnswer
	}
	return object, nil
}

// Sign has the card's AP key sign a SHA-256 digest: 256 bytes, RSASSA PKCS#1
// v1.5, to hold against EF 0007 with cardrecord.Record.VerifyChallenge. The
// card asks for no PIN for it.
func (c *Card) Sign(ctx context.Context, digest [32]byte) ([]byte, error) {
	signature, err := apdu.Send(ctx, c.t, apdu.Sign(digest))
	if err != nil {
		return nil, refusal(err)
	}
	if len(signature) != 256 {
		return nil, ErrAnswer
	}
	return signature, nil
}
