package clustertest_test

import (
	"os"
	"os/signal"
	"strings"
	"syscall"
	"testing"

	. "github.com/onsi/gomega"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/command"
)

// follows begins a call that goes on, and waits until it has said something.
func (p person) follows(g *WithT, first string, args ...string) *following {
	f := &following{ended: make(chan int, 1)}
	go func() { f.ended <- command.Run("test", append(args, "--kubeconfig", p.kubeconfig), f, f) }()
	g.Eventually(f.said, patience).Should(ContainSubstring(first))
	return f
}

// setReady acts as the operator.
func setReady(t *testing.T, namespace, name string, status metav1.ConditionStatus, reason, message string) {
	t.Helper()
	var a v1alpha1.SupportAgreement
	if err := operator.Get(t.Context(), client.ObjectKey{Namespace: namespace, Name: name}, &a); err != nil {
		t.Fatal(err)
	}
	meta.SetStatusCondition(&a.Status.Conditions, metav1.Condition{Type: v1alpha1.ReadyCondition, Status: status, Reason: reason, Message: message})
	if err := operator.Status().Update(t.Context(), &a); err != nil {
		t.Fatal(err)
	}
}

// TestWatchStatus follows a consortium with the rights of a viewer: a line for each change and no other, until
// all of its functions work.
func TestWatchStatus(t *testing.T) {
	g := NewWithT(t)
	consortium(t, "failover", "cubitt", "Z21")
	viewer := persona(t, "cubitt", "viewer")
	good := viewer.follows(g, "referral-support by tower-hamlets-services: ✓ working\n", "status", "cubitt", "--watch", "--until-working", "--timeout", "5m")
	g.Expect(good.said()).To(And(MatchRegexp(`^\S+  cubitt: 3 of 4 functions work\.`), ContainSubstring("contracting by nel-csu: ✗ NOT WORKING since")))
	before := strings.Count(good.said(), "\n")
	setReady(t, "cubitt", "contracting", metav1.ConditionTrue, v1alpha1.ReasonInForce, "NHS NEL CSU supplies contracting.")
	g.Eventually(good.ended, patience).Should(Receive(Equal(0)))
	rest := strings.Join(strings.SplitAfter(good.said(), "\n")[before:], "")
	g.Expect(rest).To(MatchRegexp(`^\S+  cubitt: 4 of 4 functions work\..*\n\S+  contracting by nel-csu: ✓ working\n$`))

	ended := viewer.calls("status", "cubitt", "--watch", "--timeout", "2s")
	ended.expect(t, 0, "cubitt: 4 of 4 functions work.", "")
	setReady(t, "cubitt", "contracting", metav1.ConditionFalse, v1alpha1.ReasonSupplierUnavailable, "NHS NEL CSU is out.")
	viewer.calls("status", "cubitt", "--watch", "--timeout", "2s").expect(t, 1, "contracting by nel-csu: ✗ NOT WORKING", "")
	viewer.calls("status", "--watch").expect(t, 3, "", "Name your own: kubectl commissioning status CONSORTIUM")
	viewer.calls("status", "nobody", "--watch").expect(t, 3, "", "Consortium nobody cannot be read")
}

// TestWatchTheCountry follows all consortia: who needs somebody, and who no longer does.
func TestWatchTheCountry(t *testing.T) {
	g := NewWithT(t)
	consortium(t, "failover", "globe-town", "Z22")
	admin := person{t, control.Kubeconfig()}
	all := admin.follows(g, "globe-town/contracting by nel-csu: ✗ NOT WORKING", "status", "-w", "--timeout", "5m")
	setReady(t, "globe-town", "contracting", metav1.ConditionTrue, v1alpha1.ReasonInForce, "NHS NEL CSU supplies contracting.")
	g.Eventually(all.said, patience).Should(ContainSubstring("globe-town/contracting: needs nobody any longer"))
	ignored := make(chan os.Signal, 1) // a signal that comes too late would end this test
	signal.Notify(ignored, syscall.SIGINT)
	defer signal.Stop(ignored)
	if err := syscall.Kill(syscall.Getpid(), syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	g.Eventually(all.ended, patience).Should(Receive(Equal(130)))
	g.Expect(all.said()).To(HaveSuffix("Not watched any longer.\n"))
}

// TestWatchEndsWithWhatIsWatched: a consortium that is deleted cannot be watched any longer.
func TestWatchEndsWithWhatIsWatched(t *testing.T) {
	g := NewWithT(t)
	consortium(t, "all-well", "old-ford", "Z23")
	admin := person{t, control.Kubeconfig()}
	gone := admin.follows(g, "old-ford: 4 of 4 functions work.", "status", "old-ford", "--watch")
	if err := operator.Delete(t.Context(), &v1alpha1.Consortium{ObjectMeta: metav1.ObjectMeta{Name: "old-ford"}}); err != nil {
		t.Fatal(err)
	}
	g.Eventually(gone.ended, patience).Should(Receive(Equal(3)))
	g.Expect(gone.said()).To(ContainSubstring("Error: Consortium old-ford cannot be read"))
}
