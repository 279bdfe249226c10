package apply

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"sigs.k8s.io/controller-runtime/pkg/client"
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
