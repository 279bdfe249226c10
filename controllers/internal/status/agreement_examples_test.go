package status_test

import (
	"slices"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/state"
)

// later is an agreement in force, and what has become of it since.
func later(situation string, change func(*agreementFacts)) example {
	return inForce().then("2026-11-22T10:03:00Z", change).told(situation)
}

// unborn is an agreement that has no supplier yet.
func unborn(situation string, change func(*agreementFacts)) example {
	f := agreed()
	f.place(nel, state.Place{})
	change(f)
	f.mark()
	return f.told(situation)
}

// alone is one with a single supplier.
func alone(situation string, change func(*agreementFacts)) example {
	return unborn(situation, func(f *agreementFacts) {
		f.only()
		change(f)
	})
}

func agreements() []example {
	return slices.Concat(storyOfAnOutage(), furtherOutages(), outagesWithoutASupplier(), agreementsThatCannotStand(), agreementsWithoutConsent(), agreementsWithoutRoom(), agreementsThatMoveOn(), agreementsByHand(), agreementsOnFallback(), agreementsInWriting(), agreementsThatEnd())
}

func storyOfAnOutage() []example {
	return []example{
		inForce().told("The first choice supplies."),
		outageSeen().told("The supplier in force has failed; the outage is not confirmed yet."),
		failedOver().told("The outage is confirmed: the next supplier has taken over."),
		stabilising().told("The first choice is back, and watched before the return."),
		returned().told("The agreement has returned to its first choice."),
		bothOut().told("Both suppliers are out."),
		unreadable().told("The supplier in force cannot be read."),
	}
}

func furtherOutages() []example {
	return []example{
		later("The only supplier is out.", func(f *agreementFacts) { f.only(); f.failed(nel, "2026-11-22T10:02:11Z") }),
		later("The supplier in force is out, and the next is stood down.", func(f *agreementFacts) {
			f.failed(nel, "2026-11-22T10:02:11Z")
			f.standDown(kent, "No activity report since August.")
		}),
		later("Some replicas of the supplier in force are back, and not enough.", func(f *agreementFacts) {
			f.failed(nel, "2026-11-22T10:02:11Z")
			f.seen.Suppliers[nel].Hosted.Status.Replicas = v1alpha1.Replicas{Desired: new(int32(40)), Available: new(int32(19))}
		}),
		later("The supplier in force is out, and the next has no room for all who would come.", func(f *agreementFacts) {
			f.failed(nel, "2026-11-22T10:02:11Z")
			f.place(kent, state.Place{State: state.PlaceStandby, NoRoom: true, Ahead: 12})
		}),
		outageSeen().then("2026-11-22T10:07:13Z", func(f *agreementFacts) {
			f.place(kent, state.Place{State: state.PlaceWaiting, Ahead: 2})
		}).told("The outage is confirmed, and the next supplier has no room."),
		outageSeen().then("2026-11-22T10:07:13Z", func(*agreementFacts) {}).told("The outage is confirmed, and the next supplier has not given a place yet."),
		outageSeen().then("2026-11-22T10:04:00Z", func(f *agreementFacts) { f.unread(nel) }).told("The supplier in force was out, and cannot be read any more."),
		outageSeen().then("2026-11-22T10:08:00Z", func(f *agreementFacts) { f.seen.Suppliers[nel].Provider.Status.Conditions = nil }).told("The supplier in force is out, and nobody can tell whether it has its namespace."),
		inForce().then("2026-11-22T10:03:00Z", func(f *agreementFacts) {
			f.add(supplier("northern", "Northern Care Commissioning", "data-analytics", "DSA-2026-140"))
			f.failed(nel, "2026-11-22T10:02:11Z")
			f.failed(kent, "2026-11-22T09:58:00Z")
			f.failed(2, "2026-11-22T10:01:00Z")
		}).told("All three suppliers are out."),
	}
}

