package controllers_test

import (
	"testing"

	"github.com/onsi/gomega"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// lane is an agreement of its own, for a function of its own: blockers come and go in it one by one.
type lane struct {
	function  *v1alpha1.SupportFunction
	service   *v1alpha1.HostedService
	agreement *v1alpha1.SupportAgreement
}

// blocker is one thing that an agreement of NHS blk-north with NHS blk-csu waits for.
type blocker struct {
	name         string
	make, remove func(*testing.T, lane)
	want         string // how Ready begins
}

const ended = "2026-01-31"

// TestEveryBlockerIsNamedAndEndsWithin5Seconds: R2, R3 and R13. The supplier is hosted by the very
// consortium that it serves here: it serves it as others.
func TestEveryBlockerIsNamedAndEndsWithin5Seconds(t *testing.T) {
	t.Parallel()
	populated(t, "blk-north", 420)
	populated(t, "blk-south", 421)
	hosting(t, "blk-csu", 422, func(p *v1alpha1.SupportProvider) {
		p.Spec.HostedBy = []v1alpha1.HostingConsortium{{Consortium: "blk-north"}}
		p.Spec.Assurances = []v1alpha1.Assurance{{Scheme: "BLK", Result: "Passed", ValidUntil: "2099-03-31"}}
	})
	lanes := map[string][]blocker{
		"blk-spec": blockersOfTheAgreement(), "blk-consent": blockersOfTheService(), "blk-assurance": blockersOfTheSupplier(),
		"blk-missing": whatDoesNotExistYet(), "blk-full": aFullService(), "blk-closed": aClosedService(), "blk-older": anOlderAgreement(),
	}
	for name, blockers := range lanes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := lane{makeFunction(name, hostedFunction), makeHosted("blk-csu", name), makeAgreement("blk-north", name, []string{"blk-csu"})}
			for _, b := range blockers {
				t.Run(b.name, func(t *testing.T) {
					b.make(t, l)
					eventually(t, soon, l.agreement, v1alpha1.ReadyCondition, b.want)
					gomega.NewWithT(t).Eventually(func() []string { return given(t, l.agreement, l.service) }).WithTimeout(soon).Should(gomega.BeEmpty())
					b.remove(t, l)
					eventually(t, soon, l.agreement, v1alpha1.ReadyCondition, "True InForce")
				})
			}
		})
	}
}

// begin makes everything that a lane needs, changed as asked for, and waits until it is in force.
func begin(t *testing.T, l lane) {
	t.Helper()
	create(t, l.function, l.service, l.agreement)
	ready(t, l.service, l.agreement)
}

func blockersOfTheAgreement() []blocker {
	renew := func(t *testing.T, l lane) {
		change(t, l.agreement, func(a *v1alpha1.SupportAgreement) {
			fresh := makeAgreement("", "", []string{"blk-csu"})
			a.Spec.Term, a.Spec.Suppliers = fresh.Spec.Term, fresh.Spec.Suppliers
		})
	}
	alter := func(mutate func(*v1alpha1.SupportAgreement)) func(*testing.T, lane) {
		return func(t *testing.T, l lane) { change(t, l.agreement, mutate) }
	}
	return []blocker{
		{name: "the term ended", make: func(t *testing.T, l lane) {
			begin(t, l)
			change(t, l.agreement, func(a *v1alpha1.SupportAgreement) { a.Spec.Term.End = ended })
		}, remove: renew, want: "False TermEnded: The term ended on 2026-01-31."},
		{name: "the term has not begun", make: alter(func(a *v1alpha1.SupportAgreement) { a.Spec.Term.Start = "2098-04-01" }),
			remove: renew, want: "False NotYetInTerm: The term begins on 2098-04-01."},
		{name: "no data sharing", make: alter(func(a *v1alpha1.SupportAgreement) { a.Spec.Suppliers[0].DataSharing = v1alpha1.DataSharing{} }),
			remove: renew, want: "False DataSharingMissing: NHS blk-csu has no data sharing agreement."},
		{name: "data sharing expired", make: alter(func(a *v1alpha1.SupportAgreement) { a.Spec.Suppliers[0].DataSharing.Expires = ended }),
			remove: renew, want: "False DataSharingLapsed: DSA-1 with NHS blk-csu was in force until 2026-01-31."},
		{name: "another function", make: alter(func(a *v1alpha1.SupportAgreement) { a.Spec.Suppliers[0].Service = "blk-consent" }),
			remove: renew, want: "False NoSupplier: NHS blk-csu (blk-csu/blk-consent) supplies blk-consent, not blk-spec."},
		{name: "no such supplier", make: alter(func(a *v1alpha1.SupportAgreement) { a.Spec.Suppliers[0].Provider = "blk-unheard-of" }),
			remove: renew, want: "False NoSupplier: Supplier blk-unheard-of does not exist (yet)."},
	}
}

