package e2e_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// TestTheTraceFindsWhatBreaksARule: a check that finds nothing must be able to.
func TestTheTraceFindsWhatBreaksARule(t *testing.T) {
	eleven := func(state string) []string {
		return strings.Fields(strings.Repeat(state+" ", 11))
	}
	tests := map[string]struct {
		history []client.Object
		deleted bool // the last of them
		broken  string
	}{
		"as many as fit":                   {history: []client.Object{ledger("Admitted", "Held", "Waiting")}},
		"one more":                         {history: []client.Object{ledger("Admitted", "Held"), ledger("Admitted", "Held", "Admitted")}, broken: "admits c2.a beyond"},
		"over, and nobody new":             {history: []client.Object{ledger("Admitted", "Held"), grown(ledger("Admitted", "Leaving"))}},
		"too many patients":                {history: []client.Object{ledger("Admitted"), grown(ledger("Admitted", "Admitted"))}, broken: "admits c1.a beyond"},
		"eleven move":                      {history: []client.Object{roomy(ledger(eleven("Moving")...))}, broken: "11 move at a time"},
		"one of eleven has moved":          {history: []client.Object{policy("c3", "near"), roomy(ledger(eleven("Moving")...))}},
		"one is still in the old":          {history: []client.Object{policy("c3", "far"), roomy(ledger(eleven("Moving")...))}, broken: "11 move at a time"},
		"a name to where it is let in":     {history: []client.Object{policy("c0", "far"), alias("far")}},
		"a name to where it is not let in": {history: []client.Object{policy("c0", "near"), alias("far")}, broken: "c0/a calls far"},
		"shut out of what it calls":        {history: []client.Object{policy("c0", "far"), alias("far"), policy("c0", "far")}, deleted: true, broken: "c0/a is shut out of far"},
		"shut out of what it called":       {history: []client.Object{policy("c0", "far"), alias("far"), policy("c0", "near"), alias("near"), policy("c0", "far")}, deleted: true},
		"the name goes":                    {history: []client.Object{policy("c0", "far"), alias("far"), alias("far")}, deleted: true, broken: "no name to call"},
	}
	rooms := map[string]v1alpha1.Capacity{"ledger.far.data": {Consortia: new(int32(2)), Patients: new(int64(100))}}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			tr := &trace{}
			for i, object := range tc.history {
				tr.versions = append(tr.versions, version{at: uint64(i), object: object, deleted: tc.deleted && i == len(tc.history)-1})
			}
			r, err := tr.replay(rooms)
			if err != nil {
				t.Fatal(err)
			}
			if found := strings.Join(r.broken, "\n"); (tc.broken == "") != (found == "") || !strings.Contains(found, tc.broken) {
				t.Errorf("found %q, want %q", found, tc.broken)
			}
		})
	}
}

func owned(owner string) map[string]string {
	return map[string]string{v1alpha1.OwnerAnnotation: owner + "/1"}
}

// ledger has the agreements c0/a, c1/a and so on, of 10 patients each, in these states.
func ledger(states ...string) *corev1.ConfigMap {
	object := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "ledger.far.data", Annotations: owned("HostedService/far/data")}, Data: map[string]string{}}
	for i, state := range states {
		object.Data["c"+strconv.Itoa(i)+".a"] = fmt.Sprintf(`{"state":%q,"patients":10}`, state)
	}
	return object
}

// grown is a ledger whose consortia have grown.
func grown(object *corev1.ConfigMap) *corev1.ConfigMap {
	for key, content := range object.Data {
		object.Data[key] = strings.Replace(content, ":10}", ":60}", 1)
	}
	return object
}

// roomy is a ledger without a limit.
func roomy(object *corev1.ConfigMap) *corev1.ConfigMap {
	object.Name = "ledger.far.roomy"
	return object
}

func policy(consortium, namespace string) *networkingv1.NetworkPolicy {
	return &networkingv1.NetworkPolicy{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Annotations: owned("SupportAgreement/" + consortium + "/a")}}
}

// alias is the name that the consortium c0 calls.
func alias(namespace string) *corev1.Service {
	return &corev1.Service{
		ObjectMeta: metav1.ObjectMeta{Annotations: owned("SupportAgreement/c0/a")},
		Spec:       corev1.ServiceSpec{ExternalName: "data." + namespace + ".svc.cluster.local"},
	}
}
