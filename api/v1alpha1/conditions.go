package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// ReadyCondition is the one condition that every kind has, from birth. It is about the object
// itself: what it asks for stands.
//
//	Consortium       Ready ◄── NamespaceAvailable, GuardRailsInPlace, AccessGranted     (not: PopulationKnown, FunctionsAvailable)
//	Locality         Ready ◄── ConsortiumResolved, PracticesCounted
//	SupportFunction  Ready ◄── SchemaValid                                              (not: InUse)
//	SupportProvider  Ready ◄── NamespaceAvailable, GuardRailsInPlace, AccessGranted
//	HostedService    Ready ◄── ProviderResolved, FunctionResolved, ParametersValid, Applied, Available     (not: UpToDate, OverCapacity)
//	SupportAgreement Ready ◄── FunctionResolved, Accepted, Admitted, InTerm, DataSharingInForce, SupplierAssured, SupplierAvailable, Bound     (not: FallbackActive, FallbackReady, Expiring)
//	MemberFunction   Ready ◄── ConsortiumResolved, FunctionResolved, ParametersValid, Applied, Available, and PopulationKnown while it stands in the way   (not: UpToDate, BindingsResolved)
const (
	ReadyCondition = "Ready"

	// ReasonPending: nobody has looked yet. Unknown.
	ReasonPending = "Pending"
	// ReasonReady: everything that the object asks for stands. True.
	ReasonReady = "Ready"
	// ReasonSucceeded: the same, of a Consortium whose members a successor takes over. True.
	ReasonSucceeded = "Succeeded"
	// ReasonDeleting: the object is being deleted; the message says what is waited for. False.
	ReasonDeleting = "Deleting"
	// ReasonInternalError: the facts could not be read, or a write failed; it is tried again. Unknown.
	ReasonInternalError = "InternalError"
)

// Conditions of every kind that GitOps engines read beside Ready, each present only while it is true,
// with the reason and message of what is waited for (kstatus).
const (
	// ReconcilingCondition: work goes on, or waits for something that may come yet.
	ReconcilingCondition = "Reconciling"
	// StalledCondition: nothing changes until a person acts.
	StalledCondition = "Stalled"
)

// NamespaceAvailableCondition of a Consortium and of a SupportProvider: the namespace exists and is theirs.
const (
	NamespaceAvailableCondition = "NamespaceAvailable"

	// ReasonCreated: the operator created the namespace. True.
	ReasonCreated = "Created"
	// ReasonAdopted: a cluster administrator gave the namespace to them. True.
	ReasonAdopted = "Adopted"
	// ReasonReserved: the namespace belongs to the cluster. False.
	ReasonReserved = "Reserved"
	// ReasonNotOurs: the namespace exists and nobody gave it to them. False.
	ReasonNotOurs = "NotOurs"
	// ReasonTaken: the namespace, or the organisation code, is another's. False.
	ReasonTaken = "Taken"
	// ReasonTerminating: the namespace is being deleted. False.
	ReasonTerminating = "Terminating"
)

// GuardRailsInPlaceCondition of a Consortium and of a SupportProvider: pod security labels, default-deny policy, quota and
// limits stand in its namespace.
const (
	GuardRailsInPlaceCondition = "GuardRailsInPlace"

	// ReasonInPlace: they stand. True.
	ReasonInPlace = "InPlace"
	// ReasonObjectInTheWay: an object that is not the operator's has a name that is needed. False.
	ReasonObjectInTheWay = "ObjectInTheWay"
	// ReasonRefused: the API server refused a write; the message says why. False.
	ReasonRefused = "Refused"
	// ReasonWaiting: something that comes before it does not stand yet. False or Unknown.
	ReasonWaiting = "Waiting"
)

// AccessGrantedCondition of a Consortium and of a SupportProvider: its people have the access that the spec gives them.
const (
	AccessGrantedCondition = "AccessGranted"

	// ReasonGranted: they have it. True.
	ReasonGranted = "Granted"
)

