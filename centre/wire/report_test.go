package wire_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"akashi/centre/wire"
)

func report() wire.Report {
	return wire.Report{
		Every: 10, Serving: wire.PrinterFault, Reader: wire.Well, Card: wire.Absent, Printer: wire.Down,
		Reasons: []wire.PrintFault{1, 9}, Payment: wire.Ailing, Money: wire.MoneySilent,
		Clock:    wire.Clock{Known: true, Offset: -120, Within: 8, Line: 17},
		Versions: wire.Versions{Agent: 1 << 31, Trust: 7, Sheet: 1}, Days: wire.Days{Trust: -1, Certificate: 30},
		Room: wire.Room{Disk: 1}, Ends: []wire.Ends{{Code: wire.OK, N: 3}, {Code: wire.PINWrong, N: 1}},
	}
}

// A report is words of closed sets and numbers, in one encoding.
func TestReport(t *testing.T) {
	r := report()
	b := wire.Encode(wire.Beat{Report: &r})
	for _, want := range []string{`"reader":"well"`, `"reasons":["paper-out","toner-low"]`, `"money":"silent"`, `"card":"absent"`} {
		if !strings.Contains(string(b), want) {
			t.Errorf("%s is not in %s", want, b)
		}
	}
	got, err := wire.Decode[wire.Beat](b, 4<<10)
	if err != nil || got.Check() != nil {
		t.Fatal(err, got.Check())
	}
	for what, bad := range map[string][2]string{
		"another word":      {`"reader":"well"`, `"reader":"Mr. Yamada"`},
		"a number":          {`"reader":"well"`, `"reader":1`},
		"an empty list":     {`"reasons":["paper-out","toner-low"]`, `"reasons":[]`},
		"an unknown reason": {`"paper-out"`, `"paper-eaten"`},
		"a text":            {`"busy":false`, `"busy":false,"note":"x"`},
	} {
		if _, err := wire.Decode[wire.Beat](bytes.Replace(b, []byte(bad[0]), []byte(bad[1]), 1), 4<<10); !errors.Is(err, wire.Malformed) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestReportOutOfBounds(t *testing.T) {
	for what, change := range map[string]func(*wire.Report){
		"never":               func(r *wire.Report) { r.Every = 0 },
		"seldom":              func(r *wire.Report) { r.Every = wire.MaxEvery + 1 },
		"a code of nobody":    func(r *wire.Report) { r.Serving = 999 },
		"an end of nobody":    func(r *wire.Report) { r.Ends[1].Code = 999 },
		"an end of no one":    func(r *wire.Report) { r.Ends[0].N = 0 },
		"an end twice":        func(r *wire.Report) { r.Ends[1].Code = wire.OK },
		"a reason twice":      func(r *wire.Report) { r.Reasons[0] = 9 },
		"reasons in no order": func(r *wire.Report) { r.Reasons[0] = 17 },
		"a clock too far":     func(r *wire.Report) { r.Clock.Offset = -wire.MaxOffset - 1 },
		"a clock from where":  func(r *wire.Report) { r.Clock.Known = false },
		"a line too long":     func(r *wire.Report) { r.Clock.Line = 1e6 },
		"days without end":    func(r *wire.Report) { r.Days.Certificate = 1 << 30 },
		"too many crashes":    func(r *wire.Report) { r.Crashes = 1 << 30 },
	} {
		r := report()
		change(&r)
		if err := (wire.Beat{Report: &r}).Check(); !errors.Is(err, wire.Malformed) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if err := (wire.Beat{Codes: []wire.Code{999}}).Check(); !errors.Is(err, wire.Malformed) {
		t.Errorf("a fault of nobody: %v", err)
	}
}

// A state that was left out has no word: the message is refused, and the
// gateway that reads it lives.
func TestBeatWithoutAState(t *testing.T) {
	for _, b := range []string{`{"report":{}}`, `{"report":{"keypad":"down"}}`} {
		if _, err := wire.Decode[wire.Beat]([]byte(b), 4<<10); !errors.Is(err, wire.Malformed) {
			t.Errorf("%s: %v", b, err)
		}
	}
}

func FuzzBeat(f *testing.F) {
	r := report()
	f.Add([]byte(`{"report":{}}`))
	f.Add(wire.Encode(wire.Beat{Report: &r}))
	f.Add(wire.Encode(wire.Beat{Codes: []wire.Code{wire.PrinterFault}}))
	f.Fuzz(func(t *testing.T, b []byte) {
		if v, err := wire.Decode[wire.Beat](b, 4<<10); err == nil && !bytes.Equal(wire.Encode(v), b) {
			t.Error("a second encoding of a beat was accepted")
		}
	})
}
