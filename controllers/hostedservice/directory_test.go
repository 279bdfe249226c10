package hostedservice_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-logr/logr"
	"github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"k8s.io/utils/clock"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/manager"
	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/hostedservice"
	"github.com/commissioning-support/operator/controllers/internal/apply"
	"github.com/commissioning-support/operator/controllers/internal/index"
	"github.com/commissioning-support/operator/controllers/internal/plan"
	"github.com/commissioning-support/operator/controllers/internal/render"
	"github.com/commissioning-support/operator/controllers/internal/state"
	"github.com/commissioning-support/operator/hack/localcluster/cluster"
	"github.com/commissioning-support/operator/hack/testenv"
)

const (
	operatorNamespace = "commissioning-system"
	provider          = "big-csu"
	service           = "analytics"
	shards            = 16
	// few and many consortia that a service serves.
	few, many = 10, 1000
)

// TestTheDirectoryOfAThousandConsortia (section 7, R4): 16 ConfigMaps however many are served, written
// far less often than once for each; and nothing else but the ledger grows. The service's controller
// runs alone: what other controllers make of a thousand consortia is not looked at here, and would take
// minutes. So their statuses are written as those controllers would.
func TestTheDirectoryOfAThousandConsortia(t *testing.T) {
	g, b := gomega.NewWithT(t), start(t)
	b.found(t)
	b.agree(t, 0, few)
	g.Eventually(func() (int, error) { return b.listed(t.Context()) }).WithTimeout(time.Minute).Should(gomega.Equal(few))
	b.atRest(t)
	before := b.sizes(t)

	b.consortia(t, few, many)
	began := time.Now()
	b.agree(t, few, many)
	g.Eventually(func() (int, error) { return b.listed(t.Context()) }).WithTimeout(2 * time.Minute).Should(gomega.Equal(many))
	took := time.Since(began)
	b.atRest(t)
	after := b.sizes(t)
	writes := b.requests.Since(began, testenv.Request.IsWrite)
	directory := b.requests.Since(began, func(r testenv.Request) bool {
		return r.IsWrite() && r.Resource == "configmaps" && r.Namespace == provider
	})
	t.Logf("%d more agreements in %s: %d writes of the directory; all writes: %s", many-few, took.Round(100*time.Millisecond), len(directory), testenv.Summary(writes))
	if most := shards * (int(took.Seconds()) + 7); len(directory) > most {
		t.Errorf("the directory was written %d times in %s; a shard seven times in the first second and then once a second is %d", len(directory), took, most)
	}
	compare(t, before, after)
}

// compare: the ledger and the shards grow, within what an object may hold; nothing else does.
func compare(t *testing.T, before, after sizes) {
	t.Helper()
	t.Logf("bytes: of %d consortia %+v; of %d consortia %+v", few, before, many, after)
	if digits := 64; after.service-before.service > digits {
		t.Errorf("the HostedService grows with those it serves: from %d to %d bytes", before.service, after.service)
	}
	if before.configMaps != after.configMaps {
		t.Errorf("there were %d ConfigMaps in the namespace, and now %d", before.configMaps, after.configMaps)
	}
	if limit := 1 << 20; after.shard > limit || after.ledger > limit {
		t.Errorf("a shard of %d bytes or a ledger of %d bytes is above 1 MiB", after.shard, after.ledger)
	}
}

// bench is the service's controller, alone on a control plane.
type bench struct {
	client   client.Client
	requests *testenv.Recorder
}

