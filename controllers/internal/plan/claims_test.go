package plan_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"pgregory.net/rapid"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/plan"
)

const practice = v1alpha1.PracticeCode("F84123")

// claim of Locality n1 in the consortium's namespace, made so many days into the year.
func claim(consortium string, day int, change ...func(*plan.Claimant)) plan.Claimant {
	c := plan.Claimant{
		Locality:   types.NamespacedName{Namespace: consortium, Name: "n1"},
		UID:        types.UID(consortium + "/n1"),
		Created:    metav1.Date(2026, time.January, day, 0, 0, 0, 0, time.UTC),
		Active:     true,
		Permitted:  true,
		Consortium: consortium,
	}
	for _, f := range change {
		f(&c)
	}
	return c
}

func counted(c *plan.Claimant)      { c.Counted = true }
func inactive(c *plan.Claimant)     { c.Active = false }
func notPermitted(c *plan.Claimant) { c.Permitted = false }

func succeededBy(names ...string) func(*plan.Claimant) {
	return func(c *plan.Claimant) { c.Successors = names }
}

func holderOf(claims []plan.Claimant) string {
	if holder := plan.Holder(claims); holder != nil {
		return holder.Locality.Namespace
	}
	return ""
}

func TestHolder(t *testing.T) {
	tests := map[string]struct {
		claims []plan.Claimant
		want   string
	}{
		"nobody claims": {},
		"the only claim counts": {
			claims: []plan.Claimant{claim("bolton", 5)}, want: "bolton",
		},
		"of new claims the older locality's counts": {
			claims: []plan.Claimant{claim("bolton", 5), claim("salford", 3)}, want: "salford",
		},
		"of new claims of one age the first by namespace counts": {
			claims: []plan.Claimant{claim("salford", 5), claim("bolton", 5)}, want: "bolton",
		},
		"an older locality does not take what counts elsewhere": {
			claims: []plan.Claimant{claim("bolton", 5, counted), claim("salford", 3)}, want: "bolton",
		},
		"of two that count, after a race, the older locality's goes on": {
			claims: []plan.Claimant{claim("bolton", 5, counted), claim("salford", 3, counted)}, want: "salford",
		},
		"a claim of a consortium that goes is free for others": {
			claims: []plan.Claimant{claim("bolton", 5, counted, inactive), claim("salford", 9)}, want: "salford",
		},
		"a claim that the consortium's list no longer permits is free for others": {
			claims: []plan.Claimant{claim("bolton", 5, counted, notPermitted), claim("salford", 9)}, want: "salford",
		},
		"nobody holds what nobody may claim": {
			claims: []plan.Claimant{claim("bolton", 5, notPermitted), claim("salford", 9, inactive)},
		},
		"a succeeded consortium keeps what counts": {
			claims: []plan.Claimant{claim("bolton", 5, counted, succeededBy("merged"))}, want: "bolton",
		},
		"a succeeded consortium claims nothing new": {
			claims: []plan.Claimant{claim("bolton", 5, succeededBy("merged"))},
		},
		"what counts yields at once to the successor": {
			claims: []plan.Claimant{claim("bolton", 5, counted, succeededBy("merged")), claim("merged", 9)}, want: "merged",
		},
		"what counts yields over a chain whose middle claims nothing": {
			claims: []plan.Claimant{claim("bolton", 5, counted, succeededBy("merged", "icb")), claim("icb", 9)}, want: "icb",
		},
		"the last of a chain takes the place": {
			claims: []plan.Claimant{
				claim("bolton", 5, counted, succeededBy("merged", "icb")),
				claim("merged", 7, counted, succeededBy("icb")),
				claim("icb", 9),
			}, want: "icb",
		},
		"a successor that is succeeded itself claims nothing new": {
			claims: []plan.Claimant{
				claim("bolton", 5, counted, succeededBy("merged", "icb")), claim("merged", 7, succeededBy("icb")),
			}, want: "bolton",
		},
		"nobody else slips in while the successor takes the place": {
			claims: []plan.Claimant{
				claim("bolton", 5, counted, succeededBy("merged")), claim("merged", 9), claim("salford", 3),
			}, want: "merged",
		},
		"another consortium's claim does not yield to a successor of the first": {
			claims: []plan.Claimant{claim("bolton", 5, succeededBy("merged")), claim("merged", 9), claim("salford", 3, counted)},
			want:   "salford",
		},
		"of two localities of the successor the older takes the place": {
			claims: []plan.Claimant{
				claim("bolton", 5, counted, succeededBy("merged")),
				claim("merged", 9),
				claim("merged", 8, func(c *plan.Claimant) { c.Locality.Name = "n2" }),
			}, want: "merged",
		},
		"a successor whose claim is not permitted takes nothing": {
			claims: []plan.Claimant{claim("bolton", 5, counted, succeededBy("merged")), claim("merged", 9, notPermitted)},
			want:   "bolton",
		},
		"consortia that succeed one another in a circle yield nothing to each other": {
			claims: []plan.Claimant{
				claim("bolton", 5, counted, succeededBy("merged")), claim("merged", 9, counted, succeededBy("bolton")),
			}, want: "bolton",
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if got := holderOf(tc.claims); got != tc.want {
				t.Errorf("the practice counts in %q, want %q", got, tc.want)
			}
		})
	}
}

