// Package cluster reads from the API server, and changes agreements and functions there, with the rights of
// whoever calls.
package cluster

import (
	"fmt"
	"io"

	"github.com/spf13/pflag"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// FieldOwner is the field manager of what the plugin writes. It does not begin with kubectl: Flux takes such
// managers' fields for its own, and takes away what its repository does not hold.
const FieldOwner = "commissioning"

// Flags choose a cluster as kubectl does.
type Flags struct {
	Kubeconfig, Context, Namespace string
}

// Add adds them to a command.
func (f *Flags) Add(flags *pflag.FlagSet) {
	flags.StringVar(&f.Kubeconfig, "kubeconfig", "", "`FILE` that says how to reach the cluster (default: $KUBECONFIG, then ~/.kube/config)")
	flags.StringVar(&f.Context, "context", "", "`NAME` of the context in it")
}

// AddNamespace adds the choice of a namespace as well.
func (f *Flags) AddNamespace(flags *pflag.FlagSet) {
	flags.StringVarP(&f.Namespace, "namespace", "n", "", "`NAMESPACE` of the consortium (default: that of the context)")
	f.Add(flags)
}

// Cluster is what is read from and written to.
type Cluster struct {
	client client.WithWatch
	config *rest.Config
	// Namespace that was chosen, or that of the context.
	Namespace string
}

// Connect prepares to talk to the cluster; nothing is asked yet. Warnings of the API server go to
// warnings.
func (f *Flags) Connect(agent string, warnings io.Writer) (*Cluster, error) {
	rules := clientcmd.NewDefaultClientConfigLoadingRules()
	rules.ExplicitPath = f.Kubeconfig
	overrides := &clientcmd.ConfigOverrides{CurrentContext: f.Context}
	overrides.Context.Namespace = f.Namespace
	loading := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(rules, overrides)
	config, err := loading.ClientConfig()
	if err != nil {
		return nil, &NotReadable{What: "The cluster", Err: err}
	}
	namespace, _, err := loading.Namespace()
	if err != nil {
		return nil, &NotReadable{What: "The namespace of the context", Err: err}
	}
	config.UserAgent = agent
	config.QPS = -1 // a person asks, a few times: the API server is the limit
	config.WarningHandler = rest.NewWarningWriter(warnings, rest.WarningWriterOptions{Deduplicate: true})
	return New(config, namespace)
}

// New talks to the cluster of a configuration.
func New(config *rest.Config, namespace string) (*Cluster, error) {
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{v1alpha1.AddToScheme, clientgoscheme.AddToScheme, apiextensionsv1.AddToScheme} {
		if err := add(scheme); err != nil {
			return nil, fmt.Errorf("know the kinds: %w", err)
		}
	}
	c, err := client.NewWithWatch(config, client.Options{Scheme: scheme})
	if err != nil {
		return nil, &NotReadable{What: "The cluster", Err: err}
	}
	return &Cluster{client: c, config: config, Namespace: namespace}, nil
}
