package england

import (
	"cmp"
	"encoding/csv"
	"fmt"
	"os"
	"slices"
	"strconv"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// Who supplies whom is not published, nor is what a support unit can carry. The names are those of real
// organisations, who have nothing to do with what follows: it is invented, and every object says so.

// Support units of the published list that host services here.
const (
	midlandsAndLancashire = "midlands-and-lancashire-csu"
	northEastLondon       = "nel-csu"
	northOfEngland        = "north-of-england-csu"
	reserve               = "arden-and-greater-east-midlands-csu"
	southCentralAndWest   = "south-central-and-west-csu"
)

// Regions of the publication, as the importer labels consortia.
const (
	eastOfEngland = "east-of-england"
	london        = "london"
	midlands      = "midlands"
	northEast     = "north-east-and-yorkshire"
	northWest     = "north-west"
	southEast     = "south-east"
	southWest     = "south-west"
)

// Largest is the supplier whose data analytics serves the most consortia, by choice: LargestServes.
const (
	Largest       = midlandsAndLancashire
	LargestServes = 51
	// FallbackTakes is how many of them their second choice has room for; the others go to the third.
	FallbackTakes = 30
)

// market is who supplies one hosted function, by the region of those served, in order of preference.
type market struct {
	function string
	// sharesData says that the function requires a data sharing agreement.
	sharesData bool
	choices    map[string][]string
	// limits of suppliers that have some.
	limits map[string]v1alpha1.Capacity
}

func markets() []market {
	return []market{
		{
			function: "data-analytics", sharesData: true,
			choices: map[string][]string{
				midlands:      {midlandsAndLancashire, northOfEngland, reserve},
				northWest:     {midlandsAndLancashire, northOfEngland, reserve},
				northEast:     {northOfEngland, reserve, northEastLondon},
				london:        {northEastLondon, southCentralAndWest, reserve},
				eastOfEngland: {northEastLondon, southCentralAndWest, reserve},
				southEast:     {southCentralAndWest, northEastLondon},
				southWest:     {southCentralAndWest, northEastLondon},
			},
			limits: map[string]v1alpha1.Capacity{
				midlandsAndLancashire: {Consortia: new(int32(60))},
				northOfEngland:        {Consortia: new(int32(25 + FallbackTakes))}, // 25 of its own region
			},
		},
		{
			function: "referral-support", sharesData: true,
			choices: map[string][]string{
				midlands:      {midlandsAndLancashire, reserve, northOfEngland},
				northWest:     {northOfEngland, midlandsAndLancashire},
				northEast:     {northOfEngland, midlandsAndLancashire},
				london:        {northEastLondon, southCentralAndWest},
				eastOfEngland: {southCentralAndWest, northEastLondon, reserve},
				southEast:     {southCentralAndWest, northEastLondon, reserve},
				southWest:     {southCentralAndWest, northEastLondon, reserve},
			},
			// Patients bind here: fewer than half of the Midlands fit.
			limits: map[string]v1alpha1.Capacity{reserve: {Patients: new(int64(5_000_000))}},
		},
		{
			function: "contracting",
			choices: map[string][]string{
				midlands:      {reserve, midlandsAndLancashire},
				northWest:     {midlandsAndLancashire, northOfEngland},
				northEast:     {northOfEngland, reserve},
				london:        {northEastLondon, southCentralAndWest},
				eastOfEngland: {northEastLondon, southCentralAndWest},
				southEast:     {southCentralAndWest, northEastLondon},
				southWest:     {southCentralAndWest, northEastLondon},
			},
		},
	}
}

// services are the HostedServices of all suppliers. Two suppliers accept everyone, the others the
// regions that name them.
func (m market) services() []*v1alpha1.HostedService {
	regions := map[string][]string{}
	for region, choices := range m.choices {
		for _, provider := range choices {
			regions[provider] = append(regions[provider], region)
		}
	}
	var services []*v1alpha1.HostedService
	for provider, named := range regions {
		slices.Sort(named)
		service := &v1alpha1.HostedService{
			TypeMeta:   metav1.TypeMeta{APIVersion: v1alpha1.GroupVersion.String(), Kind: v1alpha1.HostedServiceKind},
			ObjectMeta: metav1.ObjectMeta{Namespace: provider, Name: m.function, Annotations: map[string]string{v1alpha1.InventedAnnotation: "true"}},
			Spec:       v1alpha1.HostedServiceSpec{Function: v1alpha1.ObjectName(m.function), Capacity: m.limits[provider]},
		}
		if provider == Largest || provider == reserve {
			service.Spec.Accepts.Policy = v1alpha1.AcceptEveryone
		} else {
			service.Spec.Accepts.Selector.MatchExpressions = []v1alpha1.LabelCondition{
				{Key: v1alpha1.RegionLabel, Operator: v1alpha1.LabelIn, Values: named},
			}
		}
		services = append(services, service)
	}
	slices.SortFunc(services, func(a, b *v1alpha1.HostedService) int { return cmp.Compare(a.Namespace, b.Namespace) })
	return services
}

// hosted are the HostedServices of the country.
func hosted() ([]*unstructured.Unstructured, error) {
	var objects []*unstructured.Unstructured
	for _, m := range markets() {
		for _, service := range m.services() {
			fields, err := runtime.DefaultUnstructuredConverter.ToUnstructured(service)
			if err != nil {
				return nil, fmt.Errorf("convert HostedService %s/%s: %w", service.Namespace, service.Name, err)
			}
			objects = append(objects, &unstructured.Unstructured{Object: fields})
		}
	}
	return objects, nil
}

// writeSheet writes who serves whom, as a spreadsheet that the importer reads.
func writeSheet(path string, objects []*unstructured.Unstructured) error {
	rows := [][]string{{"consortium_code", "function", "order", "provider_code", "service", "start", "end", "dsa_reference", "dsa_expires"}}
	for _, object := range objects {
		if object.GetKind() != v1alpha1.ConsortiumKind {
			continue
		}
		code, _, _ := unstructured.NestedString(object.Object, "spec", "organisationCode")
		for _, m := range markets() {
			for i, provider := range m.choices[object.GetLabels()[v1alpha1.RegionLabel]] {
				rows = append(rows, m.row(code, i+1, provider))
			}
		}
	}
	file, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("write the agreements: %w", err)
	}
	sheet := csv.NewWriter(file)
	return cmp.Or(sheet.WriteAll(rows), file.Close())
}

