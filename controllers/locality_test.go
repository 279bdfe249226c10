package controllers_test

import (
	"slices"
	"testing"

	"github.com/onsi/gomega"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

func TestAPracticeCountsOnceAndTheHolderKeepsIt(t *testing.T) {
	established(t, "claims-a", 30)
	established(t, "claims-b", 31)
	// The older Locality claims the practice later: it gets nothing by its age.
	older := makeLocality("claims-a", "older", map[string]int32{"C30001": 100})
	create(t, older)
	ready(t, older)
	holder := makeLocality("claims-b", "holder", map[string]int32{"C31001": 10, "C31002": 20})
	create(t, holder)
	ready(t, holder)
	change(t, older, func(l *v1alpha1.Locality) {
		l.Spec.Practices = append(l.Spec.Practices, v1alpha1.Practice{OrganisationCode: "C31001", RegisteredPatients: new(int32(9999))})
	})
	eventually(t, soon, older, v1alpha1.ReadyCondition, "False ClaimsRefused: 1 of 2 practices not counted here: C31001 (counts in locality claims-b/holder).")
	want := []v1alpha1.RefusedClaim{{Practice: "C31001", Reason: v1alpha1.ClaimedElsewhere, CountsIn: "claims-b/holder"}}
	if !slices.Equal(older.Status.Refused, want) || *older.Status.RegisteredPatients != 100 {
		t.Errorf("refused %v with %d patients, want %v with 100", older.Status.Refused, *older.Status.RegisteredPatients, want)
	}
	eventually(t, soon, holder, v1alpha1.ReadyCondition, "True Ready: 30 registered patients in 2 practices.")

	change(t, holder, func(l *v1alpha1.Locality) {
		l.Spec.Practices = slices.DeleteFunc(l.Spec.Practices, func(p v1alpha1.Practice) bool { return p.OrganisationCode == "C31001" })
	})
	eventually(t, soon, older, v1alpha1.ReadyCondition, "True Ready: 10,099 registered patients in 2 practices.")
	remove(t, older)
	change(t, holder, func(l *v1alpha1.Locality) {
		l.Spec.Practices = append(l.Spec.Practices, v1alpha1.Practice{OrganisationCode: "C31001", RegisteredPatients: new(int32(10))})
	})
	eventually(t, soon, holder, v1alpha1.ReadyCondition, "True Ready: 30 registered patients in 2 practices.")
}

func TestADeletedHolderHandsItsPracticeOn(t *testing.T) {
	established(t, "hand-on", 32)
	first, second := makeLocality("hand-on", "first", map[string]int32{"C32001": 5}), makeLocality("hand-on", "second", map[string]int32{"C32001": 5})
	create(t, first)
	ready(t, first)
	create(t, second)
	eventually(t, soon, second, v1alpha1.ReadyCondition, "False ClaimsRefused")
	remove(t, first)
	eventually(t, soon, second, v1alpha1.ReadyCondition, "True Ready: 5 registered patients in 1 practice.")
}

func TestAConsortiumsListRestrictsWhatItsLocalitiesClaim(t *testing.T) {
	c := established(t, "restricted", 33, func(c *v1alpha1.Consortium) { c.Spec.Practices = []v1alpha1.PracticeCode{"C33001"} })
	l := makeLocality("restricted", "all", map[string]int32{"C33001": 1, "C33002": 2})
	create(t, l)
	eventually(t, soon, l, v1alpha1.ReadyCondition, "False ClaimsRefused: 1 of 2 practices not counted here: C33002 (not among the consortium's spec.practices).")
	change(t, c, func(c *v1alpha1.Consortium) { c.Spec.Practices = append(c.Spec.Practices, "C33002") })
	eventually(t, soon, l, v1alpha1.ReadyCondition, "True Ready: 3 registered patients in 2 practices.")
}

func TestASuccessorTakesTheClaimsOfTheConsortiumThatItFollows(t *testing.T) {
	old, next := established(t, "merged-old", 34), established(t, "merged-new", 35)
	was := makeLocality("merged-old", "network", map[string]int32{"C34001": 11, "C34002": 12})
	create(t, was)
	ready(t, was)
	is := makeLocality("merged-new", "network", map[string]int32{"C34001": 11, "C34002": 12})
	create(t, is)
	eventually(t, soon, is, v1alpha1.ReadyCondition, "False ClaimsRefused")
	change(t, old, func(c *v1alpha1.Consortium) { c.Spec.SucceededBy = v1alpha1.ObjectName(next.Name) })
	eventually(t, soon, is, v1alpha1.ReadyCondition, "True Ready: 23 registered patients in 2 practices.")
	eventually(t, soon, was, v1alpha1.ReadyCondition, "False ClaimsRefused")
	eventually(t, soon, old, v1alpha1.ReadyCondition, "True Succeeded")
	eventually(t, settled, next, v1alpha1.PopulationKnownCondition, "True Counted: 23 registered patients")
}

func TestR13_ALocalityThatComesBeforeItsConsortium(t *testing.T) {
	namespace := namespaceNamed("locality-first")
	namespace.Labels = map[string]string{v1alpha1.ConsortiumLabel: "locality-first"}
	l := makeLocality("locality-first", "early", map[string]int32{"C36001": 3})
	create(t, namespace, l)
	eventually(t, soon, l, v1alpha1.ReadyCondition, "False ConsortiumNotFound: Namespace locality-first belongs to no consortium (yet).")
	gomega.NewWithT(t).Expect(*l.Status.RegisteredPatients).To(gomega.BeZero())
	c := makeConsortium("locality-first", 36)
	create(t, c)
	eventually(t, soon, l, v1alpha1.ReadyCondition, "True Ready: 3 registered patients in 1 practice.")
}
