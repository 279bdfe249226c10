package render_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
	"pgregory.net/rapid"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/render"
)

// template is the pod template of an instance, whatever kind runs it.
func template(t *testing.T, in render.Instance) corev1.PodTemplateSpec {
	t.Helper()
	children := render.MemberFunction(in, settings)
	if in.Workload.Storage.Size != nil {
		return only[appsv1.StatefulSet](t, children, "StatefulSet").Spec.Template
	}
	return only[appsv1.Deployment](t, children, "Deployment").Spec.Template
}

// instances are any that the API accepts, and some that it does not.
func instances(r *rapid.T) render.Instance {
	in := minimal()
	in.Owner.Name = rapid.StringMatching(`[a-z]([-a-z0-9]{0,48}[a-z0-9])?`).Draw(r, "name")
	in.Owner.Namespace = rapid.StringMatching(`[a-z][a-z0-9]{0,48}`).Draw(r, "namespace")
	in.Replicas = rapid.Int32Range(1, 1000).Draw(r, "replicas")
	w := &in.Workload
	w.Image, w.Port = rapid.String().Draw(r, "image"), rapid.Int32Range(1, 65535).Draw(r, "port")
	w.Readiness.Path = rapid.OneOf(rapid.Just(""), rapid.String()).Draw(r, "readiness")
	w.ImagePullSecrets = make([]v1alpha1.SecretName, rapid.IntRange(0, 2).Draw(r, "pull secrets"))
	for i := range rapid.IntRange(0, 4).Draw(r, "variables") {
		variable := v1alpha1.EnvVar{Name: fmt.Sprintf("V%d", i)}
		if rapid.Bool().Draw(r, "is literal") {
			variable.Value = new(rapid.String().Draw(r, "value"))
		}
		w.Env = append(w.Env, variable)
	}
	if rapid.Bool().Draw(r, "has storage") {
		w.Storage = v1alpha1.Storage{Size: quantity("1Gi"), MountPath: rapid.SampledFrom([]string{"/data", "/var/lib/data", "/etc", "/"}).Draw(r, "path")}
	}
	if rapid.Bool().Draw(r, "asks for resources") {
		w.Resources.Requests.CPU, w.Resources.Limits.Memory = quantity("100m"), quantity("1Gi")
	}
	return in
}

func TestEveryPodSatisfiesTheRestrictedStandard(t *testing.T) {
	checks, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, version := range []api.Version{api.MajorMinorVersion(1, 33), api.LatestVersion()} {
		t.Run(version.String(), func(t *testing.T) {
			rapid.Check(t, func(r *rapid.T) {
				pod := template(t, instances(r))
				for _, result := range checks.EvaluatePod(api.LevelVersion{Level: api.LevelRestricted, Version: version}, &pod.ObjectMeta, &pod.Spec) {
					if !result.Allowed {
						r.Errorf("%s: %s", result.ForbiddenReason, result.ForbiddenDetail)
					}
				}
			})
		})
	}
}

func TestAChangeOfPatientsAloneChangesNoPod(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		few := instances(r)
		many := few
		many.Replicas = rapid.Int32Range(1, 1000).Draw(r, "replicas for more patients")
		if diff := cmp.Diff(template(t, few), template(t, many)); diff != "" {
			r.Errorf("the pods change with the number of replicas (-before +after):\n%s", diff)
		}
	})
}

func TestAChangeOfParametersChangesTheAnnotationAlone(t *testing.T) {
	for name, in := range map[string]render.Instance{"a deployment": everything(), "with storage": stored()} {
		t.Run(name, func(t *testing.T) {
			changed := in
			changed.Parameters = []byte(`{"peerReview":false}`)
			before, after := template(t, in), template(t, changed)
			if cmp.Equal(before.Annotations, after.Annotations) {
				t.Error("a change of parameters must roll the pods")
			}
			before.Annotations, after.Annotations = nil, nil
			if diff := cmp.Diff(before, after); diff != "" {
				t.Errorf("the pods differ in more than an annotation (-before +after):\n%s", diff)
			}
		})
	}
}

func TestAPodIsSelectedByItsOwnInstanceAlone(t *testing.T) {
	one := only[appsv1.Deployment](t, render.MemberFunction(everything(), settings), "Deployment")
	other := only[appsv1.Deployment](t, render.MemberFunction(minimal(), settings), "Deployment")
	own, others := one.Spec.Template.Labels[v1alpha1.OwnerLabel], other.Spec.Template.Labels[v1alpha1.OwnerLabel]
	if diff := cmp.Diff(map[string]string{v1alpha1.OwnerLabel: own}, one.Spec.Selector.MatchLabels); diff != "" {
		t.Errorf("the selector is not the pods' own label (-want +got):\n%s", diff)
	}
	if own == "" || own == others {
		t.Errorf("the pods of two instances carry the labels %q and %q", own, others)
	}
}

// expand is what Kubernetes makes of a value: $(NAME) is replaced, $$ stands for a dollar sign.
func expand(value string, variables map[string]string) string {
	var expanded []byte
	for i := 0; i < len(value); i++ {
		if value[i] != '$' || i+1 == len(value) {
			expanded = append(expanded, value[i])
			continue
		}
		i++
		if value[i] != '(' {
			if value[i] != '$' {
				expanded = append(expanded, '$')
			}
			expanded = append(expanded, value[i])
			continue
		}
		end := i + 1
		for end < len(value) && value[end] != ')' {
			end++
		}
		if end == len(value) {
			expanded = append(expanded, '$', '(')
			continue
		}
		expanded = append(expanded, variables[value[i+1:end]]...)
		i = end
	}
	return string(expanded)
}

func TestAValueReachesTheContainerAsItIs(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		want := rapid.StringMatching(`([$(){}A-B ]|\$\(A\)|\$\$){0,20}`).Draw(r, "value")
		in := minimal()
		in.Workload.Env = []v1alpha1.EnvVar{{Name: "A", Value: new("other")}, {Name: "B", Value: &want}}
		rendered := template(t, in).Spec.Containers[0].Env[1].Value
		if got := expand(rendered, map[string]string{"A": "other"}); got != want {
			r.Errorf("the container sees %q, want %q", got, want)
		}
	})
}