func outagesWithoutASupplier() []example {
	return []example{
		alone("The only supplier has never served yet.", func(f *agreementFacts) {
			f.place(nel, state.Place{State: state.PlaceAdmitted})
			f.failed(nel, "2026-10-12T09:15:00Z")
		}),
		unborn("Both suppliers are out, and neither has supplied yet.", func(f *agreementFacts) {
			f.place(nel, state.Place{State: state.PlaceAdmitted})
			f.failed(nel, "2026-10-12T09:15:00Z")
			f.failed(kent, "2026-10-12T09:14:00Z")
		}),
		unborn("The first choice has never served yet, and the next would take over.", func(f *agreementFacts) {
			f.place(nel, state.Place{State: state.PlaceAdmitted})
			f.failed(nel, "2026-10-12T09:15:00Z")
		}),
		unborn("The supplier is out whose opening stands, and which the status does not name.", func(f *agreementFacts) {
			f.place(nel, state.Place{State: state.PlaceAdmitted})
			f.seen.Suppliers[nel].Opening = true
			f.failed(nel, "2026-10-12T09:15:00Z")
		}),
		later("The place at the supplier in force is lost, and the supplier cannot be read.", func(f *agreementFacts) { f.only(); f.unread(nel); f.place(nel, state.Place{}) }),
		later("The supplier in force is out, and its service does not say since when.", func(f *agreementFacts) {
			f.failed(nel, "2026-11-22T10:02:11Z")
			f.seen.Suppliers[nel].Hosted.Status.UnavailableSince = nil
		}),
		unborn("The first choice cannot be read, and nobody supplies yet.", func(f *agreementFacts) { f.unread(nel) }),
	}
}

func (f *agreementFacts) standDown(i int, why v1alpha1.Description) {
	named := &f.seen.Suppliers[i].Named
	named.Standing, named.StandingReason = v1alpha1.StandingStoodDown, why
}

func agreementsThatCannotStand() []example {
	return []example{
		later("The function is member-only.", func(f *agreementFacts) {
			f.seen.Function.Spec.Delivery = v1alpha1.DeliveryMemberOnly
		}),
		unborn("The catalogue has no such function to agree on.", func(f *agreementFacts) { f.seen.Function = nil }),
		later("The function of an agreement in force is gone from the catalogue.", func(f *agreementFacts) { f.seen.Function, f.done = nil, stepsDone(0) }),
		later("An older agreement has the function in this term.", func(f *agreementFacts) { f.seen.OlderAgreement = "analytics" }),
		unborn("An agreement's namespace belongs to no consortium.", func(f *agreementFacts) { f.seen.Home.Consortium = nil }),
		later("An agreement's consortium is being deleted.", func(f *agreementFacts) { isDeleting(&f.seen.Home.Consortium.ObjectMeta) }),
		later("An agreement's namespace is being deleted.", func(f *agreementFacts) { f.seen.Home.Terminating = true }),
		unborn("The term has not begun.", func(f *agreementFacts) { f.object.Spec.Term.Start = "2027-04-01" }),
		inForce().then("2027-10-01T00:00:00Z", func(*agreementFacts) {}).told("The term has ended."),
		later("The term was moved into the future.", func(f *agreementFacts) { f.object.Spec.Term = v1alpha1.Term{Start: "2027-04-01"} }),
		inForce().then("2027-10-01T00:00:00Z", func(f *agreementFacts) { f.done, f.err = stepsDone(0), errUnknown }).told("The term has ended, and the API server does not answer."),
		later("An agreement is being deleted.", func(f *agreementFacts) { isDeleting(&f.object.ObjectMeta) }),
	}
}

