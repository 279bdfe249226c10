package controllers_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

func withBindings(agreements ...v1alpha1.ObjectName) func(*v1alpha1.MemberFunction) {
	return func(f *v1alpha1.MemberFunction) { f.Spec.Bindings = agreements }
}

// unheardOfAgreement is with a supplier that nobody has heard of.
func unheardOfAgreement(namespace, name string) *v1alpha1.SupportAgreement {
	return &v1alpha1.SupportAgreement{
		ObjectMeta: childMeta(namespace, name),
		Spec: v1alpha1.SupportAgreementSpec{
			Function: "data-analytics", Suppliers: []v1alpha1.Supplier{{Provider: "unheard-of"}},
			Term: v1alpha1.Term{Start: "2021-04-01"},
		},
	}
}

// bindings are what the pods of a function find of agreements: where, and of which Secret, optional or
// not.
func bindings(t *testing.T, namespace, name string) map[string]string {
	t.Helper()
	deployment := deploymentOf(namespace, name)
	exists(t, deployment)
	pod, found := deployment.Spec.Template.Spec, map[string]string{}
	for _, mount := range pod.Containers[0].VolumeMounts {
		for _, volume := range pod.Volumes {
			if volume.Name == mount.Name && volume.Secret != nil {
				found[mount.MountPath] = volume.Secret.SecretName
				if volume.Secret.Optional == nil || !*volume.Secret.Optional || !mount.ReadOnly {
					t.Errorf("%s must be read only, and must not keep the pod from starting", mount.MountPath)
				}
			}
		}
	}
	return found
}

func TestAFunctionFindsTheAgreementsThatItNames(t *testing.T) {
	established(t, "bound", 95)
	create(t, makeFunction("bound", func(f *v1alpha1.SupportFunction) {
		f.Spec.Workload.Env = []v1alpha1.EnvVar{{Name: "SERVICE_BINDING_ROOT", Value: new("/elsewhere")}}
	}))
	f := makeMemberFunction("bound", "bound", withBindings("analytics"))
	create(t, f)
	ready(t, f) // it works without
	if diff := cmp.Diff(map[string]string{"/bindings/analytics": "analytics"}, bindings(t, "bound", "bound")); diff != "" {
		t.Errorf("the pods find other agreements (-want +got):\n%s", diff)
	}
	deployment := deploymentOf("bound", "bound")
	exists(t, deployment)
	want := []corev1.EnvVar{{Name: "SERVICE_BINDING_ROOT", Value: "/bindings"}}
	if diff := cmp.Diff(want, deployment.Spec.Template.Spec.Containers[0].Env); diff != "" {
		t.Errorf("the environment differs (-want +got):\n%s", diff)
	}
	eventually(t, soon, f, v1alpha1.BindingsResolvedCondition, "False NotBound: SupportAgreement analytics does not exist in this namespace (yet).")

	create(t, unheardOfAgreement("bound", "analytics"))
	g := gomega.NewWithT(t)
	g.Eventually(func() string { return condition(t, f, v1alpha1.BindingsResolvedCondition) }).
		WithTimeout(soon).ShouldNot(gomega.ContainSubstring("does not exist"))
	if got := condition(t, f, v1alpha1.BindingsResolvedCondition); !strings.HasPrefix(got, "False NotBound: SupportAgreement analytics ") {
		t.Errorf("an agreement with nobody binds the function: %s", got)
	}

	supplying(t, 493, []string{"bound-csu"})
	create(t, makeLocality("bound", "members", map[string]int32{"P00493": 1000}))
	change(t, unheardOfAgreement("bound", "analytics"), func(a *v1alpha1.SupportAgreement) {
		a.Spec.Suppliers = makeAgreement("", "", []string{"bound-csu"}).Spec.Suppliers
	})
	eventually(t, settled, f, v1alpha1.BindingsResolvedCondition, "True Resolved")
	if secret := (&corev1.Secret{ObjectMeta: childMeta("bound", "analytics")}); !exists(t, secret) || string(secret.Data["host"]) != "analytics.bound.svc" {
		t.Errorf("the Secret that the pods mount holds %v", secret.Data)
	}

	change(t, f, withBindings())
	g.Eventually(func() map[string]string { return bindings(t, "bound", "bound") }).WithTimeout(soon).Should(gomega.BeEmpty())
	g.Eventually(func() string { return condition(t, f, v1alpha1.BindingsResolvedCondition) }).Should(gomega.Equal("(none)"))
}
