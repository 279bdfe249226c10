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

// Who is held for as long as there is, is held no longer because others are written meanwhile.
func TestWhatIsHeldIsNotForgottenBeforeItIsDue(t *testing.T) {
	w, now := NewWriter[*v1alpha1.Locality](nil, nil), time.Now()
	w.held["waits"], w.held["gone"] = now.Add(-underWay.limit), now.Add(-underWay.limit-2*remembered)
	w.sweep(now)
	if _, isHeld := w.held["waits"]; !isHeld {
		t.Error("it is forgotten, and would be held anew")
	}
	if _, isHeld := w.held["gone"]; isHeld {
		t.Error("what nobody has asked for since is kept for ever")
	}
}