// PopulationKnownCondition of a Consortium and of a MemberFunction: the registered patients are counted.
const (
	PopulationKnownCondition = "PopulationKnown"

	// ReasonCounted: they are counted. True.
	ReasonCounted = "Counted"
	// ReasonNoLocalities: the consortium has no locality. False.
	ReasonNoLocalities = "NoLocalities"
	// ReasonCounting: a locality has not been looked at yet. Unknown.
	ReasonCounting = "Counting"
	// ReasonLocalityNotFound: the locality named does not exist. False.
	ReasonLocalityNotFound = "LocalityNotFound"
)

// FunctionsAvailableCondition of a Consortium: all the functions that it asks for work.
const (
	FunctionsAvailableCondition = "FunctionsAvailable"

	// ReasonAllWorking: all of them work. True.
	ReasonAllWorking = "AllWorking"
	// ReasonNoFunctions: it asks for none. True.
	ReasonNoFunctions = "NoFunctions"
	// ReasonSomeNotWorking: some do not. False.
	ReasonSomeNotWorking = "SomeNotWorking"
)

// ConsortiumResolvedCondition of a Locality and of a MemberFunction: its namespace is a consortium's.
const (
	ConsortiumResolvedCondition = "ConsortiumResolved"

	// ReasonResolved: what is named exists. True.
	ReasonResolved = "Resolved"
	// ReasonConsortiumNotFound: the namespace is no consortium's. False.
	ReasonConsortiumNotFound = "ConsortiumNotFound"
	// ReasonConsortiumDeleting: the consortium is being deleted. False.
	ReasonConsortiumDeleting = "ConsortiumDeleting"
	// ReasonGuardRailsMissing: the namespace's guard rails do not stand yet. False.
	ReasonGuardRailsMissing = "GuardRailsMissing"
)

// PracticesCountedCondition of a Locality: every practice that it claims counts here.
const (
	PracticesCountedCondition = "PracticesCounted"

	// ReasonClaimsRefused: some practices do not count here; the first three are named. False.
	ReasonClaimsRefused = "ClaimsRefused"
)

// SchemaValidCondition of a SupportFunction: the schema of its parameters can be used.
const (
	SchemaValidCondition = "SchemaValid"

	// ReasonValid: it can. True.
	ReasonValid = "Valid"
	// ReasonInvalid: it cannot; the message says where. False.
	ReasonInvalid = "Invalid"
)

// InUseCondition of a SupportFunction, a SupportProvider or a HostedService that is being deleted:
// somebody uses it still. Absent otherwise.
const (
	InUseCondition = "InUse"

	// ReasonHasUsers: the first three users are named, or consortia counted. True.
	ReasonHasUsers = "HasUsers"
)

// FunctionResolvedCondition: the function exists, and is of the delivery that the kind is for.
const (
	FunctionResolvedCondition = "FunctionResolved"

	// ReasonHosted: it exists, and suppliers run it for others. True.
	ReasonHosted = "Hosted"
	// ReasonFunctionNotFound: the catalogue has no such function (yet). False.
	ReasonFunctionNotFound = "FunctionNotFound"
	// ReasonFunctionHosted: the function is Hosted; a MemberFunction cannot run it. False.
	ReasonFunctionHosted = "FunctionHosted"
	// ReasonFunctionMemberOnly: the function is MemberOnly; nobody can supply it to others (R1). False.
	ReasonFunctionMemberOnly = "MemberOnly"
	// ReasonFunctionNotReady: the catalogue entry itself is not usable. Unknown.
	ReasonFunctionNotReady = "FunctionNotReady"
)

// ParametersValidCondition of a MemberFunction and of a HostedService: its parameters fit the function's schema.
const ParametersValidCondition = "ParametersValid"

// AppliedCondition of a MemberFunction and of a HostedService: everything it needs has been written.
const (
	AppliedCondition = "Applied"

	// ReasonApplied: it has. True.
	ReasonApplied = "Applied"
)

