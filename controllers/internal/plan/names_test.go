package plan_test

import (
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation"
	"pgregory.net/rapid"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/plan"
)

func TestOwnerHash(t *testing.T) {
	t.Run("it never changes, for children carry it", func(t *testing.T) {
		const want = "9e03a008bd29748b90890bc46db6fd6a"
		if got := plan.OwnerHash("Consortium", "", "tower-hamlets"); got != want {
			t.Errorf("OwnerHash() = %q, want %q", got, want)
		}
	})
	t.Run("it is a label value, and no two owners share it", rapid.MakeCheck(func(t *rapid.T) {
		part := rapid.StringMatching(`[a-b/-]{0,3}`)
		type owner struct{ kind, namespace, name string }
		draw := func(label string) owner {
			return owner{part.Draw(t, label+" kind"), part.Draw(t, label+" namespace"), part.Draw(t, label+" name")}
		}
		a, b := draw("a"), draw("b")
		hashA, hashB := plan.OwnerHash(a.kind, a.namespace, a.name), plan.OwnerHash(b.kind, b.namespace, b.name)
		if (a == b) != (hashA == hashB) {
			t.Fatalf("%v has %s, %v has %s", a, hashA, b, hashB)
		}
		if problems := validation.IsValidLabelValue(hashA); len(problems) > 0 {
			t.Fatal(problems)
		}
	}))
}

func TestR07_ReservedNamespacesAreNobodys(t *testing.T) {
	tests := map[string]struct {
		namespace string
		want      bool
	}{
		"the default namespace":                  {namespace: "default", want: true},
		"a namespace of the cluster":             {namespace: "kube-system", want: true},
		"a namespace of the distribution":        {namespace: "openshift-ingress", want: true},
		"the operator's usual namespace":         {namespace: "commissioning-system", want: true},
		"the operator's own namespace":           {namespace: "elsewhere", want: true},
		"a consortium's":                         {namespace: "tower-hamlets"},
		"a name that merely begins like default": {namespace: "default-town"},
		"a name that merely begins like kube":    {namespace: "kubeville"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if got := plan.IsReservedNamespace(tc.namespace, "elsewhere"); got != tc.want {
				t.Errorf("IsReservedNamespace(%q) = %t, want %t", tc.namespace, got, tc.want)
			}
		})
	}
}

func TestNamespaceOf(t *testing.T) {
	c := &v1alpha1.Consortium{ObjectMeta: metav1.ObjectMeta{Name: "tower-hamlets"}}
	if got, want := plan.NamespaceOf(c), "tower-hamlets"; got != want {
		t.Errorf("without a namespace given NamespaceOf() = %q, want %q", got, want)
	}
	c.Spec.Namespace = "th-prod"
	if got, want := plan.NamespaceOf(c), "th-prod"; got != want {
		t.Errorf("with a namespace given NamespaceOf() = %q, want %q", got, want)
	}
}

func TestR08_NamespacesAreKeptUnlessDeletionIsAskedFor(t *testing.T) {
	tests := map[string]struct {
		given, want v1alpha1.DeletionPolicy
	}{
		"nothing given":        {want: v1alpha1.DeletionPolicyRetain},
		"Retain given":         {given: v1alpha1.DeletionPolicyRetain, want: v1alpha1.DeletionPolicyRetain},
		"Delete given":         {given: v1alpha1.DeletionPolicyDelete, want: v1alpha1.DeletionPolicyDelete},
		"an unknown one given": {given: "Purge", want: v1alpha1.DeletionPolicyRetain},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			c := &v1alpha1.Consortium{Spec: v1alpha1.ConsortiumSpec{DeletionPolicy: tc.given}}
			if got := plan.DeletionPolicyOf(c); got != tc.want {
				t.Errorf("DeletionPolicyOf() = %q, want %q", got, tc.want)
			}
		})
	}
}
