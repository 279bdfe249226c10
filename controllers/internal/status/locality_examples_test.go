package status_test

import (
	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/state"
	"github.com/commissioning-support/operator/controllers/internal/status"
)

// home is the namespace of NHS Tower Hamlets.
func home() state.Home {
	return state.Home{Namespace: "tower-hamlets", Consortium: &v1alpha1.Consortium{
		ObjectMeta: named("", "tower-hamlets"), Spec: v1alpha1.ConsortiumSpec{DisplayName: "NHS Tower Hamlets"},
	}}
}

type place struct {
	situation string
	home      state.Home
}

// homeless are the places that a locality or a function cannot live in.
func homeless() []place {
	deleted := home()
	isDeleting(&deleted.Consortium.ObjectMeta)
	terminating := home()
	terminating.Terminating = true
	return []place{
		{"namespace belongs to no consortium.", state.Home{Namespace: "tower-hamlets"}},
		{"consortium is being deleted.", deleted},
		{"namespace is being deleted.", terminating},
	}
}

type localityFacts struct {
	home    state.Home
	counted []v1alpha1.PracticeCode
	refused []v1alpha1.RefusedClaim
}

func network(situation string, mutate func(*localityFacts)) example {
	facts := &localityFacts{home: home(), counted: []v1alpha1.PracticeCode{"F84123", "F84747"}}
	mutate(facts)
	l := &v1alpha1.Locality{ObjectMeta: named("tower-hamlets", "tower-hamlets-network-1"), Spec: v1alpha1.LocalitySpec{Practices: []v1alpha1.Practice{
		{OrganisationCode: "F84123", RegisteredPatients: new(int32(15136))}, {OrganisationCode: "F84747", RegisteredPatients: new(int32(9864))},
	}}}
	status.Locality(l, facts.home, facts.counted, facts.refused)
	return example{situation, v1alpha1.LocalityKind, l}
}

func localities() []example {
	elsewhere := v1alpha1.RefusedClaim{Practice: "F84747", Reason: v1alpha1.ClaimedElsewhere, CountsIn: "newham/newham-network-3"}
	refusedClaims := func(situation string, refused ...v1alpha1.RefusedClaim) example {
		return network(situation, func(f *localityFacts) { f.counted, f.refused = f.counted[:2-len(refused)], refused })
	}
	all := []example{
		network("Every practice of a locality counts.", func(*localityFacts) {}),
		refusedClaims("Another locality has one of the practices already.", elsewhere),
		refusedClaims("A practice is not among those that the consortium may claim.", v1alpha1.RefusedClaim{Practice: "F84747", Reason: v1alpha1.ClaimNotPermitted}),
		refusedClaims("A consortium that has a successor claims another practice.",
			v1alpha1.RefusedClaim{Practice: "F84123", Reason: v1alpha1.ClaimConsortiumSucceeded}, elsewhere),
	}
	for _, place := range homeless() {
		all = append(all, network("A locality's "+place.situation, func(f *localityFacts) { f.home, f.counted = place.home, nil }))
	}
	return all
}
