package state

import "time"

// Clock tells the time.
type Clock interface{ Now() time.Time }

// Settings are what the installation decides for all consortia.
type Settings struct {
	// OperatorNamespace is the namespace that the operator runs in: never a consortium's.
	OperatorNamespace string
	// DNSNamespace and DNSPort tell where names are resolved.
	DNSNamespace string
	DNSPort      int32
	// CallerNamespaces are the gateway's and the monitoring's namespaces, which may call every
	// function. Default: none.
	CallerNamespaces []string
	// ClusterDomain is what names of Services end in.
	ClusterDomain string
	// Issuer of the tokens that consortia show to services.
	Issuer string
	// Zone in which days begin and end.
	Zone *time.Location
	// Clock tells the time.
	Clock Clock
	// Version of the operator, for monitoring.
	Version string
	// PerConsortiumMetrics tells monitoring of each consortium, not only of all.
	PerConsortiumMetrics bool
}