// AvailableCondition of a MemberFunction and of a HostedService: enough replicas serve.
const (
	AvailableCondition = "Available"

	// ReasonAvailable: at least half, rounded up, of the replicas that the sizing asks for. True.
	ReasonAvailable = "Available"
	// ReasonNotAvailable: fewer. False.
	ReasonNotAvailable = "NotAvailable"
	// ReasonReplicaFailure: pods cannot be made; the message passes on why. False.
	ReasonReplicaFailure = "ReplicaFailure"
	// ReasonNotObserved: the cluster has not looked at the workload yet. Unknown.
	ReasonNotObserved = "NotObserved"
)

// UpToDateCondition of a MemberFunction and of a HostedService: all its replicas run what it is assigned to run.
const (
	UpToDateCondition = "UpToDate"

	// ReasonUpToDate: they do. True.
	ReasonUpToDate = "UpToDate"
	// ReasonRollingOut: some run an older form. False.
	ReasonRollingOut = "RollingOut"
	// ReasonNotRunning: nothing runs yet. Unknown.
	ReasonNotRunning = "NotRunning"
	// ReasonRevisionMissing: it pins a revision that does not exist (any more). False.
	ReasonRevisionMissing = "RevisionMissing"
)

// RolledOutCondition of a SupportFunction: all instances that follow it are assigned its newest revision.
const (
	RolledOutCondition = "RolledOut"

	// ReasonRolloutComplete: they are. True.
	ReasonRolloutComplete = "Complete"
	// ReasonUpdating: those chosen so far are being changed. False.
	ReasonUpdating = "Updating"
	// ReasonSoaking: they work, and are watched before the next step. False.
	ReasonSoaking = "Soaking"
	// ReasonPaused: a person paused the rollout. False.
	ReasonPaused = "Paused"
	// ReasonInstancesFailed: more than allowed cannot run the revision: the rollout is halted. False.
	ReasonInstancesFailed = "InstancesFailed"
	// ReasonDeadlineExceeded: none more came to work in time: the rollout is halted. False.
	ReasonDeadlineExceeded = "DeadlineExceeded"
	// ReasonFinishOrUndo: too many revisions are under way: the rollout is halted. False.
	ReasonFinishOrUndo = "FinishOrUndo"
)

// BindingsResolvedCondition of a MemberFunction that names agreements: all of them give it access.
const (
	BindingsResolvedCondition = "BindingsResolved"

	// ReasonNotBound: some of them do not exist (yet), or give no access now. False.
	ReasonNotBound = "NotBound"
)

// ProviderResolvedCondition of a HostedService: its namespace is a supplier's.
const (
	ProviderResolvedCondition = "ProviderResolved"

	// ReasonProviderNotFound: it is nobody's, or a consortium's. False.
	ReasonProviderNotFound = "ProviderNotFound"
	// ReasonProviderDeleting: the supplier is being deleted. False.
	ReasonProviderDeleting = "ProviderDeleting"
)

// OverCapacityCondition of a HostedService: it carries more than its capacity, because those served
// grew or the capacity was lowered. Nobody more is admitted, nobody is put out.
const (
	OverCapacityCondition = "OverCapacity"

	// ReasonOver: it does; the message says by how much. True.
	ReasonOver = "Over"
	// ReasonWithin: it does not. False.
	ReasonWithin = "Within"
)

