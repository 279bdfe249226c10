package clustertest_test

import (
	"encoding/json"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"

	. "github.com/onsi/gomega"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/amend"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/cluster"
)

// patience with the API server.
const patience = 20 * time.Second

// TestAViewerReads what concerns her consortium, with the rights of a viewer, and nothing else.
func TestAViewerReads(t *testing.T) {
	consortium(t, "failover", "bow", "Z01")
	consortium(t, "all-well", "poplar", "Z02")
	viewer, neighbour := persona(t, "bow", "viewer"), persona(t, "poplar", "viewer")
	viewer.calls("status", "bow").expect(t, 1, "3 of 4 functions work. 1 of them on a fallback supplier. 1 needs you.", "")
	viewer.calls("status", "bow").expect(t, 1, "✗ NOT WORKING since", "")
	neighbour.calls("status", "poplar").expect(t, 0, "4 of 4 functions work.", "")
	viewer.calls("explain", "data-analytics").expect(t, 0, "1. NHS NEL CSU (nel-csu/data-analytics) has not been available since", "")
	viewer.calls("expiring", "--within", "9999d").expect(t, 1, "data sharing DSA-2026-114 with NHS NEL CSU", "")
	viewer.calls("expiring", "--within", "0d").expect(t, 0, "Nothing ends within 0 days.", "")

	viewer.calls("status").expect(t, 3, "", "Name your own: kubectl commissioning status CONSORTIUM")
	viewer.calls("status", "poplar").expect(t, 3, "", "You can read consortia that you have access to, by their name.")
	viewer.calls("explain", "data-analytics", "-n", "poplar").expect(t, 3, "", "SupportAgreement poplar/data-analytics cannot be read")
	viewer.calls("explain", "estates").expect(t, 3, "", `"estates" not found`)
	viewer.calls("expiring", "--all-namespaces").expect(t, 3, "", "SupportAgreements of all namespaces cannot be read")
	viewer.calls("stand-down", "data-analytics", "--supplier", "nel-csu", "--reason", "x").expect(t, 1, "", "cannot patch")
	viewer.calls("status", "bow", "--context", "nowhere").expect(t, 3, "", "The cluster cannot be read")

	var tree struct {
		Summary struct{ Functions, Working int }
	}
	answer := viewer.calls("status", "bow", "-o", "json")
	if err := json.Unmarshal([]byte(answer.out), &tree); err != nil || tree.Summary.Functions != 4 || tree.Summary.Working != 3 {
		t.Errorf("%v: %+v", err, tree)
	}
	admin := person{t, control.Kubeconfig()}
	admin.calls("status", "--all").expect(t, 1, "contracting", "")
}

// analytics is the agreement on data-analytics, as it is now.
func analytics(t *testing.T, namespace string) *v1alpha1.SupportAgreement {
	t.Helper()
	var a v1alpha1.SupportAgreement
	if err := operator.Get(t.Context(), client.ObjectKey{Namespace: namespace, Name: "data-analytics"}, &a); err != nil {
		t.Fatal(err)
	}
	return &a
}

// TestStandDownAndReinstate changes the spec once, says so, and leaves alone what is so already.
func TestStandDownAndReinstate(t *testing.T) {
	consortium(t, "all-well", "stepney", "Z03")
	admin := persona(t, "stepney", "admin")
	standDown := []string{"stand-down", "data-analytics", "--supplier", "kent-csu", "--reason", "no report since August", "--wait", "0s"}
	admin.calls(append(standDown, "--dry-run")...).expect(t, 0, "dry run: nothing has been changed", "")
	if got := analytics(t, "stepney").Spec.Suppliers[1].Standing; got != "" {
		t.Errorf("a dry run changed the standing to %s", got)
	}
	admin.calls(standDown...).expect(t, 0, "kent-csu is stood down for data-analytics: no report since August", "")
	after := analytics(t, "stepney")
	if s := after.Spec.Suppliers[1]; s.Standing != v1alpha1.StandingStoodDown || s.StandingReason != "no report since August" || s.DataSharing.Reference == "" {
		t.Errorf("the supplier is %+v", s)
	}
	if _, found := amend.ManagedSince(after, "commissioning"); !found {
		t.Errorf("nobody can tell who did it: %+v", after.ManagedFields)
	}
	admin.calls(standDown...).expect(t, 0, "is stood down for data-analytics already", "")
	if again := analytics(t, "stepney"); again.ResourceVersion != after.ResourceVersion {
		t.Error("the second time, something was written")
	}
	admin.calls("stand-down", "data-analytics", "--supplier", "nobody", "--reason", "x").expect(t, 1, "", "its suppliers are nel-csu/data-analytics, kent-csu/analytics-gold")
	admin.calls("stand-down", "data-analytics", "--supplier", "kent-csu", "--reason", "943 476 5919").expect(t, 1, "", "must not hold an NHS number")
	admin.calls("reinstate", "data-analytics", "--supplier", "kent-csu/analytics-gold", "--wait", "0s").expect(t, 0, "is in good standing again", "")
	admin.calls("reinstate", "data-analytics", "--supplier", "kent-csu/analytics-gold", "--wait", "0s").expect(t, 0, "is in good standing for data-analytics already", "")
	if s := analytics(t, "stepney").Spec.Suppliers[1]; s.Standing != "" || s.StandingReason != "" {
		t.Errorf("the supplier is %+v", s)
	}
}

