package main

import (
	"os"
	"regexp"
	"runtime/debug"
	"testing"
)

func TestVersion(t *testing.T) {
	installed := &debug.BuildInfo{Main: debug.Module{Version: "v0.2.0"}}
	for name, tc := range map[string]struct {
		set  string
		info *debug.BuildInfo
		want string
	}{
		"set at build time":      {"v0.1.0", installed, "v0.1.0"},
		"by go install":          {unknown, installed, "v0.2.0"},
		"by go build":            {unknown, &debug.BuildInfo{Main: debug.Module{Version: "(devel)"}}, unknown},
		"nothing is known of it": {unknown, nil, unknown},
	} {
		t.Run(name, func(t *testing.T) {
			if got := versionOf(tc.set, tc.info); got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

// TestGoInstall: `go install …@version` refuses a module that replaces or excludes others.
func TestGoInstall(t *testing.T) {
	mod, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	if found := regexp.MustCompile(`(?m)^(replace|exclude)\b.*`).Find(mod); found != nil {
		t.Errorf("go.mod holds %q", found)
	}
}
