package crdtest_test

import (
	"context"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/wait"
	corev1ac "k8s.io/client-go/applyconfigurations/core/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

var dryRunAll = []string{metav1.DryRunAll}

// attempt is something that somebody tries; done without effect.
type attempt struct {
	who        string
	do         func(ctx context.Context, as kubernetes.Interface) error
	wantErrors []string
}

func tryAttempts(t *testing.T, section string, cases map[string]attempt) {
	t.Helper()
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			err := tc.do(t.Context(), as(tc.who))
			checkAnswer(t, section+": "+name, err, tc.wantErrors)
			if err != nil && !apierrors.IsForbidden(err) {
				t.Errorf("it is refused for another reason than that it is forbidden: %v", err)
			}
		})
	}
}

func newNamespace(labels, annotations map[string]string) func(context.Context, kubernetes.Interface) error {
	return func(ctx context.Context, as kubernetes.Interface) error {
		namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "new", Labels: labels, Annotations: annotations}}
		_, err := as.CoreV1().Namespaces().Create(ctx, namespace, metav1.CreateOptions{DryRun: dryRunAll})
		return err
	}
}

// patchNamespace changes a namespace by a merge patch, or through a subresource of it.
func patchNamespace(name, patch string, subresources ...string) func(context.Context, kubernetes.Interface) error {
	return func(ctx context.Context, as kubernetes.Interface) error {
		_, err := as.CoreV1().Namespaces().Patch(ctx, name, types.MergePatchType, []byte(patch), metav1.PatchOptions{DryRun: dryRunAll}, subresources...)
		return err
	}
}

func applyNamespace(name string, labels map[string]string) func(context.Context, kubernetes.Interface) error {
	return func(ctx context.Context, as kubernetes.Interface) error {
		wanted := corev1ac.Namespace(name).WithLabels(labels)
		_, err := as.CoreV1().Namespaces().Apply(ctx, wanted, metav1.ApplyOptions{FieldManager: "crdtest", Force: true, DryRun: dryRunAll})
		return err
	}
}

// finalizeNamespace does what the namespace controller does at the end of a namespace's life.
func finalizeNamespace(name string, labels map[string]string) func(context.Context, kubernetes.Interface) error {
	return func(ctx context.Context, as kubernetes.Interface) error {
		namespace, err := clients.CoreV1().Namespaces().Get(ctx, name, metav1.GetOptions{})
		if err != nil {
			return err
		}
		for key, value := range labels {
			metav1.SetMetaDataLabel(&namespace.ObjectMeta, key, value)
		}
		_, err = as.CoreV1().Namespaces().Finalize(ctx, namespace, metav1.UpdateOptions{DryRun: dryRunAll})
		return err
	}
}

func deleteNamespace(name string) func(context.Context, kubernetes.Interface) error {
	return func(ctx context.Context, as kubernetes.Interface) error {
		return as.CoreV1().Namespaces().Delete(ctx, name, metav1.DeleteOptions{DryRun: dryRunAll})
	}
}

func forConsortium(name string) map[string]string {
	return map[string]string{v1alpha1.ConsortiumLabel: name}
}

func forSupplier(name string) map[string]string {
	return map[string]string{v1alpha1.ProviderLabel: name}
}

const (
	unmark     = `{"metadata": {"labels": {"commissioning.support/consortium": null}}}`
	giveAway   = `{"metadata": {"labels": {"commissioning.support/consortium": "newham"}}}`
	giveNobody = `{"metadata": {"labels": {"commissioning.support/consortium": ""}}}`
	relabel    = `{"metadata": {"labels": {"example.org/tier": "one"}, "annotations": {"example.org/note": "x"}}}`
	mayGo      = `{"metadata": {"annotations": {"commissioning.support/allow-deletion": "true"}}}`
	retained   = `{"metadata": {"annotations": {"commissioning.support/retained": "07T"}}}`
	ownedBy    = `{"metadata": {"annotations": {"commissioning.support/owned-by": "Consortium//hackney/1"}}}`
)

var (
	notHackney = []string{`the label commissioning.support/consortium on a namespace: only who may adopt the Consortium "hackney"`}
	notNewham  = []string{`only who may adopt the Consortium "newham"`}
	notBoth    = []string{`only who may adopt the Consortium "hackney" and "newham"`}
)

