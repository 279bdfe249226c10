package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/commissioning-support/operator/hack/localcluster/binaries"
	"github.com/commissioning-support/operator/hack/localcluster/cluster"
)

// clusterName is that of the demo's own control plane.
const clusterName = "demo"

// place is where the demo happens: a control plane of its own, or a cluster of the user's.
type place struct {
	*cluster.Cluster
	own bool
	// folder is where the demo keeps what it needs again: which operator runs, its log.
	folder string
	// started says that this run started the control plane.
	started bool
}

// demo is one run.
type demo struct {
	options options
	screen  *screen
	in      *os.File
	place   *place

	startedOperator bool
	// failing are the pods that the demo made fail and did not heal yet; nothing: none.
	failing cluster.Failure
}

func (d *demo) run(ctx context.Context) error {
	if d.options.down {
		return d.down(ctx)
	}
	err := d.show(ctx)
	switch {
	case errors.Is(err, errRefused):
		return err
	case ctx.Err() != nil:
		return errors.Join(err, d.interrupted(ctx))
	case d.place == nil:
		return err
	case d.options.exit:
		return errors.Join(err, d.remove(ctx))
	case err != nil:
		healed, healErr := d.mend(ctx)
		return fmt.Errorf("%w\n\nWhat runs is left as it is, to look at. %s%s", errors.Join(err, healErr), healed, d.howToEnd())
	}
	return nil
}

// show is the demo from beginning to end.
func (d *demo) show(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	if err := d.choosePlace(ctx); err != nil {
		return err
	}
	if err := d.operator(ctx); err != nil {
		return err
	}
	e, err := d.chooseEstate(ctx)
	if err != nil {
		return err
	}
	t, err := d.estate(ctx, e)
	if err != nil {
		return err
	}
	if err := d.failover(ctx, e, t); err != nil {
		return err
	}
	ready := "Everything is Ready"
	if d.place.own {
		ready += ", apart from what needs pods"
	}
	d.screen.printf("▸ %s. It took %s.\n", ready, seconds(time.Since(d.screen.started)))
	return d.present(ctx, e)
}

func (d *demo) choosePlace(ctx context.Context) error {
	if d.options.kubeconfig != "" {
		return d.useOwn(ctx)
	}
	return d.startLocal(ctx)
}

// startLocal starts the control plane, or finds that it runs already.
func (d *demo) startLocal(ctx context.Context) error {
	o := cluster.Options{Name: clusterName, StateDir: d.options.stateDir}
	running, err := cluster.Open(o)
	if err != nil && !errors.Is(err, cluster.ErrNotRunning) {
		return err
	}
	started := running == nil
	if started {
		d.screen.printf("%s%s", introduction, pastime())
		// What a crash left over: the operator outlives its control plane by some seconds.
		if err := stopFormer(ctx, filepath.Join(d.options.stateDir, clusterName)); err != nil {
			return err
		}
		if _, err := binaries.Ensure(ctx, binaries.Options{Out: d.screen.out}); err != nil {
			return err
		}
	}
	step := d.screen.begin("control plane", "starting it")
	how := " (runs already)"
	if started {
		how = ""
		if running, err = cluster.Up(ctx, o); err != nil {
			step.cut()
			return err
		}
	}
	d.place = &place{Cluster: running, folder: running.Folder(), started: started}
	status, err := running.Status(ctx)
	if err != nil {
		step.cut()
		return err
	}
	step.done(fmt.Sprintf("kube-apiserver %s on %s%s", status.Version, strings.TrimPrefix(running.Config().Host, "https://"), how), "")
	return nil
}

const introduction = `The Commissioning Support Operator on a control plane of its own, on this machine: a real API
server with simulated nodes. Everything is kept below this folder and goes with make demo-down.

`

