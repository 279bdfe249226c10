package state

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
}
