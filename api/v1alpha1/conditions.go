package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// ReadyCondition is the one condition that every kind has, from birth. It is about the object
// itself: what it asks for stands.
//
//	Consortium       Ready ◄── NamespaceAvailable, GuardRailsInPlace, AccessGranted     (not: PopulationKnown, FunctionsAvailable)
//	Locality         Ready ◄── ConsortiumResolved, PracticesCounted
//	SupportFunction  Ready ◄── SchemaValid                                              (not: InUse)
//	MemberFunction   Ready ◄── ConsortiumResolved, FunctionResolved, ParametersValid, Applied, Available, and PopulationKnown while it stands in the way   (not: UpToDate)
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

// NamespaceAvailableCondition of a Consortium: the namespace exists and is this consortium's.
const (
	NamespaceAvailableCondition = "NamespaceAvailable"

	// ReasonCreated: the operator created the namespace. True.
	ReasonCreated = "Created"
	// ReasonAdopted: a cluster administrator gave the namespace to this consortium. True.
	ReasonAdopted = "Adopted"
	// ReasonReserved: the namespace belongs to the cluster. False.
	ReasonReserved = "Reserved"
	// ReasonNotOurs: the namespace exists and nobody gave it to this consortium. False.
	ReasonNotOurs = "NotOurs"
	// ReasonTaken: the namespace, or the organisation code, is another consortium's. False.
	ReasonTaken = "Taken"
	// ReasonTerminating: the namespace is being deleted. False.
	ReasonTerminating = "Terminating"
)

// GuardRailsInPlaceCondition of a Consortium: pod security labels, default-deny policy, quota and
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

// AccessGrantedCondition of a Consortium: its people have the access that the spec gives them.
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

// InUseCondition of a SupportFunction that is being deleted: somebody uses it still. Absent otherwise.
const (
	InUseCondition = "InUse"

	// ReasonHasUsers: the first three users are named. True.
	ReasonHasUsers = "HasUsers"
)

// FunctionResolvedCondition of a MemberFunction: the function exists and is member-only.
const (
	FunctionResolvedCondition = "FunctionResolved"

	// ReasonFunctionNotFound: the catalogue has no such function (yet). False.
	ReasonFunctionNotFound = "FunctionNotFound"
	// ReasonFunctionHosted: the function is Hosted; a MemberFunction cannot run it. False.
	ReasonFunctionHosted = "FunctionHosted"
	// ReasonFunctionNotReady: the catalogue entry itself is not usable. Unknown.
	ReasonFunctionNotReady = "FunctionNotReady"
)

// ParametersValidCondition of a MemberFunction: its parameters fit the function's schema.
const ParametersValidCondition = "ParametersValid"

// AppliedCondition of a MemberFunction: everything it needs has been written.
const (
	AppliedCondition = "Applied"

	// ReasonApplied: it has. True.
	ReasonApplied = "Applied"
)

// AvailableCondition of a MemberFunction: enough replicas serve.
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

// UpToDateCondition of a MemberFunction: all its replicas run what it is assigned to run.
const (
	UpToDateCondition = "UpToDate"

	// ReasonUpToDate: they do. True.
	ReasonUpToDate = "UpToDate"
	// ReasonRollingOut: some run an older form. False.
	ReasonRollingOut = "RollingOut"
)

// GetConditions returns the object's conditions.
func (c *Consortium) GetConditions() []metav1.Condition { return c.Status.Conditions }

// GetConditions returns the object's conditions.
func (l *Locality) GetConditions() []metav1.Condition { return l.Status.Conditions }

// GetConditions returns the object's conditions.
func (m *MemberFunction) GetConditions() []metav1.Condition { return m.Status.Conditions }

// GetConditions returns the object's conditions.
func (f *SupportFunction) GetConditions() []metav1.Condition { return f.Status.Conditions }
