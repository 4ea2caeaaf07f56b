package defects

import (
	"bytes"
	"encoding/json"
	"time"

	"akashi/testkit/forge"
	"akashi/testkit/vectors"
	"akashi/verifier/trust"
)

// trustLists are those that vectors are judged under.
func (m *maker) trustLists() map[string]*trust.List {
	kid, neighbour := trust.Thumbprint(&m.Card.PublicKey), m.Key("neighbour")
	list := func(version int, revoked ...string) *trust.List {
		l := m.List()
		l.Version = version
		l.SHC = append(l.SHC, trust.SHCIssuer{URL: "https://neighbour.akashi.invalid", NameJA: "隣の検査用発行者", NameEN: "Neighbouring test issuer",
			Keys: []trust.SHCKey{{ID: trust.Thumbprint(&neighbour.PublicKey), Key: &neighbour.PublicKey}}})
		if len(revoked) > 0 {
			l.SHC[0].Revoked = map[string][]string{kid: revoked}
		}
		return l
	}
	retired := list(5)
	retired.SHC[0].Keys[0].Until = time.Unix(1774000001, 0).UTC()
	return map[string]*trust.List{
		"retired.json": retired, "trust.json": list(2), "revoked.json": list(3, "c29tZS1yaWQ"), "revoked-by-time.json": list(4, "c29tZS1yaWQ.1774000001"),
	}
}

// lists are defects of a trust list.
func (m *maker) lists() error {
	good, err := m.Encode(m.trustLists()["trust.json"])
	if err != nil {
		return err
	}
	add := func(name, description, expect string, list []byte) *vectors.Vector {
		v := m.add("trust/"+name, description, expect, list)
		v.Kind, v.Trust = vectors.KindTrust, ""
		return v
	}
	swap := func(old, new string) []byte { return bytes.Replace(good, []byte(old), []byte(new), 1) }
	add("list-good", "A good trust list.", vectors.Valid, good)
	add("list-white-space", "A space behind a list.", "trust.malformed", append(bytes.Clone(good), ' '))
	add("list-extra-member", "An unknown member.", "trust.malformed", swap(`{"list"`, `{"x":1,"list"`))
	add("list-changed", "A list whose issuer's name was changed.", "trust.signature", swap("Akashi test issuer", "Akashi best issuer"))
	add("list-version-changed", "A list whose version was raised without its root.", "trust.signature", swap(`"version":2`, `"version":9`))
	add("list-another-root", "A good list, where another root is pinned.", "trust.root", good).OtherRoot = true
	add("list-expired", "A good list at the second of its end.", "trust.expired", good).At = forge.At.AddDate(20, 0, 0)
	add("list-not-yet", "A good list long before it was issued.", "trust.not-yet", good).At = forge.At.AddDate(0, -1, 0).Add(-trust.DefaultClockSlack - time.Second)
	add("list-rollback", "A good list where a newer one was used before.", "trust.rollback", good).After = "revoked.json"
	other := m.trustLists()["trust.json"]
	other.SHC = other.SHC[:1]
	b, err := m.Encode(other)
	if err != nil {
		return err
	}
	add("list-same-version", "A list of the version of another that was used before.", "trust.same-version", b).After = "trust.json"
	for _, c := range []struct{ name, description, old, new string }{
		{"list-iss", "A signed list with an issuer that is no https URL.", forge.URL, "http://vectors.akashi.invalid/issuer"},
		{"list-country", "A signed list with a country that is none.", `"country":"UTO"`, `"country":"uto"`},
		{"list-kid", "A signed list with a key under another name than its thumbprint.", `"keys":{"`, `"keys":{"A`},
		{"list-until-of-nobody", "A signed list with the end of a key that it does not have.", `"revoked":{}`, `"revoked":{},"until":{"A":"2026-03-20T00:00:00Z"}`},
		{"list-version-zero", "A signed list of version 0.", `"version":2`, `"version":0`},
	} {
		if b, err = m.resign(good, c.old, c.new); err != nil {
			return err
		}
		add(c.name, c.description, "trust.content", b)
	}
	return nil
}

// resign changes a list and signs what came of it, as no publisher of ours
// would.
func (m *maker) resign(list []byte, old, new string) ([]byte, error) {
	var f struct {
		List      json.RawMessage `json:"list"`
		Root      []byte          `json:"root"`
		Signature []byte          `json:"signature"`
	}
	if err := json.Unmarshal(list, &f); err != nil {
		return nil, err
	}
	f.List = bytes.Replace(f.List, []byte(old), []byte(new), 1)
	f.Signature = forge.Raw(m.Root, "akashi/1 trust list "+string(f.List))
	return json.Marshal(f)
}
