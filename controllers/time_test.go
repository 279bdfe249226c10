package controllers_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/onsi/gomega"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// london is the zone in which days begin and end.
func london(t *testing.T) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/London")
	must(t, err)
	return zone
}

// TestR02_WhatEndsIsWithdrawnOnTheDay: the operator's clock is set, with which it goes on. People are
// warned 30 days before; what ends while the operator runs is withdrawn then, and what ended while it was
// away, when it returns.
func TestR02_WhatEndsIsWithdrawnOnTheDay(t *testing.T) {
	defer env.Clock.Reset()
	today := time.Now().In(london(t))
	end := time.Date(today.Year(), today.Month(), today.Day()+41, 0, 0, 0, 0, today.Location()) // the first instant after the last day
	last, next := v1alpha1.Date(end.AddDate(0, 0, -1).Format(time.DateOnly)), v1alpha1.Date(end.Format(time.DateOnly))

	populated(t, "time-north", 490)
	hosting(t, "time-csu", 491, func(p *v1alpha1.SupportProvider) {
		p.Spec.Assurances = []v1alpha1.Assurance{{Scheme: "TIME", Result: "Passed", ValidUntil: next}}
	})
	term := agreed(t, "time-term", func(a *v1alpha1.SupportAgreement) { a.Spec.Term.End = last })
	sharing := agreed(t, "time-sharing", func(a *v1alpha1.SupportAgreement) { a.Spec.Suppliers[0].DataSharing.Expires = next })
	assurance := agreed(t, "time-assurance", func(*v1alpha1.SupportAgreement) {}, requiring("TIME"))
	defer func() {
		for _, a := range []*v1alpha1.SupportAgreement{term, sharing, assurance} {
			remove(t, a)
		}
	}()
	for _, a := range []*v1alpha1.SupportAgreement{term, sharing, assurance} {
		eventually(t, soon, a, v1alpha1.ExpiringCondition, "False NothingWithin30Days")
	}

	restart(t, func() { env.Clock.Set(end.AddDate(0, 0, -30).Add(-soon)) })
	eventually(t, soon, term, v1alpha1.ExpiringCondition, "False NothingWithin30Days")
	eventually(t, 3*soon, term, v1alpha1.ExpiringCondition, fmt.Sprintf("True EndsSoon: The term ends on %s, that day included: renew it, or access ends with it.", last))

	restart(t, func() { env.Clock.Set(end.Add(-soon)) })
	eventually(t, soon, sharing, v1alpha1.ExpiringCondition, fmt.Sprintf("True EndsSoon: DSA-1 with NHS time-csu ends on %s, that day included: renew it, or access ends with it.", next))
	eventually(t, soon, assurance, v1alpha1.ExpiringCondition, fmt.Sprintf("True EndsSoon: TIME of NHS time-csu ends on %s, that day included: unless it is renewed, access ends with it.", next))
	isWithdrawn(t, 3*soon, term, fmt.Sprintf("False TermEnded: The term ended on %s.", last))
	if now := env.Clock.Now(); now.Before(end) {
		t.Errorf("withdrawn %s too early", end.Sub(now))
	}
	eventually(t, soon, sharing, v1alpha1.ReadyCondition, "True InForce")

	restart(t, func() { env.Clock.Set(end.AddDate(0, 0, 1)) })
	isWithdrawn(t, soon, sharing, fmt.Sprintf("False DataSharingLapsed: DSA-1 with NHS time-csu was in force until %s.", next))
	isWithdrawn(t, soon, assurance, fmt.Sprintf("False AssuranceLapsed: NHS time-csu held TIME until %s.", next))
}

// agreed makes an agreement of NHS time-north with NHS time-csu for a function of its own.
func agreed(t *testing.T, name string, terms func(*v1alpha1.SupportAgreement), mutate ...func(*v1alpha1.SupportFunction)) *v1alpha1.SupportAgreement {
	t.Helper()
	service := makeHosted("time-csu", name)
	agreement := makeAgreement("time-north", name, []string{"time-csu"}, terms)
	create(t, makeFunction(name, append([]func(*v1alpha1.SupportFunction){hostedFunction}, mutate...)...), service, agreement)
	boundTo(t, agreement, service)
	return agreement
}

func isWithdrawn(t *testing.T, within time.Duration, agreement *v1alpha1.SupportAgreement, why string) {
	t.Helper()
	service := makeHosted("time-csu", agreement.Name)
	eventually(t, within, agreement, v1alpha1.ReadyCondition, why)
	gomega.NewWithT(t).Eventually(func() []string { return given(t, agreement, service) }).WithTimeout(soon).Should(gomega.BeEmpty())
}
