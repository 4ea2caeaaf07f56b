package stack

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"akashi/centre/audit"
	"akashi/centre/issue"
	"akashi/centre/wire"
	"akashi/kiosk/screen"
	"akashi/kiosk/session"
)

// TellSteps prints every named step of kiosk and centre with its duration. The
// centre's steps run while the kiosk is in its step "answer".
func TellSteps(w io.Writer, v Visit, centre []audit.Ended) {
	for i, name := range session.Steps {
		if v.Event.Entered[i] == 0 {
			continue
		}
		fmt.Fprintf(w, "  kiosk   %-34s %9s\n", name, micros(v.Event.Micros[i]))
		if session.Step(i) != session.Answer {
			continue
		}
		for _, e := range centre {
			for j, step := range issue.Steps() {
				if e.Micros[j] > 0 || j <= int(e.At) {
					fmt.Fprintf(w, "    centre  %-32s %9s\n", step, micros(int64(e.Micros[j])))
				}
			}
		}
	}
}

func micros(n int64) string {
	return fmt.Sprintf("%.1f ms", float64(n)*float64(time.Microsecond)/float64(time.Millisecond))
}

// Ended reads the closed requests that the centre has told of since its log
// was n bytes long.
func (s *Stack) Ended(n int64) ([]audit.Ended, error) {
	b, err := s.Node.Since(n)
	if err != nil {
		return nil, err
	}
	var all []audit.Ended
	for _, line := range strings.Split(string(b), "\n") {
		var r audit.Record
		if json.Unmarshal([]byte(line), &r) == nil && r.Event.Ended != nil {
			all = append(all, *r.Event.Ended)
		}
	}
	return all, nil
}

// TellEnd prints how a session ended, in the resident's words.
func TellEnd(w io.Writer, v Visit) {
	c := v.Outcome()
	fmt.Fprintf(w, "  ended: %s (code %d, exit %d), papers printed: %d, charged: %d yen\n", c.Name(), c, Exit(c), len(v.Papers), v.Charged)
	for _, lang := range []string{"ja", "en"} {
		if c == 0 {
			break
		}
		t := screen.For(lang, c)
		fmt.Fprintf(w, "  %s: %s %s %s\n", lang, t.What, t.Why, t.Next)
	}
	tellShown(w, v, c)
}

// tellShown prints what the screen had beside the words of a code: they point
// to it.
func tellShown(w io.Writer, v Visit, c wire.Code) {
	for _, t := range slices.Backward(v.Record.Tells) {
		if t.Code != c || c == wire.OK {
			continue
		}
		if t.Phone != "" {
			fmt.Fprintf(w, "  電話番号 / phone: %s\n", t.Phone)
		}
		if c == wire.PINWrong && t.Tries > 0 {
			fmt.Fprintf(w, "  暗証番号の残り回数 / PIN tries left: %d\n", t.Tries)
		}
		if t.RetryAfter > 0 {
			fmt.Fprintf(w, "  再開の目安 / try again in: %d 秒 / s\n", t.RetryAfter)
		}
		return
	}
}
