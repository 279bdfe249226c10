package clustertest_test

import (
	"encoding/json"
	"io"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/command"
)

// hosted writes a service of a supplier, as the operator leaves it.
func hosted(t *testing.T, provider, function string, served, left int64) {
	t.Helper()
	create(t, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: provider}})
	h := &v1alpha1.HostedService{ObjectMeta: metav1.ObjectMeta{Namespace: provider, Name: function}, Spec: v1alpha1.HostedServiceSpec{Function: v1alpha1.ObjectName(function)}}
	h.Status.Available = v1alpha1.ServiceAvailable
	h.Status.Consortia = v1alpha1.Load{Served: &served, Left: &left}
	writeWithStatus(t, h)
}

// TestCatalogueAndProviders: a viewer of a consortium sees what everybody may see, and what concerns her own.
func TestCatalogueAndProviders(t *testing.T) {
	hosted(t, "nel-csu", "data-analytics", 1, 39)
	consortium(t, "all-well", "spitalfields", "Z31")
	admin, viewer := person{t, control.Kubeconfig()}, persona(t, "spitalfields", "viewer")

	admin.calls("catalogue").expect(t, 0, "nel-csu (room for 39)", "")
	viewer.calls("catalogue").expect(t, 0, "You may not read all HostedServices", "")
	viewer.calls("catalogue", "referral-management").expect(t, 0, "  reviewWithinWorkingDays: a whole number from 1 to 20; 2 if it is left out\n", "")
	create(t, &rbacv1.RoleBinding{
		ObjectMeta: metav1.ObjectMeta{Name: "also-hosts", Namespace: "nel-csu"}, RoleRef: roleRef("commissioning-provider-viewer"),
		Subjects: []rbacv1.Subject{{APIGroup: rbacv1.GroupName, Kind: rbacv1.GroupKind, Name: "spitalfields:viewer"}},
	})
	viewer.calls("catalogue", "-n", "nel-csu").expect(t, 0, "nel-csu (room for 39)", "")
	viewer.calls("catalogue", "unknown").expect(t, 3, "", "SupportFunction unknown cannot be read")

	admin.calls("providers").expect(t, 0, "WHO DEPENDS ON THEM", "")
	admin.calls("providers", "nel-csu").expect(t, 0, "WHOM IT SERVES", "")
	viewer.calls("providers", "nel-csu").expect(t, 0, "data-analytics  spitalfields  ?", "")
	viewer.calls("providers", "nel-csu").expect(t, 0, "You may not read all SupportAgreements: whom suppliers serve is shown of the chosen namespace at most, and who has no fallback is left out.", "")
	viewer.calls("providers", "nobody").expect(t, 3, "", "Who there is: kubectl commissioning providers")

	var said struct {
		Providers []struct {
			Name  string
			Hosts []struct{ Function string }
		}
	}
	answer := admin.calls("providers", "nel-csu", "-o", "yaml")
	if err := yaml.Unmarshal([]byte(answer.out), &said); err != nil || len(said.Providers) != 1 || said.Providers[0].Hosts[0].Function != "data-analytics" {
		t.Errorf("%v: %s", err, answer.out)
	}
}

// TestExamplesAreAccepted: what catalogue gives to copy is what the API server takes.
func TestExamplesAreAccepted(t *testing.T) {
	create(t, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "my-consortium"}})
	create(t, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "my-supplier"}})
	admin := person{t, control.Kubeconfig()}
	for _, function := range []string{"referral-management", "data-analytics", "contracting", "referral-support"} {
		answer := admin.calls("catalogue", function, "-o", "json")
		var entry struct{ Terms struct{ Example string } }
		if err := json.Unmarshal([]byte(answer.out), &entry); err != nil {
			t.Fatalf("%v: %s", err, answer.all())
		}
		cmd := control.KubectlCommand(t.Context(), "apply", "--server-side", "--dry-run=server", "--validate=strict", "-f", "-")
		cmd.Stdin = strings.NewReader(entry.Terms.Example)
		if said, err := cmd.CombinedOutput(); err != nil || entry.Terms.Example == "" {
			t.Errorf("%s: %v: %s\n%s", function, err, said, entry.Terms.Example)
		}
	}
}

// TestCompletion offers names that the caller may read, and nothing where she may not.
func TestCompletion(t *testing.T) {
	consortium(t, "all-well", "stratford", "Z32")
	admin, viewer := person{t, control.Kubeconfig()}, persona(t, "stratford", "viewer")
	for _, tc := range []struct {
		who  person
		args []string
		want string
		not  string
	}{
		{viewer, []string{"catalogue", ""}, "referral-management\n", "nel-csu"},
		{viewer, []string{"providers", ""}, "nel-csu\n", "contracting"},
		{viewer, []string{"providers", "nel-csu", ""}, "", "kent-csu"},
		{viewer, []string{"status", ""}, "", "stratford"},
		{admin, []string{"status", ""}, "stratford\n", "nel-csu"},
		{admin, []string{"doctor", "-o", ""}, "json\nyaml\n", "stratford"},
		{admin, []string{"completion", ""}, "bash\nzsh\nfish\npowershell\n", "stratford"},
		{admin, []string{"do"}, "doctor", "status"},
	} {
		t.Run(strings.Join(tc.args, " "), func(t *testing.T) {
			t.Setenv("KUBECONFIG", tc.who.kubeconfig)
			var out strings.Builder
			code := command.Run("test", append([]string{"__complete"}, tc.args...), &out, io.Discard)
			if code != 0 || !strings.Contains(out.String(), tc.want) || strings.Contains(out.String(), tc.not) {
				t.Errorf("exit %d: %s", code, out.String())
			}
		})
	}
}
