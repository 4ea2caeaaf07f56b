package keys_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"akashi/centre/keys"
)

// FuzzParseConfig: what is taken encodes back to the same, and has its launcher.
func FuzzParseConfig(f *testing.F) {
	f.Add([]byte(`{"dir":"d","socket":"s","launcher_uids":[7]}`))
	f.Add([]byte(`{"dir":"d","token":"t","socket":"s","launcher_uids":[7,8],"launcher_gid":9,"one_user":true,"rate_per_minute":5,"max_sessions":6,"session_seconds":8}`))
	f.Add([]byte(`{}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := keys.ParseConfig(b)
		if err != nil {
			return
		}
		if len(c.LauncherUIDs) == 0 || c.Dir == "" || c.Socket == "" {
			t.Fatalf("%+v", c)
		}
		again, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		if len(again) > keys.DefaultMaxConfig {
			return // escapes made it longer
		}
		if d, err := keys.ParseConfig(again); err != nil || !reflect.DeepEqual(c, d) {
			t.Fatalf("%+v, %v; was %+v", d, err, c)
		}
	})
}
