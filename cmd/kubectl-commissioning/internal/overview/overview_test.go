package overview

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

func TestSentences(t *testing.T) {
	for name, tc := range map[string]struct {
		message string
		given   []string
		want    []string
	}{
		"nothing":      {},
		"one sentence": {message: "It works.", want: []string{"It works."}},
		"three": {
			message: "NHS NEL CSU is out. No other is agreed. It resumes.",
			want:    []string{"NHS NEL CSU is out.", "No other is agreed.", "It resumes."},
		},
		"one that begins with the function": {
			message: "It is back. data-analytics holds records. data is no function.",
			want:    []string{"It is back.", "data-analytics holds records. data is no function."},
		},
		"a name with a dot": {
			message: "St. Hilda is out. Dr. Foster takes over.", given: []string{"St. Hilda", "Dr. Foster"},
			want: []string{"St. Hilda is out.", "Dr. Foster takes over."},
		},
		"a name at the end of a sentence": {
			message: "Nobody is but Analytics Ltd. It resumes.", given: []string{"Analytics Ltd."},
			want: []string{"Nobody is but Analytics Ltd.", "It resumes."},
		},
		"a reason of two sentences": {
			message: "X is stood down: No report. No answer. Access stays.", given: []string{"", "No report. No answer"},
			want: []string{"X is stood down: No report. No answer.", "Access stays."},
		},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, sentences(tc.message, "data-analytics", tc.given...)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestHeldUntil(t *testing.T) {
	required := v1alpha1.AssuranceRequirement{Scheme: "DSPT", Results: []string{"StandardsMet", "StandardsExceeded"}}
	met := func(from, until v1alpha1.Date) v1alpha1.Assurance {
		return v1alpha1.Assurance{Scheme: "DSPT", Result: "StandardsMet", ValidFrom: from, ValidUntil: until}
	}
	for name, tc := range map[string]struct {
		held []v1alpha1.Assurance
		want v1alpha1.Date
	}{
		"none":                             {},
		"one":                              {[]v1alpha1.Assurance{met("", "2027-06-30")}, "2027-06-30"},
		"one that ends today":              {[]v1alpha1.Assurance{met("", "2026-11-22")}, "2026-11-22"},
		"one that ended yesterday":         {[]v1alpha1.Assurance{met("", "2026-11-21")}, ""},
		"one that begins tomorrow":         {[]v1alpha1.Assurance{met("2026-11-23", "2027-06-30")}, ""},
		"a renewal without a gap":          {[]v1alpha1.Assurance{met("2027-07-01", "2028-06-30"), met("", "2027-06-30")}, "2028-06-30"},
		"a renewal that overlaps":          {[]v1alpha1.Assurance{met("", "2027-06-30"), met("2026-12-01", "2027-03-31")}, "2027-06-30"},
		"a renewal after a gap of one day": {[]v1alpha1.Assurance{met("", "2027-06-30"), met("2027-07-02", "2028-06-30")}, "2027-06-30"},
		"another scheme, and another result": {
			[]v1alpha1.Assurance{{Scheme: "ISO27001", Result: "StandardsMet", ValidUntil: "2027-06-30"}, {Scheme: "DSPT", Result: "Approaching", ValidUntil: "2027-06-30"}}, "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			if got := heldUntil(required, tc.held, "2026-11-22"); got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

// TestReasonsAreKnown: whatever the API says has words for people.
func TestReasonsAreKnown(t *testing.T) {
	for _, reason := range []v1alpha1.SwitchReason{
		v1alpha1.SwitchAccepted, v1alpha1.SwitchFailover, v1alpha1.SwitchFailBack, v1alpha1.SwitchStoodDown, v1alpha1.SwitchReordered,
		v1alpha1.SwitchDrained, v1alpha1.SwitchConsentWithdrawn, v1alpha1.SwitchDataSharingLapsed,
		v1alpha1.SwitchAssuranceLapsed, v1alpha1.SwitchTermEnded, v1alpha1.SwitchSupplierGone, v1alpha1.SwitchWithdrawn,
	} {
		if reasons[reason] == "" {
			t.Errorf("there are no words for %s", reason)
		}
	}
	later := change(&v1alpha1.SupportAgreement{}, v1alpha1.Switch{Reason: "SomethingNew"})
	if later.Text != "SomethingNew" {
		t.Errorf("a reason of a later operator reads %q", later.Text)
	}
}
