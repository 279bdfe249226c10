package cluster

import "testing"

func TestStartTicks(t *testing.T) {
	const rest = " 1 7 7 0 -1 4194560 119 0 0 0 0 0 0 0 20 0 1 0 8421 5611520"
	tests := map[string]struct{ stat, want string }{
		"usual":                   {"7 (etcd) S" + rest, "8421"},
		"a name with spaces":      {"7 (a b) R" + rest, "8421"},
		"a name with parentheses": {"7 (a) S 1) S" + rest, "8421"},
		"a zombie":                {"7 (etcd) Z" + rest, ""},
		"a zombie with threads":   {"7 (etcd) Z 1 7 7 0 -1 4194560 119 0 0 0 0 0 0 0 20 0 3 0 8421 5611520", "8421"},
		"dead":                    {"7 (etcd) X" + rest, ""},
		"cut off":                 {"7 (etcd) S 1 7", ""},
		"empty":                   {"", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := startTicks(test.stat); got != test.want {
				t.Errorf("%q, want %q", got, test.want)
			}
		})
	}
}
