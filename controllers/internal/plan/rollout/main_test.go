package rollout_test

import (
	"flag"
	"fmt"
	"os"
	"testing"
)

// seed of the sequences that every run of the tests goes through: a run says the same twice.
const seed = "20261122"

func TestMain(m *testing.M) {
	flag.Parse()
	if chosen := flag.Lookup("rapid.seed"); chosen.Value.String() == chosen.DefValue {
		if err := flag.Set("rapid.seed", seed); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}
