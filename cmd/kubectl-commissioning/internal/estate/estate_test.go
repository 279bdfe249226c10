package estate

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/publication"
)

// All organisations of these tests are invented.

func placement(practice, network, consortium string) publication.Placement {
	p := publication.Placement{Practice: practice, PracticeName: "SURGERY " + practice, Network: network, Consortium: consortium,
		ConsortiumName: "NHS " + consortium + " CCG", Region: "London"}
	if network != "" {
		p.NetworkName = network + " PCN"
	}
	return p
}

func practice(code string, patients int32) Practice {
	p := Practice{Code: code, Name: "Surgery " + code}
	if patients >= 0 {
		p.Patients = &patients
	}
	return p
}

func TestBuildPutsTheFilesTogether(t *testing.T) {
	m := publication.Map{File: "map.csv", Date: "2020-09-01", Placements: []publication.Placement{
		placement("Z00003", "U00002", "99B"),
		placement("Z00002", "U00001", "99A"),
		placement("Z00001", "U00001", "99A"),
		placement("Z00004", "U00001", "99B"), // a network of two consortia
		placement("Z00005", "", "99A"),
		placement("Z00006", "", "99A"), // in the map alone
	}}
	l := publication.Lists{File: "all.csv", Date: "2021-01-01", Lists: []publication.List{
		{Practice: "Z00001", Consortium: "99A", Patients: 1}, {Practice: "Z00002", Consortium: "99A", Patients: 20},
		{Practice: "Z00003", Consortium: "99C", Patients: 300}, {Practice: "Z00004", Patients: 4000},
		{Practice: "Z00005", Consortium: "99A", Patients: 0}, {Practice: "Z00009", Consortium: "99A", Patients: 5},
	}}
	e, findings, err := Build(m, l)
	if err != nil {
		t.Fatal(err)
	}
	want := Estate{AsOf: "2021-01-01", Consortia: []Consortium{
		{Code: "99A", Title: "NHS 99A CCG", Region: "London", Localities: []Locality{
			{Title: UnallocatedTitle, Practices: []Practice{practice("Z00005", 0), practice("Z00006", -1)}},
			{Code: "U00001", Title: "U00001 PCN", Practices: []Practice{practice("Z00001", 1), practice("Z00002", 20)}},
		}},
		{Code: "99B", Title: "NHS 99B CCG", Region: "London", Localities: []Locality{
			{Code: "U00001", Title: "U00001 PCN", Practices: []Practice{practice("Z00004", 4000)}},
			{Code: "U00002", Title: "U00002 PCN", Practices: []Practice{practice("Z00003", 300)}},
		}},
	}}
	if diff := cmp.Diff(want, e); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	wantFindings := Findings{MapDate: "2020-09-01",
		MapOnly:   []Stray{{Practice: "Z00006", Name: "Surgery Z00006", Consortium: "99A"}},
		ListOnly:  []Stray{{Practice: "Z00009", Consortium: "99A", Patients: 5}},
		Elsewhere: []Stray{{Practice: "Z00003", Name: "Surgery Z00003", Consortium: "99B", Listed: "99C", Patients: 300}},
	}
	if diff := cmp.Diff(wantFindings, findings); diff != "" {
		t.Errorf("findings: -want +got:\n%s", diff)
	}
}

func TestBuildTakesTheFirstOfTwoTitles(t *testing.T) {
	second := placement("Z00002", "U00001", "99A")
	second.Line, second.NetworkName = 3, "OTHER PCN"
	third := second
	third.Practice = "Z00003"
	e, findings, err := Build(
		publication.Map{Placements: []publication.Placement{placement("Z00001", "U00001", "99A"), second, third}},
		publication.Lists{Lists: []publication.List{{Practice: "Z00001"}}})
	if err != nil {
		t.Fatal(err)
	}
	if got := e.Consortia[0].Localities[0].Title; got != "U00001 PCN" {
		t.Errorf("title %q", got)
	}
	want := []Retitling{{Code: "U00001", First: "U00001 PCN", Other: "OTHER PCN", Line: 3}}
	if diff := cmp.Diff(want, findings.Retitled); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestBuildRefuses(t *testing.T) {
	many := func(n, networks int) publication.Map {
		m := publication.Map{File: "map.csv"}
		for i := range n {
			m.Placements = append(m.Placements, placement(fmt.Sprintf("Z%05d", i), fmt.Sprintf("U%05d", i%networks), "99A"))
		}
		return m
	}
	lists := publication.Lists{File: "all.csv", Lists: []publication.List{{Practice: "Z00000"}}}
	tests := map[string]struct {
		m    publication.Map
		l    publication.Lists
		want string
	}{
		"files of different things": {many(1, 1), publication.Lists{File: "all.csv"}, "map.csv and all.csv have no practice in common: take both from the publication, of the same or neighbouring months"},
		"large locality":            {many(501, 1), lists, "U00000 PCN of NHS 99A CCG (99A) has 501 practices: a Locality holds at most 500; is the map right?"},
		"large consortium":          {many(1001, 3), lists, "NHS 99A CCG (99A) has 1001 practices: a Consortium holds at most 1000; is the map right?"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if _, _, err := Build(tc.m, tc.l); err == nil || err.Error() != tc.want {
				t.Errorf("want %s\ngot  %v", tc.want, err)
			}
		})
	}
}

