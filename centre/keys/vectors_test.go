package keys_test

import (
	"crypto/ecdsa"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lestrrat-go/jwx/v2/jwk"

	"akashi/centre/keys"
)

// vector reads a published vector, which stands beside the repository.
func vector(t *testing.T, name string) []byte {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("no go.mod above the working directory")
		}
		dir = filepath.Dir(dir)
	}
	b, err := os.ReadFile(filepath.Join(dir, "..", "shared", "vectors", name))
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip("the published vectors are not there: ", err)
	}
	return b
}

// Japan's own key set: our thumbprints are its kids, and our set of its keys
// says of each what it said.
func TestJapansKeySet(t *testing.T) {
	b := vector(t, "vci-directory/japan_jwks_2024-09-20.json")
	set, err := jwk.Parse(b)
	if err != nil || set.Len() != 3 {
		t.Fatalf("%v, %v keys", err, set)
	}
	var issuer []keys.IssuerKey
	var theirs, ours struct{ Keys []map[string]any }
	for i := range set.Len() {
		k, _ := set.Key(i)
		var pub ecdsa.PublicKey
		if err := k.Raw(&pub); err != nil {
			t.Fatal(err)
		}
		if kid, err := keys.Thumbprint(&pub); err != nil || kid != k.KeyID() {
			t.Errorf("thumbprint %s, kid %s, %v", kid, k.KeyID(), err)
		}
		issuer = append(issuer, keys.IssuerKey{Key: &pub})
	}
	again, err := keys.JWKS(issuer...)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &theirs); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(again, &ours); err != nil {
		t.Fatal(err)
	}
	for i, k := range theirs.Keys {
		for _, member := range strings.Fields("kty crv use alg kid x y") {
			if ours.Keys[i][member] != k[member] {
				t.Errorf("key %d: %s is %v, theirs %v", i, member, ours.Keys[i][member], k[member])
			}
		}
	}
}