func (m market) row(code string, order int, provider string) []string {
	reference, expires := "", ""
	if m.sharesData {
		reference, expires = "DSA-INVENTED", farAway
	}
	return []string{code, m.function, strconv.Itoa(order), provider, "", "2021-04-01", "", reference, expires}
}

// farAway is a day on which nobody will run this.
const farAway = "2099-03-31"

// dress gives suppliers what the platform team would, an assurance that holds. Agreements say that they
// are invented, and have terms of failover by which a slow start of the whole country is no outage.
func dress(objects []*unstructured.Unstructured) error {
	failover := map[string]any{"afterOutage": "1h", "failback": map[string]any{"stabilisation": "10s"}}
	assurance := map[string]any{"scheme": "DSPT", "result": "StandardsMet", "validUntil": farAway, "reference": "INVENTED"}
	for _, object := range objects {
		switch object.GetKind() {
		case v1alpha1.SupportProviderKind:
			if err := unstructured.SetNestedSlice(object.Object, []any{assurance}, "spec", "assurances"); err != nil {
				return fmt.Errorf("assure %s: %w", object.GetName(), err)
			}
		case v1alpha1.SupportAgreementKind:
			object.SetAnnotations(map[string]string{v1alpha1.InventedAnnotation: "true"})
			if err := unstructured.SetNestedMap(object.Object, failover, "spec", "failover"); err != nil {
				return fmt.Errorf("agree with %s: %w", object.GetNamespace(), err)
			}
		}
	}
	return nil
}
