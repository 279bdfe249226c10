package country

import (
	"fmt"

	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// Catalogue returns the functions, like those that are shipped. A change of theirs reaches all instances
// at once: what is measured is the work, not the soak.
func Catalogue() []client.Object {
	scheme := []v1alpha1.AssuranceRequirement{{Scheme: "DSPT", Results: []string{"StandardsMet", "StandardsExceeded"}}}
	objects := []client.Object{function(Referrals, v1alpha1.DeliveryMemberOnly, v1alpha1.DataIdentifiable, 250_000)}
	for _, name := range []string{Analytics, Support} {
		hosted := function(name, v1alpha1.DeliveryHosted, v1alpha1.DataPseudonymised, 1_000_000)
		hosted.Spec.Continuity = v1alpha1.ContinuityInterchangeable
		hosted.Spec.Requires.Assurances = scheme
		hosted.Spec.Sizing.MinReplicas = 2
		objects = append(objects, hosted)
	}
	return objects
}

// Image of a function in a version.
func Image(function, version string) string {
	return "registry.example/functions/" + function + ":" + version
}

func function(name string, delivery v1alpha1.Delivery, data v1alpha1.DataClass, patients int32) *v1alpha1.SupportFunction {
	quantity := func(amount string) *resource.Quantity { return new(resource.MustParse(amount)) }
	return &v1alpha1.SupportFunction{
		ObjectMeta: metav1.ObjectMeta{Name: name, Annotations: invented()},
		Spec: v1alpha1.SupportFunctionSpec{
			Title: v1alpha1.Title(name), Delivery: delivery, DataClass: data,
			Workload: v1alpha1.Workload{
				Image: Image(name, "1.0.0"), Port: 8080, Readiness: v1alpha1.Readiness{Path: "/readyz"},
				Resources: v1alpha1.Resources{
					Requests: v1alpha1.ComputeResources{CPU: quantity("100m"), Memory: quantity("128Mi")},
					Limits:   v1alpha1.ComputeResources{Memory: quantity("256Mi")},
				},
			},
			Parameters: v1alpha1.Parameters{Schema: v1alpha1.ParametersSchema{OpenAPIV3Schema: &runtime.RawExtension{Raw: []byte(
				`{"type":"object","properties":{"withinWorkingDays":{"type":"integer","minimum":1,"maximum":20,"default":2}}}`)}}},
			Sizing:  v1alpha1.Sizing{PatientsPerReplica: patients, MaxReplicas: 200},
			Rollout: v1alpha1.Rollout{Steps: []v1alpha1.RolloutStep{{Percent: 100}}, Deadline: "1h"},
		},
	}
}

// Suppliers returns who supplies, in the order in which it can be created. They accept everyone, and
// have room for all.
func Suppliers() []client.Object {
	var objects []client.Object
	for i, name := range suppliers {
		objects = append(objects, namespace(name, v1alpha1.ProviderLabel), &v1alpha1.SupportProvider{
			ObjectMeta: metav1.ObjectMeta{Name: name, Annotations: invented()},
			Spec: v1alpha1.SupportProviderSpec{
				OrganisationCode: v1alpha1.OrganisationCode(fmt.Sprintf("0Z%c", 'A'+i)),
				DisplayName:      v1alpha1.Title(name), Sector: v1alpha1.SectorNHS,
				Assurances: []v1alpha1.Assurance{{Scheme: "DSPT", Result: "StandardsMet", ValidUntil: farAway, Reference: "INVENTED"}},
			},
		})
		for _, function := range []string{Analytics, Support} {
			objects = append(objects, &v1alpha1.HostedService{
				ObjectMeta: inNamespace(name, function),
				Spec: v1alpha1.HostedServiceSpec{
					Function: v1alpha1.ObjectName(function), Accepts: v1alpha1.Acceptance{Policy: v1alpha1.AcceptEveryone},
				},
			})
		}
	}
	return objects
}
