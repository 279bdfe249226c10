package docstest

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParsePage(t *testing.T) {
	text := "Text\n```sh exit=1\nfalse\n```\n\n```console\n$ echo a; echo b\na\nb\n$ true\n```\n" +
		"```yaml file=a.yaml\nkind: A\n```\n```sh test=skip reason=\"no reason\"\nmake test\n```\n"
	page, err := ParsePage("a.md", text)
	if err != nil {
		t.Fatal(err)
	}
	want := []Block{
		{Line: 2, Language: "sh", Body: "false", Exit: 1},
		{Line: 6, Language: "console", Body: "$ echo a; echo b\na\nb\n$ true"},
		{Line: 12, Language: "yaml", Body: "kind: A", File: "a.yaml"},
		{Line: 15, Language: "sh", Body: "make test", Skip: "no reason"},
	}
	if diff := cmp.Diff(want, page.Blocks); diff != "" {
		t.Errorf("blocks (-want +got):\n%s", diff)
	}
	commands, err := page.Blocks[1].Commands()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]Command{{"echo a; echo b", "a\nb\n"}, {Run: "true"}}, commands); diff != "" {
		t.Errorf("commands (-want +got):\n%s", diff)
	}
}

func TestParsePageRefuses(t *testing.T) {
	for name, tc := range map[string]struct{ text, want string }{
		"a block without a language": {"```\na\n```\n", `a.md:1: the language "" is none of`},
		"another language":           {"```go\na\n```\n", `the language "go"`},
		"an unknown attribute":       {"```sh colour=red\na\n```\n", `the attribute "colour" is not known`},
		"no attribute":               {"```sh skip\na\n```\n", `"skip" is no attribute`},
		"a skip without a reason":    {"```sh test=skip\na\n```\n", "go together"},
		"a reason without a skip":    {"```sh reason=why\na\n```\n", "go together"},
		"an exit without a number":   {"```sh exit=no\na\n```\n", "is no number"},
		"a block that does not end":  {"a\n```sh\na\n", "a.md:2: the block does not end"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := ParsePage("a.md", tc.text); err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, want %q", err, tc.want)
			}
		})
	}
}

func TestCompare(t *testing.T) {
	for name, tc := range map[string]struct {
		shown, truth string
		wrong        bool
	}{
		"the same":                 {shown: "a\nb\n", truth: "a\nb"},
		"ages and widths":          {shown: "NAME  AGE\nx     2m13s", truth: "NAME   AGE\nx      4s\n"},
		"times and dots":           {shown: "▸ a ....... 6.1 s", truth: "▸ a ... 12 s"},
		"a clock":                  {shown: "10:02:11  gone", truth: "15:14:15  gone"},
		"a port":                   {shown: "on 127.0.0.1:1 x", truth: "on 127.0.0.1:38211 x"},
		"any lines":                {shown: "a\n…\nd", truth: "a\nb\nc\nd"},
		"any lines, none":          {shown: "a\n…", truth: "a"},
		"any lines, twice":         {shown: "…\nb\n…\nd", truth: "a\nb\nb\nc\nd"},
		"another line":             {shown: "a", truth: "b", wrong: true},
		"a line more":              {shown: "a", truth: "a\nb", wrong: true},
		"a line less":              {shown: "a\nb", truth: "a", wrong: true},
		"another order":            {shown: "a\nb", truth: "b\na", wrong: true},
		"a count is no time":       {shown: "84544", truth: "84545", wrong: true},
		"a condition that changed": {shown: "Ready True 2s", truth: "Ready False 2s", wrong: true},
	} {
		t.Run(name, func(t *testing.T) {
			if err := Compare(tc.shown, tc.truth); (err != nil) != tc.wrong {
				t.Errorf("got %v, want an error: %t", err, tc.wrong)
			}
		})
	}
}
