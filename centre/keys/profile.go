package keys

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"time"

	"akashi/centre/wire"
)

// Object identifiers of the VDS-NC signer profile (ICAO Doc 9303-12, TR VDS-NC).
var (
	oidVDSNC         = asn1.ObjectIdentifier{2, 23, 136, 1, 1, 14, 2} // extended key usage
	oidDocumentTypes = asn1.ObjectIdentifier{2, 23, 136, 1, 1, 6, 2}
	oidExtKeyUsage   = asn1.ObjectIdentifier{2, 5, 29, 37}
	oidKeyUsage      = asn1.ObjectIdentifier{2, 5, 29, 15}
	oidUsagePeriod   = asn1.ObjectIdentifier{2, 5, 29, 16} // of the private key
)

// roles that a purpose's certificate must bear.
var roles = map[Purpose]string{
	PurposeAttest: wire.RoleAttest, PurposeReceipt: wire.RoleReceipt, PurposeVRSTLS: wire.RoleCentre,
}

// requestFor asks for what the purpose's certificate must bear (see fits). How
// long certificate and private key are good for is the CA's to say.
func requestFor(p Purpose, iss *url.URL) (*x509.CertificateRequest, error) {
	r := &x509.CertificateRequest{Subject: pkix.Name{CommonName: "Akashi " + string(p)}}
	if role := roles[p]; role != "" {
		u, err := url.Parse(role)
		if err != nil {
			return nil, fmt.Errorf("keys: %s: %w", p, err)
		}
		r.URIs = []*url.URL{u}
	}
	if p == PurposeSHC {
		r.URIs = []*url.URL{iss}
	}
	if p != PurposeVDSNC {
		return r, nil
	}
	signature, err := asn1.Marshal(asn1.BitString{Bytes: []byte{0x80}, BitLength: 1}) // digitalSignature
	if err != nil {
		return nil, err
	}
	usage, err := asn1.Marshal([]asn1.ObjectIdentifier{oidVDSNC})
	if err != nil {
		return nil, err
	}
	types, err := asn1.Marshal(struct {
		Version int
		Types   []string `asn1:"set"`
	}{0, []string{"NV"}}) // vaccination
	r.ExtraExtensions = []pkix.Extension{
		{Id: oidKeyUsage, Critical: true, Value: signature},
		{Id: oidExtKeyUsage, Critical: true, Value: usage},
		{Id: oidDocumentTypes, Value: types},
	}
	return r, err
}

// fits holds a leaf against its purpose, so that swapped files are found at
// start and not by a verifier.
func fits(p Purpose, leaf *x509.Certificate) error {
	if leaf.IsCA || leaf.KeyUsage&x509.KeyUsageDigitalSignature == 0 {
		return errors.New("not a certificate for signing; have a leaf with digitalSignature issued")
	}
	var names []string
	for _, u := range leaf.URIs {
		names = append(names, u.String())
	}
	_, dated := usageEnd(leaf)
	switch role := roles[p]; {
	case role != "" && !slices.Contains(names, role):
		return fmt.Errorf("does not bear %s; have it issued for this role", role)
	case p == PurposeSHC && (len(leaf.URIs) != 1 || leaf.URIs[0].Scheme != "https"):
		return errors.New("must name the issuer's https address as its one URI; have it issued for that")
	case p == PurposeVDSNC && !slices.ContainsFunc(leaf.UnknownExtKeyUsage, oidVDSNC.Equal):
		return errors.New("lacks the extended key usage 2.23.136.1.1.14.2; have it issued as a VDS-NC signer")
	case p == PurposeVDSNC && !dated:
		return errors.New("does not say until when its private key may sign (2.5.29.16); have it issued with that, 15 months as Japan's had")
	}
	return nil
}

// usageEnd reads the end of a private key usage period.
func usageEnd(c *x509.Certificate) (time.Time, bool) {
	for _, e := range c.Extensions {
		if !e.Id.Equal(oidUsagePeriod) {
			continue
		}
		var period struct {
			From  time.Time `asn1:"optional,generalized,tag:0"`
			Until time.Time `asn1:"optional,generalized,tag:1"`
		}
		rest, err := asn1.Unmarshal(e.Value, &period)
		return period.Until, err == nil && len(rest) == 0 && !period.Until.IsZero()
	}
	return time.Time{}, false
}
