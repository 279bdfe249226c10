package status_test

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/plan"
	"github.com/commissioning-support/operator/controllers/internal/state"
	"github.com/commissioning-support/operator/controllers/internal/status"
)

// consortiumFacts are what a Consortium's status is made of.
type consortiumFacts struct {
	object  *v1alpha1.Consortium
	seen    state.Consortium
	verdict plan.NamespaceVerdict
	done    state.Result
	err     error
}

// atRest is a consortium of which all is well.
func atRest() *consortiumFacts {
	c := &v1alpha1.Consortium{ObjectMeta: named("", "tower-hamlets"), Spec: v1alpha1.ConsortiumSpec{
		OrganisationCode: "08V", DisplayName: "NHS Tower Hamlets",
		Access: v1alpha1.Access{Admins: []v1alpha1.Subject{group("tower-hamlets:admins")}, Viewers: []v1alpha1.Subject{group("a"), group("b")}},
	}}
	return &consortiumFacts{
		object: c, verdict: plan.NamespaceCreated, done: stepsDone(3),
		seen: state.Consortium{
			Object: c, Premises: state.Premises{QuotaCounted: true},
			Localities: []v1alpha1.Locality{locality("tower-hamlets-network-1", 45526, 5), locality("tower-hamlets-network-2", 39018, 4)},
			Functions:  state.UsesByMembers([]v1alpha1.MemberFunction{function("peer-review", metav1.ConditionTrue), function("referral-management", metav1.ConditionTrue)}),
		},
	}
}

func (f *consortiumFacts) mark() *v1alpha1.Consortium {
	f.seen.Tenant = plan.ConsortiumTenant(f.object)
	status.Consortium(f.object, f.seen, f.verdict, f.done, f.err)
	return f.object
}

func consortium(situation string, mutate func(*consortiumFacts)) example {
	facts := atRest()
	mutate(facts)
	return example{situation, v1alpha1.ConsortiumKind, facts.mark()}
}

// judged is a consortium that did not get its namespace.
func judged(situation string, verdict plan.NamespaceVerdict, mutate func(*consortiumFacts)) example {
	return consortium(situation, func(f *consortiumFacts) {
		f.verdict, f.done, f.seen.QuotaCounted = verdict, stepsDone(0), false
		f.seen.Localities, f.seen.Functions = nil, nil
		mutate(f)
	})
}

func consortia() []example {
	nothing := func(*consortiumFacts) {}
	return append([]example{
		consortium("All is well with a consortium whose namespace the operator created.", nothing),
		consortium("All is well with a consortium to which an existing namespace was given.", func(f *consortiumFacts) { f.verdict = plan.NamespaceAdopted }),
		consortium("All is well with a consortium that another one has succeeded after a merger.", func(f *consortiumFacts) {
			f.object.Spec.SucceededBy = "north-east-london"
			f.seen.SuccessorFound = true
		}),

		consortium("A consortium is to be succeeded by one that does not exist yet.", func(f *consortiumFacts) {
			f.object.Spec.SucceededBy = "north-east-london"
		}),
		judged("A consortium asks for a namespace of the cluster itself.", plan.NamespaceReserved, func(f *consortiumFacts) { f.object.Spec.Namespace = "kube-system" }),
		judged("An older consortium carries the same organisation code.", plan.CodeTaken, func(f *consortiumFacts) { f.seen.CodeHolder = "nhs-tower-hamlets" }),
		judged("An older consortium asks for the same namespace.", plan.NamespaceTaken, func(f *consortiumFacts) {
			f.seen.NamespaceHolder = state.Owner{Kind: v1alpha1.ConsortiumKind, Name: "newham"}
		}),
		judged("The namespace was given to another consortium.", plan.NamespaceTaken, func(f *consortiumFacts) {
			f.seen.Namespace = &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Labels: map[string]string{v1alpha1.ConsortiumLabel: "newham"}}}
		}),
		judged("The namespace is being deleted.", plan.NamespaceTerminating, nothing),
		judged("Somebody else's namespace has the name.", plan.NamespaceForeign, nothing),
		judged("The namespace carries the marks of an earlier one of the name.", plan.NamespaceOfAnEarlier, nothing),
	}, append(consortiaInTrouble(), consortiaCounting()...)...)
}

