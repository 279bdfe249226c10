package plan_test

import (
	"testing"

	"k8s.io/apimachinery/pkg/util/validation"
	"pgregory.net/rapid"

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