// pastime is something to read while Kubernetes is compiled; nothing when it has been.
func pastime() string {
	built, err := filepath.Glob(filepath.Join(".localcluster", "bin", "*", "*", binaries.KubeAPIServer))
	if err != nil || len(built) > 0 || os.Getenv("KUBEBUILDER_ASSETS") != "" {
		return ""
	}
	var text strings.Builder
	text.WriteString("This is the first time, so Kubernetes is compiled: some minutes. Meanwhile, a part of what the demo will\n" +
		"apply: a consortium, a function that its members run themselves, and those that it takes from suppliers.\n\n")
	for _, name := range []string{"consortium.yaml", "member-functions.yaml", "support-agreements.yaml"} {
		content, err := os.ReadFile(filepath.Join(sampleFolder, "tower-hamlets", name))
		if err != nil {
			return ""
		}
		for line := range strings.Lines(string(content)) {
			if !strings.HasPrefix(line, "#") {
				text.WriteString("    " + line)
			}
		}
		text.WriteString("\n")
	}
	return text.String()
}

func stopFormer(ctx context.Context, folder string) error {
	former, err := readOperator(folder)
	if err != nil {
		return err
	}
	return former.stop(ctx, 5*time.Second)
}

// estate applies the sample or the country and waits until all of it is Ready. The tally that it
// returns goes on counting until ctx ends.
func (d *demo) estate(ctx context.Context, e *estate) (*tally, error) {
	step := d.screen.begin(e.name, "applying it")
	t := newTally(e, d.place.own)
	result, err := d.settle(ctx, e, t, step)
	if err != nil {
		step.cut()
		return nil, err
	}
	text := e.counts()
	if d.options.country() {
		text = "applied " + plural(e.total, "object", "objects")
	}
	step.done(text, result)
	return t, nil
}

func (d *demo) settle(ctx context.Context, e *estate, t *tally, step *step) (string, error) {
	if err := d.healFormer(ctx, step); err != nil {
		return "", err
	}
	if err := d.watch(ctx, t); err != nil {
		return "", err
	}
	err := d.apply(ctx, e, func(done int) {
		step.say("%s of %s applied, %s", thousands(int64(done)), thousands(int64(e.total)), t.progress())
	})
	if err != nil {
		return "", err
	}
	return d.wait(ctx, t, step)
}

// interrupted takes back what this run started, and says what is kept.
func (d *demo) interrupted(ctx context.Context) error {
	ctx = context.WithoutCancel(ctx)
	const kept = "What was built is kept: make demo goes on from there."
	switch {
	case d.place == nil:
		d.screen.printf("\nStopped; nothing is left running. %s\n", kept)
		return nil
	case d.place.started:
		_, err := d.stopLocal(ctx)
		d.screen.printf("\nStopped; the control plane and the operator are gone. %s\n", kept)
		return err
	case d.startedOperator:
		healed, err := d.mend(ctx)
		err = errors.Join(err, stopFormer(ctx, d.place.folder))
		d.screen.printf("\nStopped; the operator that this run started is gone. %s%s\n%s\n", healed, kept, d.howToEnd())
		return err
	default:
		healed, err := d.mend(ctx)
		d.screen.printf("\nStopped; what ran before still runs. %s%s\n", healed, d.howToEnd())
		return err
	}
}

func (d *demo) howToEnd() string {
	if d.place.own {
		return "Remove everything again: make demo-down" + d.ownFlag()
	}
	return "End it: make demo-down"
}

// ownFlag is what make needs to find the user's cluster again.
func (d *demo) ownFlag() string {
	if d.options.kubeconfig == "" {
		return ""
	}
	return " KUBECONFIG=" + d.relative(d.options.kubeconfig)
}

func (d *demo) log() string { return filepath.Join(d.place.folder, operatorLog) }

// relative shortens a path below the repository, where make runs.
func (d *demo) relative(path string) string {
	here, err := os.Getwd()
	if err != nil {
		return path
	}
	if short, err := filepath.Rel(here, path); err == nil && filepath.IsLocal(short) {
		return short
	}
	return path
}