func start(t *testing.T) *bench {
	t.Helper()
	ctrl.SetLogger(logr.Discard())
	control, err := cluster.Up(t.Context(), cluster.Options{Ephemeral: true, Nodes: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := control.Down(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	for _, step := range [][]string{{"apply", "--server-side", "-k", testenv.Path("config/crd")}, {"wait", "--for=condition=Established", "crd", "--all"}} {
		if _, err := control.Kubectl(t.Context(), step...); err != nil {
			t.Fatal(err)
		}
	}
	scheme := runtime.NewScheme()
	if err := clientgoscheme.AddToScheme(scheme); err != nil {
		t.Fatal(err)
	}
	if err := v1alpha1.AddToScheme(scheme); err != nil {
		t.Fatal(err)
	}
	config := control.Config()
	config.QPS = -1
	b := &bench{requests: testenv.NewRecorder()}
	if b.client, err = client.New(config, client.Options{Scheme: scheme}); err != nil {
		t.Fatal(err)
	}
	b.run(t, config, scheme)
	return b
}

func (b *bench) run(t *testing.T, config *rest.Config, scheme *runtime.Scheme) {
	t.Helper()
	recorded := rest.CopyConfig(config)
	recorded.Wrap(b.requests.Wrap)
	mgr, err := ctrl.NewManager(recorded, ctrl.Options{Scheme: scheme, Logger: logr.Discard(), Metrics: metricsserver.Options{BindAddress: "0"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := index.Register(t.Context(), mgr.GetFieldIndexer()); err != nil {
		t.Fatal(err)
	}
	settings := state.Settings{OperatorNamespace: operatorNamespace, DNSNamespace: "kube-system", DNSPort: 53, Zone: time.UTC, Clock: clock.RealClock{}}
	if err := hostedservice.Register(mgr, apply.New(mgr.GetClient(), mgr.GetAPIReader()), settings, controller.Options{}); err != nil {
		t.Fatal(err)
	}
	b.begin(t, mgr)
}

func (b *bench) begin(t *testing.T, mgr manager.Manager) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan error, 1)
	go func() { ended <- mgr.Start(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

// found makes the supplier, its service and the first consortia.
func (b *bench) found(t *testing.T) {
	t.Helper()
	csu := &v1alpha1.SupportProvider{
		ObjectMeta: metav1.ObjectMeta{Name: provider},
		Spec:       v1alpha1.SupportProviderSpec{DisplayName: "NHS Big CSU", Sector: v1alpha1.SectorNHS},
	}
	b.catalogue(t)
	b.create(t,
		namespace(operatorNamespace, "", ""), namespace(provider, v1alpha1.ProviderLabel, provider), csu,
		&v1alpha1.HostedService{
			ObjectMeta: metav1.ObjectMeta{Namespace: provider, Name: service},
			Spec:       v1alpha1.HostedServiceSpec{Function: service, Accepts: v1alpha1.Acceptance{Policy: v1alpha1.AcceptEveryone}},
		})
	csu.Status.Conditions = []metav1.Condition{isTrue(v1alpha1.NamespaceAvailableCondition), isTrue(v1alpha1.GuardRailsInPlaceCondition)}
	if err := b.client.Status().Update(t.Context(), csu); err != nil {
		t.Fatal(err)
	}
	b.consortia(t, 0, few)
}

// catalogue makes the function, with its first revision published, as the function's controller would.
func (b *bench) catalogue(t *testing.T) {
	t.Helper()
	function := &v1alpha1.SupportFunction{
		ObjectMeta: metav1.ObjectMeta{Name: service},
		Spec: v1alpha1.SupportFunctionSpec{
			Title: "Analytics", Delivery: v1alpha1.DeliveryHosted, DataClass: v1alpha1.DataAggregate, Continuity: v1alpha1.ContinuityInterchangeable,
			Requires: v1alpha1.Requirements{DataSharing: v1alpha1.DataSharingNotRequired},
			Workload: v1alpha1.Workload{Image: "registry.example/analytics:1", Port: 8080},
			Sizing:   v1alpha1.Sizing{PatientsPerReplica: 1_000_000, MaxReplicas: 2},
		},
	}
	b.create(t, function)
	planned := plan.PlanSupportFunction(state.SupportFunction{Object: function}, time.Now())
	owner := state.OwnerOf(v1alpha1.SupportFunctionKind, function)
	kept := []runtime.ApplyConfiguration{render.Revision(owner, planned.Revision)}
	if done, err := apply.New(b.client, b.client).Apply(t.Context(), owner, kept); err != nil || done.StepsDone != 1 {
		t.Fatalf("keep the revision: %v, %v", done, err)
	}
	function.Status.Revision, function.Status.Rollout = planned.Revision.Revision, planned.Rollout
	if err := b.client.Status().Update(t.Context(), function); err != nil {
		t.Fatal(err)
	}
}

// consortia makes those from one number to another, counted as the consortium's controller would.
func (b *bench) consortia(t *testing.T, from, to int) {
	t.Helper()
	b.each(t, from, to, func(ctx context.Context, n int) error {
		c := &v1alpha1.Consortium{
			ObjectMeta: metav1.ObjectMeta{Name: nameOf(n)},
			Spec: v1alpha1.ConsortiumSpec{
				OrganisationCode: v1alpha1.OrganisationCode(fmt.Sprintf("%04dX", n)),
				DisplayName:      v1alpha1.Title(fmt.Sprintf("NHS Invented Consortium of Average Length of Name %d", n)),
			},
		}
		if err := b.client.Create(ctx, namespace(c.Name, v1alpha1.ConsortiumLabel, c.Name)); err != nil {
			return err
		}
		if err := b.client.Create(ctx, c); err != nil {
			return err
		}
		c.Status.RegisteredPatients = new(int64(400_000 + n))
		c.Status.Conditions = []metav1.Condition{isTrue(v1alpha1.NamespaceAvailableCondition), isTrue(v1alpha1.PopulationKnownCondition)}
		return b.client.Status().Update(ctx, c)
	})
}

// agree makes the agreements of consortia with the service.
func (b *bench) agree(t *testing.T, from, to int) {
	t.Helper()
	b.each(t, from, to, func(ctx context.Context, n int) error {
		return b.client.Create(ctx, &v1alpha1.SupportAgreement{
			ObjectMeta: metav1.ObjectMeta{Namespace: nameOf(n), Name: service},
			Spec: v1alpha1.SupportAgreementSpec{
				Function: service, Suppliers: []v1alpha1.Supplier{{Provider: provider}}, Term: v1alpha1.Term{Start: "2021-04-01"},
			},
		})
	})
}

// each does something for each number, several at a time.
func (b *bench) each(t *testing.T, from, to int, do func(ctx context.Context, n int) error) {
	t.Helper()
	numbers := make(chan int)
	var group sync.WaitGroup
	for range 16 {
		group.Go(func() {
			for n := range numbers {
				if err := do(t.Context(), n); err != nil {
					t.Errorf("consortium %d: %v", n, err)
				}
			}
		})
	}
	for n := from; n < to; n++ {
		numbers <- n
	}
	close(numbers)
	group.Wait()
}

func (b *bench) create(t *testing.T, objects ...client.Object) {
	t.Helper()
	for _, object := range objects {
		if err := b.client.Create(t.Context(), object); err != nil {
			t.Fatalf("create %T %s: %v", object, object.GetName(), err)
		}
	}
}

// listed counts the entries of the directory, which has all its ConfigMaps.
func (b *bench) listed(ctx context.Context) (int, error) {
	found, entries := 0, 0
	configMaps := &corev1.ConfigMapList{}
	if err := b.client.List(ctx, configMaps, client.InNamespace(provider)); err != nil {
		return 0, err
	}
	for _, configMap := range configMaps.Items {
		if strings.HasPrefix(configMap.Name, service+"-directory-") {
			found++
			entries += len(configMap.Data)
		}
	}
	if found != shards {
		return 0, fmt.Errorf("the directory has %d ConfigMaps", found)
	}
	return entries, nil
}

// atRest waits until the controller has written nothing for a while.
func (b *bench) atRest(t *testing.T) {
	t.Helper()
	gomega.NewWithT(t).Eventually(func() time.Duration { return time.Since(b.requests.LastWrite()) }).
		WithTimeout(time.Minute).Should(gomega.BeNumerically(">", 3*time.Second))
}

// sizes of what is stored, in bytes, the largest of a kind.
type sizes struct{ service, shard, ledger, configMaps int }

func (b *bench) sizes(t *testing.T) sizes {
	t.Helper()
	hosted, ledger, configMaps := &v1alpha1.HostedService{}, &corev1.ConfigMap{}, &corev1.ConfigMapList{}
	for _, err := range []error{
		b.client.Get(t.Context(), client.ObjectKey{Namespace: provider, Name: service}, hosted),
		b.client.Get(t.Context(), client.ObjectKey{Namespace: operatorNamespace, Name: "ledger." + provider + "." + service}, ledger),
		b.client.List(t.Context(), configMaps, client.InNamespace(provider)),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	s := sizes{service: sizeOf(t, hosted), ledger: sizeOf(t, ledger), configMaps: len(configMaps.Items)}
	for i := range configMaps.Items {
		s.shard = max(s.shard, sizeOf(t, &configMaps.Items[i]))
	}
	return s
}

func sizeOf(t *testing.T, object client.Object) int {
	t.Helper()
	object.SetManagedFields(nil)
	content, err := json.Marshal(object)
	if err != nil {
		t.Fatal(err)
	}
	return len(content)
}

func nameOf(n int) string { return fmt.Sprintf("consortium-%d", n) }

func namespace(name, label, tenant string) *corev1.Namespace {
	object := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}}
	if label != "" {
		object.Labels = map[string]string{label: tenant}
	}
	return object
}

func isTrue(condition string) metav1.Condition {
	return metav1.Condition{Type: condition, Status: metav1.ConditionTrue, Reason: "Written", Message: "By the test.", LastTransitionTime: metav1.Now()}
}