func agreementsWithoutConsent() []example {
	return []example{
		alone("There is no such supplier.", func(f *agreementFacts) { f.seen.Suppliers[nel].Provider, f.seen.Suppliers[nel].Hosted = nil, nil }),
		alone("The supplier has no such service.", func(f *agreementFacts) { f.seen.Suppliers[nel].Hosted = nil }),
		alone("The supplier's service is for another function.", func(f *agreementFacts) { f.seen.Suppliers[nel].Hosted.Spec.Function = "contracting" }),
		alone("The supplier does not accept the consortium.", func(f *agreementFacts) { f.seen.Suppliers[nel].Hosted.Spec.Accepts = v1alpha1.Acceptance{} }),
		alone("The term is longer than the supplier accepts.", func(f *agreementFacts) { f.seen.Suppliers[nel].Hosted.Spec.Accepts.MaxTerm = "P12M" }),
		alone("The term has no end, and the supplier accepts only terms that have.", func(f *agreementFacts) {
			f.object.Spec.Term.End, f.seen.Suppliers[nel].Hosted.Spec.Accepts.MaxTerm = "", "P12M"
		}),
		alone("The supplier takes on nobody new.", func(f *agreementFacts) { f.seen.Suppliers[nel].Hosted.Spec.Intake = v1alpha1.IntakeClosed }),
		alone("The supplier moves its consortia on.", func(f *agreementFacts) { f.seen.Suppliers[nel].Hosted.Spec.Intake = v1alpha1.IntakeDraining }),
		alone("The supplier is stood down.", func(f *agreementFacts) { f.standDown(nel, "No activity report since August.") }),
		alone("There is no data sharing agreement.", func(f *agreementFacts) { f.seen.Suppliers[nel].Named.DataSharing = v1alpha1.DataSharing{} }),
		alone("The data sharing agreement has lapsed.", func(f *agreementFacts) { f.seen.Suppliers[nel].Named.DataSharing.Expires = "2026-09-30" }),
		alone("The supplier lacks an assurance.", func(f *agreementFacts) { f.assurances() }),
		alone("The supplier will hold the assurance later.", func(f *agreementFacts) {
			f.assurances(v1alpha1.Assurance{Scheme: "DSPT", Result: "StandardsMet", ValidFrom: "2026-12-01", ValidUntil: "2027-11-30"})
		}),
		alone("The supplier holds the assurance with too low a result.", func(f *agreementFacts) {
			f.assurances(v1alpha1.Assurance{Scheme: "DSPT", Result: "ApproachingStandards", ValidUntil: "2027-06-30"})
		}),
		alone("The supplier's assurance has lapsed.", func(f *agreementFacts) {
			f.assurances(v1alpha1.Assurance{Scheme: "DSPT", Result: "StandardsMet", ValidUntil: "2026-06-30"})
		}),
		alone("Nobody can tell whether the supplier has its namespace.", func(f *agreementFacts) { f.seen.Suppliers[nel].Provider.Status.Conditions = nil }),
		unborn("Neither supplier may supply, each for its own reason.", func(f *agreementFacts) {
			f.seen.Suppliers[nel].Hosted.Spec.Accepts = v1alpha1.Acceptance{}
			f.seen.Suppliers[kent].Named.DataSharing = v1alpha1.DataSharing{}
		}),
		unborn("Neither supplier has a data sharing agreement in force.", func(f *agreementFacts) {
			f.seen.Suppliers[nel].Named.DataSharing.Expires, f.seen.Suppliers[kent].Named.DataSharing.Expires = "2026-09-30", "2026-08-31"
		}),
		later("Nothing is required of a supplier, and the term has no end.", func(f *agreementFacts) {
			f.seen.Function.Spec.Requires, f.object.Spec.Term.End = v1alpha1.Requirements{DataSharing: v1alpha1.DataSharingNotRequired}, ""
		}),
	}
}

func (f *agreementFacts) assurances(held ...v1alpha1.Assurance) {
	f.seen.Suppliers[nel].Provider.Spec.Assurances = held
}