func TestSuccessors(t *testing.T) {
	merged := map[string]string{"a": "b", "b": "c", "x": "y", "y": "x", "in": "x", "self": "self"}
	tests := map[string]struct {
		consortium string
		want       []string
	}{
		"a consortium without a successor has none": {consortium: "c"},
		"a chain is followed to its end":            {consortium: "a", want: []string{"b", "c"}},
		"a circle is followed once":                 {consortium: "x", want: []string{"y"}},
		"so is a circle that is reached later":      {consortium: "in", want: []string{"x", "y"}},
		"nobody is their own successor":             {consortium: "self"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			got := plan.Successors(tc.consortium, func(name string) string { return merged[name] })
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("successors differ (-want +got):\n%s", diff)
			}
		})
	}
}

func TestDecideClaims(t *testing.T) {
	self := types.NamespacedName{Namespace: "bolton", Name: "n1"}
	tests := map[string]struct {
		byPractice  map[v1alpha1.PracticeCode][]plan.Claimant
		wantCounted []v1alpha1.PracticeCode
		wantRefused []v1alpha1.RefusedClaim
	}{
		"a locality that claims nothing": {},
		"practices that nobody else claims count, in order": {
			byPractice: map[v1alpha1.PracticeCode][]plan.Claimant{
				"P00003": {claim("bolton", 5)}, "P00001": {claim("bolton", 5)}, "P00002": {claim("bolton", 5)},
			},
			wantCounted: []v1alpha1.PracticeCode{"P00001", "P00002", "P00003"},
		},
		"refused claims say why, in order": {
			byPractice: map[v1alpha1.PracticeCode][]plan.Claimant{
				"P00004": {claim("bolton", 5)},
				"P00003": {claim("bolton", 5), claim("salford", 3)},
				"P00002": {claim("bolton", 5, notPermitted)},
				"P00001": {claim("bolton", 5, succeededBy("merged"))},
			},
			wantCounted: []v1alpha1.PracticeCode{"P00004"},
			wantRefused: []v1alpha1.RefusedClaim{
				{Practice: "P00001", Reason: v1alpha1.ClaimConsortiumSucceeded},
				{Practice: "P00002", Reason: v1alpha1.ClaimNotPermitted},
				{Practice: "P00003", Reason: v1alpha1.ClaimedElsewhere, CountsIn: "salford/n1"},
			},
		},
		"whatever the reason, it is said where the practice counts": {
			byPractice: map[v1alpha1.PracticeCode][]plan.Claimant{
				"P00001": {claim("bolton", 5, counted, succeededBy("merged")), claim("merged", 9)},
				"P00002": {claim("bolton", 5, notPermitted), claim("salford", 9)},
			},
			wantRefused: []v1alpha1.RefusedClaim{
				{Practice: "P00001", Reason: v1alpha1.ClaimConsortiumSucceeded, CountsIn: "merged/n1"},
				{Practice: "P00002", Reason: v1alpha1.ClaimNotPermitted, CountsIn: "salford/n1"},
			},
		},
		"where the list and a succession both rule it out, the list is named": {
			byPractice:  map[v1alpha1.PracticeCode][]plan.Claimant{"P00001": {claim("bolton", 5, notPermitted, succeededBy("merged"))}},
			wantRefused: []v1alpha1.RefusedClaim{{Practice: "P00001", Reason: v1alpha1.ClaimNotPermitted}},
		},
		"an inactive locality claims nothing": {
			byPractice: map[v1alpha1.PracticeCode][]plan.Claimant{
				"P00001": {claim("bolton", 5, counted, inactive)}, "P00002": {claim("bolton", 5, inactive), claim("salford", 3)},
			},
		},
		"what others claim is not ours to speak of": {
			byPractice: map[v1alpha1.PracticeCode][]plan.Claimant{"P00001": {claim("salford", 3)}},
		},
		"of eleven refused claims all are returned": {
			byPractice: func() map[v1alpha1.PracticeCode][]plan.Claimant {
				claims := map[v1alpha1.PracticeCode][]plan.Claimant{}
				for i := range 11 {
					claims[v1alpha1.PracticeCode(fmt.Sprintf("P%05d", i))] = []plan.Claimant{claim("bolton", 5, notPermitted)}
				}
				return claims
			}(),
			wantRefused: func() (refused []v1alpha1.RefusedClaim) {
				for i := range 11 {
					refused = append(refused, v1alpha1.RefusedClaim{
						Practice: v1alpha1.PracticeCode(fmt.Sprintf("P%05d", i)), Reason: v1alpha1.ClaimNotPermitted,
					})
				}
				return refused
			}(),
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			gotCounted, gotRefused := plan.DecideClaims(self, tc.byPractice)
			if diff := cmp.Diff(tc.wantCounted, gotCounted); diff != "" {
				t.Errorf("counted practices differ (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tc.wantRefused, gotRefused); diff != "" {
				t.Errorf("refused claims differ (-want +got):\n%s", diff)
			}
		})
	}
}

