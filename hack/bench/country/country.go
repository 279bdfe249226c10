// Package country generates a country to measure: consortia shaped like England's, each with two
// localities, a member function and two agreements, over a handful of suppliers. The n-th consortium
// is the same on every machine, in every run. All of it is invented.
package country

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

const (
	// England had 135 consortia, 1,323 localities, 6,708 practices in September 2020: 5 practices to a
	// locality.
	localities                     = 2
	practicesFewest, practicesMost = 4, 6
	// England's practices had 9,102 patients on average in January 2021; here they have 4,000 to 14,000.
	patientsFewest, patientsSpread = 4_000, 10_001

	// Referrals is the function that every consortium performs itself.
	Referrals = "referral-management"
	// Analytics is a function that suppliers perform.
	Analytics = "data-analytics"
	// Support is another one.
	Support = "referral-support"

	// AfterOutage is how long a supplier of Analytics must be out before the next takes over.
	AfterOutage = "10s"

	// farAway is a day on which nobody will run this.
	farAway = "2099-03-31"
)

// suppliers are who hosts, all of them both functions.
var suppliers = []string{"albion-csu", "borderlands-csu", "coastal-csu", "downland-csu", "eastern-csu"}

// Large is the supplier that every other consortium prefers for Analytics: half of all.
var Large = suppliers[0]

var regions = []string{"east-of-england", "london", "midlands", "north-east-and-yorkshire", "north-west", "south-east", "south-west"}

// Name of the n-th consortium, and of its namespace.
func Name(n int) string { return fmt.Sprintf("%s%05d", NamePrefix, n) }

// NamePrefix is what the names of consortia begin with.
const NamePrefix = "consortium-"

// prefersLarge says whether the n-th consortium's first choice for Analytics is Large.
func prefersLarge(n int) bool { return n%2 == 0 }

// Consortium returns the objects of the n-th consortium, in the order in which they can be created.
// The namespace comes with them, as from a repository of manifests.
func Consortium(n int) []client.Object {
	name := Name(n)
	objects := []client.Object{
		namespace(name, v1alpha1.ConsortiumLabel),
		&v1alpha1.Consortium{
			ObjectMeta: metav1.ObjectMeta{
				Name: name, Annotations: invented(), Labels: map[string]string{v1alpha1.RegionLabel: regions[n%len(regions)]},
			},
			Spec: v1alpha1.ConsortiumSpec{
				OrganisationCode: v1alpha1.OrganisationCode(fmt.Sprintf("Z%05d", n)),
				DisplayName:      v1alpha1.Title(fmt.Sprintf("Consortium %d", n)),
				Access: v1alpha1.Access{
					Admins:  []v1alpha1.Subject{{Kind: v1alpha1.SubjectGroup, Name: name + ":admins"}},
					Viewers: []v1alpha1.Subject{{Kind: v1alpha1.SubjectGroup, Name: name + ":viewers"}},
				},
			},
		},
	}
	for i := range localities {
		objects = append(objects, locality(n, i))
	}
	analytics, support := choices(n)
	return append(objects,
		&v1alpha1.MemberFunction{ObjectMeta: inNamespace(name, Referrals), Spec: v1alpha1.MemberFunctionSpec{Function: Referrals}},
		agreement(name, Analytics, v1alpha1.Failover{AfterOutage: AfterOutage}, analytics),
		agreement(name, Support, v1alpha1.Failover{}, support),
	)
}

// choices are whom the n-th consortium prefers for each hosted function, the second as a fallback.
func choices(n int) (analytics, support []string) {
	others := suppliers[1:]
	one, two := others[n/2%len(others)], others[(n/2+1)%len(others)]
	analytics = []string{one, two}
	if prefersLarge(n) {
		analytics = []string{Large, one}
	}
	return analytics, []string{suppliers[n%len(suppliers)], suppliers[(n+1)%len(suppliers)]}
}

func agreement(namespace, function string, failover v1alpha1.Failover, order []string) *v1alpha1.SupportAgreement {
	made := &v1alpha1.SupportAgreement{
		ObjectMeta: inNamespace(namespace, function),
		Spec: v1alpha1.SupportAgreementSpec{
			Function: v1alpha1.ObjectName(function), Failover: failover,
			Term: v1alpha1.Term{Start: "2021-04-01", End: farAway},
		},
	}
	for _, provider := range order {
		made.Spec.Suppliers = append(made.Spec.Suppliers, v1alpha1.Supplier{
			Provider:    v1alpha1.ObjectName(provider),
			DataSharing: v1alpha1.DataSharing{Reference: "DSA-INVENTED", Expires: farAway},
		})
	}
	return made
}

func locality(n, i int) *v1alpha1.Locality {
	number := n*localities + i
	made := &v1alpha1.Locality{
		ObjectMeta: inNamespace(Name(n), fmt.Sprintf("locality-%d", i+1)),
		Spec: v1alpha1.LocalitySpec{
			DisplayName:      v1alpha1.Title(fmt.Sprintf("Locality %d of consortium %d", i+1, n)),
			OrganisationCode: v1alpha1.OrganisationCode(fmt.Sprintf("U%05d", number)),
			RegisteredAsOf:   "2021-01-01",
		},
	}
	for p := range practicesFewest + number%(practicesMost-practicesFewest+1) {
		practice := number*practicesMost + p
		patients := int32(patientsFewest + practice*7919%patientsSpread) // 7919 is a prime: the sizes look mixed
		made.Spec.Practices = append(made.Spec.Practices, v1alpha1.Practice{
			OrganisationCode:   v1alpha1.PracticeCode(fmt.Sprintf("%c%05d", 'A'+practice/100_000, practice%100_000)),
			Name:               fmt.Sprintf("Practice %d of locality %d", p+1, number),
			RegisteredPatients: &patients,
		})
	}
	return made
}

func namespace(name, label string) *corev1.Namespace {
	return &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{label: name}}}
}

func inNamespace(namespace, name string) metav1.ObjectMeta {
	return metav1.ObjectMeta{Namespace: namespace, Name: name, Annotations: invented()}
}

func invented() map[string]string { return map[string]string{v1alpha1.InventedAnnotation: "true"} }
