package status_test

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/tools/events"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/status"
)

// desk is a Writer of consortia, what it asked of the API server, and what it told people.
type desk struct {
	client.Client
	name    string
	writer  *status.Writer[*v1alpha1.Consortium]
	events  *events.FakeRecorder
	writes  int
	refusal error // instead of the server's own answer
}

func newDesk(t *testing.T) (*desk, *v1alpha1.Consortium) {
	t.Helper()
	d := &desk{name: "desk-" + strings.ToLower(rand.Text()[:8]), events: events.NewFakeRecorder(10)}
	update := func(ctx context.Context, c client.Client, sub string, object client.Object, o ...client.SubResourceUpdateOption) error {
		d.writes++
		if d.refusal != nil {
			return d.refusal
		}
		return c.SubResource(sub).Update(ctx, object, o...)
	}
	d.Client = interceptor.NewClient(liveClient(t), interceptor.Funcs{SubResourceUpdate: update})
	c := &v1alpha1.Consortium{
		ObjectMeta: metav1.ObjectMeta{Name: d.name},
		Spec:       v1alpha1.ConsortiumSpec{OrganisationCode: "08V", DisplayName: "NHS Tower Hamlets"},
	}
	if err := d.Create(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	d.writer = status.NewWriter[*v1alpha1.Consortium](d.Client, d.events)
	return d, d.read(t)
}

func (d *desk) read(t *testing.T) *v1alpha1.Consortium {
	t.Helper()
	c := &v1alpha1.Consortium{}
	if err := d.Get(t.Context(), client.ObjectKey{Name: d.name}, c); err != nil {
		t.Fatal(err)
	}
	return c
}

// write gives the consortium a new Ready, and writes it.
func (d *desk) write(t *testing.T, seen *v1alpha1.Consortium, value metav1.ConditionStatus, reason string) (again time.Duration, err error) {
	t.Helper()
	after := seen.DeepCopy()
	c := condition(v1alpha1.ReadyCondition, value, reason)
	c.LastTransitionTime = metav1.Unix(1, 0)
	after.Status.Conditions = with(c)
	return d.writer.Write(t.Context(), seen, after)
}

func (d *desk) told() []string {
	var told []string
	for len(d.events.Events) > 0 {
		told = append(told, <-d.events.Events)
	}
	return told
}

func TestAnEqualStatusCostsNoRequest(t *testing.T) {
	d, c := newDesk(t)
	if again, err := d.writer.Write(t.Context(), c, c.DeepCopy()); again > 0 || err != nil || d.writes != 0 {
		t.Errorf("again after %s, error %v, %d requests; want none of them", again, err, d.writes)
	}
}

func TestAStatusIsWrittenOnceAndToldOnce(t *testing.T) {
	d, c := newDesk(t)
	if again, err := d.write(t, c, "False", v1alpha1.ReasonTaken); again > 0 || err != nil {
		t.Fatalf("again after %s, error %v", again, err)
	}
	if got := d.read(t).Status.Conditions; len(got) != 1 || got[0].Reason != v1alpha1.ReasonTaken {
		t.Errorf("the conditions are %v", got)
	}
	want := []string{"Warning Taken As it was."}
	if diff := cmp.Diff(want, d.told()); diff != "" || d.writes != 1 {
		t.Errorf("%d requests, want 1; the events differ (-want +got):\n%s", d.writes, diff)
	}
}

func TestWhatBecomesOfAStatusThatCannotBeWritten(t *testing.T) {
	consortia := schema.GroupResource{Group: v1alpha1.GroupVersion.Group, Resource: "consortia"}
	tests := map[string]struct {
		refusal      error
		wantConflict bool
		wantErr      bool
	}{
		"somebody else was faster: the reconcile is done again": {refusal: apierrors.NewConflict(consortia, "tower-hamlets", errors.New("changed")), wantConflict: true},
		"the object is gone: nobody needs its status":           {refusal: apierrors.NewNotFound(consortia, "tower-hamlets")},
		"the server fails: the error is passed on":              {refusal: apierrors.NewInternalError(errors.New("no quorum")), wantErr: true},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			d, c := newDesk(t)
			d.refusal = tc.refusal
			again, err := d.write(t, c, "False", v1alpha1.ReasonTaken)
			if again > 0 != tc.wantConflict || (err != nil) != tc.wantErr {
				t.Errorf("conflict %v and error %v, want %v and %v", again > 0, err, tc.wantConflict, tc.wantErr)
			}
			if told := d.told(); len(told) != 0 {
				t.Errorf("people were told of what was not written: %v", told)
			}
			if freshest := d.writer.Freshest(c); freshest.ResourceVersion != c.ResourceVersion {
				t.Error("what was not written must not be remembered")
			}
		})
	}
}

// A status that was decided on an older object conflicts, by its resourceVersion.
func TestAWriteOnAnOldObjectConflicts(t *testing.T) {
	d, old := newDesk(t)
	if _, err := d.write(t, d.read(t), "True", v1alpha1.ReasonReady); err != nil {
		t.Fatal(err)
	}
	if again, err := d.write(t, old, "False", v1alpha1.ReasonTaken); again == 0 || err != nil {
		t.Errorf("again after %s, error %v; want a conflict and no error", again, err)
	}
	if got := d.read(t).Status.Conditions[0].Reason; got != v1alpha1.ReasonReady {
		t.Errorf("the reason is %s: the older status won", got)
	}
}

func TestTheFreshestOfCacheAndOwnWriteIsRead(t *testing.T) {
	d, stale := newDesk(t)
	if _, err := d.write(t, stale, "True", v1alpha1.ReasonReady); err != nil {
		t.Fatal(err)
	}
	written := d.read(t)
	got := d.writer.Freshest(stale)
	if diff := cmp.Diff(written.Status, got.Status); diff != "" || got.ResourceVersion != written.ResourceVersion {
		t.Errorf("a stale cache hides the own write (-want +got):\n%s", diff)
	}
	got.Spec.DisplayName = "spoilt"
	if again := d.writer.Freshest(stale); again.Spec.DisplayName == "spoilt" {
		t.Error("what is remembered must not be shared")
	}
	shown := d.writer.Freshest(written)
	if shown.ResourceVersion != written.ResourceVersion {
		t.Error("a cache that has caught up is read")
	}
	shown.Spec.DisplayName = "spoilt"
	if written.Spec.DisplayName == "spoilt" {
		t.Error("what the cache holds must not be shared")
	}
	if d.writer.Freshest(stale).ResourceVersion != stale.ResourceVersion {
		t.Error("a write that the cache has shown is forgotten")
	}
}

func TestAnotherObjectOfTheSameNameIsAnotherObject(t *testing.T) {
	d, first := newDesk(t)
	if _, err := d.write(t, first, "True", v1alpha1.ReasonReady); err != nil {
		t.Fatal(err)
	}
	second := first.DeepCopy()
	second.UID, second.ResourceVersion = "2", "1"
	if d.writer.Freshest(second).ResourceVersion != second.ResourceVersion {
		t.Error("the status of a former object of the name was read")
	}
}
