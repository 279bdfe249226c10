package e2e_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/onsi/gomega"
	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/hack/england"
	"github.com/commissioning-support/operator/hack/localcluster/cluster"
	"github.com/commissioning-support/operator/hack/testenv"
)

// changing is the function whose entry changes: every consortium runs it.
const changing = "referral-management"

// firstStep is how many of the consortia 5 percent are, rounded up.
const firstStep = (england.Consortia*5 + 99) / 100

// writesPerInstance is how many writes a change costs an instance at most: its workload, and statuses of
// the instance, of its consortium and, in part, of the function.
const writesPerInstance = 12

// rollout changes what every consortium runs (R12): a good change walks the steps, a bad one halts in the
// first and touches nobody else, and the former entry takes it back.
func rollout(t *testing.T, env *testenv.Env) {
	original := imageOf(t, env)
	repository, _, _ := strings.Cut(original, "@")
	repository = repository[:strings.LastIndex(repository, ":")]
	good, bad := repository+":2.0.0", repository+":2.0.1"
	goodChange(t, env, good)
	badChange(t, env, good, bad)
}

func imageOf(t *testing.T, env *testenv.Env) string { return entry(t, env).Spec.Workload.Image }

func entry(t *testing.T, env *testenv.Env) *v1alpha1.SupportFunction {
	t.Helper()
	f := &v1alpha1.SupportFunction{}
	if err := env.Client.Get(t.Context(), client.ObjectKey{Name: changing}, f); err != nil {
		t.Fatal(err)
	}
	return f
}

func setImage(t *testing.T, env *testenv.Env, image string, deadline v1alpha1.Duration) {
	t.Helper()
	f := entry(t, env)
	before := f.DeepCopy()
	f.Spec.Workload.Image = image
	f.Spec.Rollout = v1alpha1.Rollout{Deadline: deadline, Steps: []v1alpha1.RolloutStep{{Percent: 5, Soak: "3s"}, {Percent: 50, Soak: "3s"}, {Percent: 100}}}
	if err := env.Client.Patch(t.Context(), f, client.MergeFrom(before)); err != nil {
		t.Fatal(err)
	}
}

// rolledOut is why the function's newest revision has come as far as it has.
func rolledOut(t *testing.T, env *testenv.Env, image string) func() string {
	return func() string {
		f := entry(t, env)
		c := meta.FindStatusCondition(f.Status.Conditions, v1alpha1.RolledOutCondition)
		if c == nil || c.ObservedGeneration != f.Generation || f.Spec.Workload.Image != image {
			return ""
		}
		return c.Reason
	}
}

// goodChange states what the steps cost: the first one's requests are in proportion to those it reaches.
func goodChange(t *testing.T, env *testenv.Env, image string) {
	g := gomega.NewWithT(t)
	quiet(t, env, 20*time.Second) // longer than a ledger keeps a place that was left
	began := time.Now()
	setImage(t, env, image, "2m")
	g.Eventually(rolledOut(t, env, image)).WithTimeout(time.Minute).WithPolling(200 * time.Millisecond).Should(gomega.Equal(v1alpha1.ReasonSoaking))
	g.Expect(*entry(t, env).Status.Rollout.Chosen).To(gomega.BeEquivalentTo(firstStep))
	requests := env.Requests.Since(began, func(r testenv.Request) bool { return !r.IsWatch() && r.Resource != "leases" && !isRenewal(r) })
	if len(requests) > firstStep*writesPerInstance+10 {
		t.Errorf("the first step over %d of %d instances made %d requests: %s", firstStep, england.Consortia, len(requests), testenv.Summary(requests))
	}
	t.Logf("a good change: the first step reaches %d of %d with %d requests: %s", firstStep, england.Consortia, len(requests), testenv.Summary(requests))
	g.Eventually(rolledOut(t, env, image)).WithTimeout(5 * time.Minute).WithPolling(time.Second).Should(gomega.Equal(v1alpha1.ReasonRolloutComplete))
	g.Eventually(func() int32 { return *entry(t, env).Status.InstancesUpToDate }).WithTimeout(2 * time.Minute).WithPolling(time.Second).Should(gomega.BeEquivalentTo(england.Consortia))
	writes := env.Requests.Since(began, testenv.Request.IsWrite)
	t.Logf("all %d run it %s after the change, with two soaks of 3 s; %d writes: %s", england.Consortia, time.Since(began).Round(time.Second), len(writes), testenv.Summary(writes))
}