func blockersOfTheService() []blocker {
	accept := func(accepts v1alpha1.Acceptance) func(*testing.T, lane) {
		return func(t *testing.T, l lane) {
			change(t, l.service, func(h *v1alpha1.HostedService) { h.Spec.Accepts = accepts })
		}
	}
	again := accept(v1alpha1.Acceptance{Names: []v1alpha1.ObjectName{"blk-north"}})
	return []blocker{
		{name: "does not accept", make: func(t *testing.T, l lane) {
			begin(t, l)
			change(t, l.service, accepting("blk-south"))
		}, remove: again, want: "False NoSupplier: NHS blk-csu does not accept NHS blk-north"},
		{name: "accepts nobody", make: accept(v1alpha1.Acceptance{}), remove: again, want: "False NoSupplier: NHS blk-csu does not accept NHS blk-north"},
		{name: "accepts shorter terms", make: accept(v1alpha1.Acceptance{Policy: v1alpha1.AcceptEveryone, MaxTerm: "P12M"}),
			remove: again, want: "False NoSupplier: NHS blk-csu accepts terms of P12M at most"},
	}
}

func blockersOfTheSupplier() []blocker {
	hold := func(assurances ...v1alpha1.Assurance) func(*testing.T, lane) {
		return func(t *testing.T, _ lane) {
			change(t, makeProvider("blk-csu", 422), func(p *v1alpha1.SupportProvider) { p.Spec.Assurances = assurances })
		}
	}
	held := hold(v1alpha1.Assurance{Scheme: "BLK", Result: "Passed", ValidUntil: "2099-03-31"})
	return []blocker{
		{name: "not assured", make: func(t *testing.T, l lane) {
			requiring("BLK")(l.function)
			begin(t, l)
			hold()(t, l)
		}, remove: held, want: "False AssuranceMissing: NHS blk-csu does not hold BLK, which blk-assurance requires."},
		{name: "not well enough", make: hold(v1alpha1.Assurance{Scheme: "BLK", Result: "Failed", ValidUntil: "2099-03-31"}), remove: held,
			want: "False AssuranceMissing: NHS blk-csu holds BLK with the result Failed, which is not enough for blk-assurance."},
		{name: "lapsed", make: hold(v1alpha1.Assurance{Scheme: "BLK", Result: "Passed", ValidUntil: ended}), remove: held,
			want: "False AssuranceLapsed: NHS blk-csu held BLK until 2026-01-31."},
	}
}

