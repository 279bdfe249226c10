package status

import (
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// Objects that are deleted or at rest are not reconciled again: their writes must not add up.
func TestOldWritesAreSwept(t *testing.T) {
	w := NewWriter[*v1alpha1.Locality](nil, nil)
	remember := func(uid types.UID) { w.remember(&v1alpha1.Locality{ObjectMeta: metav1.ObjectMeta{UID: uid}}) }
	remember("old")
	remember("young")
	old := w.written["old"]
	old.at = old.at.Add(-2 * remembered)
	w.written["old"], w.swept = old, time.Time{}
	remember("new")
	for uid, want := range map[types.UID]bool{"old": false, "young": true, "new": true} {
		if _, got := w.written[uid]; got != want {
			t.Errorf("the write of %s is remembered: %v, want %v", uid, got, want)
		}
	}
}
