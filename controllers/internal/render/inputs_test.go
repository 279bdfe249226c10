package render_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/plan"
	"github.com/commissioning-support/operator/controllers/internal/render"
)

// spoil overwrites everything that an instance refers to, as a cache might that reuses its memory.
func spoil(in *render.Instance) {
	in.Parameters[0] = 'X'
	w := &in.Workload
	for i := range w.Env {
		if w.Env[i].Value != nil {
			*w.Env[i].Value = "spoilt"
		}
	}
	for i := range w.Egress {
		w.Egress[i].To.CIDR = "0.0.0.0/0"
		w.Egress[i].Ports[0].Port = 1
	}
	for i := range w.ImagePullSecrets {
		w.ImagePullSecrets[i].Name = "spoilt"
	}
	for _, amount := range []v1alpha1.ComputeResources{w.Resources.Requests, w.Resources.Limits} {
		if amount.CPU != nil {
			*amount.CPU = *quantity("77")
		}
	}
	if w.Storage.Size != nil {
		*w.Storage.Size = *quantity("77Ti")
	}
}

func TestRenderingNeitherChangesNorKeepsItsInputs(t *testing.T) {
	for name, instance := range map[string]func() render.Instance{"everything": everything, "minimal": minimal, "stored": stored} {
		t.Run(name, func(t *testing.T) {
			in := instance()
			children := render.MemberFunction(in, settings)
			want := printed(t, children)
			if diff := cmp.Diff(instance(), in); diff != "" {
				t.Errorf("rendering changed its input (-before +after):\n%s", diff)
			}
			spoil(&in)
			if diff := cmp.Diff(want, printed(t, children)); diff != "" {
				t.Errorf("a change of the input reached what was rendered (-before +after):\n%s", diff)
			}
		})
	}
}

func TestRenderingTheConsortiumNeitherChangesNorKeepsItsInputs(t *testing.T) {
	access, quota, callers := people(), plan.QuotaOf(towerHamlets()), withCallers("gateway")
	rendered := func() []runtime.ApplyConfiguration {
		return append(render.ConsortiumAccess(towerHamlets(), access),
			render.GuardRails(towerHamlets(), quota, "", callers)...)
	}
	children := rendered()
	want := printed(t, children)
	if diff := cmp.Diff(people(), access); diff != "" {
		t.Errorf("rendering changed the access (-before +after):\n%s", diff)
	}
	if diff := cmp.Diff(plan.QuotaOf(towerHamlets()), quota); diff != "" {
		t.Errorf("rendering changed the quota (-before +after):\n%s", diff)
	}
	access.Admins[0].Name, quota["pods"], callers.CallerNamespaces[0] = "eve", *quantity("7"), "everywhere"
	if diff := cmp.Diff(want, printed(t, children)); diff != "" {
		t.Errorf("a change of the input reached what was rendered (-before +after):\n%s", diff)
	}
}
