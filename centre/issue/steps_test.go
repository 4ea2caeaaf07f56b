package issue_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"strings"
	"testing"

	"akashi/centre/issue"
)

// documented is the list as the project's design states it.
const documented = "admit → open envelope → authenticate → query VRS → judge the record → compose → lint → sign → " +
	"verify own output → lay out the sheet, sign the PDF → receipt → seal the answer"

func TestStepsAreTheDocumentedOnes(t *testing.T) {
	if got := strings.Join(issue.Steps(), " → "); got != documented {
		t.Errorf("the code's list:\n%s\nthe documented list:\n%s", got, documented)
	}
	for i, name := range issue.Steps() {
		if issue.Step(i).String() != name {
			t.Errorf("step %d is not %q", i, name)
		}
	}
	if issue.Step(issue.NumSteps).String() != "unknown step" {
		t.Error("a step that there is not has a name")
	}
}

// TestTheListDoesEveryStepInOrder reads the list in the source: one line a
// step, in the order of the names, each fed with what the line before gave.
func TestTheListDoesEveryStepInOrder(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "issuing.go", nil, 0)
	must(t, err)
	var steps, fed, gave []string
	ast.Inspect(file, func(n ast.Node) bool {
		line, ok := n.(*ast.AssignStmt)
		if !ok || len(line.Rhs) != 1 {
			return true
		}
		call, ok := line.Rhs[0].(*ast.CallExpr)
		if name, _ := callee(call); !ok || name != "do" {
			return true
		}
		steps = append(steps, call.Args[1].(*ast.Ident).Name)
		fed = append(fed, call.Args[3].(*ast.Ident).Name)
		gave = append(gave, line.Lhs[0].(*ast.Ident).Name)
		return true
	})
	want := []string{"OpenEnvelope", "Authenticate", "QueryVRS", "Judge", "Compose", "Lint", "Sign", "VerifyOutput", "LayOut", "SignReceipt", "SealAnswer"}
	if !reflect.DeepEqual(steps, want) || len(want) != issue.NumSteps-1 {
		t.Fatalf("the list does %v", steps)
	}
	if !reflect.DeepEqual(fed[1:], gave[:len(gave)-1]) {
		t.Errorf("a step is not fed by the one before it: %v, %v", fed, gave)
	}
}

func callee(c *ast.CallExpr) (string, bool) {
	if c == nil {
		return "", false
	}
	id, ok := c.Fun.(*ast.Ident)
	if !ok {
		return "", false
	}
	return id.Name, true
}

// TestEventsAreNumbersOnly keeps strings, bytes, floats and pointers out of
// what leaves the worker in clear.
func TestEventsAreNumbersOnly(t *testing.T) {
	var walk func(reflect.Type)
	walk = func(v reflect.Type) {
		switch v.Kind() {
		case reflect.Struct:
			for i := range v.NumField() {
				walk(v.Field(i).Type)
			}
		case reflect.Array:
			walk(v.Elem())
		case reflect.Uint8, reflect.Uint16, reflect.Uint32:
		default:
			t.Errorf("an event holds a %s", v)
		}
	}
	walk(reflect.TypeFor[issue.Event]())
}
