package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/commissioning-support/operator/hack/localcluster/cluster"
)

// errRefused is for a demo that was not allowed to begin.
var errRefused = errors.New("nothing was changed")

// useOwn asks, and then uses the user's cluster.
func (d *demo) useOwn(ctx context.Context) error {
	found, err := d.openOwn(ctx)
	if err != nil {
		return err
	}
	if err := d.refuseForeign(ctx); err != nil {
		return err
	}
	d.screen.printf("%s", ownIntroduction)
	question := fmt.Sprintf("Install the kinds, policies, rights, the catalogue and a sample into cluster %s (context %s, %s)?",
		found.cluster, found.context, plural(found.nodes, "node", "nodes"))
	if err := d.ask(question); err != nil {
		return err
	}
	if err := os.MkdirAll(d.place.folder, 0o700); err != nil {
		return fmt.Errorf("making a folder for the state of the demo: %w", err)
	}
	step := d.screen.begin("cluster", "")
	step.done(fmt.Sprintf("%s on %s", found.cluster, d.place.Config().Host), "")
	return nil
}

const ownIntroduction = `The Commissioning Support Operator on a cluster of your own. You need to be its administrator.
The operator itself runs on this machine, with the rights of its service account and a token for a
day. The images of the sample's functions are examples that do not exist: where nodes are real, its
member functions and hosted services stay without replicas, and its agreements without a supplier that
works. The demo does not wait for them.

`

// ownCluster is what a person calls a cluster.
type ownCluster struct {
	cluster, context string
	nodes            int
}

// openOwn connects to the user's cluster and returns what it is called.
func (d *demo) openOwn(ctx context.Context) (ownCluster, error) {
	var found ownCluster
	own, err := cluster.External(ctx, d.options.kubeconfig, cluster.Options{Out: d.screen.out})
	if err != nil {
		return found, err
	}
	config, err := clientcmd.LoadFromFile(d.options.kubeconfig)
	if err != nil {
		return found, fmt.Errorf("reading %s: %w", d.options.kubeconfig, err)
	}
	found.context = config.CurrentContext
	if c := config.Contexts[found.context]; c != nil {
		found.cluster = c.Cluster
	}
	clients, err := kubernetes.NewForConfig(own.Config())
	if err != nil {
		return found, fmt.Errorf("making a client: %w", err)
	}
	system, err := clients.CoreV1().Namespaces().Get(ctx, metav1.NamespaceSystem, metav1.GetOptions{})
	if err != nil {
		return found, fmt.Errorf("looking at the cluster, which takes an administrator: %w", err)
	}
	list, err := clients.CoreV1().Nodes().List(ctx, metav1.ListOptions{})
	if err != nil {
		return found, fmt.Errorf("looking at the cluster, which takes an administrator: %w", err)
	}
	found.nodes = len(list.Items)
	d.place = &place{Cluster: own, own: true, folder: filepath.Join(d.options.stateDir, ownFolder(system))}
	return found, nil
}

// ownFolder knows a cluster again, whatever its kubeconfig is called.
func ownFolder(system *corev1.Namespace) string { return "own-" + string(system.UID) }

// refuseForeign keeps the demo away from an installation that it did not make.
func (d *demo) refuseForeign(ctx context.Context) error {
	if _, err := os.Stat(d.place.folder); err == nil {
		return nil
	}
	found, err := d.place.Kubectl(ctx, "get", "crd", "consortia.commissioning.support", "--ignore-not-found", "-o", "name")
	if err != nil {
		return fmt.Errorf("looking at the cluster, which takes an administrator: %w", err)
	}
	if len(found) > 0 {
		return fmt.Errorf("%w: the operator is installed in this cluster already, and the demo would get in its way. "+
			"To see the sample there: kubectl apply --server-side -k %s", errRefused, sampleFolder)
	}
	return nil
}

// ask returns errRefused unless the answer is yes.
func (d *demo) ask(question string) error {
	if d.options.yes {
		return nil
	}
	noTerminal := fmt.Errorf("%w: there is no terminal to ask on. Say yes beforehand: YES=1", errRefused)
	if !isTerminal(d.in) {
		return noTerminal
	}
	d.screen.printf("%s [y/N] ", question)
	answer, err := bufio.NewReader(d.in).ReadString('\n')
	switch strings.ToLower(strings.TrimSpace(answer)) {
	case "y", "yes":
		return nil
	case "":
		if err != nil {
			d.screen.printf("\n")
			return noTerminal
		}
	}
	return errRefused
}
