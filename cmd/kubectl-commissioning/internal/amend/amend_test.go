package amend_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/amend"
)

const written = `
metadata:
  name: data-analytics
  namespace: tower-hamlets
  uid: 4b0c
  generation: 3
spec:
  function: data-analytics
  suppliers:
  - {provider: nel-csu, dataSharing: {reference: DSA-2026-114, expires: "2027-03-31"}}
  - {provider: kent-csu, service: analytics-gold, standing: StoodDown, standingReason: no report}
  - {provider: kent-csu}
  term: {start: "2026-04-01"}
`

func agreement(t *testing.T) *v1alpha1.SupportAgreement {
	t.Helper()
	var a v1alpha1.SupportAgreement
	if err := yaml.UnmarshalStrict([]byte(written), &a); err != nil {
		t.Fatal(err)
	}
	return &a
}

func TestFind(t *testing.T) {
	for name, tc := range map[string]struct {
		want    int
		refusal string
	}{
		"nel-csu":                 {want: 0},
		"nel-csu/data-analytics":  {want: 0},
		"kent-csu/analytics-gold": {want: 1},
		"kent-csu/data-analytics": {want: 2},
		"kent-csu":                {refusal: "kent-csu stands in data-analytics more than once; say which: kent-csu/analytics-gold, kent-csu/data-analytics"},
		"nel-csu/contracting": {
			refusal: "nel-csu/contracting is no supplier of data-analytics; its suppliers are nel-csu/data-analytics, kent-csu/analytics-gold, kent-csu/data-analytics",
		},
		"": {refusal: " is no supplier of data-analytics; its suppliers are nel-csu/data-analytics, kent-csu/analytics-gold, kent-csu/data-analytics"},
	} {
		t.Run(name, func(t *testing.T) {
			i, err := amend.Find(agreement(t), name)
			if tc.refusal == "" && (err != nil || i != tc.want) {
				t.Errorf("got %d, %v; want %d", i, err, tc.want)
			}
			if tc.refusal != "" && (err == nil || err.Error() != tc.refusal) {
				t.Errorf("got %v, want %s", err, tc.refusal)
			}
		})
	}
}

// The patch holds of the spec that was read alone; what is so already is not patched.
func TestPatches(t *testing.T) {
	at := metav1.NewTime(time.Date(2026, time.November, 22, 14, 3, 22, 0, time.UTC))
	later, same := metav1.NewTime(at.Add(time.Minute)), at
	const of = `[{"op":"test","path":"/metadata/uid","value":"4b0c"},{"op":"test","path":"/metadata/generation","value":3},`
	for name, tc := range map[string]struct {
		plan  func(*v1alpha1.SupportAgreement) (amend.Patch, error)
		want  string
		after v1alpha1.Standing
	}{
		"a supplier is stood down": {
			plan:  func(a *v1alpha1.SupportAgreement) (amend.Patch, error) { return amend.StandDown(a, 0, "silence") },
			want:  of + `{"op":"add","path":"/spec/suppliers/0/standing","value":"StoodDown"},{"op":"add","path":"/spec/suppliers/0/standingReason","value":"silence"}]`,
			after: v1alpha1.StandingStoodDown,
		},
		"one is stood down for another reason": {
			plan: func(a *v1alpha1.SupportAgreement) (amend.Patch, error) { return amend.StandDown(a, 1, "silence") },
			want: of + `{"op":"add","path":"/spec/suppliers/1/standing","value":"StoodDown"},{"op":"add","path":"/spec/suppliers/1/standingReason","value":"silence"}]`,
		},
		"one is stood down already": {
			plan: func(a *v1alpha1.SupportAgreement) (amend.Patch, error) { return amend.StandDown(a, 1, "no report") },
		},
		"one is reinstated": {
			plan: func(a *v1alpha1.SupportAgreement) (amend.Patch, error) { return amend.Reinstate(a, 1) },
			want: of + `{"op":"remove","path":"/spec/suppliers/1/standing"},{"op":"remove","path":"/spec/suppliers/1/standingReason"}]`,
		},
		"one was never stood down": {
			plan: func(a *v1alpha1.SupportAgreement) (amend.Patch, error) { return amend.Reinstate(a, 0) },
		},
		"tokens are revoked": {
			plan: func(a *v1alpha1.SupportAgreement) (amend.Patch, error) { return amend.Revoke(a, at) },
			want: of + `{"op":"add","path":"/spec/tokensNotBefore","value":"2026-11-22T14:03:22Z"}]`,
		},
		"tokens are revoked from the same second": {
			plan: func(a *v1alpha1.SupportAgreement) (amend.Patch, error) {
				a.Spec.TokensNotBefore = &same
				return amend.Revoke(a, at)
			},
		},
		"tokens are revoked from later on": {
			plan: func(a *v1alpha1.SupportAgreement) (amend.Patch, error) {
				a.Spec.TokensNotBefore = &later
				return amend.Revoke(a, at)
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			read := agreement(t)
			patch, err := tc.plan(read)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, string(patch.Data)); diff != "" {
				t.Errorf("patch (-want +got):\n%s", diff)
			}
			if got := patch.After.Spec.Suppliers[0].Standing; got != tc.after {
				t.Errorf("the first supplier is %q afterwards, want %q", got, tc.after)
			}
			if read.Spec.Suppliers[0].Standing != "" {
				t.Error("what was read has been changed")
			}
		})
	}
}

