package issue

import (
	"bytes"
	"context"

	"akashi/centre/vrs"
	"akashi/centre/wire"
	"akashi/verifier/cardrecord"
)

// opened is a request whose envelope opened under the admitted header.
type opened struct{ request wire.Request }

// open opens the envelope and holds the header inside against the cleartext
// one; from here on answers can be sealed.
func (w *worker) open(_ context.Context, s wire.Sealed) (opened, error) {
	h := *w.s.Header
	if !bytes.Equal(s.Nonce, h.Nonce) || s.Counter != h.Counter {
		return opened{}, wire.HeaderMismatch
	}
	request, sealer, err := w.key.OpenRequest(h, s)
	if err != nil {
		return opened{}, err
	}
	w.sealer = sealer
	if !bytes.Equal(wire.Encode(request.Header), wire.Encode(h)) {
		return opened{}, wire.HeaderMismatch
	}
	return opened{request}, nil
}

// authentic is a request whose card is genuine and took part in this session.
type authentic struct {
	opened
	card cardrecord.Attributes
}

// authenticate verifies the card: the chain under a configured authority, both
// digests, and the challenge over this session's digest.
func (w *worker) authenticate(_ context.Context, o opened) (authentic, error) {
	record, err := cardrecord.Parse(o.request.Files)
	if err != nil {
		return authentic{}, err
	}
	if err := record.Verify(w.trust.Cards); err != nil {
		return authentic{}, err
	}
	if err := record.VerifyChallenge(w.s.Header.SessionDigest(), o.request.Challenge); err != nil {
		return authentic{}, err
	}
	return authentic{o, record.Attributes()}, nil
}

// found is a record that VRS bound to this question, with a reserved ID.
type found struct {
	authentic
	answer vrs.Answer
	record vrs.Record
}

// query asks VRS, holds the binding against this worker's own values, and
// tells the launcher of the reservation before anything is signed.
func (w *worker) query(ctx context.Context, a authentic) (found, error) {
	h := *w.s.Header
	if _, err := w.tables.Disease(h.Disease); err != nil {
		return found{}, wire.DiseaseOut
	}
	q := vrs.Query{
		Purpose: vrs.PurposeCertificate, Version: h.Version, Nonce: h.Nonce, Kiosk: h.Kiosk, Terms: h.Terms,
		Counter: h.Counter, Municipality: h.Municipality, Kind: h.Kind, Disease: h.Disease, KeyID: w.s.Keys.KeyID,
		Files: a.request.Files, Challenge: a.request.Challenge,
	}
	answer, err := w.vrs.Query(ctx, q)
	if w.tls.refused != nil {
		return found{}, w.tls.refused
	}
	if err != nil {
		return found{}, err
	}
	if c := answer.Status.Code(); c != wire.OK {
		return found{}, c
	}
	if err := vrs.CheckBinding(w.bindingKey, q, answer); err != nil {
		return found{}, err
	}
	w.token = answer.SettleToken
	if err := send(w.launcher, Said{Reserved: w.token}); err != nil {
		return found{}, wire.Internal
	}
	record, err := vrs.ParseRecord(answer.Record)
	return found{a, answer, record}, err
}
