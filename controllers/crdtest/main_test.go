// Package crdtest_test asks a real API server what it accepts and what it refuses, with config/
// installed as it is shipped: schemas, CEL rules, admission policies and people's roles. The answers
// stand in testdata, to be read by people.
//
// The tests share one control plane and leave objects in it: -count above 1 does not work.
package crdtest_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/hack/localcluster/cluster"
)

const configFolder = "../../config"

// The one control plane of this package, as its administrator sees it.
var (
	control *cluster.Cluster
	clients kubernetes.Interface
	objects dynamic.Interface
)

func TestMain(m *testing.M) {
	flag.Parse()
	code, err := run(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func run(m *testing.M) (code int, err error) {
	ctx := context.Background()
	control, err = cluster.Up(ctx, cluster.Options{Ephemeral: true})
	if err != nil {
		return 1, fmt.Errorf("starting a control plane: %w", err)
	}
	defer func() {
		if downErr := control.Down(ctx); downErr != nil && err == nil {
			code, err = 1, fmt.Errorf("stopping the control plane: %w", downErr)
		}
	}()
	clients, objects = clientsFor(rest.ImpersonationConfig{})
	if err := install(ctx); err != nil {
		return 1, err
	}
	if code := m.Run(); code != 0 {
		return code, nil
	}
	return 0, messages.finish()
}

// install applies config/ in the order that config/without-manager describes.
func install(ctx context.Context) error {
	if err := kubectl(ctx, "apply", "--server-side", "-k", configFolder+"/crd"); err != nil {
		return err
	}
	if err := kubectl(ctx, "wait", "--for=condition=Established", "crd", "--all"); err != nil {
		return err
	}
	older := parse(olderConsortium)
	if _, err := resourceOf(objects, older).Create(ctx, older, metav1.CreateOptions{}); err != nil {
		return fmt.Errorf("creating what is older than the policies: %w", err)
	}
	for _, folder := range []string{"without-manager", "catalogue"} {
		if err := kubectl(ctx, "apply", "--server-side", "-k", configFolder+"/"+folder); err != nil {
			return err
		}
	}
	return awaitPolicies(ctx)
}

func kubectl(ctx context.Context, args ...string) error {
	_, err := control.Kubectl(ctx, args...)
	return err
}

// awaitPolicies waits until what they refuse is refused: the API server reads its policies about
// once a second, all of them together.
func awaitPolicies(ctx context.Context) error {
	probe := parse(consortiumBase)
	set("metadata.name", "nhs-999-000-0018")(probe)
	err := wait.PollUntilContextTimeout(ctx, 50*time.Millisecond, 30*time.Second, true, func(ctx context.Context) (bool, error) {
		return dryRun(ctx, probe) != nil, nil
	})
	if err != nil {
		return fmt.Errorf("waiting for the policies to be in force: %w", err)
	}
	return nil
}

// clientsFor makes clients that act as somebody; as the administrator when nobody is named.
func clientsFor(who rest.ImpersonationConfig) (kubernetes.Interface, dynamic.Interface) {
	config := control.Config()
	config.QPS = -1 // the table of roles alone asks thousands of questions
	config.Impersonate = who
	return kubernetes.NewForConfigOrDie(config), dynamic.NewForConfigOrDie(config)
}

// resourceOf is where an object of our API is posted to.
func resourceOf(client dynamic.Interface, object *unstructured.Unstructured) dynamic.ResourceInterface {
	resource := map[string]string{
		v1alpha1.ConsortiumKind:              "consortia",
		v1alpha1.HostedServiceKind:           "hostedservices",
		v1alpha1.LocalityKind:                "localities",
		v1alpha1.MemberFunctionKind:          "memberfunctions",
		v1alpha1.SupportAgreementKind:        "supportagreements",
		v1alpha1.SupportFunctionKind:         "supportfunctions",
		v1alpha1.SupportFunctionRevisionKind: "supportfunctionrevisions",
		v1alpha1.SupportProviderKind:         "supportproviders",
	}[object.GetKind()]
	at := client.Resource(schema.GroupVersionResource{
		Group: v1alpha1.GroupVersion.Group, Version: v1alpha1.GroupVersion.Version, Resource: resource,
	})
	if namespace := object.GetNamespace(); namespace != "" {
		return at.Namespace(namespace)
	}
	return at
}

// dryRun asks whether the object could be created, with the strictness of kubectl.
func dryRun(ctx context.Context, object *unstructured.Unstructured) error {
	_, err := resourceOf(objects, object).Create(ctx, object, metav1.CreateOptions{
		DryRun: []string{metav1.DryRunAll}, FieldValidation: metav1.FieldValidationStrict,
	})
	return err
}