func agreementsWithoutRoom() []example {
	return []example{
		alone("A place has been asked for.", func(*agreementFacts) {}),
		alone("The supplier is full.", func(f *agreementFacts) { f.place(nel, state.Place{State: state.PlaceWaiting, Ahead: 2}) }),
		alone("The consortium is larger than all that the supplier can carry.", func(f *agreementFacts) { f.place(nel, state.Place{State: state.PlaceWaiting, NoRoom: true}) }),
		alone("The consortium's registered patients are not known yet.", func(f *agreementFacts) { f.seen.Home.Consortium.Status = v1alpha1.ConsortiumStatus{} }),
		alone("The consortium is succeeded by another.", func(f *agreementFacts) { f.seen.Home.Consortium.Spec.SucceededBy = "north-east-london" }),
		alone("The place is given, and the service's directory does not list the consortium yet.", func(f *agreementFacts) {
			f.place(nel, state.Place{State: state.PlaceAdmitted})
			f.seen.Suppliers[nel].Listed = false
		}),
		unborn("The first choice is full, and the next supplies meanwhile.", func(f *agreementFacts) {
			f.place(nel, state.Place{State: state.PlaceWaiting, Ahead: 2})
			f.place(kent, state.Place{State: state.PlaceAdmitted, PassedOver: []string{"nel-csu/data-analytics"}})
		}),
		later("The next supplier has no room for all who would come.", func(f *agreementFacts) { f.place(kent, state.Place{State: state.PlaceStandby, NoRoom: true, Ahead: 1}) }),
		later("Whether the next supplier has room has not been looked at.", func(f *agreementFacts) { f.place(kent, state.Place{}) }),
		later("The ledger of the supplier in force was removed.", func(f *agreementFacts) {
			f.seen.Suppliers[nel].Place, f.seen.Suppliers[nel].HasLedger = state.Place{}, false
		}),
		later("The registered patients of a consortium with an agreement in force are not known any more.", func(f *agreementFacts) { f.seen.Home.Consortium.Status = v1alpha1.ConsortiumStatus{} }),
		unborn("A place is kept for a namespace that belongs to no consortium any more.", func(f *agreementFacts) {
			f.place(nel, state.Place{State: state.PlaceWaiting, NoRoom: true})
			f.seen.Home.Consortium = nil
		}),
		later("The consortium of an agreement in force is succeeded by another.", func(f *agreementFacts) { f.seen.Home.Consortium.Spec.SucceededBy = "north-east-london" }),
	}
}

func agreementsThatMoveOn() []example {
	leave := func(situation string, change func(*agreementFacts)) []example {
		moved := func(f *agreementFacts) {
			change(f)
			f.place(kent, state.Place{State: state.PlaceAdmitted})
			f.seen.Suppliers[nel].Place.State = state.PlaceMoving
		}
		return []example{later(situation+".", change), later(situation+", and the next has taken over.", moved)}
	}
	lose := func(situation string, change func(*agreementFacts)) []example {
		moved := func(f *agreementFacts) { change(f); f.place(kent, state.Place{State: state.PlaceAdmitted}) }
		return []example{later(situation+".", change), later(situation+", and the next takes over at once.", moved)}
	}
	return slices.Concat(
		leave("The supplier in force is stood down", func(f *agreementFacts) { f.standDown(nel, "No activity report since August.") }),
		leave("The supplier in force moves its consortia on", func(f *agreementFacts) { f.seen.Suppliers[nel].Hosted.Spec.Intake = v1alpha1.IntakeDraining }),
		leave("The supplier in force gives its service up", func(f *agreementFacts) { isDeleting(&f.seen.Suppliers[nel].Hosted.ObjectMeta) }),
		leave("The supplier in force ceases to be one", func(f *agreementFacts) { isDeleting(&f.seen.Suppliers[nel].Provider.ObjectMeta) }),
		leave("The supplier in force has lost its namespace", func(f *agreementFacts) { f.seen.Suppliers[nel].Provider.Status.Conditions[0].Status = "False" }),
		lose("The supplier in force withdraws its consent", func(f *agreementFacts) { f.seen.Suppliers[nel].Hosted.Spec.Accepts = v1alpha1.Acceptance{} }),
		lose("The data sharing with the supplier in force has lapsed", func(f *agreementFacts) { f.seen.Suppliers[nel].Named.DataSharing.Expires = "2026-11-21" }),
		lose("The assurance of the supplier in force has lapsed", func(f *agreementFacts) {
			f.assurances(v1alpha1.Assurance{Scheme: "DSPT", Result: "StandardsMet", ValidUntil: "2026-11-21"})
		}),
		lose("The service in force is gone", func(f *agreementFacts) { f.seen.Suppliers[nel].Hosted = nil }),
		[]example{
			later("The assurance of the supplier in force has lapsed, and who is in stays in.", func(f *agreementFacts) {
				f.seen.Function.Spec.OnAssuranceLapse = v1alpha1.AssuranceLapseRefuseNew
				f.assurances(v1alpha1.Assurance{Scheme: "DSPT", Result: "StandardsMet", ValidUntil: "2026-11-21"})
			}),
			later("The supplier in force is stood down, and there is no other.", func(f *agreementFacts) { f.only(); f.standDown(nel, "No activity report since August.") }),
			later("The supplier in force is taken out of the list.", func(f *agreementFacts) { f.seen.Suppliers = f.seen.Suppliers[kent:] }),
		},
	)
}

