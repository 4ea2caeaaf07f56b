package rule

import "testing"

func TestAll(t *testing.T) {
	b, a := New("test.b", "二", "second"), New("test.a", "一", "first")
	got := All()
	if len(got) != 2 || got[0] != a || got[1] != b {
		t.Errorf("All = %v", got)
	}
	if a.Error() != "test.a: first" {
		t.Errorf("Error = %q", a.Error())
	}
}
