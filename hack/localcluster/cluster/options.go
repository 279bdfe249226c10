package cluster

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"github.com/commissioning-support/operator/hack/localcluster/binaries"
)

// DefaultName is the name of the cluster when none is given.
const DefaultName = "default"

// Options describe a cluster. The zero value is the cluster "default" of this repository.
type Options struct {
	// Name tells clusters beside each other apart. Default: "default", for ephemeral ones random.
	Name string
	// StateDir holds a folder for each cluster. Default: .localcluster of the repository, for
	// ephemeral clusters the folder for temporary files.
	StateDir string
	// Nodes is the number of simulated nodes. Default: 5.
	Nodes int
	// ReadyAfter and ReadyJitter say how long a pod takes from being scheduled to being ready:
	// between ReadyAfter and ReadyAfter+ReadyJitter. Default: 300 ms and 700 ms. A negative
	// value means none.
	ReadyAfter, ReadyJitter time.Duration
	// Binaries is a folder of binaries to use instead of building them. Default:
	// $KUBEBUILDER_ASSETS.
	Binaries string
	// Cache is where built binaries are kept. Default: .localcluster/bin of the repository.
	Cache string
	// Ephemeral clusters end with the process that started them, even when it is killed.
	Ephemeral bool
	// Bare is a control plane for benchmarks: etcd, API server and controller manager, without nodes,
	// and without the controllers that make Deployments and StatefulSets run. Whoever uses it says in
	// their status what is available.
	Bare bool
	// Audited are users whose requests the API server writes down, each when it is answered: AuditLog.
	Audited []string
	// Out receives what happens, for a person to read. Default: nothing.
	Out io.Writer
}

// Names become folder names and node name prefixes. "bin" holds the binaries.
var namePattern = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]{0,38}[a-z0-9])?$`)

func (o Options) withDefaults() (Options, error) {
	if o.Out == nil {
		o.Out = io.Discard
	}
	if o.Name == "" {
		o.Name = DefaultName
		if o.Ephemeral {
			o.Name = "test-" + randomHex(4)
		}
	}
	if !namePattern.MatchString(o.Name) || o.Name == "bin" {
		return o, fmt.Errorf("%q cannot be the name of a cluster: use up to 40 lower-case letters, digits and dashes, and not \"bin\"", o.Name)
	}
	if o.Nodes == 0 && !o.Bare {
		o.Nodes = 5
	}
	if o.Nodes < 0 || o.Nodes > 1000 || (o.Nodes == 0) != o.Bare {
		return o, fmt.Errorf("a cluster can have 1 to 1000 nodes, and a bare one none, not %d", o.Nodes)
	}
	o.ReadyAfter = delay(o.ReadyAfter, 300*time.Millisecond)
	o.ReadyJitter = delay(o.ReadyJitter, 700*time.Millisecond)
	return o.withStateDir()
}

func (o Options) withStateDir() (Options, error) {
	if o.StateDir == "" && o.Ephemeral {
		o.StateDir = os.TempDir()
	}
	if o.StateDir == "" {
		root, err := binaries.Root()
		if err != nil {
			return o, fmt.Errorf("choosing a folder for the state of the cluster: %w", err)
		}
		o.StateDir = filepath.Join(root, ".localcluster")
	}
	dir, err := filepath.Abs(o.StateDir)
	if err != nil {
		return o, fmt.Errorf("finding the folder %s: %w", o.StateDir, err)
	}
	o.StateDir = dir
	return o, nil
}

// folder is where everything of this cluster is.
func (o Options) folder() string { return filepath.Join(o.StateDir, o.Name) }

func delay(given, standard time.Duration) time.Duration {
	switch {
	case given == 0:
		return standard
	case given < 0:
		return 0
	}
	return given
}

func randomHex(n int) string {
	b := make([]byte, n)
	// crypto/rand never fails on the platforms that this package supports.
	_, _ = rand.Read(b)
	return hex.EncodeToString(b)
}