// AcceptedCondition of a SupportAgreement: the supplier consents to serve the consortium.
const (
	AcceptedCondition = "Accepted"

	// ReasonAccepted: it does. True.
	ReasonAccepted = "Accepted"
	// ReasonSupplierNotFound: the supplier does not exist (yet). False.
	ReasonSupplierNotFound = "SupplierNotFound"
	// ReasonOtherFunction: the service offers another function. False.
	ReasonOtherFunction = "OtherFunction"
	// ReasonNotAccepting: the service does not accept this consortium. False.
	ReasonNotAccepting = "NotAccepting"
	// ReasonTermTooLong: the service accepts shorter terms only. False.
	ReasonTermTooLong = "TermTooLong"
	// ReasonIntakeClosed: the service takes on nobody new. False.
	ReasonIntakeClosed = "IntakeClosed"
	// ReasonStoodDown: the consortium stood the supplier down. False.
	ReasonStoodDown = "StoodDown"
	// ReasonAnotherAgreement: an older agreement of the consortium has the function in this term. False.
	ReasonAnotherAgreement = "AnotherAgreement"
)

// AdmittedCondition of a SupportAgreement: it has a place at the supplier.
const (
	AdmittedCondition = "Admitted"

	// ReasonPlaceHeld: it has. True.
	ReasonPlaceHeld = "PlaceHeld"
	// ReasonWaitingForRoom: it waits for one; the message says how many are before it. False.
	ReasonWaitingForRoom = "WaitingForRoom"
	// ReasonPopulationUnknown: the consortium's registered patients are not known yet. False.
	ReasonPopulationUnknown = "PopulationUnknown"
	// ReasonConsortiumSucceeded: another consortium takes over the members; this one begins nothing
	// new. False.
	ReasonConsortiumSucceeded = "ConsortiumSucceeded"
)

// InTermCondition of a SupportAgreement: today is a day of its term.
const (
	InTermCondition = "InTerm"

	// ReasonInTerm: it is. True.
	ReasonInTerm = "InTerm"
	// ReasonNotYetInTerm: the term has not begun. False.
	ReasonNotYetInTerm = "NotYetInTerm"
	// ReasonTermEnded: the term is over. False.
	ReasonTermEnded = "TermEnded"
)

// DataSharingInForceCondition of a SupportAgreement: a data sharing agreement with the supplier is in
// force, or none is required.
const (
	DataSharingInForceCondition = "DataSharingInForce"

	// ReasonInForce: it is. True.
	ReasonInForce = "InForce"
	// ReasonNotRequired: none is required. True.
	ReasonNotRequired = "NotRequired"
	// ReasonDataSharingMissing: there is none. False.
	ReasonDataSharingMissing = "DataSharingMissing"
	// ReasonDataSharingLapsed: it has expired. False.
	ReasonDataSharingLapsed = "DataSharingLapsed"
)

// SupplierAssuredCondition of a SupportAgreement: the supplier has passed what the function requires.
const (
	SupplierAssuredCondition = "SupplierAssured"

	// ReasonAssured: it has. True.
	ReasonAssured = "Assured"
	// ReasonAssuranceMissing: it has not. False.
	ReasonAssuranceMissing = "AssuranceMissing"
	// ReasonAssuranceLapsed: it had; that has run out. False, or True where those in may stay.
	ReasonAssuranceLapsed = "AssuranceLapsed"
)

// SupplierAvailableCondition of a SupportAgreement: the supplier's service serves. Its reasons are
// those of AvailableCondition, and NotRead.
const (
	SupplierAvailableCondition = "SupplierAvailable"

	// ReasonNotRead: this cannot be told just now. Unknown.
	ReasonNotRead = "NotRead"
)

// BoundCondition of a SupportAgreement: Secret, alias and network openings point to the supplier.
const (
	BoundCondition = "Bound"

	// ReasonBound: they do. True.
	ReasonBound = "Bound"
	// ReasonSwitching: they are being made for another supplier. False where there is none yet.
	ReasonSwitching = "Switching"
	// ReasonNotYetListed: the service's directory does not list the consortium yet. False.
	ReasonNotYetListed = "NotYetListed"
)

