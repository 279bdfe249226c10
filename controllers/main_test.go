// Package controllers_test runs the operator under its shipped rights on a real control plane, and
// looks at what people would see. Tests share the control plane; each has consortia of its own.
package controllers_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/go-logr/logr"
	"github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/status"
	"github.com/commissioning-support/operator/hack/testenv"
)

// soon is within what rule R13 and the restoring of children promise: 5 seconds.
const soon = 5 * time.Second

// settled is time for everything to come about: scheduling, readiness, aggregates.
const settled = 30 * time.Second

var env *testenv.Env

// together is how many tests run at a time that say they may: they wait, for the most part.
const together = "6"

func TestMain(m *testing.M) {
	if err := flag.Set("test.parallel", together); err != nil {
		panic(err)
	}
	flag.Parse() // whoever asks for another number gets it
	gomega.SetDefaultEventuallyPollingInterval(50 * time.Millisecond)
	gomega.SetDefaultEventuallyTimeout(settled)
	os.Exit(run(m))
}

func run(m *testing.M) int {
	ctx := context.Background()
	ctrl.SetLogger(logr.Discard())
	var err error
	if env, err = testenv.Start(ctx, 5); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	code := m.Run()
	if forbidden := env.Requests.Since(time.Time{}, func(r testenv.Request) bool { return r.Code == 403 && !isExpectedRefusal(r) }); len(forbidden) > 0 {
		fmt.Fprintln(os.Stderr, "the shipped role lacks rights:", forbidden)
		code = 1
	}
	if err := env.Stop(ctx); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}

// isExpectedRefusal: writes into a namespace that goes are refused by admission, not for lack of rights.
func isExpectedRefusal(r testenv.Request) bool { return r.Verb == "create" }

func create(t *testing.T, objects ...client.Object) {
	t.Helper()
	for _, object := range objects {
		if err := env.Client.Create(t.Context(), object); err != nil {
			t.Fatalf("create %T %s: %v", object, object.GetName(), err)
		}
	}
}

// change updates an object, however often others write it meanwhile.
func change[T client.Object](t *testing.T, object T, mutate func(T)) {
	t.Helper()
	g := gomega.NewWithT(t)
	g.Eventually(func() error {
		if err := env.Client.Get(t.Context(), client.ObjectKeyFromObject(object), object); err != nil {
			return err
		}
		mutate(object)
		return env.Client.Update(t.Context(), object)
	}).Should(gomega.Succeed())
}

func remove(t *testing.T, object client.Object) {
	t.Helper()
	if err := env.Client.Delete(t.Context(), object); err != nil && !apierrors.IsNotFound(err) {
		t.Fatalf("delete %T %s: %v", object, object.GetName(), err)
	}
}

// exists fetches an object anew; false where there is none.
func exists(t *testing.T, object client.Object) bool {
	t.Helper()
	err := env.Client.Get(t.Context(), client.ObjectKeyFromObject(object), object)
	if err != nil && !apierrors.IsNotFound(err) {
		t.Fatalf("get %T %s: %v", object, object.GetName(), err)
	}
	return err == nil
}

// condition is a condition of an object as it stands, in one line.
func condition(t *testing.T, object status.Object, name string) string {
	t.Helper()
	if !exists(t, object) {
		return "(gone)"
	}
	c := meta.FindStatusCondition(object.GetConditions(), name)
	if c == nil {
		return "(none)"
	}
	return fmt.Sprintf("%s %s: %s", c.Status, c.Reason, c.Message)
}

// eventually waits until a condition of an object reads so.
func eventually(t *testing.T, within time.Duration, object status.Object, name, want string) {
	t.Helper()
	gomega.NewWithT(t).Eventually(func() string { return condition(t, object, name) }).
		WithTimeout(within).Should(gomega.HavePrefix(want), "%T %s, condition %s", object, object.GetName(), name)
}

func ready(t *testing.T, objects ...status.Object) {
	t.Helper()
	for _, object := range objects {
		eventually(t, settled, object, v1alpha1.ReadyCondition, "True")
	}
}

// code gives each test organisation codes of its own.
func code(n int) v1alpha1.OrganisationCode { return v1alpha1.OrganisationCode(fmt.Sprintf("T%03d", n)) }

func makeConsortium(name string, n int, mutate ...func(*v1alpha1.Consortium)) *v1alpha1.Consortium {
	c := &v1alpha1.Consortium{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec:       v1alpha1.ConsortiumSpec{OrganisationCode: code(n), DisplayName: v1alpha1.Title("NHS " + name)},
	}
	for _, m := range mutate {
		m(c)
	}
	return c
}

func makeLocality(namespace, name string, practices map[string]int32) *v1alpha1.Locality {
	l := &v1alpha1.Locality{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name},
		Spec:       v1alpha1.LocalitySpec{DisplayName: v1alpha1.Title(name), RegisteredAsOf: "2021-01-01"},
	}
	for practice, patients := range practices {
		l.Spec.Practices = append(l.Spec.Practices, v1alpha1.Practice{OrganisationCode: v1alpha1.PracticeCode(practice), RegisteredPatients: &patients})
	}
	return l
}

func makeMemberFunction(namespace, function string, mutate ...func(*v1alpha1.MemberFunction)) *v1alpha1.MemberFunction {
	f := &v1alpha1.MemberFunction{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: function},
		Spec:       v1alpha1.MemberFunctionSpec{Function: v1alpha1.ObjectName(function)},
	}
	for _, m := range mutate {
		m(f)
	}
	return f
}

// established makes a consortium whose namespace stands.
func established(t *testing.T, name string, n int, mutate ...func(*v1alpha1.Consortium)) *v1alpha1.Consortium {
	t.Helper()
	c := makeConsortium(name, n, mutate...)
	create(t, c)
	ready(t, c)
	return c
}

func namespaceNamed(name string) *corev1.Namespace {
	return &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}}
}
