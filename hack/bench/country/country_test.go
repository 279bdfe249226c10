package country

import (
	"flag"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

var update = flag.Bool("update", false, "write the golden file anew")

func TestConsortium(t *testing.T) {
	const path = "testdata/consortium-7.yaml"
	got := printed(t, Consortium(7))
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s is out of date (-update writes it; -want +got):\n%s", path, diff)
	}
}

func printed(t *testing.T, objects []client.Object) string {
	t.Helper()
	var pages []string
	for _, object := range objects {
		page, err := yaml.Marshal(object)
		if err != nil {
			t.Fatal(err)
		}
		pages = append(pages, string(page))
	}
	return strings.Join(pages, "---\n")
}

// Whoever claims what another one claims would be refused, and nothing would settle.
func TestNothingIsClaimedTwice(t *testing.T) {
	codes, practices := map[v1alpha1.OrganisationCode]bool{}, map[v1alpha1.PracticeCode]bool{}
	for n := range 3_000 {
		for _, object := range Consortium(n) {
			switch o := object.(type) {
			case *v1alpha1.Consortium:
				if codes[o.Spec.OrganisationCode] {
					t.Errorf("%s: code %s is another one's", o.Name, o.Spec.OrganisationCode)
				}
				codes[o.Spec.OrganisationCode] = true
			case *v1alpha1.Locality:
				for _, p := range o.Spec.Practices {
					if practices[p.OrganisationCode] {
						t.Errorf("%s/%s: practice %s is another one's", o.Namespace, o.Name, p.OrganisationCode)
					}
					practices[p.OrganisationCode] = true
				}
			}
		}
	}
	if len(codes) != 3_000 || len(practices) != 30_000 {
		t.Errorf("%d codes and %d practices, want 3,000 and 30,000: five to a locality", len(codes), len(practices))
	}
}

func TestHalfPreferLarge(t *testing.T) {
	fallbacks := map[string]int{}
	served := 0
	for n := range 1_000 {
		analytics, support := choices(n)
		for _, order := range [][]string{analytics, support} {
			if len(order) != 2 || order[0] == order[1] || !slices.Contains(suppliers, order[0]) || !slices.Contains(suppliers, order[1]) {
				t.Fatalf("consortium %d chooses %v, want two suppliers", n, order)
			}
		}
		if (analytics[0] == Large) != prefersLarge(n) {
			t.Errorf("consortium %d prefers %s", n, analytics[0])
		}
		if prefersLarge(n) {
			served++
			fallbacks[analytics[1]]++
		}
	}
	want := map[string]int{"borderlands-csu": 125, "coastal-csu": 125, "downland-csu": 125, "eastern-csu": 125}
	if diff := cmp.Diff(want, fallbacks); diff != "" || served != 500 {
		t.Errorf("%d of 1,000 prefer %s, and turn then to (-want +got):\n%s", served, Large, diff)
	}
}
