package centre_test

import (
	"bytes"
	"strings"
	"testing"

	"akashi/centre"
)

// A gateway that was taken over writes on what the node gave it: it is heard
// as the gateway, line by line, and tells no events.
func TestAPartSpeaksInItsOwnName(t *testing.T) {
	long := strings.Repeat("x", centre.DefaultMaxSaid+1)
	for name, tells := range map[string]bool{"gateway": false, "launcher": true} {
		var out, errs bytes.Buffer
		said, complained, ready := centre.Voices(name, tells, &out, &errs)
		for _, s := range []string{"{\"seq\"", ":1}\nready x\n", "ready again\n{\"seq\":2}\n" + long, long + "\n{\"seq\":3}\nopen end"} {
			if n, err := said.Write([]byte(s)); n != len(s) || err != nil {
				t.Errorf("%d of %d, %v", n, len(s), err)
			}
		}
		select {
		case <-ready:
		default:
			t.Errorf("the %s is not ready", name)
		}
		want := ""
		if tells {
			want = "{\"seq\":1}\nready again\n{\"seq\":2}\n{\"seq\":3}\n"
		}
		if out.String() != want {
			t.Errorf("%s: %.200q", name, out.String())
		}
		complained.Write([]byte("launcher: a lie\r\x1b[2J\n" + long + "\n"))
		want = name + ": launcher: a lie??[2J\n" + name + ": " + long[:centre.DefaultMaxComplaint] + "\n"
		if errs.String() != want {
			t.Errorf("%s: %.200q", name, errs.String())
		}
	}
}