func TestEngine(t *testing.T) {
	const suppliers, labels = `{"f:spec":{".":{},"f:suppliers":{}}}`, `{"f:metadata":{"f:labels":{}},"f:spec":{"f:term":{}}}`
	for name, tc := range map[string]struct {
		manager, fields, subresource, want string
	}{
		"Flux":                           {manager: "kustomize-controller", fields: suppliers, want: "Flux (kustomize-controller)"},
		"a chart by Flux":                {manager: "helm-controller", fields: suppliers, want: "Flux (helm-controller)"},
		"Argo CD":                        {manager: "argocd-controller", fields: suppliers, want: "Argo CD (argocd-controller)"},
		"Argo CD of old":                 {manager: "argocd-application-controller", fields: suppliers, want: "Argo CD (argocd-application-controller)"},
		"a person":                       {manager: "kubectl-client-side-apply", fields: suppliers},
		"this plugin":                    {manager: "commissioning", fields: suppliers},
		"Flux owns other fields":         {manager: "kustomize-controller", fields: labels},
		"Flux owns a subresource":        {manager: "kustomize-controller", fields: suppliers, subresource: "status"},
		"what is owned cannot be read":   {manager: "kustomize-controller", fields: `[]`},
		"nobody knows what Argo CD owns": {manager: "argocd-controller"},
	} {
		t.Run(name, func(t *testing.T) {
			a := agreement(t)
			entry := metav1.ManagedFieldsEntry{Manager: tc.manager, Subresource: tc.subresource}
			if tc.fields != "" {
				entry.FieldsV1 = metav1.NewFieldsV1(tc.fields)
			}
			a.ManagedFields = []metav1.ManagedFieldsEntry{{Manager: "kubectl"}, entry}
			if got := amend.Engine(a, "suppliers"); got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

// TestManifests: what is to be committed is the whole list, because a list is replaced as a whole.
func TestManifests(t *testing.T) {
	patch, err := amend.StandDown(agreement(t), 0, "no activity report since August")
	if err != nil {
		t.Fatal(err)
	}
	text, err := amend.SuppliersYAML(patch.After)
	if err != nil {
		t.Fatal(err)
	}
	want := strings.TrimPrefix(`
apiVersion: commissioning.support/v1alpha1
kind: SupportAgreement
metadata:
  name: data-analytics
  namespace: tower-hamlets
spec:
  suppliers:
  - dataSharing:
      expires: "2027-03-31"
      reference: DSA-2026-114
    provider: nel-csu
    standing: StoodDown
    standingReason: no activity report since August
  - provider: kent-csu
    service: analytics-gold
    standing: StoodDown
    standingReason: no report
  - provider: kent-csu
`, "\n")
	if diff := cmp.Diff(want, text); diff != "" {
		t.Errorf("suppliers (-want +got):\n%s", diff)
	}
	patch, err = amend.Revoke(agreement(t), metav1.NewTime(time.Date(2026, time.November, 22, 14, 3, 22, 0, time.UTC)))
	if err != nil {
		t.Fatal(err)
	}
	if text, err = amend.TokensYAML(patch.After); err != nil || !strings.HasSuffix(text, "spec:\n  tokensNotBefore: \"2026-11-22T14:03:22Z\"\n") {
		t.Errorf("tokens: %v\n%s", err, text)
	}
}
