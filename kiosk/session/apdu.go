package session

import (
	"context"

	"akashi/kiosk/mynumber"
	"akashi/kiosk/reader"
)

// OverAPDU gives the Reader over a card reader's protocol: the process at the
// other end carries APDUs and knows nothing of what they say.
func OverAPDU(d reader.Device) Reader { return apduReader{d} }

type apduReader struct{ reader.Device }

func (a apduReader) Check(ctx context.Context) (mynumber.Status, error) {
	return mynumber.Check(ctx, a.Device)
}

func (a apduReader) Verify(ctx context.Context, pin mynumber.PIN) (Card, error) {
	c, err := mynumber.Verify(ctx, a.Device, pin)
	if err != nil {
		return nil, err
	}
	return c, nil
}