// whatDoesNotExistYet comes in the order in which people may come to it: the agreement first.
func whatDoesNotExistYet() []blocker {
	later := makeHosted("blk-later", "blk-missing")
	return []blocker{
		{name: "the function", make: func(t *testing.T, l lane) { create(t, l.agreement) },
			remove: func(t *testing.T, l lane) {
				create(t, l.function)
				eventually(t, soon, l.agreement, v1alpha1.ReadyCondition, "False NoSupplier: NHS blk-csu has no service blk-missing (yet).")
				create(t, l.service)
				available(t, l.service)
			}, want: "False FunctionNotFound: The catalogue has no function blk-missing (yet)"},
		{name: "the supplier", make: func(t *testing.T, l lane) {
			change(t, l.agreement, func(a *v1alpha1.SupportAgreement) { a.Spec.Suppliers[0].Provider = "blk-later" })
		}, remove: func(t *testing.T, _ lane) {
			hosting(t, "blk-later", 423)
			create(t, later)
			available(t, later)
		}, want: "False NoSupplier: Supplier blk-later does not exist (yet)."},
	}
}

func aFullService() []blocker {
	return []blocker{{name: "full", make: func(t *testing.T, l lane) {
		carrying(1)(l.service)
		first := makeAgreement("blk-south", "blk-full", []string{"blk-csu"})
		create(t, l.function, l.service, first)
		ready(t, first)
		create(t, l.agreement)
	}, remove: func(t *testing.T, l lane) {
		change(t, l.service, carrying(2))
	}, want: "False WaitingForRoom: NHS blk-csu (blk-csu/blk-full) has no room: place 1 in the queue."}}
}

func aClosedService() []blocker {
	return []blocker{{name: "takes on nobody new", make: func(t *testing.T, l lane) {
		withIntake(v1alpha1.IntakeClosed)(l.service)
		create(t, l.function, l.service)
		ready(t, l.service)
		create(t, l.agreement)
	}, remove: func(t *testing.T, l lane) {
		change(t, l.service, withIntake(v1alpha1.IntakeOpen))
	}, want: "False NoSupplier: NHS blk-csu takes on nobody new."}}
}

func anOlderAgreement() []blocker {
	older := makeAgreement("blk-north", "blk-older", []string{"blk-csu"})
	older.Name = "blk-a-first"
	return []blocker{{name: "another agreement", make: func(t *testing.T, l lane) {
		create(t, l.function, l.service, older)
		ready(t, older)
		create(t, l.agreement)
	}, remove: func(t *testing.T, _ lane) {
		remove(t, older)
	}, want: "False DuplicateAgreement: SupportAgreement blk-a-first is older and has blk-older in this term."}}
}

// TestR01_AnAgreementForAMemberOnlyFunctionIsRefusedByTheReconcilerToo: admission lets it pass while the
// catalogue does not have the function yet.
func TestR01_AnAgreementForAMemberOnlyFunctionIsRefusedByTheReconcilerToo(t *testing.T) {
	t.Parallel()
	populated(t, "r01-agreed", 424)
	hosting(t, "r01-csu", 425, assured)
	service, agreement := makeHosted("r01-csu", "r01-decisions"), makeAgreement("r01-agreed", "r01-decisions", []string{"r01-csu"})
	create(t, service, agreement)
	eventually(t, soon, agreement, v1alpha1.ReadyCondition, "False FunctionNotFound: The catalogue has no function r01-decisions (yet)")
	create(t, makeFunction("r01-decisions"))
	eventually(t, soon, agreement, v1alpha1.ReadyCondition,
		"False MemberOnly: r01-decisions is member-only: its decisions stay with the member practices and cannot be supplied by another organisation.")
	eventually(t, soon, service, v1alpha1.ReadyCondition, "False MemberOnly: r01-decisions is member-only: only a consortium itself performs it")
	g := gomega.NewWithT(t)
	g.Consistently(func() []string { return given(t, agreement, service) }).WithTimeout(soon / 2).Should(gomega.BeEmpty())
	g.Expect(exists(t, deploymentOf("r01-csu", "r01-decisions"))).To(gomega.BeFalse(), "a supplier runs what only members do")
	if err := env.Client.Create(t.Context(), makeAgreement("r01-agreed", "r01-decisions", []string{"r01-csu"}, func(a *v1alpha1.SupportAgreement) { a.Name = "again" })); err == nil {
		t.Error("now that the catalogue has it, admission must refuse it")
	}
}