func agreementsByHand() []example {
	manual := func(f *agreementFacts) { f.object.Spec.Failover.Mode = v1alpha1.FailoverManual }
	records := func(f *agreementFacts) { f.seen.Function.Spec.Continuity = v1alpha1.ContinuityHoldsRecords }
	return []example{
		later("The change of supplier is by hand, and all is well.", manual),
		later("The supplier in force is out, and the change is by hand.", func(f *agreementFacts) { manual(f); f.failed(nel, "2026-11-22T09:02:11Z") }),
		later("Both suppliers are out, and the change is by hand.", func(f *agreementFacts) {
			manual(f)
			f.failed(nel, "2026-11-22T09:02:11Z")
			f.failed(kent, "2026-11-22T09:05:00Z")
		}),
		failedOver().then("2026-11-22T10:10:00Z", records).told("The next supplier of a function that holds records has taken over."),
		stabilising().then("2026-11-22T11:30:00Z", records).told("The first choice of a function that holds records is back."),
		stabilising().then("2026-11-22T11:30:00Z", func(f *agreementFacts) { f.object.Spec.Failover.Failback.Mode = v1alpha1.FailoverManual }).told("The first choice is back, and the return is by hand."),
	}
}

func agreementsOnFallback() []example {
	fallback := func(situation string, change func(*agreementFacts)) example {
		return failedOver().then("2026-11-22T10:30:00Z", change).told(situation)
	}
	return []example{
		fallback("A fallback supplies, and the first choice is stood down.", func(f *agreementFacts) { f.standDown(nel, "No activity report since August.") }),
		fallback("A fallback supplies, and the first choice no longer accepts the consortium.", func(f *agreementFacts) { f.seen.Suppliers[nel].Hosted.Spec.Accepts = v1alpha1.Acceptance{} }),
		fallback("A fallback supplies, and there is no data sharing with the first choice any more.", func(f *agreementFacts) { f.seen.Suppliers[nel].Named.DataSharing = v1alpha1.DataSharing{} }),
		fallback("A fallback supplies, and the first choice lacks an assurance.", func(f *agreementFacts) { f.assurances() }),
		fallback("A fallback supplies, and the first choice is gone.", func(f *agreementFacts) { f.seen.Suppliers[nel].Hosted = nil }),
		fallback("A fallback supplies, and the first choice cannot be read.", func(f *agreementFacts) { f.unread(nel) }),
		fallback("A fallback supplies, and the first choice is back but full.", func(f *agreementFacts) {
			f.recovered(nel, "2026-11-22T10:29:00Z")
			f.place(nel, state.Place{State: state.PlaceWaiting})
		}),
		unborn("A fallback supplies from the start, since the first choice cannot be read.", func(f *agreementFacts) {
			f.seen.Suppliers[nel].Provider.Status.Conditions = nil
			f.object.Status.Supplier = v1alpha1.SupplierInForceStatus{Provider: "kent-csu", Service: "analytics-gold", Since: at("2026-10-12T09:15:02Z"), Reason: v1alpha1.SwitchAccepted}
			f.place(kent, state.Place{State: state.PlaceAdmitted})
		}),
	}
}

