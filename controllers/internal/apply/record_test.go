package apply

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// record writes a ledger of one entry.
func (b *bench) record(t *testing.T, namespace, entry, version string) error {
	t.Helper()
	return b.Record(t.Context(), step(t, configMap(ownerIn(namespace), "ledger", entry))[0], version)
}

// ledger is as it stands.
func (b *bench) ledger(t *testing.T, namespace string) *corev1.ConfigMap {
	t.Helper()
	return read(t, b, &corev1.ConfigMap{ObjectMeta: in(namespace, "ledger")})
}

func TestR04_ARecordIsWrittenOverTheVersionThatWasRead(t *testing.T) {
	b := newBench(t)
	const namespace = "apply-record"
	b.namespace(t, namespace)
	b.wire.made()
	if err := b.record(t, namespace, "first", ""); err != nil {
		t.Fatal(err)
	}
	if err := b.record(t, namespace, "second", b.ledger(t, namespace).ResourceVersion); err != nil {
		t.Fatal(err)
	}
	if got := b.ledger(t, namespace).Data["value"]; got != "second" {
		t.Errorf("the record says %q", got)
	}
	var made []string
	for _, r := range b.wire.made() {
		made = append(made, r.String())
	}
	want := []string{"POST /api/v1/namespaces/apply-record/configmaps", "PUT /api/v1/namespaces/apply-record/configmaps/ledger"}
	if diff := cmp.Diff(want, made); diff != "" {
		t.Errorf("two writes cost other requests than two (-want +got):\n%s", diff)
	}
}

func TestR04_ARecordOfWhichSomebodyElseWroteIsAConflict(t *testing.T) {
	tests := map[string]struct {
		namespace string
		meanwhile func(t *testing.T, b *bench, namespace string)
		version   func(read string) string
		want      string // what stands afterwards
	}{
		"it was written since it was read": {
			namespace: "apply-record-moved", version: func(read string) string { return read }, want: "theirs",
			meanwhile: func(t *testing.T, b *bench, namespace string) {
				change(t, b, b.ledger(t, namespace), func(c *corev1.ConfigMap) { c.Data["value"] = "theirs" })
			},
		},
		"it was not there, and is now": {
			namespace: "apply-record-born", version: func(string) string { return "" }, want: "before",
			meanwhile: func(*testing.T, *bench, string) {},
		},
		"it was deleted since": {
			namespace: "apply-record-gone", version: func(read string) string { return read },
			meanwhile: func(t *testing.T, b *bench, namespace string) {
				if err := b.admin.Delete(t.Context(), b.ledger(t, namespace)); err != nil {
					t.Fatal(err)
				}
			},
		},
	}
	b := newBench(t)
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			b.namespace(t, tc.namespace)
			if err := b.record(t, tc.namespace, "before", ""); err != nil {
				t.Fatal(err)
			}
			version := tc.version(b.ledger(t, tc.namespace).ResourceVersion)
			tc.meanwhile(t, b, tc.namespace)
			b.wire.made()
			if err := b.record(t, tc.namespace, "ours", version); !apierrors.IsConflict(err) {
				t.Errorf("the error is %v, want a conflict", err)
			}
			if made := b.wire.made(); len(made) != 1 {
				t.Errorf("a conflict is not tried again, yet there were %v", made)
			}
			ledgers := &corev1.ConfigMapList{}
			if err := b.admin.List(t.Context(), ledgers, client.InNamespace(tc.namespace)); err != nil {
				t.Fatal(err)
			}
			got := ""
			for _, ledger := range ledgers.Items {
				got += ledger.Data["value"]
			}
			if got != tc.want {
				t.Errorf("the record says %q, want %q", got, tc.want)
			}
		})
	}
}

func TestARecordInANamespaceThatIsMissingIsNoConflict(t *testing.T) {
	b := newBench(t)
	if err := b.record(t, "apply-record-nowhere", "ours", ""); !apierrors.IsNotFound(err) || apierrors.IsConflict(err) {
		t.Errorf("the error is %v, want the server's: to decide anew does not help", err)
	}
}

func TestARecordThatLostItsLabelIsReclaimed(t *testing.T) {
	tests := map[string]struct {
		namespace string
		meanwhile func(*corev1.ConfigMap)
		writes    int
		refused   bool
	}{
		"the label was taken away": {
			namespace: "apply-reclaim", writes: 1,
			meanwhile: func(c *corev1.ConfigMap) { c.Labels, c.Data["value"] = map[string]string{"theirs": "stays"}, "kept" },
		},
		"the cache is behind": {namespace: "apply-reclaim-behind", meanwhile: func(c *corev1.ConfigMap) { c.Data["value"] = "kept" }},
		"it is somebody else's": {
			namespace: "apply-reclaim-foreign", refused: true,
			meanwhile: func(c *corev1.ConfigMap) { c.Labels, c.Annotations, c.Data["value"] = nil, nil, "kept" },
		},
	}
	b := newBench(t)
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			b.namespace(t, tc.namespace)
			desired := step(t, configMap(ownerIn(tc.namespace), "ledger", "ours"))[0]
			if err := b.Record(t.Context(), desired, ""); err != nil {
				t.Fatal(err)
			}
			label := b.ledger(t, tc.namespace).Labels[v1alpha1.OwnerLabel]
			change(t, b, b.ledger(t, tc.namespace), tc.meanwhile)
			b.wire.made()
			if err := b.Reclaim(t.Context(), desired); (err != nil) != tc.refused {
				t.Errorf("the error is %v", err)
			}
			if made := b.wire.made(); len(made) != 1+tc.writes {
				t.Errorf("the requests are %v, want one to read and %d to write", made, tc.writes)
			}
			got := b.ledger(t, tc.namespace)
			if got.Data["value"] != "kept" || (got.Labels[v1alpha1.OwnerLabel] == label) == tc.refused {
				t.Errorf("the record is %v with the labels %v", got.Data, got.Labels)
			}
			if tc.writes > 0 && got.Labels["theirs"] != "stays" {
				t.Error("a label of somebody else's must stay")
			}
		})
	}
}