// FallbackActiveCondition of a SupportAgreement: another than the first choice supplies. No error.
const (
	FallbackActiveCondition = "FallbackActive"

	// ReasonFirstChoiceInForce: the first choice supplies. False.
	ReasonFirstChoiceInForce = "FirstChoiceInForce"
	// ReasonNoSupplier: nobody supplies. False.
	ReasonNoSupplier = "NoSupplier"
	// ReasonFirstChoiceUnavailable: the first choice does not serve. True.
	ReasonFirstChoiceUnavailable = "FirstChoiceUnavailable"
	// ReasonFirstChoiceStabilising: the first choice serves again; the return is due. True.
	ReasonFirstChoiceStabilising = "FirstChoiceStabilising"
	// ReasonFirstChoicePassedOver: the first choice cannot supply this agreement now. True.
	ReasonFirstChoicePassedOver = "FirstChoicePassedOver"
	// ReasonHandoverNeeded: the return to the first choice is by hand. True.
	ReasonHandoverNeeded = "HandoverNeeded"
)

// FallbackReadyCondition of a SupportAgreement: if the present supplier failed now, with all its
// consortia, the next could carry this agreement. Its reasons are these, and of those above
// NotAccepting, StoodDown, PopulationUnknown, ConsortiumSucceeded (all False) and NotRead (Unknown).
const (
	FallbackReadyCondition = "FallbackReady"

	// ReasonFallbackReady: it could. True.
	ReasonFallbackReady = "Ready"
	// ReasonNoRoomInStorm: it has no room for all who would come; the message says how many are before
	// this agreement. False.
	ReasonNoRoomInStorm = "NoRoomInStorm"
	// ReasonNoDataSharing: there is no data sharing agreement with it in force. False.
	ReasonNoDataSharing = "NoDataSharing"
	// ReasonNotAssured: it lacks an assurance. False.
	ReasonNotAssured = "NotAssured"
	// ReasonUnavailable: it does not serve. False.
	ReasonUnavailable = "Unavailable"
	// ReasonNone: no other supplier is agreed. False.
	ReasonNone = "None"
)

// ExpiringCondition of a SupportAgreement: its term, data sharing or an assurance ends within 30 days.
const (
	ExpiringCondition = "Expiring"

	// ReasonEndsSoon: the message says what ends, and when. True.
	ReasonEndsSoon = "EndsSoon"
	// ReasonNothingWithin30Days: none does. False.
	ReasonNothingWithin30Days = "NothingWithin30Days"
	// ReasonNoDates: nothing that has an end is in force. False.
	ReasonNoDates = "NoDates"
)

// Reasons of a SupportAgreement's Ready that sum up. The others are those of its conditions: InForce,
// Switching, WaitingForRoom, NoSupplier, and what is lacking.
const (
	// ReasonFallbackInForce: another than the first choice supplies. True.
	ReasonFallbackInForce = "FallbackInForce"
	// ReasonSupplierUnavailable: no supplier that could supply serves. False.
	ReasonSupplierUnavailable = "SupplierUnavailable"
	// ReasonDuplicateAgreement: an older agreement has the function in this term. False.
	ReasonDuplicateAgreement = "DuplicateAgreement"
)

// GetConditions returns the object's conditions.
func (c *Consortium) GetConditions() []metav1.Condition { return c.Status.Conditions }

// GetConditions returns the object's conditions.
func (l *Locality) GetConditions() []metav1.Condition { return l.Status.Conditions }

// GetConditions returns the object's conditions.
func (m *MemberFunction) GetConditions() []metav1.Condition { return m.Status.Conditions }

// GetConditions returns the object's conditions.
func (f *SupportFunction) GetConditions() []metav1.Condition { return f.Status.Conditions }

// GetConditions returns the object's conditions.
func (p *SupportProvider) GetConditions() []metav1.Condition { return p.Status.Conditions }

// GetConditions returns the object's conditions.
func (h *HostedService) GetConditions() []metav1.Condition { return h.Status.Conditions }

// GetConditions returns the object's conditions.
func (a *SupportAgreement) GetConditions() []metav1.Condition { return a.Status.Conditions }
