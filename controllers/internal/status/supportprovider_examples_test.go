package status_test

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/plan"
	"github.com/commissioning-support/operator/controllers/internal/state"
	"github.com/commissioning-support/operator/controllers/internal/status"
)

// providerFacts are what a SupportProvider's status is made of.
type providerFacts struct {
	object  *v1alpha1.SupportProvider
	seen    state.SupportProvider
	verdict plan.NamespaceVerdict
	done    state.Result
	err     error
}

// hosting is a supplier of which all is well.
func hosting() *providerFacts {
	p := &v1alpha1.SupportProvider{ObjectMeta: named("", "nel-csu"), Spec: v1alpha1.SupportProviderSpec{
		OrganisationCode: "0DJ", DisplayName: "NHS NEL CSU", Sector: v1alpha1.SectorNHS,
		Assurances: []v1alpha1.Assurance{{Scheme: "DSPT", Result: "StandardsMet", ValidUntil: "2027-06-30"}},
		Access:     v1alpha1.ProviderAccess{Admins: []v1alpha1.Subject{group("nel-csu:admins")}, Viewers: []v1alpha1.Subject{group("a"), group("b")}},
	}}
	return &providerFacts{
		object: p, verdict: plan.NamespaceCreated, done: stepsDone(3),
		seen: state.SupportProvider{
			Object: p, Premises: state.Premises{QuotaCounted: true}, Use: state.ProviderUse{Services: 3, ConsortiaServed: 40},
		},
	}
}

func (f *providerFacts) mark() *v1alpha1.SupportProvider {
	f.seen.Tenant = plan.ProviderTenant(f.object)
	status.SupportProvider(f.object, f.seen, f.verdict, f.done, f.err)
	return f.object
}

func provider(situation string, mutate func(*providerFacts)) example {
	facts := hosting()
	mutate(facts)
	return example{situation, v1alpha1.SupportProviderKind, facts.mark()}
}

// providerJudged is a supplier that did not get its namespace.
func providerJudged(situation string, verdict plan.NamespaceVerdict, mutate func(*providerFacts)) example {
	return provider(situation, func(f *providerFacts) {
		f.verdict, f.done, f.seen.QuotaCounted, f.seen.Use = verdict, stepsDone(0), false, state.ProviderUse{}
		mutate(f)
	})
}

func providers() []example {
	nothing := func(*providerFacts) {}
	return append([]example{
		provider("All is well with a supplier whose namespace the operator created.", nothing),
		provider("All is well with a supplier to which an existing namespace was given.", func(f *providerFacts) { f.verdict = plan.NamespaceAdopted }),
		provider("Nobody is given access to a supplier's namespace.", func(f *providerFacts) { f.object.Spec.Access = v1alpha1.ProviderAccess{} }),
		provider("Two objects that are not the operator's have the names of a supplier's guard rails.", func(f *providerFacts) {
			f.done = inTheWay(1, "allow-dns.commissioning.support", "default-deny.commissioning.support")
		}),
		provider("The cluster has not counted yet what a supplier's quota limits.", func(f *providerFacts) { f.seen.QuotaCounted = false }),
		providerJudged("A supplier asks for a namespace of the cluster itself.", plan.NamespaceReserved, func(f *providerFacts) { f.object.Spec.Namespace = "kube-system" }),
		providerJudged("An older supplier carries the same organisation code.", plan.CodeTaken, func(f *providerFacts) { f.seen.CodeHolder = "nhs-nel-csu" }),
		providerJudged("An older consortium asks for the supplier's namespace.", plan.NamespaceTaken, func(f *providerFacts) {
			f.seen.NamespaceHolder = state.Owner{Kind: v1alpha1.ConsortiumKind, Name: "nel-csu"}
		}),
		judged("An older supplier asks for the consortium's namespace.", plan.NamespaceTaken, func(f *consortiumFacts) {
			f.seen.NamespaceHolder = state.Owner{Kind: v1alpha1.SupportProviderKind, Name: "nel-csu"}
		}),
		providerJudged("The supplier's namespace was given to a consortium.", plan.NamespaceTaken, func(f *providerFacts) {
			f.seen.Namespace = &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Labels: map[string]string{v1alpha1.ConsortiumLabel: "newham"}}}
		}),
		providerJudged("The supplier's namespace is being deleted.", plan.NamespaceTerminating, nothing),
		providerJudged("Somebody else's namespace has the supplier's name.", plan.NamespaceForeign, nothing),
		providerJudged("The namespace carries the marks of an earlier supplier of the name.", plan.NamespaceOfAnEarlier, nothing),
		providerJudged("The API server does not answer while the supplier's namespace is created.", plan.NamespaceMissing, func(f *providerFacts) { f.err = errUnknown }),
	}, providersGoing()...)
}

// going is a supplier that is being deleted, as its use and its deletion policy let it.
func going(situation string, use state.ProviderUse, removing bool) example {
	p := hosting().mark()
	status.SupportProviderDeleting(p, use, status.KeptBy(use, removing))
	return example{situation, v1alpha1.SupportProviderKind, p}
}

func providersGoing() []example {
	gone := hosting().mark()
	status.SupportProviderDeleting(gone, state.ProviderUse{}, "namespace nel-csu is being deleted")
	return []example{
		going("A supplier that serves consortia is being deleted.", state.ProviderUse{Services: 3, ConsortiaServed: 40}, false),
		going("A supplier that serves one consortium is being deleted with its namespace.", state.ProviderUse{Services: 1, ConsortiaServed: 1}, true),
		going("A supplier that serves nobody is being deleted, and its services are not.", state.ProviderUse{Services: 2}, false),
		{"A supplier is being deleted, and its namespace with it.", v1alpha1.SupportProviderKind, gone},
	}
}
