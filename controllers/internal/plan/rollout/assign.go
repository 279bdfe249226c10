// Package rollout decides which revision of a function each of its instances runs (R12): pure
// functions of what the function publishes, and of the instance's own identity.
package rollout

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/plan/selector"
)

// Instance is one that runs a function.
type Instance struct {
	Namespace, Name string
	Labels          map[string]string
	// Pinned is the revision that its owner chose; 0: it follows the rollout.
	Pinned int64
}

// everybody is the threshold that holds all, also those who come later.
const everybody = "ffffffffffffffff"

// Assigned is the number of the revision that an instance is to run: the one that it pins; else that of
// the first layer that holds it. 0: nothing is published yet.
func Assigned(function string, layers []v1alpha1.RolloutLayer, i Instance) int64 {
	if i.Pinned != 0 {
		return i.Pinned
	}
	for n, layer := range layers {
		if n == len(layers)-1 || holds(function, layer, i) {
			return layer.Revision
		}
	}
	return 0
}

func holds(function string, layer v1alpha1.RolloutLayer, i Instance) bool {
	if layer.Threshold == everybody || layer.Threshold != "" && position(function, layer.Revision, i) <= layer.Threshold {
		return true
	}
	for _, s := range layer.Selectors {
		if selector.Matches(s, i.Labels) {
			return true
		}
	}
	return false
}

// position of an instance in the order in which a revision reaches them: by name, so that it is the same
// after a restore, and another order for each revision.
func position(function string, revision int64, i Instance) string {
	sum := sha256.Sum256([]byte(function + "/" + strconv.FormatInt(revision, 10) + "/" + i.Namespace + "/" + i.Name))
	return hex.EncodeToString(sum[:8])
}
