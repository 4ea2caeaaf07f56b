package issue

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"time"

	"akashi/centre/channel"
	"akashi/centre/keys"
	"akashi/centre/vaccines"
	"akashi/centre/vrs"
	"akashi/centre/wire"
	"akashi/verifier/trust"
)

// worker is one issuing worker with what it was handed.
type worker struct {
	s        Setup
	now      func() time.Time
	tables   *vaccines.Set
	launcher io.ReadWriter
	keys     *keys.Session
	tls      *watched
	vrs      *vrs.Client

	trust      *trust.List
	bindingKey *ecdsa.PublicKey
	bsc        *x509.Certificate
	pdfChain   []*x509.Certificate

	key    *channel.WorkerKey
	sealer *channel.AnswerSealer // once the envelope has opened
	token  []byte                // of the reservation that is this question's, to be voided if need be
}

// newWorker takes the setup apart. What is wrong in it is a fault of the
// configuration, found before any request.
func newWorker(s Setup, launcher io.ReadWriter, vrsConn, keysConn net.Conn, d Deps) (*worker, error) {
	w := &worker{s: s, now: d.Now, tables: d.Vaccines, launcher: launcher, keys: keys.NewSession(keysConn)}
	if w.now == nil {
		w.now = time.Now
	}
	roots, err := pool(s.VRS.Roots)
	if err != nil {
		return nil, err
	}
	leaf, err := first(s.Keys, keys.PurposeVRSTLS)
	if err != nil {
		return nil, err
	}
	w.tls = &watched{Signer: w.keys.Signer(keys.PurposeVRSTLS, leaf.PublicKey)}
	w.vrs = vrs.NewClient(vrsConn,
		vrs.ClientTLS(roots, s.VRS.ServerName, s.Keys.Chains[keys.PurposeVRSTLS], w.tls, w.now))
	if s.Mode != ModeIssue {
		return w, nil
	}
	if w.bindingKey, err = vrs.BindingKey(roots, s.VRS.Binding, w.now()); err != nil {
		return nil, err
	}
	return w, w.issuers()
}

// issuers reads what only ModeIssue needs: the trust list that our own output
// must verify under, and the issuers' certificates.
func (w *worker) issuers() error {
	if w.s.Header == nil || w.tables == nil {
		return wire.Malformed
	}
	root, err := x509.ParsePKIXPublicKey(w.s.TrustRoot)
	key, ok := root.(*ecdsa.PublicKey)
	if err != nil || !ok {
		return wire.Malformed
	}
	if w.trust, err = trust.Parse(w.s.Trust, key, w.now(), 0); err != nil {
		return err
	}
	if w.bsc, err = first(w.s.Keys, keys.PurposeVDSNC); err != nil {
		return err
	}
	if _, err := first(w.s.Keys, keys.PurposePDF); err != nil {
		return err
	}
	w.pdfChain, err = w.s.Keys.Certificates(keys.PurposePDF)
	return err
}

func pool(ders [][]byte) (*x509.CertPool, error) {
	p := x509.NewCertPool()
	for _, der := range ders {
		c, err := x509.ParseCertificate(der)
		if err != nil {
			return nil, err
		}
		p.AddCert(c)
	}
	return p, nil
}

func first(p keys.Public, purpose keys.Purpose) (*x509.Certificate, error) {
	chain, err := p.Certificates(purpose)
	if err != nil || len(chain) == 0 {
		return nil, wire.Malformed
	}
	return chain[0], nil
}

// watched remembers that the key process refused the handshake, which
// crypto/tls would tell as text only: a refused key is not a VRS that is down.
type watched struct {
	crypto.Signer
	refused error
}

func (k *watched) Sign(r io.Reader, digest []byte, o crypto.SignerOpts) ([]byte, error) {
	sig, err := k.Signer.Sign(r, digest, o)
	if err != nil {
		k.refused = keyError(err)
	}
	return sig, err
}

// keyError is the code inside a key process's refusal, KeyRefused where there
// is none.
func keyError(err error) error {
	var c wire.Code
	if errors.As(err, &c) {
		return c
	}
	return wire.KeyRefused
}

// DefaultVoidTime bounds the voiding of a reservation: the resident waits for
// the refusal meanwhile.
const DefaultVoidTime = 3 * time.Second

// void takes back a reservation that came to nothing, also when the time for
// everything else is over. It is only ever said of a token whose answer was
// bound to this worker's question: another's must not be voided.
func (w *worker) void(ctx context.Context) Reservation {
	if w.token == nil {
		return NotReserved
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), DefaultVoidTime)
	defer cancel()
	order := vrs.VoidOrder{Municipality: w.s.Header.Municipality, Token: w.token}
	if status, err := w.vrs.Void(ctx, order); err != nil || status != vrs.Settled {
		return VoidUnheard
	}
	return Voided
}
