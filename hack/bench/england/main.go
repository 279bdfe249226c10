// England measures how long the whole country takes, beside what a plain client takes to create the
// same objects on the same control plane in the same run:
//
//	go run ./hack/bench/england
//
// Times differ between machines, and on one machine between hours; the ratio is what to look at.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"time"

	"github.com/go-logr/logr"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/wait"
	ctrl "sigs.k8s.io/controller-runtime"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/hack/england"
	"github.com/commissioning-support/operator/hack/testenv"
)

func main() {
	ctrl.SetLogger(logr.Discard())
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) (err error) {
	data, ok := england.Folder()
	if !ok {
		return errors.New("the NHS publication is not here: name its folder in COMMISSIONING_ENGLAND_DATA")
	}
	env, err := testenv.Start(ctx, 20)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, env.Stop(context.WithoutCancel(ctx))) }()
	objects, _, err := england.Published(ctx, env, data)
	if err != nil {
		return err
	}
	if err := measureOperator(ctx, env, objects); err != nil {
		return err
	}
	return measureFloor(ctx, env)
}

// written are the kinds that people write, in the order in which they are created.
var written = []string{"Namespace", "Consortium", "SupportProvider", "Locality", "MemberFunction", "HostedService", "SupportAgreement"}

// measureOperator creates what the importer wrote and waits until everything is Ready.
func measureOperator(ctx context.Context, env *testenv.Env, objects []*unstructured.Unstructured) error {
	began := time.Now()
	if err := england.Create(ctx, env.Client, objects, written...); err != nil {
		return err
	}
	created := time.Since(began)
	err := wait.PollUntilContextTimeout(ctx, time.Second, 15*time.Minute, true, func(ctx context.Context) (bool, error) {
		state, err := england.Look(ctx, env.Client)
		fmt.Fprintf(os.Stderr, "\r          %4.0f s: %d of %d consortia, %d of %d localities, %d of %d functions, %d of %d agreements Ready ", time.Since(began).Seconds(),
			state.ReadyConsortia, england.Consortia, state.ReadyLocalities, england.Localities, state.ReadyFunctions, england.Consortia,
			state.ReadyAgreements, england.Agreements)
		return state == england.Complete(), err
	})
	fmt.Fprintln(os.Stderr)
	if err != nil {
		return fmt.Errorf("wait for everything to be Ready: %w", err)
	}
	writes := env.Requests.Since(began, testenv.Request.IsWrite)
	fmt.Printf("operator: %d objects created in %s, everything Ready after %s\n", len(objects), round(created), round(time.Since(began)))
	fmt.Printf("          %d writes: %s\n", len(writes), testenv.Summary(writes))
	return nil
}

// kinds that stand when the country is Ready, in the order in which a plain client creates them.
var kinds = []string{
	"Namespace", "NetworkPolicy", "ResourceQuota", "LimitRange", "Consortium", "SupportProvider", "Locality", "MemberFunction",
	"HostedService", "SupportAgreement", "ServiceAccount", "ConfigMap", "Secret", "Service", "Deployment", "PodDisruptionBudget",
}

// floorPrefix tells the plain client's namespaces and consortia from the operator's.
const floorPrefix = "floor-"

// measureFloor creates, with the operator stopped, everything that stands once more under other
// names, with a plain client and as many requests under way as before, and waits until all
// Deployments are available.
func measureFloor(ctx context.Context, env *testenv.Env) error {
	if err := env.StopOperator(); err != nil {
		return err
	}
	copies, err := copyAll(ctx, env)
	if err != nil {
		return err
	}
	began := time.Now()
	if err := england.Create(ctx, env.Client, copies, kinds...); err != nil {
		return err
	}
	created := time.Since(began)
	err = wait.PollUntilContextTimeout(ctx, time.Second, 15*time.Minute, true, func(ctx context.Context) (bool, error) {
		return allAvailable(ctx, env)
	})
	if err != nil {
		return fmt.Errorf("wait for the plain client's Deployments: %w", err)
	}
	fmt.Printf("floor:    the same %d objects created by a plain client in %s, all Deployments available after %s\n",
		len(copies), round(created), round(time.Since(began)))
	return nil
}

func copyAll(ctx context.Context, env *testenv.Env) ([]*unstructured.Unstructured, error) {
	var copies []*unstructured.Unstructured
	for _, kind := range kinds {
		list, err := listOf(ctx, env, kind)
		if err != nil {
			return nil, err
		}
		for i := range list.Items {
			if object := &list.Items[i]; belongs(object) {
				copies = append(copies, renamed(object))
			}
		}
	}
	return copies, nil
}

func listOf(ctx context.Context, env *testenv.Env, kind string) (*unstructured.UnstructuredList, error) {
	list := &unstructured.UnstructuredList{}
	for gvk := range env.Client.Scheme().AllKnownTypes() {
		if gvk.Kind == kind && slices.Contains([]string{"v1", "v1alpha1"}, gvk.Version) && !strings.HasPrefix(gvk.Group, "internal") {
			list.SetGroupVersionKind(gvk)
		}
	}
	if err := env.Client.List(ctx, list); err != nil {
		return nil, fmt.Errorf("list %s: %w", kind, err)
	}
	return list, nil
}

// belongs says whether an object is part of the country: ours, or made for ours; and the namespace that
// holds the ledgers.
func belongs(object *unstructured.Unstructured) bool {
	labels := object.GetLabels()
	return object.GroupVersionKind().Group == "commissioning.support" || object.GetName() == "commissioning-system" ||
		slices.ContainsFunc([]string{v1alpha1.ConsortiumLabel, v1alpha1.ProviderLabel, v1alpha1.OwnerLabel}, func(label string) bool { return labels[label] != "" })
}

// renamed is a copy to create: what people or the operator wrote, in another namespace.
func renamed(object *unstructured.Unstructured) *unstructured.Unstructured {
	copied := &unstructured.Unstructured{Object: map[string]any{}}
	copied.SetGroupVersionKind(object.GroupVersionKind())
	for key, value := range object.Object {
		if key != "metadata" && key != "status" {
			copied.Object[key] = value
		}
	}
	copied.SetName(object.GetName())
	copied.SetLabels(object.GetLabels())
	copied.SetAnnotations(object.GetAnnotations())
	switch namespace := object.GetNamespace(); namespace {
	case "":
		copied.SetName(floorPrefix + object.GetName()[:min(len(object.GetName()), 44)])
	default:
		copied.SetNamespace(floorPrefix + namespace[:min(len(namespace), 44)])
	}
	if object.GetKind() == "Service" {
		// A name that leads elsewhere is the operator's alone to give: it becomes an ordinary Service.
		for _, field := range []string{"clusterIP", "clusterIPs", "externalName", "type"} {
			unstructured.RemoveNestedField(copied.Object, "spec", field)
		}
	}
	return copied
}

func allAvailable(ctx context.Context, env *testenv.Env) (bool, error) {
	deployments, err := listOf(ctx, env, "Deployment")
	if err != nil {
		return false, err
	}
	for i := range deployments.Items {
		wanted, _, _ := unstructured.NestedInt64(deployments.Items[i].Object, "spec", "replicas")
		available, _, _ := unstructured.NestedInt64(deployments.Items[i].Object, "status", "availableReplicas")
		if available < wanted {
			return false, nil
		}
	}
	return true, nil
}

func round(d time.Duration) time.Duration { return d.Round(100 * time.Millisecond) }