// anyClaims draws claims of one practice by localities of six consortia that may succeed one another,
// in circles too.
func anyClaims(t *rapid.T) []plan.Claimant {
	consortia := []string{"a", "b", "c", "d", "e", "f"}
	successor := map[string]string{}
	for _, c := range consortia {
		if rapid.IntRange(0, 2).Draw(t, "succeeded "+c) == 0 {
			successor[c] = rapid.SampledFrom(consortia).Draw(t, "successor of "+c)
		}
	}
	chance := rapid.Bool()
	one := rapid.Custom(func(t *rapid.T) plan.Claimant {
		c := claim(rapid.SampledFrom(consortia).Draw(t, "consortium"), rapid.IntRange(1, 4).Draw(t, "day"))
		c.Locality.Name = rapid.SampledFrom([]string{"n1", "n2"}).Draw(t, "locality")
		c.Counted = chance.Draw(t, "counted")
		c.Active = rapid.IntRange(0, 3).Draw(t, "active") > 0
		c.Permitted = rapid.IntRange(0, 3).Draw(t, "permitted") > 0
		c.Successors = plan.Successors(c.Consortium, func(name string) string { return successor[name] })
		return c
	})
	return rapid.SliceOfNDistinct(one, 0, 8, func(c plan.Claimant) types.NamespacedName { return c.Locality }).Draw(t, "claims")
}

// settle writes the decision of every locality back into the claims, as their statuses do.
func settle(claims []plan.Claimant) []plan.Claimant {
	settled := slices.Clone(claims)
	for i := range settled {
		counted, _ := plan.DecideClaims(settled[i].Locality, map[v1alpha1.PracticeCode][]plan.Claimant{practice: claims})
		settled[i].Counted = len(counted) == 1
	}
	return settled
}

func TestClaimProperties(t *testing.T) {
	tests := map[string]func(*rapid.T){
		"a practice counts exactly once where anybody may claim it": func(t *rapid.T) {
			claims, want := anyClaims(t), 0
			for _, c := range claims {
				if c.Active && c.Permitted && (c.Counted || len(c.Successors) == 0) {
					want = 1
				}
			}
			got := 0
			for _, c := range settle(claims) {
				if c.Counted {
					got++
				}
			}
			if got != want {
				t.Fatalf("it counts %d times, want %d", got, want)
			}
		},
		"every claim of an active locality is either counted or refused": func(t *rapid.T) {
			claims := anyClaims(t)
			for _, c := range claims {
				counted, refused := plan.DecideClaims(c.Locality, map[v1alpha1.PracticeCode][]plan.Claimant{practice: claims})
				if len(counted)+len(refused) != map[bool]int{true: 1}[c.Active] {
					t.Fatalf("%s: counted %v, refused %v", c.Locality, counted, refused)
				}
			}
		},
		"the order in which claims are read does not matter": func(t *rapid.T) {
			claims := anyClaims(t)
			if got, want := holderOf(rapid.Permutation(claims).Draw(t, "shuffled")), holderOf(claims); got != want {
				t.Fatalf("%q in one order, %q in another", want, got)
			}
		},
		"deciding again changes nothing": func(t *rapid.T) {
			claims := anyClaims(t)
			settled := settle(claims)
			if diff := cmp.Diff(settled, settle(settled)); diff != "" {
				t.Fatalf("(-first +second):\n%s", diff)
			}
			for _, c := range claims {
				_, before := plan.DecideClaims(c.Locality, map[v1alpha1.PracticeCode][]plan.Claimant{practice: claims})
				_, after := plan.DecideClaims(c.Locality, map[v1alpha1.PracticeCode][]plan.Claimant{practice: settled})
				if diff := cmp.Diff(before, after); diff != "" {
					t.Fatalf("refused (-first +second):\n%s", diff)
				}
			}
		},
		"a newcomer takes a practice from nobody but a consortium that it succeeds": func(t *rapid.T) {
			claims := settle(anyClaims(t))
			holder := plan.Holder(claims)
			newcomer := claim("newcomer", 1)
			newcomer.Created = metav1.Time{}
			if got := plan.Holder(append(slices.Clone(claims), newcomer)); holder != nil && got.Locality != holder.Locality {
				t.Fatalf("%s took it from %s", got.Locality, holder.Locality)
			}
		},
	}
	for name, property := range tests {
		t.Run(name, rapid.MakeCheck(property))
	}
}