func TestWithin(t *testing.T) {
	e := Estate{AsOf: "2021-01-01", Consortia: []Consortium{{Code: "99A", Region: "London"}, {Code: "99B", Region: "North West"}, {Code: "99C", Region: "London"}}}
	for regions, want := range map[string]string{"": "99A 99B 99C", "london": "99A 99C", "NORTH WEST,London": "99A 99B 99C", "Nowhere": ""} {
		var asked, got []string
		if regions != "" {
			asked = strings.Split(regions, ",")
		}
		part := e.Within(asked)
		for _, c := range part.Consortia {
			got = append(got, c.Code)
		}
		if strings.Join(got, " ") != want || part.AsOf != e.AsOf {
			t.Errorf("%q: got %v of %s, want %s", regions, got, part.AsOf, want)
		}
	}
	if diff := cmp.Diff([]string{"London", "North West"}, e.Regions()); diff != "" {
		t.Error(diff)
	}
}

func consortium(code string, localities ...Locality) Consortium {
	return Consortium{Code: code, Title: "NHS " + code, Localities: localities}
}

func TestCompare(t *testing.T) {
	one := func(code string, patients int32) Locality {
		return Locality{Code: "U00001", Title: "One", Practices: []Practice{practice(code, patients)}}
	}
	renamed := one("Z00001", 5)
	renamed.Title = "Uno"
	two := Locality{Code: "U00002", Title: "Two", Practices: []Practice{practice("Z00001", 7)}}
	a := Item{Consortium: "99A", Code: "99A", Title: "NHS 99A", Localities: 1}
	b := Item{Consortium: "99B", Code: "99B", Title: "NHS 99B", Localities: 1}
	itemOne := Item{Consortium: "99A", Code: "U00001", Title: "One"}
	itemTwo := Item{Consortium: "99A", Code: "U00002", Title: "Two"}
	z1 := Item{Consortium: "99A", Code: "Z00001", Title: "Surgery Z00001"}
	z2 := Item{Consortium: "99A", Code: "Z00002", Title: "Surgery Z00002"}
	tests := map[string]struct {
		before, after []Consortium
		want          Changes
	}{
		"nothing": {[]Consortium{consortium("99A", one("Z00001", 5))}, []Consortium{consortium("99A", one("Z00001", 5))},
			Changes{PatientsBefore: 5, PatientsAfter: 5}},
		"a count": {[]Consortium{consortium("99A", one("Z00001", 5))}, []Consortium{consortium("99A", one("Z00001", 6))},
			Changes{PatientsBefore: 5, PatientsAfter: 6, Resized: 1}},
		"a title": {[]Consortium{consortium("99A", one("Z00001", 5))}, []Consortium{consortium("99A", renamed)},
			Changes{PatientsBefore: 5, PatientsAfter: 5, Localities: Difference{Renamed: []Renaming{{Item: Item{Consortium: "99A", Code: "U00001", Title: "Uno"}, Before: "One"}}}}},
		"a practice": {[]Consortium{consortium("99A", one("Z00001", 5))}, []Consortium{consortium("99A", one("Z00002", 6))},
			Changes{PatientsBefore: 5, PatientsAfter: 6, Practices: Difference{New: []Item{z2}, Gone: []Item{z1}}}},
		"another locality": {[]Consortium{consortium("99A", one("Z00001", 5))}, []Consortium{consortium("99A", two)},
			Changes{PatientsBefore: 5, PatientsAfter: 7, Resized: 1, Localities: Difference{New: []Item{itemTwo}, Gone: []Item{itemOne}},
				Moved: []Move{{Item: z1, From: itemOne, To: itemTwo}}}},
		"what is gone is kept: its practice counts once, where it belongs": {[]Consortium{consortium("99A", one("Z00001", 5), two)}, []Consortium{consortium("99A", two)},
			Changes{PatientsBefore: 7, PatientsAfter: 7, Localities: Difference{Gone: []Item{itemOne}}}},
		"a merger: localities are not told apart from their consortium": {[]Consortium{consortium("99A", one("Z00001", 5))}, []Consortium{consortium("99B", one("Z00001", 5))},
			Changes{PatientsBefore: 5, PatientsAfter: 5, Consortia: Difference{New: []Item{b}, Gone: []Item{a}},
				Moved: []Move{{Item: Item{Consortium: "99B", Code: "Z00001", Title: "Surgery Z00001"}, From: itemOne, To: Item{Consortium: "99B", Code: "U00001", Title: "One"}}}}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, Compare(tc.before, tc.after)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}
