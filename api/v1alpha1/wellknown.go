package v1alpha1

// Kinds of this package, as they stand in `kind:`.
const (
	ConsortiumKind              = "Consortium"
	HostedServiceKind           = "HostedService"
	LocalityKind                = "Locality"
	MemberFunctionKind          = "MemberFunction"
	SupportAgreementKind        = "SupportAgreement"
	SupportFunctionKind         = "SupportFunction"
	SupportFunctionRevisionKind = "SupportFunctionRevision"
	SupportProviderKind         = "SupportProvider"
)

// Labels and annotations of the domain. Those on users' objects are read, never written, by the
// operator; a Namespace that it created is the operator's own.
const (
	// ConsortiumLabel on a Namespace names the Consortium that the namespace is for. It is set by
	// the operator when it creates the namespace, and by a cluster administrator who gives an
	// existing namespace to a consortium.
	ConsortiumLabel = "commissioning.support/consortium"

	// ProviderLabel on a Namespace names the SupportProvider that the namespace is for. It is set as
	// ConsortiumLabel is.
	ProviderLabel = "commissioning.support/provider"

	// RegionLabel on a Consortium names its region, for suppliers that accept consortia by label.
	RegionLabel = "commissioning.support/region"

	// OwnerLabel on a child holds a hash of its owner's kind, namespace and name.
	OwnerLabel = "commissioning.support/owner"

	// OwnerAnnotation on a child spells its owner out: kind/namespace/name/uid, the namespace
	// empty for a cluster-scoped owner.
	OwnerAnnotation = "commissioning.support/owned-by"

	// RevisionAnnotation on a workload is the number of the function's revision that it was written by.
	RevisionAnnotation = "commissioning.support/revision"

	// RetainedAnnotation on a namespace and its guard rails says that their consortium or supplier was
	// deleted and that they were kept. Its value is the organisation code; of a supplier without one,
	// its name.
	RetainedAnnotation = "commissioning.support/retained"

	// AllowDeletionAnnotation with the value "true" lets somebody delete what is in use.
	AllowDeletionAnnotation = "commissioning.support/allow-deletion"

	// InventedAnnotation with the value "true" marks a sample that describes nothing real.
	InventedAnnotation = "commissioning.support/invented"

	// Finalizer keeps an object until the operator has taken back what it gave for it.
	Finalizer = "commissioning.support/finalizer"
)

// AdoptVerb is the RBAC verb on a Consortium or a SupportProvider that lets a person give it an
// existing namespace.
const AdoptVerb = "adopt"
