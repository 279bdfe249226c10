package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/hack/localcluster/cluster"
)

// down ends the demo, whatever is left of it.
func (d *demo) down(ctx context.Context) error {
	if d.options.kubeconfig == "" {
		return d.removeLocal(ctx)
	}
	found, err := d.openOwn(ctx)
	if err != nil {
		return err
	}
	if !exists(d.place.folder) {
		d.screen.printf("The demo has left nothing in cluster %s.\n", found.cluster)
		return nil
	}
	question := fmt.Sprintf("Remove the sample with its namespaces and all that is in them, the catalogue and the operator's kinds from cluster %s (context %s)?", found.cluster, found.context)
	if err := d.ask(question); err != nil {
		return err
	}
	return d.removeOwn(ctx)
}

// remove ends the demo that was just shown.
func (d *demo) remove(ctx context.Context) error {
	if d.place.own {
		return d.removeOwn(ctx)
	}
	return d.removeLocal(ctx)
}

// removeLocal stops the operator and the control plane. The data goes with them.
func (d *demo) removeLocal(ctx context.Context) error {
	started := time.Now()
	found, err := d.stopLocal(ctx)
	switch {
	case err != nil:
		return err
	case found:
		d.screen.printf("The demo is stopped and removed, in %s.\n", seconds(time.Since(started)))
	default:
		d.screen.printf("There is no demo; nothing to stop.\n")
	}
	return nil
}

func (d *demo) stopLocal(ctx context.Context) (found bool, err error) {
	o := cluster.Options{Name: clusterName, StateDir: d.options.stateDir}
	if err := stopFormer(ctx, filepath.Join(o.StateDir, o.Name)); err != nil {
		return false, err
	}
	if found, err = cluster.Down(ctx, o); err != nil {
		return found, fmt.Errorf("stopping the control plane: %w", err)
	}
	return found, nil
}

// removeOwn takes everything out of the user's cluster: first what the operator must take back
// itself, then the operator.
func (d *demo) removeOwn(ctx context.Context) error {
	ctx = context.WithoutCancel(ctx)
	step := d.screen.begin("removal", "taking the sample back")
	err := d.takeBack(ctx, step)
	if err == nil {
		err = stopFormer(ctx, d.place.folder)
	}
	if err == nil {
		err = d.delete(ctx, "-k", "config/without-manager")
	}
	if err != nil {
		step.cut()
		return fmt.Errorf("removing the demo (run make demo-down%s again to go on): %w", d.ownFlag(), err)
	}
	if err := os.RemoveAll(d.place.folder); err != nil {
		return fmt.Errorf("removing the state of the demo: %w", err)
	}
	step.done("sample, catalogue, operator and kinds", "")
	return nil
}

// takeBack deletes what the finalizers of the operator watch over, so it has to run.
func (d *demo) takeBack(ctx context.Context, step *step) error {
	installed, err := d.place.Kubectl(ctx, "get", "crd", "consortia.commissioning.support", "--ignore-not-found", "-o", "name")
	if err != nil || len(installed) == 0 {
		return err
	}
	if err := d.build(ctx); err != nil {
		return err
	}
	if err := d.install(ctx); err != nil {
		return err
	}
	if err := d.start(ctx); err != nil {
		return err
	}
	folders := []string{sampleFolder}
	if country := filepath.Join(d.place.folder, "country"); exists(country) {
		folders = append(folders, country)
	}
	for _, folder := range folders {
		if err := d.deleteEstate(ctx, folder, step); err != nil {
			return err
		}
	}
	return d.delete(ctx, "-k", "config/catalogue")
}

// deleteEstate takes an estate back from its end: agreements, then what nobody uses any more, then the
// rest. It says first that the namespaces are meant too: nobody may delete them otherwise.
func (d *demo) deleteEstate(ctx context.Context, folder string, step *step) error {
	e, err := d.render(ctx, "", folder)
	if err != nil {
		return err
	}
	for kind, label := range map[string]string{v1alpha1.ConsortiumKind: v1alpha1.ConsortiumLabel, v1alpha1.SupportProviderKind: v1alpha1.ProviderLabel} {
		if err := d.allowDeletion(ctx, label, e.names(kind)); err != nil {
			return err
		}
	}
	for _, kind := range []string{v1alpha1.SupportAgreementKind, v1alpha1.HostedServiceKind, v1alpha1.SupportProviderKind} {
		if len(e.documents[kind]) == 0 {
			continue
		}
		step.doing("taking the sample back: each " + kind)
		if err := d.deleteUnused(ctx, e.documents[kind]); err != nil {
			return fmt.Errorf("deleting each %s of %s: %w", kind, folder, err)
		}
	}
	step.doing("taking the sample back: consortia and namespaces")
	if said, err := d.deleteManifests(ctx, e.manifests); err != nil {
		return fmt.Errorf("deleting %s: %w: %s", folder, err, indent(said))
	}
	return nil
}

// allowDeletion of the namespaces that belong to the consortia or suppliers of these names.
func (d *demo) allowDeletion(ctx context.Context, label string, names []string) error {
	if len(names) == 0 {
		return nil
	}
	selector := label + " in (" + strings.Join(names, ",") + ")"
	if _, err := d.place.Kubectl(ctx, "annotate", "namespaces", "-l", selector, "--overwrite", v1alpha1.AllowDeletionAnnotation+"=true"); err != nil {
		return fmt.Errorf("saying that the namespaces of the sample may go: %w", err)
	}
	return nil
}

// unusedLimit is more than the seconds for which a place that an agreement gave up is kept.
const unusedLimit = time.Minute

// deleteUnused deletes what is not in use, once the last use of it has ended. It does not say, as it
// could, that deleting it in use is meant: others than the sample may use it.
func (d *demo) deleteUnused(ctx context.Context, manifests []byte) error {
	deadline := time.Now().Add(unusedLimit)
	for {
		said, err := d.deleteManifests(ctx, manifests)
		switch {
		case err == nil:
			return nil
		case !strings.Contains(said, "cannot be deleted") || time.Now().After(deadline):
			return fmt.Errorf("%w: %s", err, indent(said))
		}
		poll(ctx, time.Second, func() bool { return false })
	}
}

// deleteManifests deletes what they name and waits until it is gone.
func (d *demo) deleteManifests(ctx context.Context, manifests []byte) (said string, err error) {
	cmd := d.place.KubectlCommand(ctx, "delete", "--ignore-not-found", "--timeout=120s", "-f", "-")
	cmd.Stdin, cmd.Stdout = bytes.NewReader(manifests), io.Discard
	var problems strings.Builder
	cmd.Stderr = &problems
	if err := cmd.Run(); err != nil {
		return strings.TrimSpace(problems.String()), fmt.Errorf("kubectl delete: %w", err)
	}
	return "", nil
}

func (d *demo) delete(ctx context.Context, what ...string) error {
	_, err := d.place.Kubectl(ctx, append([]string{"delete", "--ignore-not-found", "--timeout=120s"}, what...)...)
	return err
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
