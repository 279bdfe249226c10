package watch

import (
	"context"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// held is a reconciler that works until it is let go.
type held struct{ entered, letGo chan struct{} }

func (h held) Reconcile(ctx context.Context, _ *v1alpha1.Consortium) (reconcile.Result, error) {
	h.entered <- struct{}{}
	select {
	case <-h.letGo:
		return reconcile.Result{}, nil
	case <-ctx.Done():
		return reconcile.Result{}, ctx.Err()
	}
}

func consortiumOf(uid types.UID, ready metav1.ConditionStatus) *v1alpha1.Consortium {
	c := &v1alpha1.Consortium{ObjectMeta: metav1.ObjectMeta{UID: uid}}
	c.Status.Conditions = []metav1.Condition{{Type: v1alpha1.ReadyCondition, Status: ready}}
	return c
}

// entered lets reconciles of objects begin, and returns how many of them are at work at the same time.
func entered(ctx context.Context, t *testing.T, f *FirstLook[*v1alpha1.Consortium], inner held, objects ...*v1alpha1.Consortium) int {
	t.Helper()
	ctx, cancel := context.WithCancel(ctx)
	for _, object := range objects {
		go func() { _, _ = f.Reconcile(ctx, object) }()
	}
	synctest.Wait()
	count := len(inner.entered)
	cancel()
	synctest.Wait()
	for range len(inner.entered) {
		<-inner.entered
	}
	return count
}

func TestTheFirstLookIsCalm(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		inner := held{entered: make(chan struct{}, 1000), letGo: make(chan struct{})}
		f := Calmly(inner)
		turns := max(1, runtime.GOMAXPROCS(0)/2)
		var ready, failed, many []*v1alpha1.Consortium
		for i := range 5 * turns {
			ready = append(ready, consortiumOf(types.UID("ready-"+string(rune('a'+i))), metav1.ConditionTrue))
			failed = append(failed, consortiumOf(types.UID("failed-"+string(rune('a'+i))), metav1.ConditionFalse))
			many = append(many, consortiumOf(types.UID("later-"+string(rune('a'+i))), metav1.ConditionTrue))
		}
		for _, tc := range []struct {
			what    string
			objects []*v1alpha1.Consortium
			want    int
		}{
			{"looked at for the first time, and Ready", ready, turns},
			{"not Ready", failed, len(failed)},
			{"looked at before", ready, len(ready)},
		} {
			if got := entered(t.Context(), t, f, inner, tc.objects...); got != tc.want {
				t.Errorf("%s: %d of %d are at work at once, want %d", tc.what, got, len(tc.objects), tc.want)
			}
		}
		f.now = func() time.Time { return f.until.Add(time.Second) }
		if got := entered(t.Context(), t, f, inner, many...); got != len(many) || f.seen != nil {
			t.Errorf("long after the start %d of %d are at work at once, and %d are remembered", got, len(many), len(f.seen))
		}
	})
}

func TestWhoWaitsForItsTurnGoesWithTheOperator(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		inner := held{entered: make(chan struct{}, 1000), letGo: make(chan struct{})}
		f := Calmly(inner)
		for range cap(f.turns) {
			f.turns <- struct{}{}
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := f.Reconcile(ctx, consortiumOf("a", metav1.ConditionTrue)); err == nil || len(inner.entered) != 0 {
			t.Errorf("the error is %v, %d are at work", err, len(inner.entered))
		}
	})
}