// badChange: at most the first step's instances are touched; of every other consortium each object keeps
// its version.
func badChange(t *testing.T, env *testenv.Env, good, bad string) {
	g := gomega.NewWithT(t)
	broken := cluster.Failure{Image: bad}
	if err := env.Cluster.Fail(t.Context(), broken); err != nil {
		t.Fatal(err)
	}
	quiet(t, env, 5*time.Second)
	earlier, before := templates(t, env), versions(t, env)
	state, err := england.Look(t.Context(), env.Client)
	if err != nil {
		t.Fatal(err)
	}
	setImage(t, env, bad, "15s")
	g.Eventually(rolledOut(t, env, bad)).WithTimeout(2 * time.Minute).WithPolling(time.Second).Should(gomega.Equal(v1alpha1.ReasonDeadlineExceeded))
	quiet(t, env, 5*time.Second)
	touched := changed(before, versions(t, env))
	if len(touched) == 0 || len(touched) > firstStep {
		t.Errorf("a bad change touched %d consortia, and %d are the first step: %v", len(touched), firstStep, touched)
	}
	t.Logf("a bad change halts: %d of %d consortia are touched, the others' %d objects keep their versions. %s",
		len(touched), england.Consortia, len(before), meta.FindStatusCondition(entry(t, env).Status.Conditions, v1alpha1.RolledOutCondition).Message)
	g.Expect(england.Look(t.Context(), env.Client)).To(gomega.Equal(state), "everybody is served all the while")

	began := time.Now()
	setImage(t, env, good, "2m")
	g.Eventually(func() string { return cmp.Diff(earlier, templates(t, env)) }).WithTimeout(30 * time.Second).Should(gomega.BeEmpty())
	t.Logf("undone: all are as they were after %s", time.Since(began).Round(100*time.Millisecond))
	g.Eventually(func() int32 { return *entry(t, env).Status.InstancesUpToDate }).WithTimeout(2 * time.Minute).WithPolling(time.Second).Should(gomega.BeEquivalentTo(england.Consortia))
	if err := env.Cluster.Heal(t.Context(), broken); err != nil {
		t.Fatal(err)
	}
}

// quiet waits until the operator has written nothing for a while.
func quiet(t *testing.T, env *testenv.Env, while time.Duration) {
	t.Helper()
	gomega.NewWithT(t).Eventually(func() bool { return time.Since(env.Requests.LastWrite()) > while }).
		WithTimeout(2 * time.Minute).WithPolling(time.Second).Should(gomega.BeTrue())
}

// templates are what the function's workloads ask for, by namespace.
func templates(t *testing.T, env *testenv.Env) map[string]appsv1.DeploymentSpec {
	t.Helper()
	deployments, all := &appsv1.DeploymentList{}, map[string]appsv1.DeploymentSpec{}
	if err := env.Client.List(t.Context(), deployments); err != nil {
		t.Fatal(err)
	}
	for _, d := range deployments.Items {
		if d.Name == changing {
			all[d.Namespace+" "+d.Annotations[v1alpha1.RevisionAnnotation]] = d.Spec
		}
	}
	return all
}

// compared are the kinds whose versions are compared, those of pods and of what leads to them included.
var compared = []schema.GroupVersionKind{
	{Group: "", Version: "v1", Kind: "ConfigMap"}, {Group: "", Version: "v1", Kind: "LimitRange"}, {Group: "", Version: "v1", Kind: "Namespace"},
	{Group: "", Version: "v1", Kind: "Pod"}, {Group: "", Version: "v1", Kind: "ResourceQuota"}, {Group: "", Version: "v1", Kind: "Service"},
	{Group: "", Version: "v1", Kind: "ServiceAccount"}, {Group: "apps", Version: "v1", Kind: "Deployment"}, {Group: "apps", Version: "v1", Kind: "ReplicaSet"},
	{Group: "apps", Version: "v1", Kind: "StatefulSet"}, {Group: "discovery.k8s.io", Version: "v1", Kind: "EndpointSlice"},
	{Group: "networking.k8s.io", Version: "v1", Kind: "NetworkPolicy"}, {Group: "policy", Version: "v1", Kind: "PodDisruptionBudget"},
	{Group: "rbac.authorization.k8s.io", Version: "v1", Kind: "RoleBinding"},
	v1alpha1.GroupVersion.WithKind(v1alpha1.ConsortiumKind), v1alpha1.GroupVersion.WithKind(v1alpha1.LocalityKind),
	v1alpha1.GroupVersion.WithKind(v1alpha1.MemberFunctionKind), v1alpha1.GroupVersion.WithKind(v1alpha1.HostedServiceKind),
	v1alpha1.GroupVersion.WithKind(v1alpha1.SupportAgreementKind), v1alpha1.GroupVersion.WithKind(v1alpha1.SupportProviderKind),
}

// versions are those of every object of the country, by whose it is and what it is.
func versions(t *testing.T, env *testenv.Env) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, kind := range compared {
		if err := addVersions(t.Context(), env.Client, kind, all); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

func addVersions(ctx context.Context, c client.Client, kind schema.GroupVersionKind, all map[string]string) error {
	list := &metav1.PartialObjectMetadataList{}
	list.SetGroupVersionKind(kind)
	if err := c.List(ctx, list); err != nil {
		return fmt.Errorf("list %s: %w", kind.Kind, err)
	}
	for i := range list.Items {
		object := &list.Items[i]
		whose := object.Namespace
		if whose == "" {
			whose = object.Name
		}
		all[whose+" "+kind.Kind+"/"+object.Name] = object.ResourceVersion
	}
	return nil
}

// changed are those of whom any object has another version, or came, or went.
func changed(before, after map[string]string) []string {
	whose := map[string]bool{}
	for _, pair := range [][2]map[string]string{{before, after}, {after, before}} {
		for key, version := range pair[0] {
			if pair[1][key] != version {
				name, _, _ := strings.Cut(key, " ")
				whose[name] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(whose))
}