func consortiaInTrouble() []example {
	return []example{
		judged("The API server does not answer while the namespace is created.", plan.NamespaceMissing, func(f *consortiumFacts) { f.err = errUnknown }),
		consortium("The API server refuses the labels of the namespace.", func(f *consortiumFacts) {
			f.done, f.err = refused(0, state.Blocked{Kind: "Namespace", Name: "tower-hamlets"}, "namespaces \"tower-hamlets\" is forbidden"), errUnknown
		}),
		consortium("Two objects that are not the operator's have the names of guard rails.", func(f *consortiumFacts) {
			f.done = inTheWay(1, "allow-dns.commissioning.support", "default-deny.commissioning.support")
		}),
		consortium("Somebody else changed a guard rail at the same moment.", func(f *consortiumFacts) { f.done, f.err = stepsDone(1), errConflict }),
		consortium("The cluster has not counted yet what the quota limits.", func(f *consortiumFacts) { f.seen.QuotaCounted = false }),
		consortium("The API server refuses to give people access.", func(f *consortiumFacts) {
			binding := state.Blocked{Kind: "RoleBinding", Namespace: "tower-hamlets", Name: "commissioning-admins"}
			f.done, f.err = refused(2, binding, `RoleBinding.rbac.authorization.k8s.io "commissioning-admins" is invalid: roleRef: Invalid value: cannot change roleRef`), errUnknown
		}),
		{"A consortium is being deleted while functions still run in its namespace.", v1alpha1.ConsortiumKind, deletedConsortium()},
	}
}

func deletedConsortium() *v1alpha1.Consortium {
	c := atRest().mark()
	status.ConsortiumDeleting(c, "its namespace is kept, and in it are still MemberFunction tower-hamlets/peer-review: delete them")
	return c
}

func consortiaCounting() []example {
	functions := func(situation string, all ...v1alpha1.MemberFunction) example {
		return consortium(situation, func(f *consortiumFacts) { f.seen.Functions = state.UsesByMembers(all) })
	}
	return []example{
		consortium("Nobody is given access.", func(f *consortiumFacts) { f.object.Spec.Access = v1alpha1.Access{} }),
		consortium("A single person is given access.", func(f *consortiumFacts) {
			f.object.Spec.Access = v1alpha1.Access{Developers: []v1alpha1.Subject{{Kind: v1alpha1.SubjectUser, Name: "alice@example.nhs.uk"}}}
		}),
		consortium("A consortium has no locality.", func(f *consortiumFacts) { f.seen.Localities = nil }),
		consortium("A locality has not been counted yet.", func(f *consortiumFacts) { f.seen.Localities[1].Status.ObservedGeneration = new(int64(-1)) }),
		consortium("A consortium has one practice with one patient.", func(f *consortiumFacts) {
			f.seen.Localities = []v1alpha1.Locality{locality("tower-hamlets-network-1", 1, 1)}
		}),
		functions("A consortium asks for no function."),
		functions("A consortium asks for one function, and it works.", function("peer-review", metav1.ConditionTrue)),
		functions("A consortium asks for one function, and it does not work.", function("peer-review", metav1.ConditionFalse)),
		functions("A consortium asks for one function that nobody has looked at yet.", function("peer-review", "")),
		functions("One of three functions works, and nobody has looked at the others yet.",
			function("a", metav1.ConditionTrue), function("b", metav1.ConditionUnknown), function("c", "")),
		functions("Two of seven functions work.", function("a", metav1.ConditionTrue), function("b", metav1.ConditionTrue),
			function("g", metav1.ConditionFalse), function("f", metav1.ConditionFalse), function("e", metav1.ConditionFalse),
			function("d", metav1.ConditionFalse), function("c", metav1.ConditionFalse)),
		functions("One of two functions works.", function("a", metav1.ConditionTrue), function("b", metav1.ConditionFalse)),
	}
}