// R7: only who may adopt a consortium gives it a namespace. Nina edits namespaces, Otto may also adopt
// the consortium hackney, Petra every consortium.
func TestR07_OnlyWhoMayAdoptGivesANamespace(t *testing.T) {
	allow(t, "nina", mayEditNamespaces)
	allow(t, "otto", mayEditNamespaces, mayAdopt("consortia", "hackney"))
	allow(t, "petra", mayEditNamespaces, mayAdopt("consortia"))
	allow(t, operatorAccount, mayEditNamespaces)
	consortiumNamespace(t, "hackney")
	plainNamespace(t, "plain")
	tryAttempts(t, "Namespace", map[string]attempt{
		"created for nobody":                       {who: "nina", do: newNamespace(nil, nil)},
		"created for a consortium, without adopt":  {"nina", newNamespace(forConsortium("hackney"), nil), notHackney},
		"created for a consortium, with adopt":     {who: "otto", do: newNamespace(forConsortium("hackney"), nil)},
		"created for another consortium":           {"otto", newNamespace(forConsortium("newham"), nil), notNewham},
		"created by whoever may adopt all":         {who: "petra", do: newNamespace(forConsortium("newham"), nil)},
		"created by the operator":                  {who: operatorAccount, do: newNamespace(forConsortium("newham"), nil)},
		"created with the operator's mark":         {"nina", newNamespace(nil, map[string]string{v1alpha1.OwnerAnnotation: "Consortium//x/1"}), []string{"the annotation commissioning.support/owned-by", "every Consortium"}},
		"given to a consortium, without adopt":     {"nina", patchNamespace("plain", giveAway), notNewham},
		"given to a consortium with an empty name": {"otto", patchNamespace("plain", giveNobody), []string{`only who may adopt the Consortium ""`}},
		"given by server-side apply":               {"nina", applyNamespace("plain", forConsortium("hackney")), notHackney},
		"given through its status":                 {"nina", patchNamespace("plain", giveAway, "status"), notNewham},
		"given through its finalization":           {"nina", finalizeNamespace("plain", forConsortium("hackney")), notHackney},
		"taken from one and given to another":      {"nina", patchNamespace("hackney", giveAway), notBoth},
		"taken, with adopt of the taker only":      {"otto", patchNamespace("hackney", giveAway), notBoth},
		"taken, with adopt of all":                 {who: "petra", do: patchNamespace("hackney", giveAway)},
		"its label removed, without adopt":         {"nina", patchNamespace("hackney", unmark), notHackney},
		"its label removed through its status":     {"nina", patchNamespace("hackney", unmark, "status"), notHackney},
		"its label removed, with adopt":            {who: "otto", do: patchNamespace("hackney", unmark)},
		"its other labels, without adopt":          {who: "nina", do: patchNamespace("hackney", relabel)},
		"its status, without adopt":                {who: "nina", do: patchNamespace("hackney", `{"status": {"phase": "Active"}}`, "status")},
		"its finalization, without adopt":          {who: "nina", do: finalizeNamespace("hackney", nil)},
		"its deletion allowed, without adopt":      {"nina", patchNamespace("hackney", mayGo), []string{"the annotation commissioning.support/allow-deletion on a namespace"}},
		"its deletion allowed, with adopt":         {who: "otto", do: patchNamespace("hackney", mayGo)},
		"said to be another's, without adopt":      {"nina", patchNamespace("hackney", retained), []string{"the annotation commissioning.support/retained"}},
		"said to be the operator's, without adopt": {"nina", patchNamespace("hackney", ownedBy), []string{"the annotation commissioning.support/owned-by"}},
		"of nobody, said to be the operator's":     {"otto", patchNamespace("plain", ownedBy), []string{"every Consortium"}},
	})
}

func plainNamespace(t *testing.T, name string) {
	t.Helper()
	namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}}
	if _, err := clients.CoreV1().Namespaces().Create(t.Context(), namespace, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
}

// R8: a consortium's namespace is deleted by the operator, or after somebody said that it is meant.
func TestR08_AConsortiumsNamespaceIsNotDeleted(t *testing.T) {
	allow(t, "nina", mayEditNamespaces)
	allow(t, operatorAccount, mayEditNamespaces)
	consortiumNamespace(t, "barking")
	plainNamespace(t, "ordinary")
	lost := []string{
		"the namespace barking belongs to the consortium barking", "all their data would be lost",
		"kubectl annotate namespace barking commissioning.support/allow-deletion=true",
	}
	tryAttempts(t, "Namespace", map[string]attempt{
		"deleted":                 {"nina", deleteNamespace("barking"), lost},
		"deleted by the operator": {who: operatorAccount, do: deleteNamespace("barking")},
		"of nobody, deleted":      {who: "nina", do: deleteNamespace("ordinary")},
	})
	t.Run("deleted by a cluster administrator", func(t *testing.T) {
		checkAnswer(t, "Namespace: deleted by a cluster administrator", deleteNamespace("barking")(t.Context(), clients), lost)
	})
}

// Nothing of ours stands in the way of the namespace controller once a deletion is meant.
func TestR08_ADeletionThatIsMeantCompletes(t *testing.T) {
	t.Parallel() // with the others that wait for a namespace to go
	consortiumNamespace(t, "havering")
	deleteForGood(t, "havering")
	awaitGone(t, "havering")
}

// awaitGone waits until a namespace is gone with everything in it.
func awaitGone(t *testing.T, name string) {
	t.Helper()
	err := wait.PollUntilContextTimeout(t.Context(), 100*time.Millisecond, time.Minute, true, func(ctx context.Context) (bool, error) {
		_, err := clients.CoreV1().Namespaces().Get(ctx, name, metav1.GetOptions{})
		return apierrors.IsNotFound(err), nil
	})
	if err != nil {
		t.Errorf("the namespace %s is not gone: %v", name, err)
	}
}

// deleteForGood deletes a namespace after saying that it is meant.
func deleteForGood(t *testing.T, name string) {
	t.Helper()
	namespaces := clients.CoreV1().Namespaces()
	if _, err := namespaces.Patch(t.Context(), name, types.MergePatchType, []byte(mayGo), metav1.PatchOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := namespaces.Delete(t.Context(), name, metav1.DeleteOptions{}); err != nil {
		t.Fatalf("it is refused: %v", err)
	}
}
