package overview

import (
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// Change of the supplier of an agreement.
type Change struct {
	Time      metav1.Time           `json:"time"`
	Agreement string                `json:"agreement"`
	From      string                `json:"from,omitempty"`
	To        string                `json:"to,omitempty"`
	Reason    v1alpha1.SwitchReason `json:"reason"`
	// Text is the reason for people.
	Text string `json:"text"`
}

// reasons for a change, for people.
var reasons = map[v1alpha1.SwitchReason]string{
	v1alpha1.SwitchAccepted:          "agreement accepted",
	v1alpha1.SwitchFailover:          "not available",
	v1alpha1.SwitchFailBack:          "available again",
	v1alpha1.SwitchStoodDown:         "stood down",
	v1alpha1.SwitchReordered:         "the list was changed",
	v1alpha1.SwitchDrained:           "the supplier moves its consortia on",
	v1alpha1.SwitchConsentWithdrawn:  "the supplier no longer accepts the consortium",
	v1alpha1.SwitchDataSharingLapsed: "no data sharing agreement in force",
	v1alpha1.SwitchAssuranceLapsed:   "the supplier lacks an assurance",
	v1alpha1.SwitchTermEnded:         "out of term",
	v1alpha1.SwitchSupplierGone:      "the supplier no longer exists",
	v1alpha1.SwitchWithdrawn:         "withdrawn",
}

// changes of supplier, the newest first.
func changes(agreements []v1alpha1.SupportAgreement) []Change {
	all := []Change{}
	for i := range agreements {
		for _, s := range agreements[i].Status.History {
			all = append(all, change(&agreements[i], s))
		}
	}
	slices.SortStableFunc(all, func(a, b Change) int { return b.Time.Compare(a.Time.Time) })
	return all
}

func change(a *v1alpha1.SupportAgreement, s v1alpha1.Switch) Change {
	c := Change{Agreement: a.Name, Reason: s.Reason, From: short(s.From, a.Spec.Function), To: short(s.To, a.Spec.Function), Text: reasons[s.Reason]}
	if s.Time != nil {
		c.Time = *s.Time
	}
	if c.Text == "" {
		c.Text = string(s.Reason)
	}
	switch {
	case s.Message == "":
	case s.Reason == v1alpha1.SwitchFailover:
		c.Text = s.Message // it says the same, and for how long
	default:
		c.Text += ": " + s.Message
	}
	return c
}

// short leaves out the service's name where it is the function's.
func short(name string, function v1alpha1.ObjectName) string {
	return strings.TrimSuffix(name, "/"+string(function))
}