// TestSomebodyElseWasFaster: the change is planned anew on what stands now, and hits the right one.
func TestSomebodyElseWasFaster(t *testing.T) {
	consortium(t, "all-well", "limehouse", "Z04")
	stale := analytics(t, "limehouse")
	now := stale.DeepCopy()
	now.Spec.Suppliers[0], now.Spec.Suppliers[1] = now.Spec.Suppliers[1], now.Spec.Suppliers[0]
	if err := operator.Update(t.Context(), now); err != nil {
		t.Fatal(err)
	}
	in, err := cluster.New(control.Config(), "limehouse")
	if err != nil {
		t.Fatal(err)
	}
	after, changed, err := in.Change(t.Context(), stale, false, func(a *v1alpha1.SupportAgreement) (amend.Patch, error) {
		i, err := amend.Find(a, "nel-csu")
		if err != nil {
			return amend.Patch{}, err
		}
		return amend.StandDown(a, i, "silence")
	})
	if err != nil || !changed || after.Spec.Suppliers[0].Standing != "" || after.Spec.Suppliers[1].Standing != v1alpha1.StandingStoodDown {
		t.Errorf("changed=%t, %v: %+v", changed, err, after.Spec.Suppliers)
	}
}

// TestGitOpsIsNotFought: what an engine owns is not changed; what to commit is printed.
func TestGitOpsIsNotFought(t *testing.T) {
	consortium(t, "all-well", "mile-end", "Z05")
	admin := persona(t, "mile-end", "admin")
	flux := analytics(t, "mile-end")
	flux.TypeMeta = metav1.TypeMeta{APIVersion: v1alpha1.GroupVersion.String(), Kind: v1alpha1.SupportAgreementKind}
	flux.ManagedFields, flux.Status = nil, v1alpha1.SupportAgreementStatus{}
	if err := operator.Patch(t.Context(), flux, client.Merge, client.FieldOwner("kustomize-controller")); err != nil {
		t.Fatal(err)
	}
	flux.Spec.Suppliers[0].DataSharing.Reference = "DSA-2026-999"
	if err := operator.Update(t.Context(), flux, client.FieldOwner("kustomize-controller")); err != nil {
		t.Fatal(err)
	}
	standDown := []string{"stand-down", "data-analytics", "--supplier", "nel-csu", "--reason", "silence", "--wait", "0s"}
	refused := admin.calls(standDown...)
	refused.expect(t, 1, "standing: StoodDown\n    standingReason: silence", "is written by Flux (kustomize-controller), which would undo the change")
	if got := analytics(t, "mile-end").Spec.Suppliers[0].Standing; got != "" {
		t.Fatalf("the standing is %s", got)
	}
	cmd := control.KubectlCommand(t.Context(), "apply", "--server-side", "--force-conflicts", "--dry-run=server", "-f", "-")
	cmd.Stdin = strings.NewReader(strings.Replace(refused.out, "spec:", "spec:\n  function: data-analytics\n  term: {start: \"2026-04-01\"}", 1))
	if answer, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("what is to be committed is refused: %v\n%s", err, answer)
	}
	admin.calls("revoke", "data-analytics", "--wait", "0s").expect(t, 0, "are revoked", "")
	admin.calls(append(standDown, "--force")...).expect(t, 0, "is stood down", "")
}

