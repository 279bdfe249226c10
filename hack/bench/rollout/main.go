// Rollout counts what a step of a rollout costs the API server (R12): the requests of a step over 5
// percent of N instances are in proportion to those it reaches, not to N:
//
//	go run ./hack/bench/rollout -n 1000
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"time"

	"github.com/go-logr/logr"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/hack/testenv"
)

const (
	function = "benchmark"
	// together is how many instances one consortium runs.
	together = 50
	patience = 20 * time.Minute
)

func main() {
	n := flag.Int("n", 1000, "instances of the function")
	flag.Parse()
	ctrl.SetLogger(logr.Discard())
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, *n)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, n int) (err error) {
	env, err := testenv.Start(ctx, 20)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, env.Stop(context.WithoutCancel(ctx))) }()
	began := time.Now()
	if err := fill(ctx, env.Client, n); err != nil {
		return err
	}
	if err := until(ctx, env, "work", func(f *v1alpha1.SupportFunction) bool {
		return f.Status.InstancesReady != nil && int(*f.Status.InstancesReady) == n && int(*f.Status.InstancesUpToDate) == n
	}); err != nil {
		return err
	}
	fmt.Printf("%d instances work after %s\n", n, time.Since(began).Round(time.Second))
	if err := atRest(ctx, env); err != nil {
		return err
	}
	return measure(ctx, env, n)
}

// fill makes the function, and consortia that run it.
func fill(ctx context.Context, c client.Client, n int) error {
	objects := []client.Object{&v1alpha1.SupportFunction{
		ObjectMeta: metav1.ObjectMeta{Name: function},
		Spec: v1alpha1.SupportFunctionSpec{
			Title: "Benchmark", Delivery: v1alpha1.DeliveryMemberOnly, DataClass: v1alpha1.DataAggregate,
			Workload: v1alpha1.Workload{Image: "registry.example/benchmark:1.0.0", Port: 8080},
			Sizing:   v1alpha1.Sizing{PatientsPerReplica: 1_000_000},
			Rollout:  v1alpha1.Rollout{Steps: []v1alpha1.RolloutStep{{Percent: 5, Soak: "10s"}, {Percent: 100}}},
		},
	}}
	for i := range n {
		namespace := fmt.Sprintf("consortium-%d", i/together)
		if i%together == 0 {
			objects = append(objects, &v1alpha1.Consortium{
				ObjectMeta: metav1.ObjectMeta{Name: namespace},
				Spec: v1alpha1.ConsortiumSpec{
					OrganisationCode: v1alpha1.OrganisationCode(fmt.Sprintf("B%03d", i/together)), DisplayName: v1alpha1.Title(namespace),
					Quota: map[string]resource.Quantity{"pods": resource.MustParse("200"), "requests.cpu": resource.MustParse("100"), "requests.memory": resource.MustParse("200Gi"), "limits.memory": resource.MustParse("400Gi")},
				},
			})
		}
	}
	for _, object := range objects {
		if err := c.Create(ctx, object); err != nil {
			return fmt.Errorf("create %s: %w", object.GetName(), err)
		}
	}
	for i := range n {
		instance := &v1alpha1.MemberFunction{
			ObjectMeta: metav1.ObjectMeta{Namespace: fmt.Sprintf("consortium-%d", i/together), Name: fmt.Sprintf("benchmark-%d", i%together)},
			Spec:       v1alpha1.MemberFunctionSpec{Function: function},
		}
		if err := createWhenAllowed(ctx, c, instance); err != nil {
			return err
		}
	}
	return nil
}

// createWhenAllowed waits for the namespace.
func createWhenAllowed(ctx context.Context, c client.Client, object client.Object) error {
	var last error
	err := wait.PollUntilContextTimeout(ctx, 100*time.Millisecond, time.Minute, true, func(ctx context.Context) (bool, error) {
		last = c.Create(ctx, object)
		return last == nil, nil
	})
	if err != nil {
		return fmt.Errorf("create %s: %w", object.GetName(), errors.Join(err, last))
	}
	return nil
}

// measure changes the image, and counts what the first step costs, and then all of it.
func measure(ctx context.Context, env *testenv.Env, n int) error {
	f, began := &v1alpha1.SupportFunction{}, time.Now()
	if err := env.Client.Get(ctx, client.ObjectKey{Name: function}, f); err != nil {
		return fmt.Errorf("read the function: %w", err)
	}
	before := f.DeepCopy()
	f.Spec.Workload.Image = "registry.example/benchmark:2.0.0"
	if err := env.Client.Patch(ctx, f, client.MergeFrom(before)); err != nil {
		return fmt.Errorf("change the function: %w", err)
	}
	reason := func(want string) func(*v1alpha1.SupportFunction) bool {
		return func(f *v1alpha1.SupportFunction) bool {
			c := meta.FindStatusCondition(f.Status.Conditions, v1alpha1.RolledOutCondition)
			return c != nil && c.Reason == want && c.ObservedGeneration == f.Generation
		}
	}
	if err := until(ctx, env, "soak", reason(v1alpha1.ReasonSoaking)); err != nil {
		return err
	}
	report(env, began, fmt.Sprintf("5 %% of %d", n), n/20)
	if err := until(ctx, env, "end", func(f *v1alpha1.SupportFunction) bool {
		return reason(v1alpha1.ReasonRolloutComplete)(f) && int(*f.Status.InstancesUpToDate) == n
	}); err != nil {
		return err
	}
	report(env, began, fmt.Sprintf("all of %d", n), n)
	return nil
}

func report(env *testenv.Env, began time.Time, what string, reached int) {
	requests := env.Requests.Since(began, func(r testenv.Request) bool { return !r.IsWatch() && r.Resource != "leases" })
	fmt.Printf("%s: %d requests in %s, %.1f for each of the %d reached: %s\n",
		what, len(requests), time.Since(began).Round(100*time.Millisecond), float64(len(requests))/float64(reached), reached, testenv.Summary(requests))
}

func until(ctx context.Context, env *testenv.Env, what string, isSo func(*v1alpha1.SupportFunction) bool) error {
	err := wait.PollUntilContextTimeout(ctx, 200*time.Millisecond, patience, true, func(ctx context.Context) (bool, error) {
		f := &v1alpha1.SupportFunction{}
		err := env.Client.Get(ctx, client.ObjectKey{Name: function}, f)
		return err == nil && isSo(f), err
	})
	if err != nil {
		return fmt.Errorf("wait for the instances to %s: %w", what, err)
	}
	return nil
}

func atRest(ctx context.Context, env *testenv.Env) error {
	return wait.PollUntilContextTimeout(ctx, time.Second, patience, true, func(context.Context) (bool, error) {
		return time.Since(env.Requests.LastWrite()) > 5*time.Second, nil
	})
}