func agreementsInWriting() []example {
	return []example{
		unborn("An object that is not the operator's has the name of an agreement's Secret.", func(f *agreementFacts) {
			f.place(nel, state.Place{State: state.PlaceAdmitted})
			f.done = state.Result{StepsDone: 1, Blocked: []state.Blocked{{Kind: "Secret", Namespace: "tower-hamlets", Name: "data-analytics", Obstacle: state.InTheWay}}}
		}),
		unborn("An agreement was deleted and is back, and its former Secret is still being removed.", func(f *agreementFacts) {
			f.place(nel, state.Place{State: state.PlaceAdmitted})
			f.done = state.Result{StepsDone: 1, Blocked: []state.Blocked{{Kind: "Secret", Namespace: "tower-hamlets", Name: "data-analytics", Obstacle: state.Leaving}}}
		}),
		unborn("The API server does not answer while access is given.", func(f *agreementFacts) {
			f.place(nel, state.Place{State: state.PlaceAdmitted})
			f.done, f.err = stepsDone(1), errUnknown
		}),
		unborn("Access is being given.", func(f *agreementFacts) {
			f.place(nel, state.Place{State: state.PlaceAdmitted})
			f.done = stepsDone(1)
		}),
		failedOverBut("The next supplier takes over, and the API server does not answer.", func(f *agreementFacts) { f.done, f.err = stepsDone(2), errUnknown }),
		failedOverBut("The next supplier takes over, and access to it is being made.", func(f *agreementFacts) { f.done = stepsDone(2) }),
		later("The place at the supplier in force is lost, and access to the next is being made.", func(f *agreementFacts) {
			f.seen.Suppliers[nel].Hosted.Spec.Intake = v1alpha1.IntakeDraining
			f.place(nel, state.Place{})
			f.place(kent, state.Place{State: state.PlaceAdmitted})
			f.done = stepsDone(1)
		}),
		later("An object that is not the operator's has the name of the alias of an agreement in force.", func(f *agreementFacts) {
			f.done = state.Result{StepsDone: 2, Blocked: []state.Blocked{{Kind: "Service", Namespace: "tower-hamlets", Name: "data-analytics", Obstacle: state.InTheWay}}}
		}),
		later("The API server does not answer, and the agreement is in force.", func(f *agreementFacts) { f.done, f.err = stepsDone(1), errUnknown }),
		later("Consent is withdrawn, and the API server does not answer.", func(f *agreementFacts) {
			f.only()
			f.seen.Suppliers[nel].Hosted.Spec.Accepts = v1alpha1.Acceptance{}
			f.done, f.err = stepsDone(0), errUnknown
		}),
	}
}

func failedOverBut(situation string, change func(*agreementFacts)) example {
	return outageSeen().then("2026-11-22T10:07:13Z", func(f *agreementFacts) {
		f.place(kent, state.Place{State: state.PlaceAdmitted, PassedOver: []string{"nel-csu/data-analytics"}})
		change(f)
	}).told(situation)
}

func agreementsThatEnd() []example {
	ends := func(situation, now string, change func(*agreementFacts)) example {
		return inForce().then(now, change).told(situation)
	}
	return []example{
		ends("The data sharing agreement ends within 30 days.", "2027-03-02T00:00:00Z", func(*agreementFacts) {}),
		ends("The term ends within 30 days.", "2026-11-22T10:00:00Z", func(f *agreementFacts) { f.object.Spec.Term.End = "2026-12-10" }),
		ends("The term of a consortium that is succeeded ends within 30 days.", "2026-11-22T10:00:00Z", func(f *agreementFacts) {
			f.object.Spec.Term.End, f.seen.Home.Consortium.Spec.SucceededBy = "2026-12-10", "north-east-london"
		}),
		ends("The supplier's assurance ends within 30 days.", "2027-06-10T00:00:00Z", func(f *agreementFacts) { f.seen.Suppliers[nel].Named.DataSharing.Expires = "2028-03-31" }),
		ends("The supplier's assurance ends within 30 days, and who is in stays in.", "2027-06-10T00:00:00Z", func(f *agreementFacts) {
			f.seen.Suppliers[nel].Named.DataSharing.Expires, f.seen.Function.Spec.OnAssuranceLapse = "2028-03-31", v1alpha1.AssuranceLapseRefuseNew
		}),
	}
}