// TestRevoke goes by the clock of the API server, and never takes a revocation back.
func TestRevoke(t *testing.T) {
	consortium(t, "all-well", "shadwell", "Z06")
	admin := persona(t, "shadwell", "admin")
	admin.calls("revoke", "data-analytics", "--dry-run").expect(t, 0, "dry run: nothing has been changed", "")
	if revoked := analytics(t, "shadwell").Spec.TokensNotBefore; revoked != nil {
		t.Errorf("a dry run revoked from %s", revoked)
	}
	admin.calls("revoke", "data-analytics", "--wait", "0s").expect(t, 0, "services refuse them within two minutes", "")
	after := analytics(t, "shadwell")
	if since := time.Since(after.Spec.TokensNotBefore.Time); since < 0 || since > time.Minute {
		t.Errorf("revoked from %s", after.Spec.TokensNotBefore)
	}
	future := metav1.NewTime(time.Now().Add(time.Hour))
	after.Spec.TokensNotBefore = &future
	if err := operator.Update(t.Context(), after); err != nil {
		t.Fatal(err)
	}
	admin.calls("revoke", "data-analytics", "--wait", "0s").expect(t, 0, "are revoked already", "")
}

// TestWaits: the commands follow what the operator does, and say what came of it.
func TestWaits(t *testing.T) {
	g := NewWithT(t)
	consortium(t, "all-well", "wapping", "Z07")
	admin := persona(t, "wapping", "admin")
	answers := make(chan said, 1)
	go func() {
		answers <- admin.calls("stand-down", "data-analytics", "--supplier", "nel-csu", "--reason", "silence", "--wait", "1m")
	}()
	g.Eventually(func() v1alpha1.Standing { return analytics(t, "wapping").Spec.Suppliers[0].Standing }, patience).Should(Equal(v1alpha1.StandingStoodDown))
	actAsOperator(t, "wapping", "NHS Kent and Medway CSU supplies data-analytics since 10:07 UTC on 2026-11-22.")
	g.Eventually(answers, patience).Should(Receive(WithTransform(said.all,
		And(ContainSubstring("Now: NHS Kent and Medway CSU supplies data-analytics since"), Not(ContainSubstring("longer"))))))

	go func() { answers <- admin.calls("revoke", "data-analytics", "--wait", "1m") }()
	g.Eventually(func() *metav1.Time { return analytics(t, "wapping").Spec.TokensNotBefore }, patience).ShouldNot(BeNil())
	actAsOperator(t, "wapping", "")
	g.Eventually(answers, patience).Should(Receive(WithTransform(said.all,
		ContainSubstring("Secret data-analytics holds a new token"))))
}

// actAsOperator says that kent-csu supplies, at the latest generation.
func actAsOperator(t *testing.T, namespace, message string) {
	t.Helper()
	a := analytics(t, namespace)
	a.Status.ObservedGeneration = &a.Generation
	a.Status.Supplier.Provider, a.Status.Supplier.Service = "kent-csu", "analytics-gold"
	if message != "" {
		meta.SetStatusCondition(&a.Status.Conditions, metav1.Condition{Type: v1alpha1.ReadyCondition, Status: metav1.ConditionTrue, Reason: v1alpha1.ReasonFallbackInForce, Message: message})
	}
	if err := operator.Status().Update(t.Context(), a); err != nil {
		t.Fatal(err)
	}
}

// TestGivingUp: the change stands when nobody waits any longer, and the plugin says so.
func TestGivingUp(t *testing.T) {
	g := NewWithT(t)
	consortium(t, "all-well", "aldgate", "Z08")
	admin := persona(t, "aldgate", "admin")
	admin.calls("stand-down", "data-analytics", "--supplier", "kent-csu", "--reason", "silence", "--wait", "10ms").
		expect(t, 0, "It takes longer than 10ms. The change stands", "")

	// Until the plugin waits, a signal would end this test.
	ignored := make(chan os.Signal, 1)
	signal.Notify(ignored, syscall.SIGINT)
	defer signal.Stop(ignored)
	answers := make(chan said, 1)
	go func() {
		answers <- admin.calls("reinstate", "data-analytics", "--supplier", "kent-csu", "--wait", "1m")
	}()
	g.Eventually(func() chan said {
		if err := syscall.Kill(syscall.Getpid(), syscall.SIGINT); err != nil {
			t.Error(err)
		}
		return answers
	}, patience).Should(Receive(WithTransform(said.all, ContainSubstring("Not waited for any longer. The change stands"))))
	if got := analytics(t, "aldgate").Spec.Suppliers[1].Standing; got != "" {
		t.Errorf("the supplier is %s still", got)
	}
}
