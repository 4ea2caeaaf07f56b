package history

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"akashi/verifier/credential"
)

// Name gives the name of a purpose's n-th key: shc, shc-2, shc-3, …
func Name(purpose string, n int) string {
	if n == 1 {
		return purpose
	}
	return purpose + "-" + strconv.Itoa(n)
}

// reasonable holds a reason to its form, and to the events that need one.
func reasonable(r Record) bool {
	if r.Reason == "" {
		return r.Event != Revoked
	}
	return len(r.Reason) <= DefaultMaxReason && credential.Legible(r.Reason)
}

// step follows one event through the keys.
func step(keys *[]Key, r Record) error {
	if (r.Event == Created) != (r.Purpose != "") || (r.Event == Created) != (r.ID != "") ||
		r.Event != Created && r.Token != "" || (r.Event == Published) != (r.Certificate != "") {
		return errors.New("a member is missing, or is another event's")
	}
	if r.Event == Created {
		return create(keys, r)
	}
	i := slices.IndexFunc(*keys, func(k Key) bool { return k.Name == r.Key })
	if i < 0 {
		return errors.New("no key of that name was made")
	}
	return (*keys)[i].follow(*keys, r)
}

func create(keys *[]Key, r Record) error {
	k := Key{Name: r.Key, Purpose: r.Purpose, Generation: 1, ID: r.ID, Token: r.Token, State: Created, Created: r.At}
	for _, other := range *keys {
		if other.ID == r.ID {
			return fmt.Errorf("%s is the same key", other.Name)
		}
		if other.Purpose == r.Purpose {
			k.Generation++
		}
	}
	if !purpose(r.Purpose) || r.Key != Name(r.Purpose, k.Generation) {
		return fmt.Errorf("the next key of this purpose is named %s", Name(r.Purpose, k.Generation))
	}
	if b, err := base64.RawURLEncoding.Strict().DecodeString(r.ID); err != nil || len(b) != 32 {
		return errors.New("its id is no thumbprint")
	}
	if b, err := hex.DecodeString(r.Token); err != nil || len(b) > 32 || hex.EncodeToString(b) != r.Token {
		return errors.New("its id in the token is no hexadecimal text")
	}
	*keys = append(*keys, k)
	return nil
}

// purpose reports whether s may name a purpose: 1 to 16 of a-z and hyphen, and
// a letter at both ends, so that no name can be read as another one's.
func purpose(s string) bool {
	if len(s) < 1 || len(s) > 16 || s[0] == '-' || s[len(s)-1] == '-' {
		return false
	}
	for _, c := range []byte(s) {
		if (c < 'a' || c > 'z') && c != '-' {
			return false
		}
	}
	return true
}

// from says from which states an event leads on.
var from = map[Event][]Event{
	Published: {Created, Published, Activated}, // again: a new certificate of the same key
	Activated: {Published},
	Retired:   {Published, Activated},
	Destroyed: {Created, Retired},
	Revoked:   {Created, Published, Activated, Retired, Destroyed},
}

// follow takes one event of a key.
func (k *Key) follow(all []Key, r Record) error {
	if !slices.Contains(from[r.Event], k.State) {
		return fmt.Errorf("the key is %s", k.State)
	}
	switch r.Event {
	case Published:
		if b, err := hex.DecodeString(r.Certificate); err != nil || len(b) != 32 || hex.EncodeToString(b) != r.Certificate {
			return errors.New("its certificate's digest is none")
		}
		if k.Certificate == r.Certificate {
			return errors.New("this certificate is published")
		}
		k.Certificate = r.Certificate
		if k.State != Created {
			return nil // the key goes on as it was
		}
		k.Published = r.At
	case Activated:
		if i := slices.IndexFunc(all, func(o Key) bool { return o.Purpose == k.Purpose && o.Signs() }); i >= 0 {
			return fmt.Errorf("%s signs for this purpose; retire it first", all[i].Name)
		}
		k.Activated = r.At
	case Retired:
		k.Retired = r.At
	case Destroyed, Revoked:
		if k.Retired.IsZero() {
			k.Retired = r.At
		}
		k.Ended = r.At
	}
	k.State = r.Event
	return nil
}
